//! Where a new value comes from: a hidden prompt, stdin or a file. Never an argument, which every user of the machine can
//! see, and never a comment.
use crate::rotation::EnvFile;
use crate::rotation::course::{Course, values_of};
use crate::rotation::providers::Provider;
use anyhow::{Context, bail};
use inquire::{Password, PasswordDisplayMode};
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;
use zeroize::Zeroizing;

/// No key is longer; more is the wrong file.
const MAX_BYTES: u64 = 64 << 10;

/// Asks for each variable without showing what is typed.
pub(super) fn prompted(provider: &Provider, course: &Course) -> anyhow::Result<BTreeMap<String, SecretString>> {
    let mut values = Vec::new();
    for variable in &provider.variables {
        let label = format!("New {}:", variable.name);
        let prompt = Password::new(&label)
            .without_confirmation()
            .with_display_mode(PasswordDisplayMode::Masked);
        let value = Zeroizing::new(prompt.prompt().context("asking for the new value")?);
        values.push(SecretString::from(value.trim()));
    }
    Ok(for_all_names(provider, course, &values))
}

/// Reads a file, or stdin as `-`: the value alone, one line for each variable, or lines `NAME=value`.
pub(super) fn read(
    provider: &Provider,
    course: &Course,
    path: &Path,
) -> anyhow::Result<BTreeMap<String, SecretString>> {
    let mut bytes = Zeroizing::new(Vec::new());
    if path == Path::new("-") {
        std::io::stdin()
            .take(MAX_BYTES)
            .read_to_end(&mut bytes)
            .context("reading the new value from stdin")?;
    } else {
        let file = std::fs::File::open(path).with_context(|| format!("opening {}", path.display()))?;
        file.take(MAX_BYTES)
            .read_to_end(&mut bytes)
            .with_context(|| format!("reading {}", path.display()))?;
    }
    parse(provider, course, &bytes)
}

fn parse(provider: &Provider, course: &Course, bytes: &[u8]) -> anyhow::Result<BTreeMap<String, SecretString>> {
    if let Ok(file) = EnvFile::parse(bytes) {
        let named = provider.variables.iter().filter_map(|variable| {
            let mut names = std::iter::once(&variable.name).chain(&variable.aliases);
            names.find_map(|name| file.get(name)).cloned()
        });
        let named: Vec<SecretString> = named.collect();
        if named.len() == provider.variables.len() {
            return Ok(for_all_names(provider, course, &named));
        }
    }
    let Ok(text) = std::str::from_utf8(bytes) else {
        bail!("the new value is no UTF-8 text");
    };
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    if lines.len() != provider.variables.len() {
        let names: Vec<&str> = provider
            .variables
            .iter()
            .map(|variable| variable.name.as_str())
            .collect();
        bail!(
            "{} has {}, and {} came; give one line for each, or lines NAME=value: {}",
            provider.title,
            lines_in_words(names.len(), "variable"),
            lines_in_words(lines.len(), "line"),
            names.join(", ")
        );
    }
    let values: Vec<SecretString> = lines.into_iter().map(SecretString::from).collect();
    Ok(for_all_names(provider, course, &values))
}

fn lines_in_words(count: usize, what: &str) -> String {
    if count == 1 {
        format!("1 {what}")
    } else {
        format!("{count} {what}s")
    }
}

/// A key that stands under two names is changed under both.
fn for_all_names(provider: &Provider, course: &Course, values: &[SecretString]) -> BTreeMap<String, SecretString> {
    let of = |name: &String| {
        let at = provider
            .variables
            .iter()
            .position(|variable| variable.name == *name || variable.aliases.contains(name))?;
        Some((name.clone(), values.get(at)?.clone()))
    };
    course.old.keys().filter_map(of).collect()
}

/// The values of this course's variables in `.env`.
pub(super) fn in_env(env: &EnvFile, course: &Course) -> BTreeMap<String, SecretString> {
    values_of(env, course.old.keys())
}
