//! What commands say of holders.
use super::file_order::OtherSetting;
use super::holder::{Holder, HolderPlace, Program};
use chrono::{DateTime, Datelike, TimeDelta, Utc};
use chrono_tz::Tz;
use std::fmt;

impl Program {
    /// `node (pid 812, since Monday)`
    pub fn in_words(&self, now: DateTime<Utc>, zone: Tz) -> String {
        match self.since {
            Some(since) => format!("{} (pid {}, since {})", self.name, self.pid, day(since, now, zone)),
            None => format!("{} (pid {})", self.name, self.pid),
        }
    }

    fn restart(&self) -> String {
        match &self.restart {
            Some(command) => format!("restart it ({command})"),
            None => "restart it".to_owned(),
        }
    }
}

impl Holder {
    /// Who or where it is, for a list: `node (pid 812, since Monday)`, `deploy.sh line 3`.
    pub fn subject(&self, now: DateTime<Utc>, zone: Tz) -> String {
        match &self.place {
            HolderPlace::Program { program, .. } => program.in_words(now, zone),
            HolderPlace::MayHold { program } => format!("perhaps {}", program.in_words(now, zone)),
            HolderPlace::Exported { .. } => "this shell".to_owned(),
            HolderPlace::EnvName { name, .. } => format!("{name} in .env"),
            HolderPlace::EnvComment { line } => format!(".env line {line}"),
            HolderPlace::Profile { file, line } | HolderPlace::File { file, line } => format!("{file} line {line}"),
        }
    }

    /// What it holds, and what to do about it: before the old key is deleted, or when it is dead.
    pub fn in_words(&self, is_dead: bool, now: DateTime<Utc>, zone: Tz) -> String {
        let old = self.variables.join(" and ");
        let then = if is_dead { "" } else { ", then delete the old key" };
        match &self.place {
            HolderPlace::Program { program, names } => {
                let held = match names.as_slice() {
                    [] => format!("the old {old} in its command line"),
                    names => format!("the old {old} as {}", names.join(", ")),
                };
                let who = program.in_words(now, zone);
                format!("{who} still holds {held}: {}{then}", program.restart())
            }
            HolderPlace::MayHold { program } => format!(
                "{} has run here since before the change: if it read .env, it holds the old key; {}",
                program.in_words(now, zone),
                program.restart()
            ),
            HolderPlace::Exported { names } => {
                let names = names.join(" ");
                format!("this shell exports the old value of {old}, and what is exported wins over .env: unset {names}")
            }
            HolderPlace::EnvName { name, line } => {
                format!(".env, line {line}: {name} still holds the old value of {old}; put the new one there")
            }
            HolderPlace::EnvComment { line } => {
                format!(".env, line {line}, a comment, still holds the old value of {old}: delete it")
            }
            HolderPlace::Profile { file, line } | HolderPlace::File { file, line } => {
                format!("{file}, line {line}, still holds the old value of {old}: change it there")
            }
        }
    }

    /// The same before there is a new value: what will have to follow it.
    pub fn before_the_change(&self, now: DateTime<Utc>, zone: Tz) -> String {
        match &self.place {
            HolderPlace::Program { program, .. } | HolderPlace::MayHold { program } => format!(
                "{} runs with this key: {} once the new one is in .env",
                program.in_words(now, zone),
                program.restart()
            ),
            HolderPlace::Exported { names } => {
                let names = names.join(" ");
                format!("this shell exports this key, and what is exported wins over .env: unset {names}")
            }
            HolderPlace::EnvName { name, line } => {
                format!(".env, line {line}: {name} holds this key within its value: change it there as well")
            }
            HolderPlace::EnvComment { line } => {
                format!(".env, line {line}, a comment, holds this key too and is left as it is: delete it")
            }
            HolderPlace::Profile { file, line } | HolderPlace::File { file, line } => {
                format!("{file}, line {line}, holds this key too: change it there as well")
            }
        }
    }
}

impl fmt::Display for OtherSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = if self.same { "too" } else { "to another value than .env" };
        write!(
            f,
            "{}, line {}, sets {} {value}: {}",
            self.file, self.line, self.variable, self.wins
        )
    }
}

/// A moment as people say it: the time of today, the day of this week, else the date.
fn day(at: DateTime<Utc>, now: DateTime<Utc>, zone: Tz) -> String {
    let (at, today) = (at.with_timezone(&zone), now.with_timezone(&zone));
    let format = if at.date_naive() == today.date_naive() {
        "%H:%M"
    } else if today.date_naive() - at.date_naive() < TimeDelta::days(7) {
        "%A"
    } else if at.year() == today.year() {
        "%-d %B"
    } else {
        "%-d %B %Y"
    };
    at.format(format).to_string()
}
