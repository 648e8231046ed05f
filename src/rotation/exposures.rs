//! The keys that others could read, in `state/exposures.json`: since when, what their values were, and how they stood when
//! they were last looked at. Fingerprints only, no value.
use super::providers::{KeyOrigin, Provider, Providers};
use super::replace;
use super::retired::retired;
use super::rotations::{self, RotationStage};
use super::state_file::{StateError, load, store};
use super::{EnvFile, Project, cycle};
use crate::domain::cycle::Fingerprint;
use crate::domain::exposure::{ExposedKey, ExposureStanding};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const NAME: &str = "exposures.json";

/// The file: exposures, and the public id of the install key under which their fingerprints were made.
#[derive(Default, Serialize, Deserialize)]
struct KeptExposures {
    key: String,
    exposures: Vec<Exposure>,
}

/// A value of a variable that others could read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exposure {
    /// The variable in which it stood.
    pub variable: String,
    /// What tells the value from others.
    pub fingerprint: Fingerprint,
    /// Since when it counts as exposed.
    pub since: DateTime<Utc>,
    /// How it stood at the last look; `None`: nobody looked yet.
    pub standing: Option<ExposureStanding>,
    /// When its clock stopped.
    pub ended_at: Option<DateTime<Utc>>,
    /// Whose key it is; `.env` may tell it no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<KeyOrigin>,
    /// When it was taken back: it had been a false alarm. It stays on record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken_back_at: Option<DateTime<Utc>>,
}

impl Exposure {
    /// Whether its clock runs.
    fn runs(&self) -> bool {
        self.ended_at.is_none() && self.taken_back_at.is_none()
    }
}

/// Which keys are meant.
#[derive(Clone, Debug, Default)]
pub struct MeantKeys {
    /// Variables of `.env` whose present values are meant.
    pub names: Vec<String>,
    /// Whether every secret of `.env` is.
    pub all: bool,
    /// Variables of which the values before the present ones are.
    pub former: Vec<String>,
}

/// Whose the exposed keys are.
pub(super) fn origins(project: &Project) -> Vec<KeyOrigin> {
    let kept = kept(project).map(|kept| kept.exposures).unwrap_or_default();
    kept.into_iter().filter_map(|exposure| exposure.origin).collect()
}

/// Takes marks back: it was a false alarm. Of each variable that is the mark of the value that stands in `.env`, else the newest
/// one: what others could read before that stays exposed. The dates of the keys are again what they were; a rotation that was
/// begun goes on. What was marked and taken back stays on record. The variables whose marks went.
pub fn unmark(
    project: &Project,
    providers: &Providers,
    which: &MeantKeys,
    but: &[String],
    at: DateTime<Utc>,
) -> Result<Vec<String>, StateError> {
    let _lock = replace::lock(&project.state_dir)?;
    let env = project.read_env_or_empty()?;
    let present = project.fingerprints_of(&env);
    let means = |names: &[String], variable: &str, print: &Fingerprint| {
        let now = project.name_now(&env, variable, print);
        let is_it = |name: &String| {
            let mut of = [Some(variable), now].into_iter().flatten();
            of.any(|variable| is_same_key(providers, name, variable))
        };
        names.iter().any(is_it)
    };
    let is_meant = |variable: &str, print: &Fingerprint| {
        (which.all || means(&which.names, variable, print)) && !means(but, variable, print)
    };
    let mut kept = kept(project)?;
    let mut last: BTreeMap<String, (bool, DateTime<Utc>, Fingerprint)> = BTreeMap::new();
    for known in kept.exposures.iter().filter(|known| known.runs()) {
        let stands = present.get(&known.variable) == Some(&known.fingerprint);
        let (variable, print) = (&known.variable, &known.fingerprint);
        if !is_meant(variable, print) && (stands || !means(&which.former, variable, print)) {
            continue;
        }
        let this = (stands, known.since, known.fingerprint.clone());
        let newest = last.entry(known.variable.clone()).or_insert_with(|| this.clone());
        *newest = this.max(newest.clone());
    }
    let is_back = |name: &String, print: &Fingerprint| last.get(name).is_some_and(|(.., last)| last == print);
    for known in kept.exposures.iter_mut().filter(|known| known.runs()) {
        if is_back(&known.variable, &known.fingerprint) {
            (known.ended_at, known.taken_back_at) = (Some(at), Some(at));
        }
    }
    if !last.is_empty() {
        store(&project.state_dir.join(NAME), &kept)?;
    }
    let is_left = |name: &String, print: &Fingerprint| {
        let mut kept = kept.exposures.iter();
        kept.any(|known| known.runs() && known.variable == *name && known.fingerprint == *print)
    };
    let mut back = cycle::unexpose(project, |name, print| is_meant(name, print) && !is_left(name, print))?;
    back.extend(last.into_keys());
    back.sort();
    back.dedup();
    Ok(back)
}

