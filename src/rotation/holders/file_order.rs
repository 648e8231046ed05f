//! Files beside `.env` that set the same variables, and which of them wins where.
use crate::rotation::Project;
use crate::rotation::dotenv::KeyValues;
use crate::rotation::places::open_own;
use crate::rotation::reference::reference;
use crate::rotation::wiped_read::read_all;
use secrecy::ExposeSecret;
use serde::Serialize;
use std::io::Read;
use std::path::Path;
use zeroize::Zeroizing;

/// Who reads which file before `.env`, by its name, where `*` stands for anything; the first that fits holds. Sources: the
/// documentation of Next.js, Vite, Bun, dotenv of Rails, Symfony, Laravel, direnv, wrangler, Azure Functions, Docker Compose.
const ORDER: [(&str, &str); 14] = [
    (
        ".env.*.local",
        "Next.js, Vite and Rails read it before .env in that mode",
    ),
    (
        ".env.local",
        "Next.js, Vite, Bun, Rails and Symfony read it before .env",
    ),
    (".env.production", OF_MODE),
    (".env.development", OF_MODE),
    (".env.test", OF_MODE),
    (".env.*", "a program that is given this file does not see .env"),
    ("*.env", "a program that is given this file does not see .env"),
    (".envrc", "direnv exports it, and what is exported wins over .env"),
    (".dev.vars", "wrangler reads it instead of .env"),
    ("local.settings.json", "Azure Functions read it instead of .env"),
    ("compose*.yaml", COMPOSE),
    ("compose*.yml", COMPOSE),
    ("docker-compose*.yaml", COMPOSE),
    ("docker-compose*.yml", COMPOSE),
];
const OF_MODE: &str = "Next.js, Vite, Bun, Rails, Symfony and Laravel read it before .env in that mode";
const COMPOSE: &str = "in Docker Compose, `environment:` wins over `env_file:`";

/// Endings of files that show how `.env` looks and set nothing.
const SAMPLES: [&str; 9] = [
    ".example",
    ".sample",
    ".template",
    ".dist",
    ".defaults",
    ".schema",
    ".vault",
    ".keys",
    ".install-key",
];

/// Larger files are none of these.
const MAX_BYTES: u64 = 1 << 20;

/// A file that sets a variable of `.env` too.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct OtherSetting {
    /// Below the project.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
    /// The variable that it sets.
    pub variable: String,
    /// Whether it has the value of `.env`.
    pub same: bool,
    /// Where it wins.
    pub wins: &'static str,
}

/// The files beside `.env`, and in the project's own folder, that set one of these variables. Values are compared here and
/// not kept.
pub fn set_elsewhere(project: &Project, values: &KeyValues) -> Vec<OtherSetting> {
    let mut found = Vec::new();
    let mut folders = vec![project.dir.as_path()];
    folders.extend(project.env.parent().filter(|beside| *beside != project.dir));
    for folder in folders {
        let listing = std::fs::read_dir(folder).into_iter().flatten().flatten();
        for entry in listing.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file())) {
            let (name, path) = (entry.file_name(), entry.path());
            let Some(wins) = name.to_str().and_then(order_of).filter(|_| path != project.env) else {
                continue;
            };
            found.extend(in_file(project, &path, wins, values));
        }
    }
    found.sort();
    found.dedup();
    found
}

fn in_file(project: &Project, path: &Path, wins: &'static str, values: &KeyValues) -> Vec<OtherSetting> {
    let Ok(bytes) = open_own(path).and_then(|file| read_all(file.take(MAX_BYTES))) else {
        return Vec::new();
    };
    let text = Zeroizing::new(String::from_utf8_lossy(&bytes).into_owned());
    let mut found = Vec::new();
    for (line, text) in (1..).zip(text.lines()) {
        let Some((name, set)) = setting(text) else { continue };
        let Some(value) = values.get(name).map(ExposeSecret::expose_secret) else {
            continue;
        };
        if reference(name, set).is_none() && !set.starts_with("${") {
            found.push(OtherSetting {
                file: project.relative(path),
                line,
                variable: name.to_owned(),
                same: set == value,
                wins,
            });
        }
    }
    found
}

/// Who reads a file of this name before `.env`, or in its place.
pub(super) fn order_of(name: &str) -> Option<&'static str> {
    let is_sample = SAMPLES.iter().any(|ending| name.ends_with(ending)) || name.contains(".backup.");
    let fits = |pattern: &str| match pattern.split_once('*') {
        Some((begin, end)) => name.len() >= begin.len() + end.len() && name.starts_with(begin) && name.ends_with(end),
        None => name == pattern,
    };
    let found = ORDER.iter().find(|(pattern, _)| fits(pattern))?;
    (!is_sample && name != ".env").then_some(found.1)
}

/// `NAME=value`, `export NAME=value`, `- NAME=value`, `NAME: value` and `"NAME": "value",`: what a line sets. None where it
/// sets nothing.
pub(super) fn setting(line: &str) -> Option<(&str, &str)> {
    let line = line.trim_start();
    let line = line.strip_prefix("- ").unwrap_or(line).trim_start();
    let line = line.strip_prefix("export ").unwrap_or(line).trim_start();
    let (name, value) = line.split_once(['=', ':'])?;
    let name = name.trim_matches(|c: char| c.is_whitespace() || c == '"' || c == '\'');
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if name.is_empty() || !name.chars().all(is_name) {
        return None;
    }
    let value = value.trim();
    let quote = value.chars().next().filter(|c| ['"', '\'', '`'].contains(c));
    let value = match quote {
        Some(quote) => value[1..].split(quote).next().unwrap_or_default(),
        None => value
            .split(" #")
            .next()
            .unwrap_or_default()
            .trim_matches([' ', '\t', ',', '"', '\'']),
    };
    (!value.is_empty()).then_some((name, value))
}
