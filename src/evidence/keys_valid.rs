//! Keys valid: every key in `.env` that a provider knows answers, in one run.
use super::collector::Collector;
use super::keys;
use super::observation::Observation;
use crate::domain::verdict::Life;
use crate::rotation::KeyValues;
use crate::rotation::probe::Probed;
use crate::rotation::providers::Provider;
use chrono::{DateTime, Utc};

pub(super) async fn observe(collector: &Collector, now: DateTime<Utc>) -> Result<Observation, Observation> {
    let values = collector.env().await?.values();
    let providers: Vec<&Provider> = collector.keys.providers.all().iter().collect();
    let probed = keys::probed_all(collector, &providers, &values, now).await;
    if probed.is_empty() {
        return Ok(Observation::missing("keys_missing").with("keys", Vec::<String>::new()));
    }
    if let Some(fault) = fault(collector, &probed, &values, now).await {
        return Ok(fault);
    }
    Ok(Observation::proven("keys_valid")
        .with("keys", keys::names(&probed))
        .with("verdicts", keys::facts(collector, &probed)))
}

/// What keeps these keys from being valid; a fault that stands outweighs an answer that is still to come.
pub(super) async fn fault(
    collector: &Collector,
    probed: &[Probed],
    values: &KeyValues,
    now: DateTime<Utc>,
) -> Option<Observation> {
    let bad: Vec<&Probed> = probed.iter().filter(|probed| !keys::works(probed.verdict)).collect();
    if bad.is_empty() {
        return None;
    }
    let about = |observation: Observation, which: &[&Probed]| {
        observation
            .with("keys", keys::names(which.iter().copied()))
            .with("verdicts", keys::facts(collector, probed))
    };
    let stands = |probed: &&Probed| probed.verdict.life() != Life::Unknown;
    let standing: Vec<&Probed> = bad.iter().copied().filter(stands).collect();
    if standing.is_empty() {
        return Some(about(Observation::unknown("keys_unknown"), &bad));
    }
    let only_dead = standing.iter().all(|probed| probed.verdict.life() == Life::Dead);
    let providers: Vec<&Provider> = standing
        .iter()
        .filter_map(|probed| collector.keys.providers.get(&probed.provider))
        .collect();
    match keys::fresh_until(collector, &providers).await {
        Some(until) if only_dead && until > now && !values.is_empty() => {
            Some(about(Observation::unknown("keys_fresh"), &standing).not_before("again_at", until))
        }
        _ => Some(about(Observation::missing("keys_not_valid"), &standing)),
    }
}
