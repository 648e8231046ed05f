//! A fresh look at exposed keys: does the exposed value still stand in `.env`, does it still open something, is it proven
//! dead? Only a provider's answer about that very value tells; everything else is unknown, and said to be.
use super::dotenv::{KeyValues, only};
use super::exposures::{self, Exposure, exposed_key};
use super::proofs::ProofSeries;
use super::prove::prove;
use super::providers::{Instance, Provider, Providers};
use super::replaced_key::{PresentKeys, ReplacedKey};
use super::retirement::Retirement;
use super::rotations::{self, RotationStage};
use super::state_file::StateError;
use super::{EnvError, EnvFile, Keyring, Project, backup};
use crate::domain::exposure::{ExposedKey, ExposureStanding};
use crate::domain::verdict::{Life, Verdict};
use chrono::{DateTime, Utc};
use std::sync::Arc;
use std::time::Duration;

/// An exposed key, and the values that can be asked about.
struct Found {
    provider: Option<Provider>,
    exposures: Vec<Exposure>,
    values: Values,
}

/// Where the exposed value of a key is.
enum Values {
    /// In `.env`: the key as it stands there.
    InUse(KeyValues),
    /// In a backup, and not in `.env`; with the key that took its place, if one did.
    Replaced(Box<ReplacedKey>),
    /// In no backup that can be read.
    Unreadable,
    /// Wherever it is, nobody can be asked about it.
    NoProvider,
}

/// Looks at the exposed keys of these names, or at all whose clock runs. `proof_at` says when proofs are due, counted from the
/// first one.
pub async fn look(
    keys: &Keyring,
    names: &[String],
    all: bool,
    proof_at: &[Duration],
    now: DateTime<Utc>,
) -> Result<Vec<ExposedKey>, StateError> {
    let (providers, asked) = (Arc::clone(&keys.providers), names.to_vec());
    let found = keys
        .blocking(move |project| found(project, &providers, &asked, all))
        .await?;
    let mut seen = Vec::new();
    let mut looked = Vec::new();
    for key in found {
        let exposed = judged(keys, &key, proof_at, now).await;
        seen.extend(key.exposures.into_iter().map(|exposure| (exposure, exposed.clone())));
        looked.push(exposed);
    }
    keys.blocking(move |project| exposures::remember(project, &seen))
        .await?;
    looked.extend(absent(&keys.providers, names, &looked));
    Ok(looked)
}

/// The names under which nothing is exposed: no such key was in `.env`. A provider's are told once.
fn absent(providers: &Providers, names: &[String], looked: &[ExposedKey]) -> Vec<ExposedKey> {
    let mut absent: Vec<ExposedKey> = Vec::new();
    for name in names {
        let provider = providers.of_variable(name);
        let mut key = exposed_key(provider, &[], ExposureStanding::Absent);
        if provider.is_none() {
            name.clone_into(&mut key.id);
            name.clone_into(&mut key.title);
        }
        let is_told = |other: &ExposedKey| {
            other.id == key.id
                || other
                    .variables
                    .iter()
                    .any(|variable| variable.eq_ignore_ascii_case(name))
        };
        if !looked.iter().chain(&absent).any(is_told) {
            key.variables.push(name.clone());
            absent.push(key);
        }
    }
    absent
}

/// The exposed keys with their values, one for each provider's or variable's.
fn found(project: &Project, providers: &Providers, names: &[String], all: bool) -> Result<Vec<Found>, StateError> {
    let env = match project.read_env() {
        Err(EnvError::Missing(_)) => EnvFile::parse(b"")?,
        env => env?,
    };
    let mut all_found: Vec<Found> = Vec::new();
    for exposure in exposures::of(project, providers, names, all)? {
        let provider = providers.of_variable(&exposure.variable);
        let values = values(project, &env, provider, &exposure);
        let same = |known: &&mut Found| {
            let provider_of = known.provider.as_ref().map(|provider| &provider.id);
            provider.is_some() && provider_of == provider.map(|provider| &provider.id) && known.values.same_key(&values)
        };
        match all_found.iter_mut().find(same) {
            Some(known) => known.exposures.push(exposure),
            None => all_found.push(Found {
                provider: provider.cloned(),
                exposures: vec![exposure],
                values,
            }),
        }
    }
    Ok(all_found)
}

impl Values {
    /// Whether these are the values of one key: a pair is looked at once.
    fn same_key(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::InUse(one), Self::InUse(other)) => one.keys().eq(other.keys()),
            (Self::Replaced(one), Self::Replaced(other)) => one.old_print == other.old_print,
            (Self::Unreadable, Self::Unreadable) => true,
            _ => false,
        }
    }
}

