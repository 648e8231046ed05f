//! The keys themselves: `.env`, backups, providers, probes, retirement, schedule.
//!
//! Everything here that touches a file is synchronous and may wait for a disk; async callers use `spawn_blocking`.
//! Every file is written whole (temporary name, flush, rename), so that a crash leaves the old one or the new one.
pub mod acceptance;
pub mod backup;
pub mod compatibility;
pub mod copies;
pub mod course;
mod crash;
pub mod cycle;
pub mod dotenv;
pub mod edit;
pub mod fingerprint;
pub mod git;
pub mod known;
mod on_disk;
pub mod plan;
pub mod probe;
pub mod project;
pub mod proofs;
pub mod providers;
pub mod proving;
pub mod record;
pub mod replace;
pub mod retirement;
pub mod rollback;
pub mod schedule_file;
mod secret_names;
pub mod signer;
pub mod watch;
pub mod whole;

pub use dotenv::{Entry, EnvError, EnvFile, Warning};
pub use edit::EditError;
pub use on_disk::on_disk;
pub use project::{Project, RotationError};
pub use replace::{ReplaceError, Replaced, replace};
pub use secret_names::is_secret;
pub use whole::{create_whole, write_whole};

#[cfg(test)]
mod turn_tests;
