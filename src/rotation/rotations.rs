//! The rotation of one provider's key, step by step, in `state/rotations/<provider>.json`. Each step can be done twice;
//! a crash anywhere is mended by doing it again. Fingerprints and verdicts only, no value.
use super::backup::Backup;
use super::dotenv::{KeyValues, only};
use super::key_names::{twins, variables_in};
use super::places::own_dir;
use super::providers::{KeyOrigin, Provider};
use super::retirement::Retirement;
pub use super::rotation_error::RotationError;
use super::state_file::{StateError, load, store};
use super::{EnvFile, Project};
use crate::domain::cycle::Fingerprint;

use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const ROTATIONS: &str = "rotations";
/// Below the folder of rotations: those that others of their providers followed.
const ENDED: &str = "ended";

/// Where a rotation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RotationStage {
    /// The old value is safe; the new one is awaited.
    BackedUp,
    /// The new value was tested and stands in `.env`; the old one is to be deleted at the provider.
    Written,
    /// The old key still opens something.
    OldStillAlive,
    /// Too few proofs yet, or none that tells.
    Inconclusive,
    /// The old key is proven dead (or, where the provider does not say, most likely).
    Retired,
    /// The old value cannot be asked about: that it is dead is its owner's word.
    Claimed,
    /// The old value was brought back.
    RolledBack,
}

impl RotationStage {
    /// The name in tables and files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BackedUp => "backed_up",
            Self::Written => "written",
            Self::OldStillAlive => "old_still_alive",
            Self::Inconclusive => "inconclusive",
            Self::Retired => "retired",
            Self::Claimed => "claimed",
            Self::RolledBack => "rolled_back",
        }
    }

    /// Whether nothing more is to be done.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Retired | Self::Claimed | Self::RolledBack)
    }
}

/// The rotation of one provider's key.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Rotation {
    /// Its id in `providers.toml`.
    pub provider: String,
    /// Where it stands.
    pub stage: RotationStage,
    /// The cycle that it belongs to.
    pub cycle: u32,
    /// The backup that holds the old value; none where a vault alone does, behind a pipe.
    pub backup: Option<String>,
    /// Who began it, as the machine knows them.
    pub by: Option<String>,
    /// When it began.
    pub began_at: DateTime<Utc>,
    /// When the new value was seen in `.env`, tested.
    pub written_at: Option<DateTime<Utc>>,
    /// When the old key was proven dead, or nothing more could be proven.
    pub retired_at: Option<DateTime<Utc>>,
    /// The variables with what they were.
    pub old: BTreeMap<String, Fingerprint>,
    /// Those among them that no provider knows and that held the value of one that it does, which is named. Equal values
    /// are one key: it is changed under all its names.
    #[serde(default)]
    pub twins: BTreeMap<String, String>,
    /// The same with what they are; empty before `written`.
    pub new: BTreeMap<String, Fingerprint>,
    /// When the provider ends the new key by itself.
    pub expires_at: Option<DateTime<Utc>>,
    /// What the proofs come to; the proofs themselves are in `state/proofs.json`.
    pub retirement: Option<Retirement>,
    /// How many of them were taken.
    pub proofs: usize,
    /// When the next one is due.
    pub next_proof_at: Option<DateTime<Utc>>,
    /// What happened, for the record.
    pub happened: Vec<Happened>,
    /// Whose key it is; `.env` may tell it no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<KeyOrigin>,
}

/// One line of the record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Happened {
    /// The moment at which it happened.
    pub at: DateTime<Utc>,
    /// What, as a sentence without values.
    pub what: String,
}

/// What a look at `.env` showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Noticed {
    /// The old values stand there.
    Unchanged,
    /// A pair, or a key under two names, was changed in part.
    Partly {
        /// These hold the old value yet.
        unchanged: Vec<String>,
    },
    /// None of the old values stands there, and a new one does.
    Changed,
    /// None of the variables is there any more.
    Gone,
}

