//! `init --encrypt`: an age identity outside the project; the settings get its public half alone.
use super::files;
use super::summary::InitSummary;
use crate::cli::CommandResult;
use crate::rotation::Project;
use crate::rotation::backup::new_identity;
use anyhow::Context;
use std::path::{Path, PathBuf};

pub(super) fn set_up(project: &Project, settings: &Path, done: &mut InitSummary) -> CommandResult<()> {
    if !project.recipients.is_empty() {
        done.next
            .push("backups are encrypted already: rotation.recipients is set".to_owned());
        return Ok(());
    }
    let path = identity_file(project)?;
    let recipient = new_identity(&path)?;
    done.made.push(path.display().to_string());
    files::set(settings, Some("rotation"), "recipients", &[recipient])?;
    done.next.push(format!(
        "keep a copy of {} in a safe place: without it no backup opens. With it, without keyminder: age -d -i {} BACKUP",
        path.display(),
        path.display()
    ));
    Ok(())
}

/// The person's own folder for settings, never the project: who has the backups must not have the identity.
fn identity_file(project: &Project) -> CommandResult<PathBuf> {
    let config = std::env::var_os("XDG_CONFIG_HOME")
        .filter(|dir| !dir.is_empty())
        .map(PathBuf::from);
    let home = || Some(PathBuf::from(std::env::var_os("HOME")?).join(".config"));
    let dir = config
        .or_else(home)
        .context("neither XDG_CONFIG_HOME nor HOME says where your settings live")?;
    Ok(dir.join("keyminder").join(format!("{}.identity", project.id)))
}