fn values(project: &Project, env: &EnvFile, provider: Option<&Provider>, exposure: &Exposure) -> Values {
    let Some(provider) = provider else {
        return Values::NoProvider;
    };
    let present = env.values();
    if exposures::is_in_use(project, env, exposure) {
        let mut keys = provider.instances(&present).into_iter();
        let key = keys.find(|key| key.names.contains(&exposure.variable));
        return Values::InUse(key.map(|key| only(&present, &key.names)).unwrap_or_default());
    }
    let Some(former) = former(project, exposure) else {
        // Of what a vault alone held its owner's word is all there is.
        return if is_claimed(project, exposure) {
            Values::NoProvider
        } else {
            Values::Unreadable
        };
    };
    let is_its = |key: &Instance| key.names.contains(&exposure.variable);
    let successor = provider.instances(&present).into_iter().next();
    let replaced = successor
        .and_then(|new| PresentKeys::of(project, provider, &present, &new))
        .and_then(|keys| keys.replaced(&former, is_its).pop());
    match replaced.or_else(|| ReplacedKey::without_successor(project, provider, &former, is_its)) {
        Some(replaced) => Values::Replaced(Box::new(replaced)),
        // Half a pair is nothing that could be asked about.
        None => Values::NoProvider,
    }
}

/// Whether a rotation of the exposed value ended without anybody who could be asked about it.
fn is_claimed(project: &Project, exposure: &Exposure) -> bool {
    let every = rotations::ever(project).unwrap_or_default();
    let mut claimed = every.iter().filter(|rotation| rotation.stage == RotationStage::Claimed);
    claimed.any(|rotation| rotation.old.get(&exposure.variable) == Some(&exposure.fingerprint))
}

/// The values of the newest backup that holds the exposed one.
fn former(project: &Project, exposure: &Exposure) -> Option<KeyValues> {
    let backups = backup::list(project).into_iter();
    let holds = |found: &backup::Backup| found.fingerprints.get(&exposure.variable) == Some(&exposure.fingerprint);
    let mut readable = backups
        .filter(holds)
        .filter_map(|found| backup::values(project, &found).ok());
    readable.next().map(|file| file.values())
}

async fn judged(keys: &Keyring, found: &Found, proof_at: &[Duration], now: DateTime<Utc>) -> ExposedKey {
    let (standing, series) = standing(keys, found, proof_at, now).await;
    let exposures: Vec<&Exposure> = found.exposures.iter().collect();
    let mut key = exposed_key(found.provider.as_ref(), &exposures, standing);
    let proven_at = series.as_ref().and_then(ProofSeries::proven_at);
    key.ended_at = standing.is_over().then(|| key.ended_at.or(proven_at).unwrap_or(now));
    let is_proving = standing == ExposureStanding::OldRefused;
    key.next_proof_at = series
        .filter(|_| is_proving)
        .and_then(|series| series.due_at(now, proof_at));
    key
}

async fn standing(
    keys: &Keyring,
    found: &Found,
    proof_at: &[Duration],
    now: DateTime<Utc>,
) -> (ExposureStanding, Option<ProofSeries>) {
    use ExposureStanding as Is;
    let Some(provider) = &found.provider else {
        let env = keys.blocking(Project::read_env).await;
        let in_use = |exposure: &Exposure| {
            env.as_ref()
                .is_ok_and(|env| exposures::is_in_use(&keys.project, env, exposure))
        };
        let in_use = found.exposures.iter().any(in_use);
        return (if in_use { Is::InUseUnknown } else { Is::NoProvider }, None);
    };
    match &found.values {
        Values::InUse(values) => match verdict(keys, provider, values, now).await.life() {
            Life::Alive => (Is::InUseAlive, None),
            Life::Dead => (Is::InUseRefused, None),
            Life::Unknown | Life::None => (Is::InUseUnknown, None),
        },
        Values::Replaced(replaced) => {
            let proven = prove(keys, std::slice::from_ref(replaced.as_ref()), proof_at, now).await;
            if let Err(error) = &proven.kept {
                // Proofs that are not kept prove nothing, and would be taken for ever.
                tracing::warn!(%error, "state/proofs.json cannot be written");
                return (Is::OldUnknown, None);
            }
            let series = proven.series.into_iter().next();
            let standing = match series.as_ref().map_or(Is::OldUnknown, of_series) {
                Is::OldAlive if replaced.new.is_empty() => Is::GoneAlive,
                Is::OldUnknown if replaced.new.is_empty() => Is::GoneUnknown,
                standing => standing,
            };
            (standing, series)
        }
        Values::Unreadable => (Is::OldUnreadable, None),
        Values::NoProvider => (Is::NoProvider, None),
    }
}

async fn verdict(keys: &Keyring, provider: &Provider, values: &KeyValues, now: DateTime<Utc>) -> Verdict {
    keys.prober.probe(provider, values, now).await.verdict
}

fn of_series(series: &ProofSeries) -> ExposureStanding {
    match series.retirement {
        Some(Retirement::Retired) => ExposureStanding::Dead,
        Some(Retirement::ProbablyRetired) => ExposureStanding::ProbablyDead,
        Some(Retirement::Claimed) => ExposureStanding::NoProvider,
        Some(Retirement::OldStillAlive) => ExposureStanding::OldAlive,
        Some(Retirement::Inconclusive) if !series.runs.is_empty() && series.runs.last() == series.last.as_ref() => {
            ExposureStanding::OldRefused
        }
        Some(Retirement::Inconclusive | Retirement::Propagating | Retirement::NotRotated) | None => {
            ExposureStanding::OldUnknown
        }
    }
}
