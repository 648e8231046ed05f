//! The keys themselves: `.env`, backups, providers, probes, retirement, schedule.
pub mod probe;
pub mod providers;
pub mod retirement;
pub mod signer;
