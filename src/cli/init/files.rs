//! The files that `init` writes: settings, an empty `.env`, lines of `.gitignore`.
use super::asks::Asks;
use super::summary::InitSummary;
use crate::cli::CommandResult;
use crate::config::{Settings, text_of};
use crate::rotation::{EnvError, Project, create_atomic, write_atomic};
use anyhow::Context;
use std::fs::Permissions;
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// Every setting with a sentence; all of them at their defaults.
const EXAMPLE: &str = include_str!("../../../config/keyminder.example.toml");

/// What must not get into version control.
const IGNORED: [&str; 5] = [".env", ".env.*", "!.env.example", "backups/", "state/"];

const EMPTY_ENV: &str =
    "# The keys, one NAME=value a line. Only you can read this file; keep it out of version control.\n";

/// Writes the settings, unless there are some.
pub(super) fn settings(path: &Path, pages: &[String], done: &mut InitSummary) -> CommandResult<()> {
    let text = match pages {
        [] => EXAMPLE.to_owned(),
        pages => EXAMPLE.replacen("# pages = []", &format!("pages = {}", list(pages)), 1),
    };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    }
    match create_atomic(path, text.as_bytes(), 0o644) {
        Ok(()) => done.made.push(path.display().to_string()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => done.kept.push(path.display().to_string()),
        Err(error) => {
            return Err(anyhow::Error::new(error)
                .context(format!("writing {}", path.display()))
                .into());
        }
    }
    Ok(())
}

/// Sets one setting of the file that was just made or was there; every other line stays.
pub(super) fn set(path: &Path, section: &str, key: &str, value: &[String]) -> CommandResult<()> {
    let text = text_of(path).with_context(|| format!("reading {}", path.display()))?;
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let head = format!("[{section}]");
    if !lines.iter().any(|line| line.trim() == head) {
        lines.extend([String::new(), head.clone()]);
    }
    let begin = lines
        .iter()
        .position(|line| line.trim() == head)
        .map_or(lines.len(), |at| at + 1);
    let end = lines[begin..]
        .iter()
        .position(|line| line.trim_start().starts_with('['))
        .map_or(lines.len(), |at| begin + at);
    let is_it = |line: &String| {
        line.trim_start_matches(['#', ' '])
            .split('=')
            .next()
            .is_some_and(|name| name.trim() == key)
            && line.contains('=')
    };
    let setting = format!("{key} = {}", list(value));
    match lines[begin..end].iter().position(is_it) {
        Some(at) => lines[begin + at] = setting,
        None => lines.insert(begin, setting),
    }
    let mode = path.metadata()?.permissions().mode() & 0o777;
    Ok(write_atomic(path, format!("{}\n", lines.join("\n")).as_bytes(), mode)
        .with_context(|| format!("writing {}", path.display()))?)
}

/// JSON's strings and arrays are TOML's.
fn list(items: &[String]) -> String {
    serde_json::json!(items).to_string()
}

/// Makes an empty `.env`, or closes the one that is there to others.
pub(super) fn env(asks: &Asks, project: &Project, done: &mut InitSummary) -> CommandResult<()> {
    let path = project.env.display().to_string();
    match project.read_env() {
        Err(EnvError::Missing(_)) if !project.env.is_symlink() => {
            if asks.whether("There is no .env. Make an empty one that only you can read?")? {
                create_atomic(&project.env, EMPTY_ENV.as_bytes(), 0o600).with_context(|| format!("writing {path}"))?;
                done.made.push(path);
            }
        }
        Err(error) => done.next.push(error.to_string()),
        Ok(_) => close(asks, project, done)?,
    }
    Ok(())
}

