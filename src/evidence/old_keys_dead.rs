//! Old keys dead: every former value of a key that was changed in this turn is refused, three times over, while its
//! successor is accepted in the same run. Former values come from the backups, live in memory for one look, and go.
//! The proofs are minutes apart, so one look takes one of them and says when the next is due.
use super::turn::{self, Pair};
use super::{Looker, Sight, keys};
use crate::domain::cycle::Cycle;
use crate::rotation::proofs::{Proofs, Series};
use crate::rotation::retirement::{Retirement, Run};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

pub(super) async fn see(looker: &Looker, cycle: &Cycle, now: DateTime<Utc>) -> Result<Sight, Sight> {
    let values = keys::values(&looker.env().await?);
    let (providers, turn_cycle) = (looker.providers.clone(), cycle.clone());
    let turn = looker
        .on_disk(move |project| turn::of(project, &providers, &values, &turn_cycle))
        .await;
    if !turn.lost.is_empty() {
        return Ok(if turn.sealed.is_empty() {
            Sight::missing("old_values_missing").with("keys", turn.lost)
        } else {
            Sight::missing("old_values_sealed")
                .with("keys", turn.lost)
                .with("files", turn.sealed)
        });
    }
    if turn.pairs.is_empty() {
        return Ok(Sight::missing("not_rotated").with("keys", turn.unchanged));
    }
    let _proving = looker.proving.lock().await;
    let mut proofs = looker.on_disk(Proofs::read).await;
    let runs = take(looker, &turn.pairs, &mut proofs, now).await;
    // `rotate finish` may have kept proofs of its own meanwhile.
    let mut proofs = looker.on_disk(Proofs::read).await;
    for (place, run) in runs {
        let pair = &turn.pairs[place];
        series(&mut proofs, pair).add(run, &looker.settings.proof_at);
    }
    let known: Vec<Series> = turn
        .pairs
        .iter()
        .map(|pair| series(&mut proofs, pair).clone())
        .collect();
    let kept = looker.on_disk(move |project| proofs.write(project)).await;
    if let Err(error) = kept {
        // Proofs that are not kept would be taken for ever.
        tracing::warn!(%error, "state/proofs.json cannot be written");
    }
    Ok(sight(looker, &known, now))
}

fn series<'p>(proofs: &'p mut Proofs, pair: &Pair) -> &'p mut Series {
    proofs.of(&pair.provider.id, &pair.keys, &pair.old_print, &pair.new_print)
}

/// Takes the proofs that are due: providers side by side, the old key and then its control.
async fn take(looker: &Looker, pairs: &[Pair], proofs: &mut Proofs, now: DateTime<Utc>) -> Vec<(usize, Run)> {
    let mut running = tokio::task::JoinSet::new();
    for (place, pair) in pairs.iter().enumerate() {
        let due = series(proofs, pair).due_at(now, &looker.settings.proof_at);
        if due.is_none_or(|due| due > now) {
            continue;
        }
        let prober = looker.prober.clone();
        let (provider, old, new) = (pair.provider.clone(), pair.old.clone(), pair.new.clone());
        running.spawn(async move {
            let old = prober.probe(&provider, &old, now).await.verdict;
            let new = prober.probe(&provider, &new, now).await.verdict;
            (place, Run { at: now, old, new })
        });
    }
    running.join_all().await
}

/// The worst that is known counts: one living old key outweighs all dead ones.
fn sight(looker: &Looker, known: &[Series], now: DateTime<Utc>) -> Sight {
    let all = |wanted: &[Retirement]| -> Vec<&Series> {
        known
            .iter()
            .filter(|series| series.retirement.is_some_and(|now| wanted.contains(&now)))
            .collect()
    };
    let names = |list: &[&Series]| -> Vec<String> { list.iter().flat_map(|series| series.keys.clone()).collect() };
    let alive = all(&[Retirement::OldStillAlive]);
    if let Some(first) = alive.first() {
        let where_to: Vec<Value> = alive.iter().map(|series| console(looker, series)).collect();
        return old_key_alive(looker, first)
            .with("keys", names(&alive))
            .with("alive", where_to);
    }
    let proof_at = &looker.settings.proof_at;
    let pause = proof_at
        .get(1)
        .copied()
        .and_then(|pause| TimeDelta::from_std(pause).ok())
        .unwrap_or_default();
    let propagating = all(&[Retirement::Propagating]);
    if !propagating.is_empty() {
        return Sight::unknown("old_keys_propagating")
            .with("keys", names(&propagating))
            .not_before("next_proof_at", now + pause);
    }
    let (proving, silent): (Vec<&Series>, Vec<&Series>) = all(&[Retirement::Inconclusive])
        .into_iter()
        .partition(|series| series.runs.last() == series.last.as_ref());
    if !silent.is_empty() {
        let verdicts: Vec<Value> = silent.iter().map(|series| silence(looker, series)).collect();
        return Sight::unknown("old_keys_unknown")
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
        return Sight::unknown("old_keys_proving")
            .with("keys", names(&proving))
            .not_before("next_proof_at", next)
            .with("proofs", proofs)
            .with("of", proof_at.len());
    }
    let probably = all(&[Retirement::ProbablyRetired]);
    if !probably.is_empty() {
        return Sight::missing("old_keys_probably_dead").with("keys", names(&probably));
    }
    let retired = all(&[Retirement::Retired]);
    let proofs: Vec<Value> = retired.iter().map(|series| proof(looker, series)).collect();
    Sight::proven("old_keys_dead")
        .with("keys", names(&retired))
        .with("retired", proofs)
}

fn old_key_alive(looker: &Looker, series: &Series) -> Sight {
    let provider = looker.providers.get(&series.provider);
    let sight = Sight::missing("old_key_alive")
        .with("key", series.keys.first().cloned())
        .with("provider", series.provider.as_str())
        .with("title", provider.map(|provider| provider.title.clone()))
        .with("manage_url", provider.map(|provider| provider.manage_url.clone()))
        .with("verdict", series.last.map(|run| run.old.as_str()));
    match series.alive_since {
        Some(since) => sight.at("since", since),
        None => sight,
    }
}

/// Whose old key it is, and where it is deleted.
fn console(looker: &Looker, series: &Series) -> Value {
    let provider = looker.providers.get(&series.provider);
    json!({
        "title": provider.map(|provider| &provider.title),
        "manage_url": provider.map(|provider| &provider.manage_url),
    })
}

fn silence(looker: &Looker, series: &Series) -> Value {
    json!({
        "key": series.keys.first(),
        "provider": series.provider,
        "title": looker.providers.get(&series.provider).map(|provider| &provider.title),
        "old": series.last.map(|run| run.old.as_str()),
        "new": series.last.map(|run| run.new.as_str()),
    })
}

fn proof(looker: &Looker, series: &Series) -> Value {
    json!({
        "key": series.keys.first(),
        "provider": series.provider,
        "title": looker.providers.get(&series.provider).map(|provider| &provider.title),
        "proven_at": series.proven_at(),
        "proofs": series.runs.len(),
    })
}
