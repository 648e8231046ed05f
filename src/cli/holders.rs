//! What commands say of who holds a key, and of exported variables.
use crate::rotation::holders::{Holder, exported_otherwise};
use crate::rotation::{EnvFile, Keyring};
use crate::terminal::one_line;
use chrono::Utc;

/// More lines than this hide each other; JSON has them all.
const MOST_LINES: usize = 12;
/// A sentence names no more than this.
const MOST_NAMES: usize = 3;

/// One line for each, whatever the names of files and processes hold, and how many are left out.
pub(super) fn cut(lines: &[String]) -> Vec<String> {
    let mut lines: Vec<String> = lines.iter().map(|line| one_line(line).into_owned()).collect();
    let more = lines.len().saturating_sub(MOST_LINES);
    if more > 0 {
        lines.truncate(MOST_LINES);
        lines.push(format!("and {more} more places (--json names them all)"));
    }
    lines
}

/// Who they are, within a sentence.
pub(super) fn named(keys: &Keyring, holders: &[Holder]) -> String {
    let subjects = holders.iter().take(MOST_NAMES);
    let mut subjects: Vec<String> = subjects
        .map(|holder| one_line(&holder.subject(Utc::now(), keys.project.zone)).into_owned())
        .collect();
    let more = holders.len().saturating_sub(MOST_NAMES);
    if more > 0 {
        subjects.push(format!("{more} more"));
    }
    subjects.join(", ")
}

/// That a variable is exported with another value.
pub(super) fn exported(name: &str) -> String {
    format!(
        "{name} is exported here with another value than .env holds, and wins over it in most programs (dotenv, Docker \
         Compose, Next.js, Vite): unset {name}, and look for it in the profile of your shell"
    )
}

/// Keys that are exported with other values than they have in `.env` are worth a line each.
pub(super) fn warn_of_exported(keys: &Keyring, env: &EnvFile) {
    for name in exported_otherwise(keys.holders.environment(), env, &keys.providers) {
        eprintln!("keyminder: {}", exported(&name));
    }
}
