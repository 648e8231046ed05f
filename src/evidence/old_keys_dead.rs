//! Old keys dead: every former value of a key that was changed in this cycle is refused, three times over, while its
//! successor is accepted in the same run. Former values come from the backups, live in memory for one look, and go.
//! The proofs are minutes apart, so one look takes one of them and says when the next is due. Who still holds an old key is
//! told beside it; that nobody does proves nothing.
use super::collector::Collector;
use super::former_keys;
use super::observation::Observation;
use super::readers;
use crate::domain::cycle::Cycle;
use crate::rotation::proofs::ProofSeries;
use crate::rotation::prove;
use crate::rotation::retirement::Retirement;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

pub(super) async fn observe(
    collector: &Collector,
    cycle: &Cycle,
    now: DateTime<Utc>,
) -> Result<Observation, Observation> {
    let values = collector.env().await?.values();
    let (providers, of_cycle) = (collector.keys.providers.clone(), cycle.clone());
    let former = collector
        .keys
        .blocking(move |project| former_keys::of(project, &providers, &values, &of_cycle))
        .await;
    if !former.lost.is_empty() {
        return Ok(if former.sealed.is_empty() {
            Observation::missing("old_values_missing").with("keys", former.lost)
        } else {
            Observation::missing("old_values_sealed")
                .with("keys", former.lost)
                .with("files", former.sealed)
        });
    }
    if former.replaced.is_empty() {
        return Ok(Observation::missing("not_rotated").with("keys", former.unchanged));
    }
    let (proven, readers) = tokio::join!(
        prove(&collector.keys, &former.replaced, &collector.settings.proof_at, now),
        readers::of(collector, &former.replaced),
    );
    if let Err(error) = proven.kept {
        // Proofs that are not kept would be taken for ever.
        tracing::warn!(%error, "state/proofs.json cannot be written");
    }
    Ok(readers.beside(
        observation(collector, &proven.series, now),
        &proven.series,
        collector,
        now,
    ))
}

/// The worst that is known counts: one living old key outweighs all dead ones.
fn observation(collector: &Collector, known: &[ProofSeries], now: DateTime<Utc>) -> Observation {
    let all = |wanted: &[Retirement]| -> Vec<&ProofSeries> {
        known
            .iter()
            .filter(|series| series.retirement.is_some_and(|now| wanted.contains(&now)))
            .collect()
    };
    let names = |list: &[&ProofSeries]| -> Vec<String> { list.iter().flat_map(|series| series.keys.clone()).collect() };
    let alive = all(&[Retirement::OldStillAlive]);
    if let Some(first) = alive.first() {
        let where_to: Vec<Value> = alive.iter().map(|series| console(collector, series)).collect();
        return old_key_alive(collector, first)
            .with("keys", names(&alive))
            .with("alive", where_to);
    }
    let proof_at = &collector.settings.proof_at;
    let pause = proof_at
        .get(1)
        .copied()
        .and_then(|pause| TimeDelta::from_std(pause).ok())
        .unwrap_or_default();
    let propagating = all(&[Retirement::Propagating]);
    if !propagating.is_empty() {
        return Observation::unknown("old_keys_propagating")
            .with("keys", names(&propagating))
            .not_before("next_proof_at", now + pause);
    }
    let (proving, silent): (Vec<&ProofSeries>, Vec<&ProofSeries>) = all(&[Retirement::Inconclusive])
        .into_iter()
        .partition(|series| series.runs.last() == series.last.as_ref());
    if !silent.is_empty() {
        let verdicts: Vec<Value> = silent.iter().map(|series| silence(collector, series)).collect();
        return Observation::unknown("old_keys_unknown")
            .with("keys", names(&silent))
            .with("verdicts", verdicts);
    }
    if !proving.is_empty() {
        let next = proving
            .iter()
            .filter_map(|series| series.due_at(now, proof_at))
            .min()
            .unwrap_or(now + pause);
        let proofs = proving.iter().map(|series| series.runs.len()).min().unwrap_or_default();
        return Observation::unknown("old_keys_proving")
            .with("keys", names(&proving))
            .not_before("next_proof_at", next)
            .with("proofs", proofs)
            .with("of", proof_at.len());
    }
    let claimed = all(&[Retirement::Claimed]);
    if !claimed.is_empty() {
        let where_to: Vec<Value> = claimed.iter().map(|series| console(collector, series)).collect();
        return Observation::missing("old_keys_claimed")
            .with("keys", names(&claimed))
            .with("consoles", where_to);
    }
    let probably = all(&[Retirement::ProbablyRetired]);
    if !probably.is_empty() {
        return Observation::missing("old_keys_probably_dead").with("keys", names(&probably));
    }
    let retired = all(&[Retirement::Retired]);
    let proofs: Vec<Value> = retired.iter().map(|series| proof(collector, series)).collect();
    Observation::proven("old_keys_dead")
        .with("keys", names(&retired))
        .with("retired", proofs)
}

fn old_key_alive(collector: &Collector, series: &ProofSeries) -> Observation {
    let provider = collector.keys.providers.get(&series.provider);
    let observation = Observation::missing("old_key_alive")
        .with("key", series.keys.first().cloned())
        .with("provider", series.provider.as_str())
        .with("title", provider.map(|provider| provider.title.clone()))
        .with("manage_url", provider.map(|provider| provider.manage_url.clone()))
        .with("verdict", series.last.map(|run| run.old.as_str()));
    match series.alive_since {
        Some(since) => observation.at("since", since),
        None => observation,
    }
}

/// Whose old key it is, and where it is deleted.
fn console(collector: &Collector, series: &ProofSeries) -> Value {
    let provider = collector.keys.providers.get(&series.provider);
    json!({
        "title": provider.map(|provider| &provider.title),
        "manage_url": provider.map(|provider| &provider.manage_url),
    })
}

fn silence(collector: &Collector, series: &ProofSeries) -> Value {
    json!({
        "key": series.keys.first(),
        "provider": series.provider,
        "title": collector.keys.providers.get(&series.provider).map(|provider| &provider.title),
        "old": series.last.map(|run| run.old.as_str()),
        "new": series.last.map(|run| run.new.as_str()),
    })
}

fn proof(collector: &Collector, series: &ProofSeries) -> Value {
    json!({
        "key": series.keys.first(),
        "provider": series.provider,
        "title": collector.keys.providers.get(&series.provider).map(|provider| &provider.title),
        "proven_at": series.proven_at(),
        "proofs": series.runs.len(),
    })
}
