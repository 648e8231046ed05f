//! The proofs that old keys are dead, kept over restarts in `state/proofs.json` (0600): times, verdicts and fingerprints,
//! never a value.
use super::Project;
use super::key_within::key_within;
use super::providers::{Instance, Provider};
use super::retirement::{self, ProofRun, Retirement};
use super::state_file::{StateError, store};
use crate::config::text_of;
use crate::domain::cycle::Fingerprint;
use crate::domain::verdict::Life;
use chrono::{DateTime, Utc};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use std::time::Duration;

const FILE: &str = "proofs.json";

/// All series of proofs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proofs {
    /// One for each old key.
    pub series: Vec<ProofSeries>,
}

/// The proofs about one old key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProofSeries {
    /// The id of the provider that issued it.
    pub provider: String,
    /// The variables in which it stood.
    pub keys: Vec<String>,
    /// The old key's fingerprints: of its identifier where it has one.
    pub old: Vec<Fingerprint>,
    /// The new one's.
    pub new: Vec<Fingerprint>,
    /// The runs that prove something, the first one first.
    pub runs: Vec<ProofRun>,
    /// What is known by now.
    pub retirement: Option<Retirement>,
    /// Since when the old key has been seen alive beside the new one.
    pub alive_since: Option<DateTime<Utc>>,
    /// The last run's verdicts, whether it proved something or not.
    pub last: Option<ProofRun>,
}

impl Proofs {
    /// Reads what is kept. A damaged file proves nothing: the proofs are taken again.
    pub fn read(project: &Project) -> Self {
        text_of(&project.state_dir.join(FILE))
            .ok()
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_default()
    }

    /// Keeps them, whole.
    pub fn write(&self, project: &Project) -> Result<(), StateError> {
        store(&project.state_dir.join(FILE), self)
    }

    /// The series of an old key against a new one, begun if there is none.
    pub fn of(
        &mut self,
        provider: &str,
        keys: &[String],
        old: &[Fingerprint],
        new: &[Fingerprint],
    ) -> &mut ProofSeries {
        let same = |series: &ProofSeries| series.provider == provider && series.old == old && series.new == new;
        let place = self.series.iter().position(same).unwrap_or_else(|| {
            self.series.push(ProofSeries {
                provider: provider.to_owned(),
                keys: keys.to_vec(),
                old: old.to_vec(),
                new: new.to_vec(),
                runs: Vec::new(),
                retirement: None,
                alive_since: None,
                last: None,
            });
            self.series.len() - 1
        });
        &mut self.series[place]
    }

    /// The newest look at each old key that was asked about beside a successor.
    pub fn newest_looks(&self) -> Vec<&ProofSeries> {
        let mut newest: Vec<&ProofSeries> = Vec::new();
        for series in self.series.iter().filter(|series| !series.new.is_empty()) {
            match newest
                .iter_mut()
                .find(|known| known.is_about(&series.provider, &series.old))
            {
                Some(known) if known.looked_at() < series.looked_at() => *known = series,
                Some(_) => {}
                None => newest.push(series),
            }
        }
        newest
    }

    /// Since when an old key has been seen alive, beside whatever successor.
    pub fn alive_since(&self, provider: &str, old: &[Fingerprint]) -> Option<DateTime<Utc>> {
        let own = self.series.iter().filter(|series| series.is_about(provider, old));
        own.filter_map(|series| series.alive_since).min()
    }
}

impl ProofSeries {
    /// Whether it is about this old key.
    pub fn is_about(&self, provider: &str, old: &[Fingerprint]) -> bool {
        self.provider == provider && self.old == old
    }

    /// When it was last asked about.
    pub fn looked_at(&self) -> Option<DateTime<Utc>> {
        self.last.map(|run| run.at)
    }

    /// Whether nothing more is to be asked.
    pub fn is_settled(&self) -> bool {
        matches!(
            self.retirement,
            Some(Retirement::Retired | Retirement::ProbablyRetired | Retirement::Claimed)
        )
    }

