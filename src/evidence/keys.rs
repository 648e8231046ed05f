//! What the checks of keys share: the keys in `.env`, their fingerprints, and verdicts that are still fresh.
use super::Looker;
use crate::domain::cycle::Fingerprint;
use crate::domain::verdict::{Life, Verdict};
use crate::rotation::EnvFile;
use crate::rotation::probe::Probed;
use crate::rotation::providers::Provider;
use chrono::{DateTime, TimeDelta, Utc};
use secrecy::SecretString;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Values by name, as one `.env` or backup holds them.
pub(super) type Values = BTreeMap<String, SecretString>;

/// How long a verdict other than "works" is used again: long enough for a burst of comments, short enough that a person
/// who mends something and says so is believed.
const BAD_NEWS: Duration = Duration::from_secs(5);

/// Verdicts that told something, by provider and fingerprints: a changed `.env` finds none.
#[derive(Default)]
pub(super) struct Fresh {
    known: Mutex<BTreeMap<(String, Vec<Fingerprint>), Probed>>,
    /// Looks that ask the same provider at the same time share one probe.
    turns: Mutex<BTreeMap<String, Arc<tokio::sync::Mutex<()>>>>,
}

impl Fresh {
    fn turn(&self, provider: &Provider) -> Arc<tokio::sync::Mutex<()>> {
        lock(&self.turns).entry(provider.id.clone()).or_default().clone()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(super) fn values(env: &EnvFile) -> Values {
    // Of a name that stands there twice, the last value counts, as for most readers.
    env.entries()
        .map(|entry| (entry.name.clone(), entry.value.clone()))
        .collect()
}

/// The values of one key alone, so that a probe sees nothing else.
pub(super) fn only(values: &Values, names: &[String]) -> Values {
    names
        .iter()
        .filter_map(|name| Some((name.clone(), values.get(name)?.clone())))
        .collect()
}

pub(super) fn fingerprints(looker: &Looker, values: &Values) -> BTreeMap<String, Fingerprint> {
    values
        .iter()
        .map(|(name, value)| (name.clone(), looker.project.fingerprint(name, value)))
        .collect()
}

/// Every key of a provider in `values`, probed, or remembered from a moment ago.
pub(super) async fn probed(looker: &Looker, provider: &Provider, values: &Values, now: DateTime<Utc>) -> Vec<Probed> {
    let turn = looker.fresh.turn(provider);
    let _turn = turn.lock().await;
    let mut all = Vec::new();
    for instance in provider.instances(values) {
        let own = only(values, &instance.names);
        let id = (provider.id.clone(), fingerprints(looker, &own).into_values().collect());
        let known = lock(&looker.fresh.known).get(&id).cloned();
        let seen = match known.filter(|probed| is_fresh(looker, provider, probed, now)) {
            Some(probed) => probed,
            None => looker.prober.probe(provider, &own, now).await,
        };
        // What told nothing is asked again at the next look.
        if matches!(seen.verdict.life(), Life::Alive | Life::Dead) {
            lock(&looker.fresh.known).insert(id, seen.clone());
        }
        all.push(seen);
    }
    all
}

fn is_fresh(looker: &Looker, provider: &Provider, probed: &Probed, now: DateTime<Utc>) -> bool {
    let lasts = provider.fresh.unwrap_or(looker.settings.fresh);
    let lasts = if works(probed.verdict) {
        lasts
    } else {
        lasts.min(BAD_NEWS)
    };
    TimeDelta::from_std(lasts).is_ok_and(|lasts| now - probed.checked_at < lasts)
}

/// As [`probed`], several providers side by side, in their order.
pub(super) async fn probed_all(
    looker: &Looker,
    providers: &[&Provider],
    values: &Values,
    now: DateTime<Utc>,
) -> Vec<Probed> {
    let mut running = tokio::task::JoinSet::new();
    for (place, provider) in providers.iter().enumerate() {
        let (looker, provider, values) = (looker.clone(), (*provider).clone(), values.clone());
        running.spawn(async move { (place, probed(&looker, &provider, &values, now).await) });
    }
    let found: BTreeMap<usize, Vec<Probed>> = running.join_all().await.into_iter().collect();
    found.into_values().flatten().collect()
}

/// Whether a verdict is good enough to work with.
pub(super) fn works(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Valid | Verdict::ValidLimited)
}

/// The names of the keys in some verdicts.
pub(super) fn names<'p>(probed: impl IntoIterator<Item = &'p Probed>) -> Vec<String> {
    probed.into_iter().flat_map(|probed| probed.variables.clone()).collect()
}

/// Verdicts as facts.
pub(super) fn facts(looker: &Looker, probed: &[Probed]) -> Value {
    probed.iter().map(|probed| fact(looker, probed)).collect()
}

pub(super) fn fact(looker: &Looker, probed: &Probed) -> Value {
    let provider = looker.providers.get(&probed.provider);
    json!({
        "key": probed.variables.first(),
        "keys": probed.variables,
        "provider": probed.provider,
        "title": provider.map(|provider| &provider.title),
        "verdict": probed.verdict.as_str(),
        "life": probed.verdict.life(),
        "environment": probed.environment,
        "expires_at": probed.captures.expires_at,
        "manage_url": provider.map(|provider| &provider.manage_url),
    })
}

/// The end of the time in which a provider may not know a fresh key yet: `.env` was changed so lately.
pub(super) async fn fresh_until(looker: &Looker, providers: &[&Provider]) -> Option<DateTime<Utc>> {
    let grace = providers.iter().map(|provider| provider.fresh_key_grace).max()?;
    let changed = looker
        .on_disk(|project| project.env.metadata().and_then(|file| file.modified()))
        .await
        .ok()?;
    Some(DateTime::<Utc>::from(changed) + grace)
}
