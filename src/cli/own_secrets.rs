//! The secrets of the bot itself that stand elsewhere than in `.env`: they are masked as its keys are.
use super::{CommandError, CommandResult};
use crate::config::Settings;
use crate::rotation::live_redactor::NamedValue;
use crate::rotation::{EnvError, read_in_project};
use secrecy::SecretString;
use std::path::Path;

/// The variable of `.env` and of the environment that holds the bot's token.
pub(super) const TOKEN: &str = "NOTION_TOKEN";

/// The secrets of the bot itself, by the names of their settings: the token that does not stand in `.env`, and what opens the
/// ways of its alerts.
pub(super) fn secrets_elsewhere(settings: &Settings) -> Vec<NamedValue> {
    let alerts = &settings.alerts;
    let token = outside_of_env(settings);
    let named = [
        (TOKEN, token.as_ref()),
        ("alerts.ntfy", alerts.ntfy.as_ref()),
        ("alerts.slack", alerts.slack.as_ref()),
        ("alerts.webhook", alerts.webhook.as_ref()),
        ("alerts.webhook_secret", alerts.webhook_secret.as_ref()),
        ("alerts.ping", alerts.ping.as_ref()),
    ];
    let given = named.into_iter().filter_map(|(name, secret)| Some((name, secret?)));
    given.map(|(name, secret)| (name.to_owned(), secret.clone())).collect()
}

/// The token that stands elsewhere than in `.env`. Why there is none is told by the command that needs it.
fn outside_of_env(settings: &Settings) -> Option<SecretString> {
    match &settings.notion.token_file {
        Some(file) => in_file(&settings.project, file).ok(),
        None => settings.environment_token.clone(),
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