/// Begins a provider's rotation, or finds the one under way.
pub fn begin(
    project: &Project,
    provider: &Provider,
    cycle: u32,
    backup: Option<&Backup>,
    by: Option<String>,
    at: DateTime<Utc>,
) -> Result<Rotation, RotationError> {
    let former = find(project, &provider.id)?;
    let env = project.read_env().map_err(StateError::Env)?;
    if let Some(mut rotation) = former.clone().filter(|rotation| !rotation.stage.is_over()) {
        if rotation.take_new_names(project, provider, &env, backup, at) {
            rotation.save(project)?;
        }
        return Ok(rotation);
    }
    let names = variables_in(provider, &env);
    let twins = twins(&env, &names);
    let old = fingerprints(project, &env, names.iter().chain(twins.keys()));
    if old.is_empty() {
        let names = provider.variables.iter().map(|variable| variable.name.as_str());
        return Err(RotationError::NoKey {
            title: provider.title.clone(),
            variables: names.collect::<Vec<_>>().join(", "),
        });
    }
    let mut rotation = Rotation {
        provider: provider.id.clone(),
        stage: RotationStage::BackedUp,
        cycle,
        backup: backup.map(|backup| backup.file.clone()),
        by,
        began_at: at,
        written_at: None,
        retired_at: None,
        old,
        twins,
        new: BTreeMap::new(),
        expires_at: None,
        retirement: None,
        proofs: 0,
        next_proof_at: None,
        happened: Vec::new(),
        origin: Some(KeyOrigin::of(provider)),
    };
    rotation.note(
        at,
        match backup {
            Some(backup) => format!("began; the old value is in {}", backup.file),
            None => "began; a pipe is not copied, so the vault alone holds the old value".to_owned(),
        },
    );
    if let Some(former) = former {
        former.keep_as_ended(project)?;
    }
    rotation.save(project)?;
    Ok(rotation)
}

/// The rotation of a provider, over or not.
pub fn find(project: &Project, provider: &str) -> Result<Option<Rotation>, StateError> {
    load(&file_of(project, provider))
}

/// The rotation of a provider that was begun.
pub fn get(project: &Project, provider: &str) -> Result<Rotation, RotationError> {
    find(project, provider)?.ok_or_else(|| RotationError::NotBegun(provider.to_owned()))
}

/// The last rotation of each provider, by provider.
pub fn all(project: &Project) -> Result<Vec<Rotation>, StateError> {
    in_folder(&project.state_dir.join(ROTATIONS))
}

/// Every rotation that was ever begun, the last one first.
pub fn ever(project: &Project) -> Result<Vec<Rotation>, StateError> {
    let mut every = all(project)?;
    every.extend(in_folder(&project.state_dir.join(ROTATIONS).join(ENDED))?);
    every.sort_by_key(|rotation| std::cmp::Reverse(rotation.began_at));
    Ok(every)
}

fn in_folder(folder: &Path) -> Result<Vec<Rotation>, StateError> {
    let listing = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<PathBuf> = listing.map(|entry| entry.path()).collect();
    names.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    names.sort();
    names.iter().filter_map(|path| load(path).transpose()).collect()
}

fn file_of(project: &Project, provider: &str) -> PathBuf {
    project.state_dir.join(ROTATIONS).join(format!("{provider}.json"))
}

fn fingerprints<'n>(
    project: &Project,
    env: &EnvFile,
    names: impl IntoIterator<Item = &'n String>,
) -> BTreeMap<String, Fingerprint> {
    let values = only(&env.values(), names);
    values
        .iter()
        .map(|(name, value)| (name.clone(), project.fingerprint(name, value)))
        .collect()
}

impl Rotation {
    /// Adds a line to the record.
    pub fn note(&mut self, at: DateTime<Utc>, what: impl Into<String>) {
        self.happened.push(Happened { at, what: what.into() });
    }

    /// Keeps it, whole.
    pub fn save(&self, project: &Project) -> Result<(), RotationError> {
        own_dir(&project.dir, &project.state_dir.join(ROTATIONS))?;
        Ok(store(&file_of(project, &self.provider), self)?)
    }

    /// Keeps it among those that are over, as the provider's next one takes its place.
    fn keep_as_ended(&self, project: &Project) -> Result<(), RotationError> {
        let folder = project.state_dir.join(ROTATIONS).join(ENDED);
        own_dir(&project.dir, &folder)?;
        let name = format!("{}-{}.json", self.provider, self.began_at.timestamp_millis());
        Ok(store(&folder.join(name), self)?)
    }

    /// New values of a provider's variables, in the order of the variables, by every name that the provider knows: a key
    /// that stands under two names is changed under both.
    pub fn named(&self, provider: &Provider, values: &[SecretString]) -> KeyValues {
        let value_of = |name: &String| {
            let listed = provider.variables.iter().position(|variable| variable.answers_to(name));
            // A name may be known by its value alone, and the value may have changed since.
            let place = listed.or_else(|| (provider.variables.len() == 1).then_some(0))?;
            Some((name.clone(), values.get(place)?.clone()))
        };
        self.old.keys().filter_map(value_of).collect()
    }