fn close(asks: &Asks, project: &Project, done: &mut InitSummary) -> CommandResult<()> {
    let path = project.env.display().to_string();
    let mode = project.env.metadata()?.permissions().mode() & 0o777;
    let question = format!("Others on this machine can read .env (mode {mode:04o}). Make it 0600?");
    if mode & 0o077 != 0 && asks.whether(&question)? {
        std::fs::set_permissions(&project.env, Permissions::from_mode(mode & 0o600))
            .with_context(|| format!("closing {path}"))?;
        done.changed.push(path);
    } else {
        done.kept.push(path);
    }
    Ok(())
}

/// Adds what is lacking in `.gitignore`; makes one also where there is no repository yet.
pub(super) fn ignore(asks: &Asks, settings: &Settings, done: &mut InitSummary) -> CommandResult<()> {
    let path = settings.project.join(".gitignore");
    if path.is_symlink() {
        done.next.push(
            ".gitignore is a link, which git does not follow: make it a file, then `keyminder init` again".to_owned(),
        );
        return Ok(());
    }
    let text = match text_of(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
        Err(error) => {
            return Err(anyhow::Error::new(error)
                .context(format!("reading {}", path.display()))
                .into());
        }
    };
    let lacking = lacking_in(&text, settings);
    if lacking.is_empty() || !asks.whether(&format!("Add to .gitignore: {}?", lacking.join(", ")))? {
        return Ok(());
    }
    let gap = if text.is_empty() || text.ends_with('\n') {
        ""
    } else {
        "\n"
    };
    let added = format!("{text}{gap}# Keys and their backups\n{}\n", lacking.join("\n"));
    write_atomic(&path, added.as_bytes(), 0o644).with_context(|| format!("writing {}", path.display()))?;
    let list = if text.is_empty() {
        &mut done.made
    } else {
        &mut done.changed
    };
    list.push(path.display().to_string());
    Ok(())
}

/// The lines that `.gitignore` needs and has not: the usual ones, and those of the places that the settings name.
fn lacking_in(text: &str, settings: &Settings) -> Vec<String> {
    let mut wanted: Vec<String> = IGNORED.map(str::to_owned).to_vec();
    let below = |path: &Path| {
        let name = path.strip_prefix(&settings.project).ok()?.to_str()?.to_owned();
        (!name.is_empty()).then_some(name)
    };
    if let Some(env) = below(&settings.env).filter(|env| env != ".env") {
        wanted.extend([format!("{env}.*"), env]);
    }
    match below(&settings.state_dir()) {
        Some(state) => wanted.push(format!("{state}/")),
        // The state lies in the project's folder itself: its files are named one by one.
        None => wanted.extend(below(Path::new(&settings.state)).map(|file| format!("{file}*"))),
    }
    wanted.extend(below(&settings.rotation.backups).map(|backups| format!("{backups}/")));
    wanted.extend(
        settings
            .notion
            .token_file
            .as_deref()
            .and_then(below)
            .filter(|file| !file.starts_with(".env.")),
    );
    let mut there: Vec<String> = text
        .lines()
        .map(|line| line.trim().trim_matches('/').to_owned())
        .collect();
    wanted.retain(|line| {
        let line = line.trim_matches('/');
        let covered = Path::new(line)
            .ancestors()
            .filter_map(Path::to_str)
            .any(|part| there.iter().any(|there| there == part));
        there.push(line.to_owned());
        !covered
    });
    wanted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_is_put_into_its_section_and_nothing_else_moves() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("keyminder.toml");
        std::fs::write(&path, EXAMPLE).unwrap();
        set(&path, "rotation", "recipients", &["age1made-up".to_owned()]).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(
            text,
            EXAMPLE.replace("# recipients = []", "recipients = [\"age1made-up\"]")
        );
        set(&path, "rotation", "recipients", &["age1other".to_owned()]).unwrap();
        set(&path, "new_section", "list", &["x".to_owned()]).unwrap();
        let table: toml::Table = std::fs::read_to_string(&path).unwrap().parse().unwrap();
        assert_eq!(table["rotation"]["recipients"][0].as_str(), Some("age1other"));
        assert_eq!(table["new_section"]["list"][0].as_str(), Some("x"));
    }
}
