//! What must not be printed, as far as it can be known when neither the command line nor the settings can be read.
use super::own_secrets::{TOKEN, token_in, values_in};
use crate::config::files_of_keys;
use crate::domain::redact::{KnownValues, Patterns, Redactor};
use crate::terminal::HeldSecrets;
use std::path::{Path, PathBuf};

/// Where the project is, whatever else the command line says.
pub(super) struct ProjectPlace {
    project: PathBuf,
    config: Option<PathBuf>,
}

impl ProjectPlace {
    /// What `--project` and `--config` name, or the variables in their place.
    pub(super) fn of(arguments: &[String]) -> Self {
        let option = |flag, variable| {
            let named = value_of(flag, arguments).map(PathBuf::from);
            named.or_else(|| std::env::var_os(variable).map(PathBuf::from))
        };
        Self {
            project: option("--project", "KEYMINDER_PROJECT").unwrap_or_default(),
            config: option("--config", "KEYMINDER_CONFIG"),
        }
    }

    /// The values of `.env`, the token's file and the environment. A key that was given in place of the project's folder
    /// is one of the folder where we are.
    pub(super) fn held(&self) -> HeldSecrets {
        let mut values = Vec::new();
        let here = Path::new(".");
        let elsewhere =
            Some(self.project.as_path()).filter(|project| !project.as_os_str().is_empty() && *project != here);
        for project in elsewhere.into_iter().chain([here]) {
            for file in files_of_keys(project, self.config.as_deref()) {
                values.extend(values_in(project, &file));
            }
        }
        values.extend(token_in(
            std::env::var_os(TOKEN).and_then(|token| token.into_string().ok()),
        ));
        let known = KnownValues::from_env(values.clone());
        let ordinary: Vec<&str> = known.unmaskable().collect();
        values.retain(|(name, _)| ordinary.contains(&name.as_str()));
        HeldSecrets {
            redactor: Redactor::new(Patterns::builtin(), known),
            ordinary: values,
        }
    }
}

/// The value of an option, behind it or joined to it.
fn value_of<'a>(flag: &str, arguments: &'a [String]) -> Option<&'a str> {
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match argument.strip_prefix(flag) {
            Some("") => return rest.next().map(String::as_str),
            Some(value) if value.starts_with('=') => return Some(&value[1..]),
            Some(_) | None => {}
        }
    }
    None
}
