//! Keys valid: every key in `.env` that a provider knows answers, in one run.
use super::keys::{self, Values};
use super::{Looker, Sight};
use crate::domain::verdict::Life;
use crate::rotation::probe::Probed;
use crate::rotation::providers::Provider;
use chrono::{DateTime, Utc};

pub(super) async fn see(looker: &Looker, now: DateTime<Utc>) -> Result<Sight, Sight> {
    let values = keys::values(&looker.env().await?);
    let providers: Vec<&Provider> = looker.providers.all().iter().collect();
    let probed = keys::probed_all(looker, &providers, &values, now).await;
    if probed.is_empty() {
        return Ok(Sight::missing("keys_missing").with("keys", Vec::<String>::new()));
    }
    if let Some(fault) = fault(looker, &probed, &values, now).await {
        return Ok(fault);
    }
    Ok(Sight::proven("keys_valid")
        .with("keys", keys::names(&probed))
        .with("verdicts", keys::facts(looker, &probed)))
}

/// What keeps these keys from being valid; a fault that stands outweighs an answer that is still to come.
pub(super) async fn fault(looker: &Looker, probed: &[Probed], values: &Values, now: DateTime<Utc>) -> Option<Sight> {
    let bad: Vec<&Probed> = probed.iter().filter(|probed| !keys::works(probed.verdict)).collect();
    if bad.is_empty() {
        return None;
    }
    let about = |sight: Sight, which: &[&Probed]| {
        sight
            .with("keys", keys::names(which.iter().copied()))
            .with("verdicts", keys::facts(looker, probed))
    };
    let stands = |probed: &&Probed| probed.verdict.life() != Life::Unknown;
    let standing: Vec<&Probed> = bad.iter().copied().filter(stands).collect();
    if standing.is_empty() {
        return Some(about(Sight::unknown("keys_unknown"), &bad));
    }
    let only_dead = standing.iter().all(|probed| probed.verdict.life() == Life::Dead);
    let providers: Vec<&Provider> = standing
        .iter()
        .filter_map(|probed| looker.providers.get(&probed.provider))
        .collect();
    match keys::fresh_until(looker, &providers).await {
        Some(until) if only_dead && until > now && !values.is_empty() => {
            Some(about(Sight::unknown("keys_fresh"), &standing).not_before("again_at", until))
        }
        _ => Some(about(Sight::missing("keys_not_valid"), &standing)),
    }
}
