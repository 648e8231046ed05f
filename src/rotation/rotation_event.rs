//! What happens while a rotation is being finished, as it happens, and where it stands at the end.
use super::NextStep;
use super::holders::{HeldBy, Holder, OtherSetting};
use super::retirement::ProofRun;
use super::rotations::Rotation;
use crate::domain::exposure::ExposedKey;
use chrono::{DateTime, Utc};
use std::time::Duration;

/// Where a rotation stands at the end of a call.
#[derive(Clone, Debug)]
pub struct Finished {
    /// The rotation as it was kept.
    pub rotation: Rotation,
    /// What comes next.
    pub next: NextStep,
    /// Whether this call took the new key into use.
    pub took_over: bool,
    /// Who still holds the old key.
    pub held_by: HeldBy,
    /// The keys of this provider that others could read and that are not proven dead.
    pub exposed: Vec<ExposedKey>,
    /// Why the dates that follow could not be written.
    pub undated: Option<String>,
}

/// Something that happened while a rotation was being finished. Never a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RotationEvent {
    /// The old value stands in `.env` again, after the new one had stood there.
    OldValueBack,
    /// These other secrets changed too since the backup.
    OthersChanged(Vec<String>),
    /// The provider of this title is asked about the new key.
    AskingProvider(String),
    /// The provider does not know the new key yet.
    NewKeyUnknown {
        /// The provider's name for people.
        title: String,
        /// How long it is asked again.
        left: Duration,
    },
    /// The new key works, but lacks a right, as the old one did.
    NewKeyLimited,
    /// The new key could not be asked about: this tool keeps it.
    NewKeyKeptElsewhere(String),
    /// Others could read `.env`, whose mode was this; now only its owner can.
    EnvClosed(u32),
    /// The provider says that the new key works. It stands in `.env`, unless this tool keeps it.
    NewKeyInUse(Option<String>),
    /// These other names in `.env` held the same value, and have the new one too.
    ChangedTogether(Vec<String>),
    /// Something still holds the old value.
    StillHeld {
        /// Where it is.
        holder: Holder,
        /// Whether the key is dead by now.
        is_dead: bool,
    },
    /// Not all of the project's files could be looked through.
    SearchCut,
    /// Another file sets a variable of the key.
    SetElsewhere(OtherSetting),
    /// What we were started from exports this variable with another value.
    ExportedOtherwise(String),
    /// The next proof is waited for until then.
    WaitingForProof(DateTime<Utc>),
    /// A proof was taken.
    ProofTaken(ProofRun),
}