    /// Where the key stands under other names than at the beginning, with the value that it had, or where what a reference
    /// stands for is known only now: by that it is known from now on, and the backup that was made since holds it so.
    fn take_new_names(
        &mut self,
        project: &Project,
        provider: &Provider,
        env: &EnvFile,
        backup: Option<&Backup>,
        at: DateTime<Utc>,
    ) -> bool {
        let names = variables_in(provider, env);
        let twins = twins(env, &names);
        let present = only(&env.values(), names.iter().chain(twins.keys()));
        let now = fingerprints(project, env, present.keys());
        let is_old = |(own, value): (&String, &SecretString)| {
            let was = |(name, print): (&String, &Fingerprint)| {
                let written = env.written_reference(own).filter(|_| own == name);
                project.fingerprint(name, value) == *print
                    || written.is_some_and(|written| project.fingerprint(name, written) == *print)
            };
            self.old.iter().any(was)
        };
        let awaits = self.stage == RotationStage::BackedUp && self.written_at.is_none();
        if !awaits || now == self.old || now.is_empty() || !present.iter().all(is_old) {
            return false;
        }
        (self.old, self.twins) = (now, twins);
        self.backup = backup.map(|backup| backup.file.clone());
        self.origin = Some(KeyOrigin::of(provider));
        let names: Vec<&str> = self.old.keys().map(String::as_str).collect();
        self.note(
            at,
            format!("what the key is known by was noted anew: {}", names.join(", ")),
        );
        true
    }

    /// Who keeps the values of this rotation, where `.env` does not: a tool that a reference names, or the vault behind a pipe.
    pub fn kept_by(&self, project: &Project, env: &EnvFile) -> Option<String> {
        if project.env_is_pipe() {
            return Some("the vault behind the pipe".to_owned());
        }
        let own = self.old.keys().filter(|name| !self.twins.contains_key(*name));
        let mut owners: Vec<&str> = own
            .filter_map(|name| Some(env.kept_elsewhere(name)?.owner.as_str()))
            .collect();
        owners.dedup();
        (!owners.is_empty()).then(|| owners.join(" and "))
    }

    /// What the twins get that still hold the old value: that of the variable whose value they had.
    pub fn followers(&self, project: &Project, env: &EnvFile, new: &KeyValues) -> KeyValues {
        let now = fingerprints(project, env, self.twins.keys());
        let follower = |(twin, own): (&String, &String)| {
            let is_old = now.get(twin) == self.old.get(twin);
            is_old.then(|| Some((twin.clone(), new.get(own)?.clone()))).flatten()
        };
        self.twins.iter().filter_map(follower).collect()
    }

    /// Compares `.env` with the values of the beginning, under the names that the provider knows: twins follow by themselves.
    pub fn notice(&self, project: &Project, env: &EnvFile) -> Noticed {
        let own: Vec<&String> = self.old.keys().filter(|name| !self.twins.contains_key(*name)).collect();
        let now = fingerprints(project, env, own.iter().copied());
        // A reference that is looked up now, and was not at the beginning, is compared as it stands in the file.
        let as_written = |name: &str| {
            let written = env.written_reference(name);
            written.is_some_and(|written| self.old.get(name) == Some(&project.fingerprint(name, written)))
        };
        let is_unchanged = |name: &&&String| now.get(**name) == self.old.get(**name) || as_written(name);
        let unchanged: Vec<String> = own.iter().filter(is_unchanged).map(|name| (*name).clone()).collect();
        if now.is_empty() {
            Noticed::Gone
        } else if unchanged.is_empty() {
            Noticed::Changed
        } else if unchanged.len() == own.len() {
            Noticed::Unchanged
        } else {
            Noticed::Partly { unchanged }
        }
    }

    /// Other secret variables that changed since the backup: an edit by hand may have touched more than was meant.
    pub fn others_changed(
        &self,
        project: &Project,
        env: &EnvFile,
        at_backup: &BTreeMap<String, Fingerprint>,
    ) -> Vec<String> {
        let now = project.fingerprints_of(env);
        let others = at_backup.iter().filter(|(name, _)| !self.old.contains_key(*name));
        others
            .filter(|(name, print)| now.get(*name) != Some(print))
            .map(|(name, _)| name.clone())
            .collect()
    }

    /// The new value was tested and stands in `.env`.
    pub fn written(
        &mut self,
        project: &Project,
        env: &EnvFile,
        expires_at: Option<DateTime<Utc>>,
        said: &str,
        at: DateTime<Utc>,
    ) {
        self.new = fingerprints(project, env, self.old.keys());
        self.expires_at = expires_at;
        self.written_at = Some(at);
        self.stage = RotationStage::Written;
        self.note(at, said);
    }

    /// Takes what the proofs come to into account.
    pub fn proven(&mut self, retirement: Retirement, at: DateTime<Utc>) {
        self.retirement = Some(retirement);
        self.stage = match retirement {
            Retirement::Retired | Retirement::ProbablyRetired => RotationStage::Retired,
            Retirement::Claimed => RotationStage::Claimed,
            Retirement::OldStillAlive | Retirement::Propagating => RotationStage::OldStillAlive,
            Retirement::NotRotated | Retirement::Inconclusive => RotationStage::Inconclusive,
        };
        if self.stage.is_over() {
            self.retired_at = Some(at);
        }
    }
}
