//! Makes probes: whose key, in which order, for how long, and whether somebody agreed to the host.
use super::elsewhere::{Beside, used_elsewhere};
use super::probed::{Hint, Probed, judged};
use super::round::Round;
use super::settings::{ProbeError, ProbeSettings};
use super::shared::SharedState;
use super::{consent, gate};
use crate::domain::verdict::{Life, Verdict};
use crate::rotation::blocking::blocking;
use crate::rotation::key_within::keys_within;
use crate::rotation::providers::{Provider, Providers};
use crate::rotation::{EnvError, EnvFile, read_in_project};
use chrono::{DateTime, Utc};
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// All calls of one probe together: an effect lasts at most 15 s.
const BUDGET: Duration = Duration::from_secs(12);

/// Makes probes. Cheap to clone; clones share connections, clock offsets and the order of calls per provider.
#[derive(Clone)]
pub struct Prober {
    pub(super) shared: Arc<SharedState>,
}

impl Prober {
    /// Sets the HTTP client up.
    pub fn new(settings: ProbeSettings) -> Result<Self, ProbeError> {
        let shared = Arc::new(SharedState::new(settings)?);
        Ok(Self { shared })
    }

    /// Probes the provider's key among `values` (the first, if it stands there several times with several values).
    pub async fn probe(
        &self,
        provider: &Provider,
        values: &BTreeMap<String, SecretString>,
        now: DateTime<Utc>,
    ) -> Probed {
        let mut instances = provider.instances(values);
        if instances.is_empty() {
            return judged(provider, Vec::new(), Verdict::Missing, None, now);
        }
        let first = instances.swap_remove(0);
        self.probe_key(provider, first.names, first.values, now).await
    }

    /// Probes a key that was in use. Where its value holds more than the key, such as the `;` of a line of code, the key lives if
    /// either lives: what the provider says about the key alone counts.
    pub async fn probe_within(
        &self,
        provider: &Provider,
        values: &BTreeMap<String, SecretString>,
        now: DateTime<Utc>,
    ) -> Probed {
        let as_it_stands = self.probe(provider, values, now).await;
        let Some(alone) = keys_within(provider, values) else {
            return as_it_stands;
        };
        if as_it_stands.verdict.life() == Life::Alive {
            return as_it_stands;
        }
        let alone = self.probe(provider, &alone, now).await;
        if alone.verdict.life() == Life::None {
            as_it_stands
        } else {
            alone
        }
    }

    /// Probes every key that a provider knows: providers side by side, one provider's keys in series, a key under two
    /// names once. Providers without any variable in `values` are left out. In the order of the providers; `heard` is
    /// told each verdict as it comes.
    pub async fn probe_each(
        &self,
        providers: &Providers,
        values: &BTreeMap<String, SecretString>,
        now: DateTime<Utc>,
        mut heard: impl FnMut(&Probed),
    ) -> Vec<Probed> {
        let mut running = tokio::task::JoinSet::new();
        let mut at = 0;
        for provider in providers.all() {
            for instance in provider.instances(values) {
                let (prober, provider, place) = (self.clone(), provider.clone(), at);
                at += 1;
                running.spawn(async move {
                    (
                        place,
                        prober.probe_key(&provider, instance.names, instance.values, now).await,
                    )
                });
            }
        }
        let mut all = BTreeMap::new();
        while let Some(done) = running.join_next().await {
            // A probe that panicked is a missing line of a table, not the end of the program.
            if let Ok((place, probed)) = done {
                heard(&probed);
                all.insert(place, probed);
            }
        }
        all.into_values().collect()
    }

