//! Where a new value comes from: a hidden prompt, stdin or a file. Never an argument, which every user of the machine can
//! see, and never a comment.
use crate::cli::CommandResult;
use crate::rotation::EnvFile;
use crate::rotation::providers::Provider;
use crate::terminal::one_line;
use anyhow::Context;
use inquire::{Password, PasswordDisplayMode};
use secrecy::SecretString;
use std::io::Read;
use std::path::Path;
use zeroize::Zeroizing;

/// No key is longer; more is the wrong file.
const MAX_BYTES: u64 = 64 << 10;

/// Asks for each variable without showing what is typed.
pub(super) fn prompted(provider: &Provider) -> CommandResult<Vec<SecretString>> {
    let mut values = Vec::new();
    for variable in &provider.variables {
        let label = format!("New {}:", variable.name);
        let label = one_line(&label);
        let prompt = Password::new(&label)
            .without_confirmation()
            .with_display_mode(PasswordDisplayMode::Masked);
        let value = Zeroizing::new(prompt.prompt().context("asking for the new value")?);
        values.push(SecretString::from(value.trim()));
    }
    Ok(values)
}

/// Reads a file, or stdin as `-`: the value alone, one line for each variable, or lines `NAME=value`.
pub(super) fn read(provider: &Provider, path: &Path) -> CommandResult<Vec<SecretString>> {
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
    parse(provider, &bytes)
}

fn parse(provider: &Provider, bytes: &[u8]) -> CommandResult<Vec<SecretString>> {
    if let Ok(file) = EnvFile::parse(bytes) {
        let named = provider
            .variables
            .iter()
            .filter_map(|variable| variable.names().find_map(|name| file.get(name)).cloned());
        let named: Vec<SecretString> = named.collect();
        if named.len() == provider.variables.len() {
            return Ok(named);
        }
    }
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Err(anyhow::anyhow!("the new value is no UTF-8 text").into());
    };
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    if lines.len() != provider.variables.len() {
        let names: Vec<&str> = provider
            .variables
            .iter()
            .map(|variable| variable.name.as_str())
            .collect();
        return Err(anyhow::anyhow!(
            "{} has {}, and {} came; give one line for each, or lines NAME=value: {}",
            provider.title,
            lines_in_words(names.len(), "variable"),
            lines_in_words(lines.len(), "line"),
            names.join(", ")
        )
        .into());
    }
    Ok(lines.into_iter().map(SecretString::from).collect())
}

fn lines_in_words(count: usize, what: &str) -> String {
    if count == 1 {
        format!("1 {what}")
    } else {
        format!("{count} {what}s")
    }
}
