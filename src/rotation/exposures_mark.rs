//! Marks that keys were exposed: the values that stand in `.env`, or the ones before them. All of a mark is read once, and written
//! under one lock.
use super::exposures::{Exposure, MeantKeys};
use super::key_names::{origins_of, stands_for_a_key};
use super::providers::Providers;
use super::retired::retired;
use super::state_file::StateError;
use super::{EnvFile, Project, backup, cycle, exposures, replace, rotations};
use crate::domain::cycle::Fingerprint;
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;

/// What came of names that somebody gave.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marked {
    /// The variables whose values count as exposed.
    pub variables: Vec<String>,
    /// The names under which nothing stands in `.env`.
    pub absent: Vec<String>,
    /// The names under which stands what is there in place of a key.
    pub placeholders: Vec<String>,
    /// The lines of `.env` that are not read, whatever they hold.
    pub unread: Vec<usize>,
    /// The variables whose former values count as exposed.
    pub former: Vec<String>,
    /// The names whose former values were proven dead before.
    pub dead: Vec<String>,
    /// The names of which no former value is known.
    pub unknown: Vec<String>,
}

/// Notes that others could read these values, as they stand while `state/` is locked: the keys that stand in `.env` are due now. A backup that holds them is made unless
/// there is one, so that the old values can be proven dead later; of a pipe none is made. Done twice, it changes nothing.
pub fn mark(
    project: &Project,
    providers: &Providers,
    which: &MeantKeys,
    at: DateTime<Utc>,
) -> Result<Marked, StateError> {
    let _lock = replace::lock(&project.state_dir)?;
    let env = project.read_env_or_empty()?;
    let placeholders: Vec<String> = placeholders(&env);
    let present = project.fingerprints_of(&env);
    let mut prints = present.clone();
    prints.retain(|name, _| !placeholders.contains(name));
    let mut marked = wanted(providers, &prints, which, &placeholders);
    let unread = env.warnings().iter().filter(|warning| warning.is_unread);
    marked.unread = unread.map(|warning| warning.line).collect();
    let former = if which.former.is_empty() {
        BTreeMap::new()
    } else {
        former_values(project, &present)?
    };
    find_former(project, providers, which, &former, &mut marked);
    prints.retain(|name, _| marked.variables.contains(name));
    if !marked.variables.is_empty() || !marked.former.is_empty() {
        let values = marked.former.iter().map(|name| (name.clone(), former[name].clone()));
        exposures::note(
            project,
            origins_of(providers, &env, &marked.former),
            &values.collect(),
            at,
        )?;
        exposures::note(project, origins_of(providers, &env, &marked.variables), &prints, at)?;
        cycle::expose(project, &prints, at)?;
    }
    if !marked.variables.is_empty() {
        keep_values(project, &prints, at)?;
    }
    marked.variables.sort();
    Ok(marked)
}

/// Starts the clocks again of exposed values that stand in `.env` once more; the variables that hold an exposed one.
pub(super) fn back_in_use(project: &Project, at: DateTime<Utc>) -> Result<Vec<String>, StateError> {
    let _lock = replace::lock(&project.state_dir)?;
    let exposures = exposures::ever(project)?;
    if exposures.is_empty() {
        return Ok(Vec::new());
    }
    let env = project.read_env_or_empty()?;
    let name_now = |known: &Exposure| {
        project
            .name_now(&env, &known.variable, &known.fingerprint)
            .map(str::to_owned)
    };
    let mut names: Vec<String> = exposures.iter().filter_map(name_now).collect();
    names.sort();
    names.dedup();
    let mut again = exposures;
    again.retain(|known| known.ended_at.is_some() && name_now(known).is_some());
    if !again.is_empty() {
        let prints = again
            .iter()
            .map(|known| (known.variable.clone(), known.fingerprint.clone()));
        let prints: BTreeMap<String, Fingerprint> = prints.collect();
        let origins = again
            .into_iter()
            .filter_map(|known| Some((known.variable, known.origin?)));
        exposures::note(project, origins.collect(), &prints, at)?;
        cycle::expose(project, &prints, at)?;
    }
    Ok(names)
}

/// Makes a backup that holds these values, unless one does.
fn keep_values(project: &Project, prints: &BTreeMap<String, Fingerprint>, at: DateTime<Utc>) -> Result<(), StateError> {
    let holds = |found: &backup::Backup| {
        prints
            .iter()
            .all(|(name, print)| found.fingerprints.get(name) == Some(print))
    };
    let is_kept = |found: &backup::Backup| holds(found) && backup::verify(project, found).is_ok();
    if !project.env_is_pipe() && !backup::list(project).iter().any(is_kept) {
        backup::create(project, at, "keys in it were exposed")?;
    }
    Ok(())
}