    /// When the next proof is due; at once when none was taken, never when settled.
    pub fn due_at(&self, now: DateTime<Utc>, proof_at: &[Duration]) -> Option<DateTime<Utc>> {
        if self.is_settled() {
            return None;
        }
        Some(retirement::next_proof_at(&self.runs, proof_at).unwrap_or(now))
    }

    /// When the proof that settled it was taken.
    pub fn proven_at(&self) -> Option<DateTime<Utc>> {
        self.runs.last().filter(|_| self.is_settled()).map(|run| run.at)
    }

    /// Takes a run in. A run that tells nothing (the control failed, a provider in trouble) is no proof and is asked
    /// again; an old key that answers begins the series anew.
    pub fn add(&mut self, run: ProofRun, proof_at: &[Duration]) {
        self.last = Some(run);
        if !run.tells() {
            self.retirement = Some(Retirement::Inconclusive);
            return;
        }
        self.runs.push(run);
        self.retirement = Some(retirement::judge(&self.runs, proof_at));
        if run.old.life() == Life::Alive {
            self.alive_since.get_or_insert(run.at);
            self.runs.clear();
        } else {
            self.alive_since = None;
        }
    }
}

/// What tells one key of a provider from another, under whatever names and whatever else its value holds: its identifier, else
/// the key itself. `None`: it is incomplete.
pub fn identity(project: &Project, provider: &Provider, key: &Instance) -> Option<Vec<Fingerprint>> {
    let values = key.values.as_ref()?;
    let has_identifier = provider.variables.iter().any(|variable| variable.identifier);
    let telling = provider
        .variables
        .iter()
        .zip(values)
        .filter(|(variable, _)| !has_identifier || variable.identifier);
    Some(
        telling
            .map(|(variable, value)| match key_within(variable, value.expose_secret()) {
                Some(key) => project.fingerprint(&variable.name, &key.into()),
                None => project.fingerprint(&variable.name, value),
            })
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::verdict::Verdict;

    const PROOF_AT: [Duration; 3] = [Duration::ZERO, Duration::from_mins(1), Duration::from_mins(10)];

    fn series(runs: &[(i64, Verdict, Verdict)]) -> ProofSeries {
        let mut proofs = Proofs::default();
        let series = proofs.of("groq", &["API_Groq".to_owned()], &["a".to_owned()], &["b".to_owned()]);
        for &(at_s, old, new) in runs {
            let at = DateTime::from_timestamp(1_800_000_000 + at_s, 0).unwrap();
            series.add(ProofRun { at, old, new }, &PROOF_AT);
        }
        series.clone()
    }

    #[test]
    fn a_failed_control_is_no_proof_and_spoils_none() {
        use Verdict::{Invalid, NetworkError, Valid};
        let known = series(&[
            (0, Invalid, Valid),
            (60, Invalid, NetworkError),
            (70, Invalid, Valid),
            (600, Invalid, Valid),
        ]);
        assert_eq!(known.retirement, Some(Retirement::Retired));
        assert_eq!(known.due_at(Utc::now(), &PROOF_AT), None);
    }

    #[test]
    fn an_old_key_that_answers_begins_the_series_anew() {
        use Verdict::{Invalid, Valid};
        let known = series(&[(0, Invalid, Valid), (60, Valid, Valid)]);
        assert_eq!((known.retirement, known.runs.len()), (Some(Retirement::Propagating), 0));
        assert!(known.alive_since.is_some());
        let known = series(&[(0, Valid, Valid)]);
        assert_eq!(known.retirement, Some(Retirement::OldStillAlive));
        let known = series(&[
            (0, Valid, Valid),
            (5, Invalid, Valid),
            (65, Invalid, Valid),
            (605, Invalid, Valid),
        ]);
        assert_eq!((known.retirement, known.alive_since), (Some(Retirement::Retired), None));
    }
}
