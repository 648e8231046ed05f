//! The table of patterns that a project goes by.
use super::CommandResult;
use crate::config::{Faults, text_of};
use crate::domain::redact::Patterns;
use std::path::Path;
use std::sync::Arc;

/// The project's table of patterns, else the one that is built in.
pub(super) fn patterns(project: &Path) -> CommandResult<Arc<Patterns>> {
    let file = project.join("config/redaction.toml");
    match text_of(&file) {
        Ok(toml) => Patterns::parse(&toml, &file.display().to_string())
            .map(Arc::new)
            .map_err(|faults| Faults(faults.iter().map(ToString::to_string).collect()).into()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Patterns::builtin()),
        Err(error) => Err(anyhow::Error::new(error)
            .context(format!("{} cannot be read", file.display()))
            .into()),
    }
}
