//! Backups of `.env`: made whole and private, proven by restoring them in memory, never overwritten.
//!
//! We write `backups/api_keys/env_backup_YYYYmmdd_HHMMSS[_n][.age]`; the guide's `.env.backup.*` beside `.env` counts too.
mod create;
mod error;
mod listing;
mod manifest;
mod restore;
mod retention;
mod sealing;
mod verify;

pub use create::create;
pub use error::BackupError;
pub use listing::{Backup, find, list};
pub use restore::{RestoreScope, Restored, restore};
pub use retention::{KEEP_DAYS, KEEP_NEWEST, retain};
pub use sealing::{SealError, new_identity, recipients_fault};
pub use verify::{Verified, VerifiedLevel, values, verify};

#[cfg(test)]
mod tests;
