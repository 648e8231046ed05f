//! Somebody or something that holds an old value, and where.
use chrono::{DateTime, Utc};
use serde::Serialize;

/// Somebody or something that still holds an old value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Holder {
    /// Where it is.
    #[serde(flatten)]
    pub place: HolderPlace,
    /// The variables whose old values these are; none where nobody can look.
    pub variables: Vec<String>,
}

/// Where an old value is. In the order in which it is told: what breaks first comes first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "place", rename_all = "snake_case")]
pub enum HolderPlace {
    /// A running program has it in its environment, or in its command line.
    Program {
        /// The program that it is.
        #[serde(flatten)]
        program: Program,
        /// The names that it has there; none: it stands in the command line.
        names: Vec<String>,
    },
    /// A program has run in the project since before the change, and may have read `.env`.
    MayHold {
        /// The program that it is.
        #[serde(flatten)]
        program: Program,
    },
    /// What we were started from exports it.
    Exported {
        /// The names that it has there.
        names: Vec<String>,
    },
    /// `.env` holds it under this name.
    EnvName {
        /// The name before the `=`.
        name: String,
        /// The line, counted from 1.
        line: usize,
    },
    /// It stands in a line of `.env` that no program reads.
    EnvComment {
        /// The line, counted from 1.
        line: usize,
    },
    /// A file of this person, below the home folder.
    Profile {
        /// As people write it: `~/.bashrc`.
        file: String,
        /// The line, counted from 1.
        line: usize,
    },
    /// A file of the project.
    File {
        /// Below the project.
        file: String,
        /// The line, counted from 1.
        line: usize,
    },
}

/// A running program.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Program {
    /// Its name, such as `node`.
    pub name: String,
    /// The number that the system gave it.
    pub pid: u32,
    /// When it was started.
    pub since: Option<DateTime<Utc>>,
    /// The command that starts it anew, where a service manager keeps it.
    pub restart: Option<String>,
}
