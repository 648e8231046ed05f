//! A fresh look at exposed keys: does the exposed value still stand in `.env`, does it still open something, is it proven
//! dead? Only a provider's answer about that very value tells; everything else is unknown, and said to be.
use super::dotenv::KeyValues;
use super::exposed_values::{self, ExposedValues, GoneKeys};
use super::exposures::{self, ExposedPlace, Exposure, MeantKeys, exposed_key};
use super::exposures_mark::{Marked, unmarked_former};
use super::key_names::stands_for_a_key;
use super::proofs::ProofSeries;
use super::prove::prove;
use super::providers::{Provider, Providers};
use super::retirement::Retirement;
use super::state_file::StateError;
use super::{Keyring, Project};
use crate::domain::exposure::{ExposedKey, ExposureStanding};
use crate::domain::verdict::{Life, Verdict};
use chrono::{DateTime, Utc};
use std::sync::Arc;
use std::time::Duration;

/// An exposed key, and the values that can be asked about.
struct Found {
    provider: Option<Provider>,
    exposures: Vec<Exposure>,
    /// The variables by which it is called.
    variables: Vec<String>,
    in_use: bool,
    values: ExposedValues,
}

/// Looks at the exposed keys of these names, or at all whose clock runs. `proof_at` says when proofs are due, counted from the
/// first one.
pub async fn look(
    keys: &Keyring,
    which: &MeantKeys,
    proof_at: &[Duration],
    now: DateTime<Utc>,
) -> Result<Vec<ExposedKey>, StateError> {
    let (providers, asked) = (Arc::clone(&keys.providers), which.clone());
    let (found, present, former) = keys.blocking(move |project| found(project, &providers, &asked)).await?;
    let mut seen = Vec::new();
    let mut looked = Vec::new();
    for key in found {
        let exposed = judged(keys, &key, proof_at, now).await;
        seen.extend(key.exposures.into_iter().map(|exposure| (exposure, exposed.clone())));
        looked.push(exposed);
    }
    keys.blocking(move |project| exposures::remember(project, &seen))
        .await?;
    looked.extend(absent(keys, &which.names, &present, &looked));
    looked.extend(without_clock(keys, &former, &looked));
    Ok(looked)
}

/// Notes how the exposed keys of a provider stand that `.env` holds no more: their clocks run beside a rotation, and after it.
pub(super) async fn look_at_gone(
    keys: &Keyring,
    provider: &str,
    proof_at: &[Duration],
    now: DateTime<Utc>,
) -> Result<(), StateError> {
    let (provider, providers) = (provider.to_owned(), Arc::clone(&keys.providers));
    let gone = move |project: &Project| GoneKeys::of(project, &providers, &provider);
    let gone = keys.blocking(gone).await?.exposures.into_iter();
    let names: Vec<String> = gone.map(|exposure| exposure.variable).collect();
    if !names.is_empty() {
        let which = MeantKeys {
            names,
            ..MeantKeys::default()
        };
        look(keys, &which, proof_at, now).await?;
    }
    Ok(())
}

/// The keys whose former values were meant and have no clock: proven dead before, or not known.
fn without_clock(keys: &Keyring, former: &Marked, looked: &[ExposedKey]) -> Vec<ExposedKey> {
    let dead = former.dead.iter().map(|name| (name, ExposureStanding::FormerDead));
    let unknown = former.unknown.iter().map(|name| (name, ExposureStanding::NoFormer));
    let mut told: Vec<ExposedKey> = Vec::new();
    for (name, standing) in dead.chain(unknown) {
        let key = named_key(keys, name, standing);
        let is_told = |other: &ExposedKey| other.id == key.id && !other.standing.is_in_use();
        if !looked.iter().chain(&told).any(is_told) {
            told.push(key);
        }
    }
    told
}

/// A key under a name that somebody gave, of which nothing is exposed.
fn named_key(keys: &Keyring, name: &String, standing: ExposureStanding) -> ExposedKey {
    let provider = keys.providers.of_variable(name);
    let mut key = exposed_key(&keys.project, provider, &[], Vec::new(), standing);
    if provider.is_none() {
        key.id.clone_from(name);
        key.title.clone_from(name);
    }
    key.variables.push(name.clone());
    key
}

/// The names under which nothing is exposed, as no such key is in `.env`; one that stands there and was taken back is not spoken
/// of. A provider's are told once.
fn absent(keys: &Keyring, names: &[String], present: &[String], looked: &[ExposedKey]) -> Vec<ExposedKey> {
    let mut absent: Vec<ExposedKey> = Vec::new();
    let is_gone = |name: &&String| {
        let mut present = present.iter();
        !present.any(|other| exposures::is_same_key(&keys.providers, name, other))
    };
    for name in names.iter().filter(is_gone) {
        let key = named_key(keys, name, ExposureStanding::Absent);
        let is_told = |other: &ExposedKey| {
            other.id == key.id
                || other
                    .variables
                    .iter()
                    .any(|variable| variable.eq_ignore_ascii_case(name))
        };
        if !looked.iter().chain(&absent).any(is_told) {
            absent.push(key);
        }
    }
    absent
}

