//! The calls of one probe: the first one, its retries, the provider's clock, the other environments.
use super::echo::without_keys;
use super::gate::host_of_base;
use super::http::Failure;
use super::probed::{Hint, Probed, judged};
use super::shared::SharedState;
use crate::domain::verdict::{Life, Verdict};
use crate::rotation::provider_queues::lock;
use crate::rotation::providers::{Captures, Provider, ProviderAnswer, Then};
use chrono::{DateTime, Utc};
use secrecy::SecretString;
use std::time::{Duration, Instant};

/// How often an answer that may be different in a moment is asked for again.
const RETRIES: u32 = 2;

/// The calls of one probe, and what they share.
pub(super) struct Round<'a> {
    shared: &'a SharedState,
    provider: &'a Provider,
    values: &'a [SecretString],
    now: DateTime<Utc>,
    started: Instant,
    clock_offset_ms: Option<i64>,
}

/// What a call came to.
pub(super) struct CallResult {
    verdict: Verdict,
    then: Then,
    captures: Captures,
    status: Option<u16>,
    retry_after: Option<Duration>,
    environment: Option<String>,
    clock_offset_ms: Option<i64>,
    hint: Option<Hint>,
}

impl<'a> Round<'a> {
    pub(super) fn new(
        shared: &'a SharedState,
        provider: &'a Provider,
        values: &'a [SecretString],
        now: DateTime<Utc>,
    ) -> Self {
        Self {
            shared,
            provider,
            values,
            now,
            started: Instant::now(),
            clock_offset_ms: None,
        }
    }

    /// The whole probe.
    pub(super) async fn run(&mut self) -> CallResult {
        let base = self.provider.request.base.as_str();
        let mut found = self.call_patiently(base).await;
        if found.then == Then::SyncClock && self.measure_clock(base).await {
            found = self.call_patiently(base).await;
        }
        found.environment.clone_from(&self.provider.environment);
        if found.then == Then::TryOtherEnvironments
            && let Some(elsewhere) = self.alive_elsewhere().await
        {
            found = elsewhere;
        }
        found.clock_offset_ms = self.clock_offset_ms;
        found
    }

    /// One call, and again where that can do no harm and may help. Never after 400, 401 or 403: providers lock out
    /// repeated bad logins.
    async fn call_patiently(&self, base: &str) -> CallResult {
        let mut delay = self.shared.settings.retry_delay;
        let mut found = self.call(base).await;
        for _ in 0..RETRIES {
            let may_pass = match found.verdict {
                Verdict::NetworkError | Verdict::ProviderDown | Verdict::RateLimited => found.status != Some(403),
                _ => false,
            };
            let wait = found.retry_after.unwrap_or(delay).max(delay);
            if !may_pass || wait > self.shared.settings.patience {
                break;
            }
            tokio::time::sleep(wait + wait.mul_f64(fastrand::f64() * 0.3)).await;
            delay *= 2;
            found = self.call(base).await;
        }
        found
    }

    async fn call(&self, base: &str) -> CallResult {
        let offset = *lock(&self.shared.offsets).get(&self.provider.id).unwrap_or(&0);
        let at_ms = self.now_ms() + offset;
        match self.shared.wire.send(self.provider, base, self.values, at_ms).await {
            Ok(answer) => self.read(&answer),
            Err(Failure::NoConnection) => CallResult::bare(Verdict::NetworkError),
            Err(Failure::NotPublic) => CallResult {
                hint: Some(Hint::NotPublic(host_of_base(base))),
                ..CallResult::bare(Verdict::NetworkError)
            },
            Err(Failure::Unsendable) => CallResult::bare(Verdict::Malformed),
        }
    }

    fn read(&self, answer: &ProviderAnswer) -> CallResult {
        let rule = answer.rule(&self.provider.rules);
        let verdict = rule.map_or_else(|| answer.by_status(), |rule| rule.verdict);
        let captures = match verdict.life() {
            Life::Alive => {
                let mut read = without_keys(self.provider.capture.read(answer), self.values);
                // An end in the past of a key that answers is no fact, nor is a making in the future.
                read.expires_at = read.expires_at.filter(|at| *at > self.now);
                read.created_at = read.created_at.filter(|at| *at <= self.now);
                read
            }
            Life::Dead | Life::Unknown | Life::None => Captures::default(),
        };
        let retry_after = answer
            .headers
            .get("retry-after")
            .and_then(|value| value.trim().parse().ok());
        CallResult {
            then: rule.map_or(Then::Believe, |rule| rule.then),
            captures,
            status: Some(answer.status),
            retry_after: retry_after.map(Duration::from_secs),
            hint: rule.and_then(|rule| rule.because).map(Hint::Because),
            ..CallResult::bare(verdict)
        }
    }

    /// Measures our clock against the provider's; `false` where that cannot be done.
    async fn measure_clock(&mut self, base: &str) -> bool {
        let Some(clock) = &self.provider.clock else {
            return false;
        };
        let sent_ms = self.now_ms();
        let Some(server_ms) = self.shared.wire.time(self.provider, base, clock).await else {
            return false;
        };
        let offset = server_ms - i64::midpoint(sent_ms, self.now_ms());
        lock(&self.shared.offsets).insert(self.provider.id.clone(), offset);
        self.clock_offset_ms = Some(offset);
        true
    }

    /// A key that is dead here may live on another base URL: then it is no dead key, it is in the wrong place.
    async fn alive_elsewhere(&self) -> Option<CallResult> {
        for (name, base) in &self.provider.environments {
            if Some(name) == self.provider.environment.as_ref() {
                continue;
            }
            let found = self.call(base).await;
            if found.verdict.life() == Life::Alive {
                return Some(CallResult {
                    verdict: Verdict::WrongEnvironment,
                    environment: Some(name.clone()),
                    ..found
                });
            }
        }
        None
    }

    fn now_ms(&self) -> i64 {
        let elapsed = i64::try_from(self.started.elapsed().as_millis()).unwrap_or(i64::MAX);
        self.now.timestamp_millis().saturating_add(elapsed)
    }
}

impl CallResult {
    fn bare(verdict: Verdict) -> Self {
        Self {
            verdict,
            then: Then::Believe,
            captures: Captures::default(),
            status: None,
            retry_after: None,
            environment: None,
            clock_offset_ms: None,
            hint: None,
        }
    }

    pub(super) fn into_probed(self, provider: &Provider, names: Vec<String>, now: DateTime<Utc>) -> Probed {
        Probed {
            captures: self.captures,
            environment: self.environment,
            clock_offset_ms: self.clock_offset_ms,
            status_code: self.status,
            ..judged(provider, names, self.verdict, self.hint, now)
        }
    }
}
