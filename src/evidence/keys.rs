//! What the checks of keys share: the keys in `.env`, their fingerprints, and verdicts that are still fresh.
use super::collector::Collector;
use crate::domain::cycle::Fingerprint;
use crate::domain::verdict::{Life, Verdict};
use crate::rotation::KeyValues;
use crate::rotation::dotenv::only;
use crate::rotation::probe::Probed;
use crate::rotation::provider_queues::lock;
use crate::rotation::providers::Provider;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

/// How long a verdict other than "works" is used again: long enough for a burst of comments, short enough that a person
/// who mends something and says so is believed.
const BAD_NEWS: Duration = Duration::from_secs(5);

pub(super) fn fingerprints(collector: &Collector, values: &KeyValues) -> BTreeMap<String, Fingerprint> {
    values
        .iter()
        .map(|(name, value)| (name.clone(), collector.keys.project.fingerprint(name, value)))
        .collect()
}

/// Every key of a provider in `values`, probed, or remembered from a moment ago.
pub(super) async fn probed(
    collector: &Collector,
    provider: &Provider,
    values: &KeyValues,
    now: DateTime<Utc>,
) -> Vec<Probed> {
    let queue = collector.fresh.queues.of(&provider.id);
    let _ours = queue.lock().await;
    let mut all = Vec::new();
    for instance in provider.instances(values) {
        let own = only(values, &instance.names);
        let id = (
            provider.id.clone(),
            fingerprints(collector, &own).into_values().collect(),
        );
        let known = lock(&collector.fresh.known).get(&id).cloned();
        let seen = match known.filter(|probed| is_fresh(collector, provider, probed, now)) {
            Some(probed) => probed,
            None => collector.keys.prober.probe(provider, &own, now).await,
        };
        // What told nothing is asked again at the next look.
        if matches!(seen.verdict.life(), Life::Alive | Life::Dead) {
            lock(&collector.fresh.known).insert(id, seen.clone());
        }
        all.push(seen);
    }
    all
}

fn is_fresh(collector: &Collector, provider: &Provider, probed: &Probed, now: DateTime<Utc>) -> bool {
    let lasts = provider.fresh.unwrap_or(collector.settings.fresh);
    let lasts = if works(probed.verdict) {
        lasts
    } else {
        lasts.min(BAD_NEWS)
    };
    TimeDelta::from_std(lasts).is_ok_and(|lasts| now - probed.checked_at < lasts)
}

/// As [`probed`], several providers side by side, in their order.
pub(super) async fn probed_all(
    collector: &Collector,
    providers: &[&Provider],
    values: &KeyValues,
    now: DateTime<Utc>,
) -> Vec<Probed> {
    let mut running = tokio::task::JoinSet::new();
    for (place, provider) in providers.iter().enumerate() {
        let (collector, provider, values) = (collector.clone(), (*provider).clone(), values.clone());
        running.spawn(async move { (place, probed(&collector, &provider, &values, now).await) });
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
pub(super) fn facts(collector: &Collector, probed: &[Probed]) -> Value {
    probed.iter().map(|probed| fact(collector, probed)).collect()
}

pub(super) fn fact(collector: &Collector, probed: &Probed) -> Value {
    let provider = collector.keys.providers.get(&probed.provider);
    json!({
        "key": probed.variables.first(),
        "keys": probed.variables,
        "provider": probed.provider,
        "title": provider.map(|provider| &provider.title),
        "verdict": probed.verdict.as_str(),
        "life": probed.verdict.life(),
        "because": probed.because(),
        "environment": probed.environment,
        "expires_at": probed.captures.expires_at,
        "manage_url": provider.map(|provider| &provider.manage_url),
    })
}

/// The end of the time in which a provider may not know a fresh key yet: `.env` was changed so lately.
pub(super) async fn fresh_until(collector: &Collector, providers: &[&Provider]) -> Option<DateTime<Utc>> {
    let grace = providers.iter().map(|provider| provider.fresh_key_grace).max()?;
    let changed = collector
        .keys
        .blocking(|project| project.env.metadata().and_then(|file| file.modified()))
        .await
        .ok()?;
    Some(DateTime::<Utc>::from(changed) + grace)
}
