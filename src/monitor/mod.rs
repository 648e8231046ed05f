//! Watches the keys: each one's verdict, age and days left, the backups' health, `.env`'s mode, the bot's heartbeat.
//! What a run saw is kept in `state/monitor.json`; what is to be said about it, and to whom, is decided in `alerts`.
pub mod alerts;
pub mod channels;
pub mod daily;
mod finding;
pub mod findings;
pub mod heartbeat;
mod key_findings;
mod old_keys;
pub mod plugin;
mod project_files;
pub mod prometheus;
pub mod record;
pub mod report;
pub mod run;
pub mod seed_format;
mod timer;

pub use old_keys::OldKey;
pub use record::MonitorRecord;
pub use report::{MonitorReport, Watcher};
pub use timer::{installed as timer_installed, timer_dirs};

#[cfg(test)]
mod tests;
