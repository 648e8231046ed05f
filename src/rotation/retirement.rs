//! Whether an old key is proven dead: a pure judgement over runs, each of which asked the old key and, as control, the
//! new one from the same host at the same time.
use crate::domain::verdict::{Life, Verdict};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// What is known about an old key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Retirement {
    /// Dead in every proof, the new one valid in each.
    Retired,
    /// The provider has one code for several causes (Binance): likely dead. Shown as claimed, ticks nothing.
    ProbablyRetired,
    /// The old value cannot be asked about at all: another tool keeps it, or it is no whole key. That it is dead is its owner's
    /// word; ticks nothing.
    Claimed,
    /// It still opens something, or the provider still knows it.
    OldStillAlive,
    /// Old and new are the same value.
    NotRotated,
    /// Mixed answers: the deletion is on its way through the provider.
    Propagating,
    /// Too few proofs yet, or the control failed, or an answer that tells nothing.
    Inconclusive,
}

impl Retirement {
    /// What several old keys come to: one that lives outweighs all that are dead. Of none: nothing was rotated.
    pub fn worst(all: impl Iterator<Item = Self>) -> Self {
        let urgency = |known: &Self| match known {
            Self::OldStillAlive => 0,
            Self::Propagating => 1,
            Self::NotRotated => 2,
            Self::Inconclusive => 3,
            Self::Claimed => 4,
            Self::ProbablyRetired => 5,
            Self::Retired => 6,
        };
        all.min_by_key(urgency).unwrap_or(Self::NotRotated)
    }

    /// The name in tables, replies and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Retired => "retired",
            Self::ProbablyRetired => "probably_retired",
            Self::Claimed => "claimed",
            Self::OldStillAlive => "old_still_alive",
            Self::NotRotated => "not_rotated",
            Self::Propagating => "propagating",
            Self::Inconclusive => "inconclusive",
        }
    }
}

/// One run: both keys asked together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProofRun {
    /// The moment at which it happened.
    pub at: DateTime<Utc>,
    /// The old key's verdict.
    pub old: Verdict,
    /// The new key's verdict: the control.
    pub new: Verdict,
}

impl ProofRun {
    /// Whether the new key is let in, so that a refusal is about the old one; a key with few rights is let in too.
    pub fn is_controlled(&self) -> bool {
        matches!(self.new, Verdict::Valid | Verdict::ValidLimited)
    }

    /// Whether no call can ever tell whether the old key lives: its value is none that could be sent. The new one is in use, as
    /// far as that can be told.
    pub fn is_beyond_asking(&self) -> bool {
        let is_none = self.old.life() == Life::None || self.old == Verdict::WrongKeyType;
        is_none && (self.is_controlled() || self.new == Verdict::Reference)
    }
}

/// Judges the runs of one series. `proof_at` says when proofs are due, from the first run on; a run counts as the next
/// proof only once its time has come, so that three calls in one second prove no more than one.
pub fn judge(runs: &[ProofRun], proof_at: &[Duration]) -> Retirement {
    let lives: Vec<Life> = runs.iter().map(|run| run.old.life()).collect();
    if lives.contains(&Life::Alive) {
        let mixed = lives.contains(&Life::Dead);
        return if mixed {
            Retirement::Propagating
        } else {
            Retirement::OldStillAlive
        };
    }
    if runs.last().is_some_and(ProofRun::is_beyond_asking) {
        return Retirement::Claimed;
    }
    let controlled = runs.iter().all(ProofRun::is_controlled);
    if !controlled || proofs(runs, proof_at).len() < proof_at.len().max(1) {
        return Retirement::Inconclusive;
    }
    let dead = |run: &ProofRun| run.old.life() == Life::Dead;
    let dead_or_ambiguous = |run: &ProofRun| dead(run) || run.old == Verdict::AmbiguousAuth;
    if runs.iter().all(dead) {
        Retirement::Retired
    } else if runs.iter().all(dead_or_ambiguous) {
        Retirement::ProbablyRetired
    } else {
        Retirement::Inconclusive
    }
}

/// When the next proof is due; `None` when all have been taken.
pub fn next_proof_at(runs: &[ProofRun], proof_at: &[Duration]) -> Option<DateTime<Utc>> {
    let taken = proofs(runs, proof_at).len();
    let due = *proof_at.get(taken)?;
    let first = runs.first().map(|run| run.at)?;
    Some(first + due)
}

/// The runs that count as proofs: the first, then each that came no earlier than its time.
fn proofs<'r>(runs: &'r [ProofRun], proof_at: &[Duration]) -> Vec<&'r ProofRun> {
    let Some(first) = runs.first() else {
        return Vec::new();
    };
    let mut taken: Vec<&ProofRun> = Vec::new();
    for run in runs {
        let due = proof_at.get(taken.len()).copied().unwrap_or_default();
        if taken.is_empty() || (taken.len() < proof_at.len() && run.at >= first.at + due) {
            taken.push(run);
        }
    }
    taken
}

#[cfg(test)]
mod tests;