/// The names that hold what stands in place of a key.
fn placeholders(env: &EnvFile) -> Vec<String> {
    let held = env.entries().filter(|entry| stands_for_a_key(entry));
    held.map(|entry| entry.name.clone()).collect()
}

/// The variables of `.env` that names mean: themselves, whatever their case, and the other names of the same key.
fn wanted(
    providers: &Providers,
    prints: &BTreeMap<String, Fingerprint>,
    which: &MeantKeys,
    placeholders: &[String],
) -> Marked {
    let mut marked = Marked::default();
    let opens = |name: &&String| opens(providers, name);
    if which.all {
        marked.variables = prints.keys().filter(opens).cloned().collect();
        marked.placeholders = placeholders.to_vec();
        return marked;
    }
    for name in &which.names {
        let is_it = |other: &&String| exposures::is_same_key(providers, name, other);
        let found: Vec<&String> = prints.keys().filter(is_it).collect();
        let held: Vec<String> = placeholders.iter().filter(is_it).cloned().collect();
        if found.is_empty() && held.is_empty() {
            marked.absent.push(name.clone());
        } else if found.is_empty() {
            marked.placeholders.extend(held);
        }
        // The public half of a pair opens nothing alone: its name means the secret one.
        let mut opening: Vec<&String> = found.iter().copied().filter(opens).collect();
        if opening.is_empty() && !found.is_empty() {
            let of = providers.of_variable(name).map(|provider| &provider.id);
            let is_half = |other: &&String| providers.of_variable(other).map(|provider| &provider.id) == of;
            opening = prints.keys().filter(is_half).filter(opens).collect();
        }
        for variable in opening {
            if !marked.variables.contains(variable) {
                marked.variables.push(variable.clone());
            }
        }
    }
    marked
}

/// Whether the value of a variable opens something alone: the half of a pair that only names it does not.
fn opens(providers: &Providers, name: &str) -> bool {
    let of = providers.of_variable(name).and_then(|provider| provider.variable(name));
    !of.is_some_and(|variable| variable.identifier)
}

/// The former values that names mean: those that may live, those that are proven dead, and those that nothing tells of.
fn find_former(
    project: &Project,
    providers: &Providers,
    which: &MeantKeys,
    former: &BTreeMap<String, Fingerprint>,
    marked: &mut Marked,
) {
    let dead = retired(project);
    for name in &which.former {
        let is_it = |(other, _): &(&String, &Fingerprint)| exposures::is_same_key(providers, name, other);
        let found: Vec<(&String, &Fingerprint)> = former.iter().filter(is_it).collect();
        if found.is_empty() {
            marked.unknown.push(name.clone());
        }
        for (variable, print) in found.into_iter().filter(|(variable, _)| opens(providers, variable)) {
            let is_dead = dead.contains(&(variable.clone(), print.clone()));
            let list = if is_dead { &mut marked.dead } else { &mut marked.former };
            if !list.contains(variable) {
                list.push(variable.clone());
            }
        }
    }
}

/// The names whose former values nobody can be asked about: proven dead before they were marked, or not known at all.
pub(super) fn unmarked_former(
    project: &Project,
    providers: &Providers,
    which: &MeantKeys,
    present: &BTreeMap<String, Fingerprint>,
) -> Result<Marked, StateError> {
    let mut found = Marked::default();
    if !which.former.is_empty() {
        let former = former_values(project, present)?;
        find_former(project, providers, which, &former, &mut found);
    }
    Ok(found)
}

/// The value that each variable had before the present one, by the newest thing that tells of one: a rotation, a backup, an exposure.
pub(super) fn former_values(
    project: &Project,
    present: &BTreeMap<String, Fingerprint>,
) -> Result<BTreeMap<String, Fingerprint>, StateError> {
    let mut told: Vec<(DateTime<Utc>, String, Fingerprint)> = Vec::new();
    for rotation in rotations::ever(project)? {
        let old = rotation.old.into_iter();
        told.extend(old.map(|(name, print)| (rotation.began_at, name, print)));
    }
    for found in backup::list(project) {
        let held = backup::values(project, &found)
            .map(|env| placeholders(&env))
            .unwrap_or_default();
        let values = found.fingerprints.into_iter().filter(|(name, _)| !held.contains(name));
        told.extend(values.map(|(name, print)| (found.made_at, name, print)));
    }
    let exposed = exposures::ever(project)?.into_iter();
    told.extend(exposed.map(|known| (known.since, known.variable, known.fingerprint)));
    told.retain(|(_, name, print)| present.get(name) != Some(print));
    told.sort();
    Ok(told.into_iter().map(|(_, name, print)| (name, print)).collect())
}
