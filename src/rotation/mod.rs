//! The keys themselves: `.env`, backups, providers, probes, retirement, schedule.
//!
//! What touches a file is synchronous and may wait for a disk; async callers do it by [`blocking()`] or [`Keyring::blocking`].
//! Every file is written whole (temporary name, flush, rename), so that a crash leaves the old one or the new one.
pub mod acceptance;
pub mod atomic_write;
pub mod backup;
pub mod blocking;
pub mod compatibility;
mod crash;
pub mod cycle;
pub mod dotenv;
pub mod edit;
mod env_entry;
mod env_scanner;
mod exposure_look;
pub mod exposures;
pub mod fingerprint;
pub mod finish;
mod former_values;
pub mod git;
pub mod holders;
pub mod install_key;
pub mod key_dates;
pub mod key_names;
pub mod keyring;
pub mod live_redactor;
pub mod next_step;
mod pipe;
pub mod places;
pub mod plan;
pub mod probe;
pub mod project;
pub mod project_error;
pub mod proofs;
mod prove;
pub mod provider_queues;
pub mod providers;
pub mod record;
mod reference;
pub mod replace;
mod replaced_key;
pub mod retirement;
pub mod rollback;
mod rotation_error;
mod rotation_event;
mod rotation_values;
pub mod rotations;
pub mod schedule_file;
mod secret_names;
pub mod signer;
mod start;
pub mod state_file;
mod stray_lines;
pub mod watch;

pub use atomic_write::{create_atomic, write_atomic};
pub use blocking::blocking;
pub use dotenv::{EnvEntry, EnvError, EnvFile, KeyValues, Warning};
pub use edit::EditError;
pub use exposure_look::look as look_at_exposed;
pub use finish::{Finished, Finishing, RotationEvent};
pub use holders::{Holder, HolderSearch, Holders};
pub use keyring::{Keyring, KeyringError};
pub use next_step::NextStep;
pub use project::Project;
pub use project_error::ProjectError;
pub use prove::{ProvenKeys, prove};
pub use replace::{ReplaceError, Replaced, read_in_project, replace};
pub use replaced_key::{PresentKeys, ReplacedKey};
pub use secret_names::is_secret;
pub use start::start;
pub use stray_lines::stray_values;

#[cfg(test)]
mod rotations_tests;
