//! A rollback: the old value comes back from its backup, after a look whether it still works.
use super::acceptance::hint_in_words;
use super::backup::{self, Backup, RestoreScope, Restored};
use super::dotenv::{KeyValues, only};
use super::key_dates;
use super::key_names::variables_in;
use super::probe::Probed;
use super::providers::{Provider, Providers};
use super::rotations::{self, Rotation, RotationError, RotationStage};
use super::state_file::StateError;
use super::{EnvError, EnvFile, Keyring, Project, ReplaceError, exposures_mark};
use crate::domain::verdict::Life;
use chrono::{DateTime, Utc};
use std::sync::Arc;

/// What a rollback did, and what the provider said before and after.
#[derive(Clone, Debug)]
pub struct RolledBack {
    /// The backup that was brought back, and the one of what it replaced.
    pub restored: Restored,
    /// The key that was in use before, asked while the newer one still stood in `.env`.
    pub before: Probed,
    /// What stands in `.env` now, asked again.
    pub after: Probed,
    /// Where the newer key is deleted that a rotation put into `.env` and that is out of use now.
    pub newer_at: Option<String>,
}

/// Brings a provider's old value back. The backup (`to`, else that of the rotation) is proven first, and a key of which the
/// provider does not say that it is alive is refused before anything is written: what it would replace may work.
pub async fn roll_back(keys: &Keyring, provider: &Provider, to: Option<&str>) -> Result<RolledBack, RotationError> {
    let (asked, to) = (provider.clone(), to.map(str::to_owned));
    let (rotation, backup, old) = keys
        .blocking(move |project| {
            let rotation = rotations::find(project, &asked.id)?;
            let backup = wanted(project, &asked.id, rotation.as_ref(), to.as_deref())?;
            let old = former_key(project, &asked, &backup)?;
            Ok::<_, RotationError>((rotation, backup, old))
        })
        .await?;
    let before = keys.prober.probe(provider, &old, Utc::now()).await;
    if let Some(refusal) = refusal(provider, &backup, &before, &old) {
        return Err(refusal);
    }
    let (under_way, brought_back) = (rotation.clone(), backup.clone());
    let (restored, present, is_held) = keys
        .blocking(move |project| {
            let mut names: Vec<String> = old.into_keys().collect();
            let held = backup::values(project, &brought_back)?;
            let twins = under_way.iter().flat_map(|rotation| rotation.twins.keys());
            names.extend(twins.filter(|twin| held.get(twin).is_some()).cloned());
            let scope = RestoreScope::Keys(names.clone());
            let restored = restore(project, under_way.as_slice(), &brought_back, &scope, Utc::now())?;
            let present = project.read_env().map_err(StateError::Env)?;
            // What `.env` holds under another name is that key, and no more out of use than it was.
            let mut new = under_way.iter().flat_map(|rotation| &rotation.new);
            let is_held = new.any(|(name, print)| project.name_now(&present, name, print).is_some());
            Ok::<_, RotationError>((restored, only(&present.values(), &names), is_held))
        })
        .await?;
    let after = keys.prober.probe(provider, &present, Utc::now()).await;
    let is_newer = !is_held && rotation.as_ref().is_some_and(|rotation| !rotation.new.is_empty());
    if let Some(rotation) = rotation {
        let (provider, providers, says) = (provider.clone(), Arc::clone(&keys.providers), after.verdict.as_str());
        keys.blocking(move |project| note(project, &providers, &provider, rotation, &backup, says))
            .await?;
    }
    Ok(RolledBack {
        restored,
        before,
        after,
        newer_at: is_newer.then(|| provider.manage_url.clone()),
    })
}