    /// What would be sent where (`NAME+NAME@host`) by a provider of the project's own file, or by `notion.url`, when
    /// nobody has agreed to it yet. Reads the agreements, so it may wait for a disk.
    pub fn needs_consent(&self, provider: &Provider) -> Option<String> {
        let settings = &self.shared.settings;
        let consent = if provider.is_notion() {
            consent::of_notion(&settings.notion_url)?
        } else if provider.users_own && settings.probe_url.is_none() {
            consent::of_provider(provider)
        } else {
            return None;
        };
        let agreed = settings.agreements.as_deref().map(consent::read).unwrap_or_default();
        (!agreed.contains(&consent)).then_some(consent)
    }

    /// Why a key is not sent: it is none of this provider's, it is used elsewhere, or nobody has agreed to the host. Reads
    /// `.env` and the agreements, so it may wait for a disk.
    fn held_back(&self, provider: &Provider, names: &[String], values: &[SecretString]) -> Option<(Verdict, Hint)> {
        if let Some(hint) = gate::unfit(provider, names, values) {
            let verdict = match hint {
                Hint::OtherKind(_) => Verdict::WrongKeyType,
                Hint::Placeholder(_) => Verdict::Missing,
                Hint::Reference(_) => Verdict::Reference,
                _ => Verdict::Malformed,
            };
            return Some((verdict, hint));
        }
        let settings = &self.shared.settings;
        let goes_to = if provider.is_notion() {
            gate::host_of_base(&settings.notion_url)
        } else {
            gate::host_of_base(&provider.request.base)
        };
        let beside = match beside(settings) {
            Ok(beside) => beside,
            Err(error) => return Some((Verdict::Unexpected, Hint::EnvUnreadable(error.to_string()))),
        };
        if let Some(hint) = used_elsewhere(provider, names, &goes_to, &beside) {
            return Some((Verdict::Unexpected, hint));
        }
        let consent = self.needs_consent(provider)?;
        Some((Verdict::Unexpected, Hint::NotAgreed(consent)))
    }

    async fn probe_key(
        &self,
        provider: &Provider,
        names: Vec<String>,
        values: Option<Vec<SecretString>>,
        now: DateTime<Utc>,
    ) -> Probed {
        let Some(values) = values else {
            let missing = provider.variables.iter().find(|v| {
                !names
                    .iter()
                    .any(|name| provider.variable(name).is_some_and(|found| found.name == v.name))
            });
            let hint = missing.map(|variable| Hint::VariableMissing(variable.name.clone()));
            return judged(provider, names, Verdict::Missing, hint, now);
        };
        let (gate, asked, own, sent) = (self.clone(), provider.clone(), names.clone(), values.clone());
        let held_back = blocking(move || gate.held_back(&asked, &own, &sent)).await;
        if let Some((verdict, hint)) = held_back {
            return judged(provider, names, verdict, Some(hint), now);
        }
        let queue = self.shared.queues.of(&provider.maker);
        let _ours = queue.lock().await;
        let started = Instant::now();
        let mut round = Round::new(&self.shared, provider, &values, now);
        let mut probed = match tokio::time::timeout(BUDGET, round.run()).await {
            Ok(found) => found.into_probed(provider, names, now),
            Err(_) => judged(provider, names, Verdict::NetworkError, None, now),
        };
        probed.duration = started.elapsed();
        probed
    }
}

/// What stands beside the keys: every entry of `.env`, also those that a later one of the same name hides from us and not
/// from other readers, and the environment.
fn beside(settings: &ProbeSettings) -> Result<Vec<Beside>, EnvError> {
    let mut all: Vec<Beside> = Vec::new();
    let mut add = |values: Vec<(String, SecretString)>, exported| {
        let named = values.into_iter();
        all.extend(named.map(|(name, value)| Beside { name, value, exported }));
    };
    if let Some(place) = &settings.env {
        match read_in_project(&place.project, &place.file) {
            Ok(bytes) => add(EnvFile::parse(&bytes)?.named_values(), false),
            Err(EnvError::Missing(_)) => {}
            Err(error) => return Err(error),
        }
    }
    add(settings.environment.clone(), true);
    Ok(all)
}
