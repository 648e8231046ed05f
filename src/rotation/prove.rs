//! Proves old keys dead: each is asked, and then its successor as control; what both say is kept. The bot's evidence and
//! `rotate finish` take their proofs here.
use super::proofs::{ProofSeries, Proofs};
use super::replaced_key::ReplacedKey;
use super::retirement::ProofRun;
use super::state_file::StateError;
use super::{Keyring, Project, replace};
use crate::domain::verdict::{Life, Verdict, VerdictReason};
use chrono::{DateTime, Utc};
use std::time::Duration;
use tokio::task::JoinSet;

/// What is known about old keys once the proofs that are due were taken.
pub struct ProvenKeys {
    /// One series for each key, in the order in which they were given.
    pub series: Vec<ProofSeries>,
    /// The runs that were made for it, in the same order of keys.
    pub runs: Vec<ProofRun>,
    /// Whether `state/proofs.json` could be written; proofs that are not kept are taken again.
    pub kept: Result<(), StateError>,
}

/// Takes the proofs that are due at `now`, providers side by side, and keeps them. `proof_at` says when proofs are due,
/// counted from the first one. Callers wait for each other: two would count one moment twice.
pub async fn prove(keys: &Keyring, replaced: &[ReplacedKey], proof_at: &[Duration], now: DateTime<Utc>) -> ProvenKeys {
    let _ours = keys.proving.lock().await;
    let mut known = keys.blocking(Proofs::read).await;
    let mut due = |key: &&ReplacedKey| {
        let due_at = series_of(&mut known, key).due_at(now, proof_at);
        due_at.is_some_and(|due_at| due_at <= now)
    };
    let due: Vec<ReplacedKey> = replaced.iter().filter(&mut due).cloned().collect();
    let asked = ask(keys, due, now).await;
    let runs = asked.iter().map(|(_, run)| *run).collect();
    let (replaced, proof_at) = (replaced.to_vec(), proof_at.to_vec());
    let (series, kept) = keys
        .blocking(move |project| keep(project, &asked, &replaced, &proof_at))
        .await;
    ProvenKeys { series, runs, kept }
}

/// Adds the runs to what is kept: other processes may have kept proofs of their own meanwhile, and lose none.
fn keep(
    project: &Project,
    asked: &[(ReplacedKey, ProofRun)],
    replaced: &[ReplacedKey],
    proof_at: &[Duration],
) -> (Vec<ProofSeries>, Result<(), StateError>) {
    let lock = replace::lock(&project.state_dir);
    let mut proofs = Proofs::read(project);
    for (key, run) in asked {
        series_of(&mut proofs, key).add(*run, proof_at);
    }
    let series = replaced.iter().map(|key| series_of(&mut proofs, key).clone()).collect();
    let kept = lock.map_err(StateError::from).and_then(|_lock| proofs.write(project));
    (series, kept)
}

fn series_of<'p>(proofs: &'p mut Proofs, key: &ReplacedKey) -> &'p mut ProofSeries {
    proofs.of(&key.provider.id, &key.names, &key.old_print, &key.new_print)
}

/// Asks about each key, and then about its successor.
async fn ask(keys: &Keyring, due: Vec<ReplacedKey>, now: DateTime<Utc>) -> Vec<(ReplacedKey, ProofRun)> {
    let mut asking = JoinSet::new();
    for (place, key) in due.into_iter().enumerate() {
        let prober = keys.prober.clone();
        asking.spawn(async move {
            let old = prober.probe_within(&key.provider, &key.old, now).await;
            // A key of a suspended account is refused, and may work again with the account.
            let may_return = old.because().is_some_and(VerdictReason::may_end) && old.verdict.life() == Life::Dead;
            let old = if may_return { Verdict::Unexpected } else { old.verdict };
            let new = prober.probe(&key.provider, &key.new, now).await.verdict;
            (place, key, ProofRun { at: now, old, new })
        });
    }
    let mut asked = asking.join_all().await;
    asked.sort_by_key(|(place, ..)| *place);
    asked.into_iter().map(|(_, key, run)| (key, run)).collect()
}