/// Whether a name means this variable of `.env`: itself, whatever its case, or another name of the same key.
pub(super) fn is_same_key(providers: &Providers, name: &str, variable: &str) -> bool {
    let known = providers.of_variable(name).and_then(|provider| provider.variable(name));
    variable.eq_ignore_ascii_case(name) || known.is_some_and(|known| known.answers_to(variable))
}

/// The exposures whose clock runs, by name, and of one name the newest last.
pub(super) fn all_running(project: &Project) -> Result<Vec<Exposure>, StateError> {
    let mut exposures = ever_by_name(project)?;
    exposures.retain(|known| known.ended_at.is_none());
    Ok(exposures)
}

fn ever_by_name(project: &Project) -> Result<Vec<Exposure>, StateError> {
    let mut exposures = ever(project)?;
    exposures.sort_by(|one, other| (&one.variable, one.since).cmp(&(&other.variable, other.since)));
    Ok(exposures)
}

/// The exposures of the keys that names mean, by what they were called or are called now: those whose clock runs, and where none
/// does, the newest.
pub(super) fn of(
    project: &Project,
    providers: &Providers,
    env: &EnvFile,
    names: &[String],
) -> Result<Vec<Exposure>, StateError> {
    let mut found: Vec<Exposure> = Vec::new();
    for known in ever_by_name(project)?.into_iter().rev() {
        let place = ExposedPlace::of(project, providers, env, &known);
        let asked = names.iter().any(|name| {
            let mut variables = [&known.variable, place.variable].into_iter();
            variables.any(|variable| is_same_key(providers, name, variable))
        });
        let runs = known.ended_at.is_none();
        let same = |newer: &Exposure| newer.variable == known.variable;
        if !asked || !runs && found.iter().any(same) {
            continue;
        }
        // A clock that stopped is told of only where none of that name runs.
        found.retain(|newer| !(runs && newer.ended_at.is_some() && same(newer)));
        found.push(known);
    }
    found.reverse();
    Ok(found)
}

/// Keeps what a look saw. What was taken back or marked anew meanwhile, it did not look at.
pub(super) fn remember(project: &Project, seen: &[(Exposure, ExposedKey)]) -> Result<(), StateError> {
    let _lock = replace::lock(&project.state_dir)?;
    let mut kept = kept(project)?;
    for known in &mut kept.exposures {
        let same = |(exposure, _): &&(Exposure, ExposedKey)| {
            let same = exposure.variable == known.variable && exposure.fingerprint == known.fingerprint;
            same && exposure.since == known.since && known.taken_back_at.is_none()
        };
        if let Some((_, key)) = seen.iter().find(same) {
            known.standing = Some(key.standing);
            known.ended_at = key.ended_at;
        }
    }
    store(&project.state_dir.join(NAME), &kept)
}

/// The exposed keys whose clock runs, as far as the files tell: nobody is asked.
pub fn running(project: &Project, providers: &Providers) -> Result<Vec<ExposedKey>, StateError> {
    let env = project.read_env_or_empty()?;
    let (retired, exposures) = (retired(project), all_running(project)?);
    let mut keys: Vec<ExposedKey> = Vec::new();
    for exposure in exposures {
        let place = ExposedPlace::of(project, providers, &env, &exposure);
        if !place.in_use && retired.contains(&(exposure.variable.clone(), exposure.fingerprint.clone())) {
            continue;
        }
        let standing = match exposure.standing {
            Some(standing) if standing.is_in_use() == place.in_use => standing,
            _ if place.in_use => ExposureStanding::InUseUnknown,
            _ => ExposureStanding::OldUnknown,
        };
        let standing = standing.beside_another(place.has_key(&env));
        let key = exposed_key(
            project,
            place.provider,
            &[&exposure],
            vec![place.variable.to_owned()],
            standing,
        );
        let same = |known: &&mut ExposedKey| {
            known.id == key.id && known.standing == standing && known.is_newer == key.is_newer
        };
        match keys.iter_mut().find(same) {
            Some(known) => {
                // An older value of the same name is told with it.
                let names = key.variables.into_iter();
                let new: Vec<String> = names.filter(|name| !known.variables.contains(name)).collect();
                known.variables.extend(new);
                known.fingerprints.extend(key.fingerprints);
                known.since = known.since.min(key.since);
            }
            None => keys.push(key),
        }
    }
    Ok(keys)
}

/// Those of one provider; what cannot be read is none that could be told.
pub fn running_of(project: &Project, providers: &Providers, provider: &str) -> Vec<ExposedKey> {
    let mut exposed = running(project, providers).unwrap_or_default();
    exposed.retain(|key| key.id == provider);
    exposed
}

/// Where an exposed value stands: values are swapped and renamed.
pub(super) struct ExposedPlace<'a> {
    /// The variable that holds it now, else the one in which it stood.
    pub(super) variable: &'a str,
    /// Whose the key of that variable is, as far as that is known.
    pub(super) provider: Option<&'a Provider>,
    /// Whether `.env` holds it.
    pub(super) in_use: bool,
}

