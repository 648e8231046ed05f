//! Looks for evidence: one kind of check, one file. A check comes from the page's description, never from a comment.
//!
//! `Evidence::reason` is the name of a prompt; its facts are what the sentence needs. Never a value of a key.
//!
//! | reason | standing | facts |
//! |---|---|---|
//! | `backup_verified` | proven | file, `made_at`, keys, mode, level (`stored`, `restored`), `same_as_env` |
//! | `backup_missing` | missing | folder |
//! | `env_empty` | missing | file: it holds no key yet |
//! | `backup_stale` | missing | file, `made_at`: the newest one is older than this cycle and holds other keys |
//! | `backup_differs` | missing | file, `made_at`, keys: those that it lacks or has another value of |
//! | `backup_mode` | missing | file, `made_at`, mode, wanted |
//! | `backup_unreadable` | missing | file, why |
//! | `rotator_ready` | proven | path (`keyminder rotate plan`, or a script), keys, `script_fault`? |
//! | `rotator_missing` | missing | paths |
//! | `keys_changed` | proven | keys, verdicts |
//! | `keys_unchanged` | missing | keys (those unchanged), exposed, verdicts |
//! | `keys_valid` | proven | keys, verdicts |
//! | `keys_not_valid` | missing | keys (those not valid), verdicts |
//! | `keys_missing` | missing | keys: names that are looked for and not in `.env` |
//! | `keys_unknown` | unknown | keys, verdicts: no answer that tells |
//! | `keys_fresh` | unknown | keys, verdicts, `again_at`: refused, but so new that the provider may not know them yet |
//! | `old_keys_dead` | proven | keys, retired (list of key, provider, title, `proven_at`), readers?, more?, `no_reader`? |
//! | `old_keys_proving` | unknown | keys, `next_proof_at`, proofs, of |
//! | `old_keys_propagating` | unknown | keys, `next_proof_at`: mixed answers |
//! | `old_keys_unknown` | unknown | keys, verdicts |
//! | `old_keys_claimed` | missing | keys, consoles: their old values are none that could be sent; counts as claimed |
//! | `old_keys_probably_dead` | missing | keys: their provider cannot say more; counts as claimed |
//! | `old_key_alive` | missing | key, provider, title, verdict, `manage_url`, keys, alive: all of them as {title, `manage_url`}, readers?, more?, `no_reader`? |
//! | `old_values_missing` | missing | keys: no backup holds their former value |
//! | `old_values_sealed` | missing | keys, files: backups that cannot be opened, for want of an age identity or otherwise |
//! | `not_rotated` | missing | keys: unchanged since this cycle began |
//! | `monitor_ran` | proven | at, next, by (`run`, `timer`, `runs` on two days) |
//! | `monitor_stale` | missing | at |
//! | `monitor_missing` | missing | |
//! | `monitor_unassured` | missing | at: it ran, but nothing will run it again |
//! | `schedule_ahead` | proven | date, days |
//! | `schedule_past` | missing | date, days |
//! | `schedule_missing`, `schedule_unreadable` | missing | path, why? |
//! | `file_ok`, `file_missing`, `file_outside`, `file_lacks` | proven, else missing | path |
//! | `file_mode` | missing | path, mode, wanted |
//! | `http_ok` | proven | url, status |
//! | `http_status` | missing | url, status, wanted |
//! | `http_lacks`, `http_refused` | missing | url: its answer lacks a text, or it is no address that is asked |
//! | `http_silent` | unknown | url: no answer, or one that says to come again |
//! | `date_ahead`, `date_past` | proven, else missing | property, date, days |
//! | `date_empty`, `date_missing` | missing | property: it holds no date, or the page has none of that name |
//! | `date_unread` | unknown | property |
//! | `git_merged`, `git_unmerged` | proven, else missing | branch, into: none, what is checked out |
//! | `git_branch_missing` | missing | branch, into |
//! | `git_tag`, `git_tag_missing` | proven, else missing | tag |
//! | `git_unreadable` | missing | |
//! | `command_ok`, `command_failed`, `command_off` | proven, else missing | command, code? |
//! | `command_late` | unknown | command |
//! | `env_missing`, `env_unreadable` | missing | file, why? |
//! | `look_late` | unknown | |
//!
//! `readers` is a list of `{name, pid?, since?, perhaps?}`: what still holds an old key, as `node` or `deploy.sh:3`, or perhaps, for it
//! may have read `.env`; `more`: how many are left out; `no_reader`: all was looked through, and nothing holds it.
//! `verdicts` is a list of `{key, keys, provider, title, verdict, life, changed?, manage_url}`; times are RFC 3339 in UTC.
mod backup;
mod collect;
mod collector;
mod command;
mod date;
mod file;
mod former_keys;
mod fresh_verdicts;
mod git;
mod http;
mod keys;
mod keys_changed;
mod keys_valid;
mod monitor_ran;
mod observation;
mod old_keys_dead;
pub mod readers;
mod rotator;
mod schedule_ahead;

pub use collect::collect;
pub use collector::{Collector, CollectorSettings, PageDate};
pub use git::is_ref_name;

#[cfg(test)]
mod tests;
