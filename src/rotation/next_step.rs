//! The one thing that is to be done next about a rotation.
use super::Project;
use super::exposures;
use super::plan;
use super::providers::Providers;
use super::retirement::Retirement;
use super::rotations::{Noticed, Rotation, RotationStage};
use super::schedule_file;
use chrono::{DateTime, Utc};

/// What a person does next about a rotation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NextStep {
    /// Call `rotate finish`: the new value stands in `.env`.
    Finish,
    /// Put the new value into `.env` again: the old one is back there.
    PutNewValueBack,
    /// Put the new value under these variables too: they still hold the old one.
    ChangeRest(Vec<String>),
    /// Put the new value into `.env` under these variables: none of them is there.
    PutNewValue(Vec<String>),
    /// Create a new key at the provider.
    CreateKey,
    /// Wait a minute: the provider refuses the old key at one time and takes it at another.
    WaitForProvider,
    /// Delete the old key at this address: it still works.
    DeleteOldKey {
        /// The provider's page of keys; empty where the provider is not known any more.
        manage_url: String,
    },
    /// Delete an exposed key that `.env` holds no more at this address: it is not proven dead.
    DeleteExposedKey {
        /// The provider's page of keys.
        manage_url: String,
    },
    /// Begin again: the key that stands in `.env` was exposed.
    ReplaceExposedKey,
    /// Delete the old key at the provider, if that was not done yet, and have the next proof taken.
    ProveOldKeyDead,
    /// Wait for the time of the next proof.
    WaitForProof {
        /// The proof's number, counted from 1.
        number: usize,
        /// When it is due.
        at: DateTime<Utc>,
    },
    /// Nothing until the key is due again; `None`: no date is set.
    RotateAgain(Option<DateTime<Utc>>),
    /// Begin again: the old value was brought back.
    StartAgain,
}

impl NextStep {
    /// Reads what the rotation waits for from the project's files.
    pub fn of(project: &Project, providers: &Providers, rotation: &Rotation, now: DateTime<Utc>) -> Self {
        match rotation.stage {
            RotationStage::BackedUp => Self::towards_new_value(project, rotation),
            RotationStage::OldStillAlive if rotation.retirement == Some(Retirement::Propagating) => {
                Self::WaitForProvider
            }
            RotationStage::OldStillAlive => Self::DeleteOldKey {
                manage_url: providers
                    .get(&rotation.provider)
                    .map(|provider| provider.manage_url.clone())
                    .unwrap_or_default(),
            },
            RotationStage::Written | RotationStage::Inconclusive => match rotation.next_proof_at {
                Some(at) if at > now => Self::WaitForProof {
                    number: rotation.proofs + 1,
                    at,
                },
                Some(_) | None => Self::ProveOldKeyDead,
            },
            RotationStage::Retired | RotationStage::Claimed => Self::after_the_end(project, providers, rotation),
            RotationStage::RolledBack => Self::StartAgain,
        }
    }

    fn after_the_end(project: &Project, providers: &Providers, rotation: &Rotation) -> Self {
        let exposed = exposures::running_of(project, providers, &rotation.provider);
        let planned = plan::make(project, providers, Utc::now()).ok();
        let planned = planned.as_ref().and_then(|plan| plan.key(&rotation.provider));
        if planned.is_some_and(|key| key.exposed) || exposed.iter().any(|key| key.standing.is_in_use()) {
            return Self::ReplaceExposedKey;
        }
        if let Some(gone) = exposed.into_iter().next() {
            return Self::DeleteExposedKey {
                manage_url: gone.manage_url.unwrap_or_default(),
            };
        }
        let read = schedule_file::read(project);
        Self::RotateAgain(read.schedule().map(|schedule| schedule.due_at(&rotation.provider)))
    }

    fn towards_new_value(project: &Project, rotation: &Rotation) -> Self {
        let Ok(env) = project.read_env() else {
            return Self::CreateKey;
        };
        match rotation.notice(project, &env) {
            Noticed::Changed => Self::Finish,
            Noticed::Partly { .. } | Noticed::Unchanged if rotation.written_at.is_some() => Self::PutNewValueBack,
            Noticed::Partly { unchanged } => Self::ChangeRest(unchanged),
            Noticed::Gone => Self::PutNewValue(rotation.old.keys().cloned().collect()),
            Noticed::Unchanged => Self::CreateKey,
        }
    }
}
