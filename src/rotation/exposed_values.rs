//! Where the values of exposed keys are: in `.env`, or in a backup, beside the key that took their place.
use super::dotenv::{KeyValues, only};
use super::exposures::{self, ExposedPlace, Exposure};
use super::providers::{Instance, Provider, Providers};
use super::replaced_key::{PresentKeys, ReplacedKey};
use super::retired::retired;
use super::rotations::{self, RotationStage};
use super::state_file::StateError;
use super::{EnvFile, Project, backup};

/// Where the exposed value of a key is.
pub(super) enum ExposedValues {
    /// In `.env`: the key as it stands there.
    InUse(KeyValues),
    /// In a backup, and not in `.env`; with the key that took its place, if one did.
    Replaced(Box<ReplacedKey>),
    /// In no backup that can be read.
    Unreadable,
    /// Wherever it is, nobody can be asked about it.
    NoProvider,
}

/// The exposed keys of one provider that `.env` holds no more and that are not proven dead: the rotation of another key ends none
/// of their clocks.
#[derive(Default)]
pub(super) struct GoneKeys {
    /// What is kept of them.
    pub(super) exposures: Vec<Exposure>,
    /// Those that can be asked about, each once.
    pub(super) replaced: Vec<ReplacedKey>,
    /// Whether one of them is in no backup that can be read now.
    pub(super) unreadable: bool,
}

impl GoneKeys {
    /// Those of this provider.
    pub(super) fn of(project: &Project, providers: &Providers, provider: &str) -> Result<Self, StateError> {
        let mut gone = Self::default();
        let is_its = |exposure: &Exposure| {
            providers
                .of_variable(&exposure.variable)
                .is_some_and(|of| of.id == provider)
        };
        let mut running = exposures::all_running(project)?;
        running.retain(is_its);
        if running.is_empty() {
            return Ok(gone);
        }
        let env = project.read_env_or_empty()?;
        let dead = retired(project);
        running.retain(|exposure| {
            let is_dead = dead.contains(&(exposure.variable.clone(), exposure.fingerprint.clone()));
            !is_dead && !ExposedPlace::of(project, providers, &env, exposure).in_use
        });
        for exposure in &running {
            match of(project, &env, providers.of_variable(&exposure.variable), exposure) {
                ExposedValues::Replaced(key) => {
                    if !gone.replaced.iter().any(|known| known.old_print == key.old_print) {
                        gone.replaced.push(*key);
                    }
                }
                ExposedValues::Unreadable => gone.unreadable = true,
                ExposedValues::InUse(_) | ExposedValues::NoProvider => {}
            }
        }
        gone.exposures = running;
        Ok(gone)
    }
}

impl ExposedValues {
    /// Whether these are the values of one key: a pair is looked at once.
    pub(super) fn same_key(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::InUse(one), Self::InUse(other)) => one.keys().eq(other.keys()),
            (Self::Replaced(one), Self::Replaced(other)) => one.old_print == other.old_print,
            (Self::Unreadable, Self::Unreadable) => true,
            _ => false,
        }
    }
}

/// Where the value of an exposure is now.
pub(super) fn of(project: &Project, env: &EnvFile, provider: Option<&Provider>, exposure: &Exposure) -> ExposedValues {
    let Some(provider) = provider else {
        return ExposedValues::NoProvider;
    };
    let mut present = env.values();
    if let Some(name) = project.name_now(env, &exposure.variable, &exposure.fingerprint) {
        let known = provider.variable(name).map_or(exposure.variable.as_str(), |_| name);
        // It is asked about under a name by which its provider is known, whatever it is called now.
        present.extend(env.get(name).map(|value| (known.to_owned(), value.clone())));
        let mut keys = provider.instances(&present).into_iter();
        let key = keys.find(|key| key.names.iter().any(|name| name == known));
        return ExposedValues::InUse(key.map(|key| only(&present, &key.names)).unwrap_or_default());
    }
    let Some(former) = former(project, exposure) else {
        // Of what a vault alone held its owner's word is all there is.
        return if is_claimed(project, exposure) {
            ExposedValues::NoProvider
        } else {
            ExposedValues::Unreadable
        };
    };
    let is_its = |key: &Instance| key.names.contains(&exposure.variable);
    let successor = provider.instances(&present).into_iter().next();
    let replaced = successor
        .and_then(|new| PresentKeys::of(project, provider, &present, &new))
        .and_then(|keys| keys.replaced(&former, is_its).pop());
    match replaced.or_else(|| ReplacedKey::without_successor(project, provider, &former, is_its)) {
        Some(replaced) => ExposedValues::Replaced(Box::new(replaced)),
        // Half a pair is nothing that could be asked about.
        None => ExposedValues::NoProvider,
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