/// Why an old key is not brought back: it is dead, or nobody could say that it is alive.
fn refusal(provider: &Provider, backup: &Backup, before: &Probed, old: &KeyValues) -> Option<RotationError> {
    let verdict = before.verdict.as_str();
    let what = format!(
        "{} says that the old key in {} is {verdict}",
        provider.title, backup.file
    );
    match before.verdict.life() {
        Life::Alive => None,
        Life::Dead => Some(RotationError::OldIsDead {
            what,
            manage_url: provider.manage_url.clone(),
        }),
        Life::Unknown | Life::None => {
            let names: Vec<&str> = old.keys().map(String::as_str).collect();
            let why = before.hint.as_ref().map(|hint| format!(": {}", hint_in_words(hint)));
            Some(RotationError::OldIsUnknown {
                what: format!(
                    "the old key in {} could not be asked about ({verdict}{})",
                    backup.file,
                    why.unwrap_or_default()
                ),
                backup: backup.id().to_owned(),
                names: names.join(" --key "),
            })
        }
    }
}

/// The key of a provider that a backup holds.
fn former_key(project: &Project, provider: &Provider, backup: &Backup) -> Result<KeyValues, RotationError> {
    let env = backup::values(project, backup)?;
    let names = variables_in(provider, &env);
    if names.is_empty() {
        return Err(RotationError::NotInBackup {
            file: backup.file.clone(),
            title: provider.title.clone(),
        });
    }
    Ok(only(&env.values(), &names))
}

/// A restore that a person asks for by name. A rotation whose old value it brings back is over by that.
pub fn by_hand(
    project: &Project,
    backup: &Backup,
    what: &RestoreScope,
    at: DateTime<Utc>,
) -> Result<Restored, RotationError> {
    let values = backup::values(project, backup)?;
    let mut rotations = rotations::all(project)?;
    rotations.retain(|rotation| {
        rotation.written_at.is_some() && !rotation.stage.is_over() && brings_back(project, rotation, what, &values)
    });
    let restored = restore(project, &rotations, backup, what, at)?;
    for mut rotation in rotations {
        rotation.stage = RotationStage::RolledBack;
        rotation.note(at, format!("the old value was restored by hand from {}", backup.file));
        rotation.save(project)?;
    }
    Ok(restored)
}

fn brings_back(project: &Project, rotation: &Rotation, what: &RestoreScope, values: &EnvFile) -> bool {
    rotation.old.iter().any(|(name, old)| {
        what.holds(name)
            && values
                .get(name)
                .is_some_and(|value| project.fingerprint(name, value) == *old)
    })
}

/// The rotations say first that this is a rollback: whoever watches `.env` takes it for no editor's doing.
fn restore(
    project: &Project,
    rotations: &[Rotation],
    backup: &Backup,
    what: &RestoreScope,
    at: DateTime<Utc>,
) -> Result<Restored, RotationError> {
    for rotation in rotations {
        let rolled_back = Rotation {
            stage: RotationStage::RolledBack,
            ..rotation.clone()
        };
        rolled_back.save(project)?;
    }
    match backup::restore(project, backup, at, what, None) {
        Ok(mut restored) => {
            restored.exposed = exposures_mark::back_in_use(project, at)?;
            restored.exposed.retain(|name| restored.changed.contains(name));
            Ok(restored)
        }
        Err(error) => {
            for rotation in rotations {
                rotation.save(project)?;
            }
            Err(error.into())
        }
    }
}

/// The backup that was named, or that of the rotation; proven before anything is done with it.
fn wanted(
    project: &Project,
    provider: &str,
    rotation: Option<&Rotation>,
    to: Option<&str>,
) -> Result<Backup, RotationError> {
    let id = to.or(rotation.and_then(|rotation| rotation.backup.as_deref()));
    if id.is_none() && rotation.is_some() {
        return Err(ReplaceError::from(EnvError::Pipe(project.env.clone())).into());
    }
    let id = id.ok_or_else(|| RotationError::NoBackup(provider.to_owned()))?;
    let backup = backup::find(project, id)?;
    backup::verify(project, &backup)?;
    Ok(backup)
}

fn note(
    project: &Project,
    providers: &Providers,
    provider: &Provider,
    mut rotation: Rotation,
    backup: &Backup,
    says: &str,
) -> Result<(), RotationError> {
    let now = Utc::now();
    rotation.stage = RotationStage::RolledBack;
    rotation.note(now, format!("rolled back to {}; the provider says {says}", backup.file));
    rotation.save(project)?;
    key_dates::write(project, providers, provider, &rotation, now)?;
    Ok(())
}