/// The exposed keys with their values, one for each provider's or variable's, the names of the keys in `.env`, and what is known of
/// former values.
fn found(
    project: &Project,
    providers: &Providers,
    which: &MeantKeys,
) -> Result<(Vec<Found>, Vec<String>, Marked), StateError> {
    let env = project.read_env_or_empty()?;
    let keys = env.entries().filter(|entry| !stands_for_a_key(entry));
    let present = keys.map(|entry| entry.name.clone()).collect();
    let mut all_found: Vec<Found> = Vec::new();
    let mut exposed = if which.all {
        exposures::all_running(project)?
    } else {
        exposures::of(project, providers, &env, &which.names)?
    };
    // What stands under another key's name is a former value of this one's.
    let is_former = |exposure: &Exposure| {
        let place = ExposedPlace::of(project, providers, &env, exposure);
        !place.in_use || !exposures::is_same_key(providers, place.variable, &exposure.variable)
    };
    let of_former = exposures::of(project, providers, &env, &which.former)?.into_iter();
    let of_former: Vec<Exposure> = of_former
        .filter(|exposure| !exposed.contains(exposure) && is_former(exposure))
        .collect();
    exposed.extend(of_former);
    for exposure in exposed {
        let place = ExposedPlace::of(project, providers, &env, &exposure);
        let (variable, provider, in_use) = (place.variable.to_owned(), place.provider, place.in_use);
        let values = exposed_values::of(project, &env, provider, &exposure);
        let same = |known: &&mut Found| {
            let provider_of = known.provider.as_ref().map(|provider| &provider.id);
            provider.is_some() && provider_of == provider.map(|provider| &provider.id) && known.values.same_key(&values)
        };
        match all_found.iter_mut().find(same) {
            Some(known) => {
                known.variables.push(variable);
                known.exposures.push(exposure);
            }
            None => all_found.push(Found {
                provider: provider.cloned(),
                variables: vec![variable],
                exposures: vec![exposure],
                in_use,
                values,
            }),
        }
    }
    let former = unmarked_former(project, providers, which, &project.fingerprints_of(&env))?;
    Ok((all_found, present, former))
}

async fn judged(keys: &Keyring, found: &Found, proof_at: &[Duration], now: DateTime<Utc>) -> ExposedKey {
    let (standing, series) = standing(keys, found, proof_at, now).await;
    let exposures: Vec<&Exposure> = found.exposures.iter().collect();
    let mut key = exposed_key(
        &keys.project,
        found.provider.as_ref(),
        &exposures,
        found.variables.clone(),
        standing,
    );
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
        return (if found.in_use { Is::InUseUnknown } else { Is::NoProvider }, None);
    };
    match &found.values {
        ExposedValues::InUse(values) => match verdict(keys, provider, values, now).await.life() {
            Life::Alive => (Is::InUseAlive, None),
            Life::Dead => (Is::InUseRefused, None),
            Life::Unknown | Life::None => (Is::InUseUnknown, None),
        },
        ExposedValues::Replaced(replaced) => {
            let proven = prove(keys, std::slice::from_ref(replaced.as_ref()), proof_at, now).await;
            if let Err(error) = &proven.kept {
                // Proofs that are not kept prove nothing, and would be taken for ever.
                tracing::warn!(%error, "state/proofs.json cannot be written");
                return (Is::OldUnknown, None);
            }
            let series = proven.series.into_iter().next();
            let standing = series.as_ref().map_or(Is::OldUnknown, of_series);
            (standing.beside_another(!replaced.new.is_empty()), series)
        }
        ExposedValues::Unreadable => (Is::OldUnreadable, None),
        ExposedValues::NoProvider => (Is::NoProvider, None),
    }
}

async fn verdict(keys: &Keyring, provider: &Provider, values: &KeyValues, now: DateTime<Utc>) -> Verdict {
    keys.prober.probe_within(provider, values, now).await.verdict
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

#[cfg(test)]
mod tests {
    use super::super::exposures_mark::mark;
    use super::super::project::testing::{project, write_file};
    use super::*;
    use crate::rotation::backup;

    /// Half a rotation: the former value of one variable is in use as another key's.
    #[test]
    fn a_former_value_under_another_keys_name_is_looked_at() {
        let (old, new) = (format!("gsk_{}", "aB3".repeat(16)), format!("gsk_{}", "cD4".repeat(16)));
        let (_dir, project) = project(&format!("API_Groq={old}\n"));
        backup::create(&project, Utc::now(), "test").unwrap();
        write_file(&project.env, &format!("API_Groq={new}\nVITE_GROQ={old}\n"));
        let providers = Providers::builtin().with_names_of(&project.read_env().unwrap());
        let which = MeantKeys {
            former: vec!["API_Groq".to_owned()],
            ..MeantKeys::default()
        };
        mark(&project, &providers, &which, Utc::now()).unwrap();
        let (all_found, ..) = found(&project, &providers, &which).unwrap();
        let [key] = &all_found[..] else {
            panic!("it is not looked at")
        };
        assert_eq!((&key.variables[..], key.in_use), (&["VITE_GROQ".to_owned()][..], true));
        // The one in use was not meant.
        let present = MeantKeys {
            all: true,
            ..MeantKeys::default()
        };
        mark(&project, &providers, &present, Utc::now()).unwrap();
        let (all_found, ..) = found(&project, &providers, &which).unwrap();
        let variables = all_found.iter().flat_map(|key| key.variables.clone());
        assert!(!variables.collect::<Vec<_>>().contains(&"API_Groq".to_owned()));
    }
}