impl<'a> ExposedPlace<'a> {
    /// That of an exposure.
    pub(super) fn of(
        project: &Project,
        providers: &'a Providers,
        env: &'a EnvFile,
        exposure: &'a Exposure,
    ) -> ExposedPlace<'a> {
        let now = project.name_now(env, &exposure.variable, &exposure.fingerprint);
        let provider_now = now.and_then(|name| providers.of_variable(name));
        ExposedPlace {
            variable: now.unwrap_or(&exposure.variable),
            provider: provider_now.or_else(|| providers.of_variable(&exposure.variable)),
            in_use: now.is_some(),
        }
    }

    /// Whether any key stands there now.
    fn has_key(&self, env: &EnvFile) -> bool {
        match self.provider {
            Some(provider) => !provider.instances(&env.values()).is_empty(),
            None => env.get(self.variable).is_some(),
        }
    }
}

/// A key with this standing that is called by these variables, its clock running.
pub(super) fn exposed_key(
    project: &Project,
    provider: Option<&Provider>,
    exposures: &[&Exposure],
    mut variables: Vec<String>,
    standing: ExposureStanding,
) -> ExposedKey {
    variables.dedup();
    let first = variables.first().cloned().unwrap_or_default();
    let rotation = provider.and_then(|provider| rotations::find(project, &provider.id).ok().flatten());
    let rolled_back = rotation
        .as_ref()
        .filter(|rotation| rotation.stage == RotationStage::RolledBack);
    let is_its = |exposure: &&Exposure| {
        let new = rolled_back.and_then(|rotation| rotation.new.get(&exposure.variable));
        new == Some(&exposure.fingerprint)
    };
    ExposedKey {
        is_newer: !standing.is_in_use() && exposures.iter().any(is_its),
        is_rotating: rotation.is_some_and(|rotation| !rotation.stage.is_over()),
        id: provider.map_or_else(|| first.clone(), |provider| provider.id.clone()),
        title: provider.map_or(first, |provider| provider.title.clone()),
        variables,
        fingerprints: exposures
            .iter()
            .map(|exposure| (exposure.variable.clone(), exposure.fingerprint.clone()))
            .collect(),
        manage_url: provider.map(|provider| provider.manage_url.clone()),
        since: exposures.iter().map(|exposure| exposure.since).min(),
        standing,
        ended_at: exposures.iter().filter_map(|exposure| exposure.ended_at).max(),
        next_proof_at: None,
    }
}

/// Keeps these marks, `state/` being locked. A clock that had stopped starts anew: whatever was known of the value counts no more.
pub(super) fn note(
    project: &Project,
    mut origins: BTreeMap<String, KeyOrigin>,
    prints: &BTreeMap<String, Fingerprint>,
    at: DateTime<Utc>,
) -> Result<(), StateError> {
    let mut kept = kept(project)?;
    for (variable, print) in prints {
        let same = |known: &Exposure| known.variable == *variable && known.fingerprint == *print;
        if kept.exposures.iter().any(|known| same(known) && known.runs()) {
            continue;
        }
        kept.exposures.retain(|known| !same(known));
        kept.exposures.push(Exposure {
            variable: variable.clone(),
            fingerprint: print.clone(),
            since: at,
            standing: None,
            ended_at: None,
            taken_back_at: None,
            origin: origins.remove(variable),
        });
    }
    store(&project.state_dir.join(NAME), &kept)
}

/// All that was ever exposed, what was taken back left out.
pub(super) fn ever(project: &Project) -> Result<Vec<Exposure>, StateError> {
    let mut kept = kept(project)?.exposures;
    kept.retain(|known| known.taken_back_at.is_none());
    Ok(kept)
}

/// What is kept; fingerprints of another install key tell nothing, and are forgotten with it.
fn kept(project: &Project) -> Result<KeptExposures, StateError> {
    let kept: Option<KeptExposures> = load(&project.state_dir.join(NAME))?;
    Ok(kept
        .filter(|kept| kept.key == project.key_id())
        .unwrap_or_else(|| KeptExposures {
            key: project.key_id().to_owned(),
            exposures: Vec::new(),
        }))
}

#[cfg(test)]
mod tests {
    use super::super::exposures_mark::mark;
    use super::super::project::testing::project;
    use super::*;

    /// Two records tell of one mark: they agree whoever comes first.
    #[test]
    fn a_mark_beside_a_false_alarm_is_whole_or_gone() {
        let (_dir, project) = project("API_Groq=gsk_made-up-old\n");
        let providers = Providers::builtin();
        let which = MeantKeys {
            all: true,
            ..MeantKeys::default()
        };
        for _ in 0..12 {
            std::thread::scope(|scope| {
                scope.spawn(|| mark(&project, &providers, &which, Utc::now()).unwrap());
                scope.spawn(|| unmark(&project, &providers, &which, &[], Utc::now()).unwrap());
            });
            let runs = !all_running(&project).unwrap().is_empty();
            let cycle = cycle::current(&project).unwrap();
            let is_due = cycle.is_some_and(|cycle| !cycle.exposed.is_empty());
            assert_eq!(runs, is_due);
        }
    }
}
