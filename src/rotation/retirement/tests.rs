//! The 12 recorded judgements, and that impatience proves nothing.
use super::*;
use chrono::TimeDelta;
use proptest::prelude::*;
use serde::Deserialize;

#[derive(Deserialize)]
struct RetirementVector {
    old: Vec<Verdict>,
    new: Vec<Verdict>,
    spacing_s: Vec<i64>,
    #[serde(default)]
    same_fingerprint: bool,
    verdict: Retirement,
}

const PROOF_AT: [Duration; 3] = [Duration::ZERO, Duration::from_mins(1), Duration::from_mins(10)];

fn run(at_s: i64, old: Verdict, new: Verdict) -> ProofRun {
    ProofRun {
        at: DateTime::from_timestamp(1_800_000_000 + at_s, 0).unwrap(),
        old,
        new,
    }
}

#[test]
fn every_recorded_series_is_judged_as_recorded() {
    let vectors: Vec<RetirementVector> =
        serde_json::from_str(include_str!("../../../tests/vectors/retirement.json")).unwrap();
    assert_eq!(vectors.len(), 12);
    for (n, vector) in vectors.iter().enumerate() {
        let runs: Vec<ProofRun> = (0..vector.old.len())
            .map(|at| run(vector.spacing_s[at], vector.old[at], vector.new[at]))
            .collect();
        // A key that is the old one is no replaced key, and of none there is nothing to judge.
        let series = (!vector.same_fingerprint).then(|| judge(&runs, &PROOF_AT));
        assert_eq!(Retirement::worst(series.into_iter()), vector.verdict, "vector {n}");
    }
}

#[test]
fn three_calls_in_one_minute_are_one_proof() {
    let dead = |at_s| run(at_s, Verdict::Invalid, Verdict::Valid);
    let hasty = [dead(0), dead(1), dead(2)];
    assert_eq!(judge(&hasty, &PROOF_AT), Retirement::Inconclusive);
    assert_eq!(next_proof_at(&hasty, &PROOF_AT), Some(dead(60).at));
    let patient = [dead(0), dead(61), dead(601)];
    assert_eq!(judge(&patient, &PROOF_AT), Retirement::Retired);
    assert_eq!(next_proof_at(&patient, &PROOF_AT), None);
    assert_eq!(judge(&[], &[]), Retirement::Inconclusive);
}

proptest! {
    /// Nothing is ever called retired but by three proofs in time, each with its control.
    #[test]
    fn retired_means_dead_three_times_over(runs in prop::collection::vec((0_i64..400, 0..Verdict::ALL.len(), 0..Verdict::ALL.len()), 0..6)) {
        let mut at_s = 0;
        let runs: Vec<ProofRun> = runs.into_iter().map(|(step, old, new)| {
            at_s += step;
            run(at_s, Verdict::ALL[old], if new < 14 { Verdict::Valid } else { Verdict::ALL[new] })
        }).collect();
        if judge(&runs, &PROOF_AT) == Retirement::Retired {
            prop_assert!(runs.len() >= 3 && runs.iter().all(|run| run.old.life() == Life::Dead && run.new == Verdict::Valid));
            prop_assert!(runs[runs.len() - 1].at - runs[0].at >= TimeDelta::seconds(600));
        }
        prop_assert_eq!(Retirement::worst(std::iter::empty()), Retirement::NotRotated);
    }
}
