//! What a project must still be given: a page, a token, the files that its settings name. A file that was named and is not
//! there is a fault; what nobody has set yet is told beside, since everything but `run` works without it.
use super::files::EnvRead;
use crate::cli::own_secrets::{TOKEN, in_file};
use crate::config::Settings;
use crate::rotation::places::leads_out;
use secrecy::ExposeSecret as _;

/// The name that the file of the keys has where no setting names another.
const USUAL_ENV: &str = ".env";

/// The files that are named and cannot be used.
pub(super) fn faults(settings: &Settings, env: Option<&EnvRead>) -> Vec<String> {
    let mut faults = Vec::new();
    let named = settings.env != settings.project.join(USUAL_ENV) || settings.env.is_symlink();
    // Where a link leads is told with the links.
    if named && env.is_none() && !leads_out(&settings.project, &settings.env) {
        faults.push(format!(
            "project.env {} does not exist: no key is known, none is backed up and none is masked; put the file there, or \
             mend the setting",
            settings.env.display()
        ));
    }
    if let Some(Ok(env)) = env {
        let lines: Vec<String> = env.lines_that_are_no_text().map(|line| line.to_string()).collect();
        if !lines.is_empty() {
            faults.push(format!(
                "line {} of {}: no UTF-8 text, so what stands there is not found in comments as people write it, and other \
                 readers refuse the whole file; save it as UTF-8 (from Latin-1: `iconv -f latin1 -t utf-8`)",
                lines.join(", "),
                settings.env.display()
            ));
        }
    }
    if let Some(file) = &settings.notion.token_file
        && let Err(error) = in_file(&settings.project, file)
        && !leads_out(&settings.project, file)
    {
        faults.push(format!("{error}; put the token there, or mend the setting"));
    }
    faults
}

/// What `run` needs and nobody has set.
pub(super) fn lacking(settings: &Settings, env: Option<&EnvRead>) -> Option<String> {
    let mut lacking = Vec::new();
    if settings.pages.is_empty() {
        lacking.push("a page: set `pages` in config/keyminder.toml, or KEYMINDER_PAGES, to its URL");
    }
    let in_env = env.and_then(|env| env.as_ref().ok()?.get(TOKEN));
    let has_token = settings.notion.token_file.is_some()
        || settings.environment_token.is_some()
        || in_env.is_some_and(|token| !token.expose_secret().trim().is_empty());
    if !has_token {
        lacking.push(
            "a token: set NOTION_TOKEN in .env or in the environment that `run` is started with (that of this command has \
             none), or notion.token_file",
        );
    }
    (!lacking.is_empty()).then(|| format!("`keyminder run` still needs\n- {}", lacking.join("\n- ")))
}
