//! The secrets of the bot itself that stand elsewhere than in `.env`: they are masked as its keys are.
use super::{CommandError, CommandResult};
use crate::config::Settings;
use crate::rotation::live_redactor::NamedValue;
use crate::rotation::{EnvError, EnvFile, read_in_project, stray_values};
use secrecy::SecretString;
use std::path::Path;

/// The variable of `.env` and of the environment that holds the bot's token.
pub(super) const TOKEN: &str = "NOTION_TOKEN";

/// The secrets of the bot itself, by the names of their settings: the token that does not stand in `.env`, and what opens the
/// ways of its alerts. Why there is no token is told by the command that needs it.
pub(super) fn secrets_elsewhere(settings: &Settings) -> Vec<NamedValue> {
    let alerts = &settings.alerts;
    let mut secrets = match &settings.notion.token_file {
        Some(file) => values_in(&settings.project, file),
        None => Vec::new(),
    };
    secrets.extend(token_in(settings.environment_token.clone()));
    let named = [
        ("alerts.ntfy", alerts.ntfy.as_ref()),
        ("alerts.slack", alerts.slack.as_ref()),
        ("alerts.webhook", alerts.webhook.as_ref()),
        ("alerts.webhook_secret", alerts.webhook_secret.as_ref()),
        ("alerts.ping", alerts.ping.as_ref()),
    ];
    let given = named.into_iter().filter_map(|(name, secret)| Some((name, secret?)));
    secrets.extend(given.map(|(name, secret)| (name.to_owned(), secret.clone())));
    secrets
}

/// The token of the environment, under its name.
pub(super) fn token_in(environment: Option<impl Into<SecretString>>) -> Option<NamedValue> {
    environment.map(|token| (TOKEN.to_owned(), token.into()))
}

/// The secrets in a file of keys: its variables, or its lines where it is no `.env`. A line without a name is a token.
pub(super) fn values_in(project: &Path, file: &Path) -> Vec<NamedValue> {
    let Ok(bytes) = read_in_project(project, file) else {
        return Vec::new();
    };
    match EnvFile::parse(&bytes) {
        Ok(env) if env.entries().next().is_some() => env.maskable_values(),
        Ok(_) | Err(_) => stray_values(&bytes, TOKEN),
    }
}

/// The token in the file that `notion.token_file` names.
pub(super) fn in_file(project: &Path, file: &Path) -> CommandResult<SecretString> {
    let bytes = read_in_project(project, file).map_err(|error| match error {
        EnvError::Missing(_) => anyhow::anyhow!("notion.token_file {} does not exist", file.display()).into(),
        error if error.leads_out() => CommandError::Refused(anyhow::anyhow!("notion.token_file: {error}")),
        error => anyhow::anyhow!("notion.token_file: {error}").into(),
    })?;
    let no_token = |what| anyhow::anyhow!("notion.token_file {} {what}", file.display());
    let text = std::str::from_utf8(&bytes).map_err(|_| no_token("is no UTF-8 text"))?;
    // An editor may have put its mark before it.
    let token = text.trim_start_matches('\u{feff}').trim();
    if token.is_empty() || token.contains(char::is_control) {
        return Err(no_token("holds no token: one line with the token alone is wanted").into());
    }
    Ok(SecretString::from(token))
}
