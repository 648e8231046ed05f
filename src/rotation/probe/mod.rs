//! One probe, one verdict: a harmless authenticated call for each key. No body, URL or header of it is ever kept,
//! logged or put into an error: some bodies echo pieces of keys, and Telegram's URL holds one.
pub mod consent;
mod http;
mod round;

use crate::domain::verdict::{Life, Verdict};
use crate::rotation::providers::{Answer, Captures, Provider, Providers, Then, Variable};
use chrono::{DateTime, Utc};
use http::{Failure, Wire};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How often an answer that may be different in a moment is asked for again.
const RETRIES: u32 = 2;

/// All calls of one probe together: an effect lasts at most 15 s.
const BUDGET: Duration = Duration::from_secs(12);

/// Where and how probes go out.
#[derive(Clone, Debug)]
pub struct ProbeSettings {
    /// Every probe goes here, with its provider's `Host` header (loopback, for the stand-ins).
    pub probe_url: Option<String>,
    /// The Notion side without `/v1`; the probe of a Notion token goes there.
    pub notion_url: String,
    /// For the connection alone.
    pub connect_timeout: Duration,
    /// For one call.
    pub timeout: Duration,
    /// Before the first retry; doubled for the second.
    pub retry_delay: Duration,
    /// A provider that wants a longer pause than this is left for the next look.
    pub patience: Duration,
    /// Providers of the project's own file that a person has agreed to, as `NAME@host`; see [`Prober::needs_consent`].
    pub agreed: BTreeSet<String>,
}

impl Default for ProbeSettings {
    fn default() -> Self {
        Self {
            probe_url: None,
            notion_url: "https://api.notion.com".to_owned(),
            connect_timeout: Duration::from_secs(5),
            timeout: Duration::from_secs(10),
            retry_delay: Duration::from_millis(400),
            patience: Duration::from_secs(3),
            agreed: BTreeSet::new(),
        }
    }
}

/// Why no probe can be made at all.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    /// No TLS roots, or the like.
    #[error("the HTTP client cannot be set up: {0}; are the system's CA certificates installed?")]
    Client(String),
    /// A base URL that is none.
    #[error("{0} is not a URL that probes can go to")]
    Url(String),
}

/// Makes probes. Cheap to clone; clones share connections, clock offsets and the order of calls per provider.
#[derive(Clone)]
pub struct Prober {
    inner: Arc<Inner>,
}

struct Inner {
    wire: Wire,
    settings: ProbeSettings,
    /// Our clock against the provider's, in ms, measured once.
    offsets: Mutex<HashMap<String, i64>>,
    /// One turn per provider: its calls go in series.
    turns: Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>,
}

/// What a probe of one key came to. Nothing of the key is in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Probed {
    /// The provider's id.
    pub provider: String,
    /// The variables under which the key stands.
    pub variables: Vec<String>,
    /// What the answer means.
    pub verdict: Verdict,
    /// Facts about the key.
    pub captures: Captures,
    /// The environment that answered, for a provider with several.
    pub environment: Option<String>,
    /// The provider's clock minus ours, where it had to be measured.
    pub clock_offset_ms: Option<i64>,
    /// The last HTTP status.
    pub status_code: Option<u16>,
    /// When the probe began.
    pub checked_at: DateTime<Utc>,
    /// How long it took.
    pub duration: Duration,
    /// What may be wrong, where it can be told.
    pub hint: Option<Hint>,
}

/// What may be wrong with a value that was not, or could not be, sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hint {
    /// One of the key's variables has no value.
    VariableMissing(String),
    /// Blanks before or after the value of this variable.
    Blanks(String),
    /// Quotes are part of the value of this variable.
    Quotes(String),
    /// A PEM key: RSA keys are not supported.
    RsaKey(String),
    /// The value of this variable has another form.
    Format(String),
    /// It looks like a key of this provider.
    LooksLike(String),
    /// The project's own file sends this key to this host, and nobody has agreed yet (`keyminder probe`).
    NotAgreed(String),
}

impl Prober {
    /// Sets the HTTP client up.
    pub fn new(settings: ProbeSettings) -> Result<Self, ProbeError> {
        let wire = Wire::new(&settings)?;
        let inner = Inner {
            wire,
            settings,
            offsets: Mutex::default(),
            turns: Mutex::default(),
        };
        Ok(Self { inner: Arc::new(inner) })
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

    /// Probes every key that a provider knows: providers side by side, one provider's keys in series, a key under two
    /// names once. Providers without any variable in `values` are left out. In the order of the providers.
    pub async fn probe_all(
        &self,
        providers: &Providers,
        values: &BTreeMap<String, SecretString>,
        now: DateTime<Utc>,
    ) -> Vec<Probed> {
        self.probe_each(providers, values, now, |_| {}).await
    }

    /// As [`Prober::probe_all`]; `heard` is told each verdict as it comes.
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

    /// What a provider of the project's own file would send where (`NAME+NAME@host`), when nobody has agreed to it yet.
    pub fn needs_consent(&self, provider: &Provider) -> Option<String> {
        let names: Vec<&str> = provider.variables.iter().flat_map(Variable::names).collect();
        let consent = format!("{}@{}", names.join("+"), provider.host());
        let loopback = self.inner.settings.probe_url.is_some();
        (provider.users_own && !loopback && !self.inner.settings.agreed.contains(&consent)).then_some(consent)
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
        if let Some(hint) = round::malformed(provider, &values) {
            return judged(provider, names, Verdict::Malformed, Some(hint), now);
        }
        if let Some(consent) = self.needs_consent(provider) {
            return judged(
                provider,
                names,
                Verdict::Unexpected,
                Some(Hint::NotAgreed(consent)),
                now,
            );
        }
        let turn = lock(&self.inner.turns).entry(provider.id.clone()).or_default().clone();
        let _turn = turn.lock().await;
        let started = Instant::now();
        let mut round = round::Round::new(self, provider, &values, now);
        let mut probed = match tokio::time::timeout(BUDGET, round.run()).await {
            Ok(found) => found.into_probed(provider, names, now),
            Err(_) => judged(provider, names, Verdict::NetworkError, None, now),
        };
        probed.duration = started.elapsed();
        probed
    }
}

fn judged(provider: &Provider, names: Vec<String>, verdict: Verdict, hint: Option<Hint>, now: DateTime<Utc>) -> Probed {
    Probed {
        provider: provider.id.clone(),
        variables: names,
        verdict,
        captures: Captures::default(),
        environment: None,
        clock_offset_ms: None,
        status_code: None,
        checked_at: now,
        duration: Duration::ZERO,
        hint,
    }
}

/// What is behind a lock of ours is a plain map: a panic elsewhere leaves it whole.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl From<&crate::config::Settings> for ProbeSettings {
    fn from(settings: &crate::config::Settings) -> Self {
        Self {
            probe_url: settings.probe_url.clone(),
            notion_url: settings.notion.url.clone(),
            agreed: consent::read(&settings.state_dir()),
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests;
