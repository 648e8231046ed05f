//! What every subcommand of `rotate` works with.
use crate::cli::probe::warn_of_stand_ins;
use crate::cli::{CommandResult, ProjectArgs};
use crate::config::Settings;
use crate::rotation::Keyring;
use crate::rotation::providers::Provider;
use std::path::PathBuf;
use std::time::Duration;

/// The keys of the project, and how the command was called.
pub(super) struct RotateContext {
    /// The project's files, the providers and their prober.
    pub(super) keys: Keyring,
    /// When proofs are due, from the first one on.
    pub(super) proof_at: Vec<Duration>,
    /// Whether JSON is printed.
    pub(super) json: bool,
}

impl RotateContext {
    /// Opens the project; `identity` is an age identity that opens encrypted backups.
    pub(super) fn open(place: &ProjectArgs, identity: Option<PathBuf>, json: bool) -> CommandResult<Self> {
        let settings = Settings::load(place)?;
        warn_of_stand_ins(&settings);
        Ok(Self {
            keys: Keyring::open_for_rotation(&settings, identity)?,
            proof_at: settings.rotation.proof_at.clone(),
            json,
        })
    }

    /// The providers that these names mean.
    pub(super) fn providers(&self, names: &[String]) -> CommandResult<Vec<&Provider>> {
        Ok(names
            .iter()
            .map(|name| self.keys.provider(name))
            .collect::<Result<_, _>>()?)
    }
}
