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
        Err(error) if error.kind() == ErrorKind::AlreadyExists => add_pages(path, pages, done)?,
        Err(error) => {
            return Err(anyhow::Error::new(error)
                .context(format!("writing {}", path.display()))
                .into());
        }
    }
    Ok(())
}

/// Adds pages to the settings that are there.
fn add_pages(path: &Path, pages: &[String], done: &mut InitSummary) -> CommandResult<()> {
    let text = text_of(path).with_context(|| format!("reading {}", path.display()))?;
    let file: toml::Table = toml::from_str(&text).with_context(|| format!("{} is no TOML", path.display()))?;
    let known = file.get("pages").and_then(toml::Value::as_array).into_iter().flatten();
    let known: Vec<String> = known.filter_map(|page| page.as_str().map(str::to_owned)).collect();
    let new: Vec<String> = pages.iter().filter(|page| !known.contains(page)).cloned().collect();
    if new.is_empty() {
        done.kept.push(path.display().to_string());
        return Ok(());
    }
    let all = [known, new].concat();
    let by_hand = || anyhow::anyhow!("write into {}: pages = {}", path.display(), list(&all));
    if text
        .lines()
        .any(|line| is_setting(line, "pages") && !line.starts_with('#') && !line.contains(']'))
    {
        // A list over several lines is somebody's own; half of it would be left.
        return Err(by_hand().into());
    }
    set(path, None, "pages", &all)?;
    done.changed.push(path.display().to_string());
    Ok(())
}

/// Whether a line sets this, or shows in a comment how it is set.
fn is_setting(line: &str, key: &str) -> bool {
    let name = line.trim_start_matches(['#', ' ']).split('=').next();
    name.is_some_and(|name| name.trim() == key) && line.contains('=')
}

/// Sets one setting of the file that was just made or was there, in a section or before all of them; every other line stays.
pub(super) fn set(path: &Path, section: Option<&str>, key: &str, value: &[String]) -> CommandResult<()> {
    let text = text_of(path).with_context(|| format!("reading {}", path.display()))?;
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let begin = match section.map(|section| format!("[{section}]")) {
        None => 0,
        Some(head) => {
            if !lines.iter().any(|line| line.trim() == head) {
                lines.extend([String::new(), head.clone()]);
            }
            let at = lines.iter().position(|line| line.trim() == head);
            at.map_or(lines.len(), |at| at + 1)
        }
    };
    let end = lines[begin..]
        .iter()
        .position(|line| line.trim_start().starts_with('['))
        .map_or(lines.len(), |at| begin + at);
    let setting = format!("{key} = {}", list(value));
    match lines[begin..end].iter().position(|line| is_setting(line, key)) {
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
    let mut there: Vec<&str> = Vec::new();
    for line in text.lines().map(|line| line.trim().trim_end_matches('/')) {
        // What git takes in again further down is not left out: the last line that fits decides.
        let taken_in = line.strip_prefix('!').map(|line| line.trim_start_matches('/'));
        if let Some(taken_in) = taken_in {
            there.retain(|there| !fits(taken_in, there));
        }
        there.push(line.trim_start_matches('/'));
    }
    let mut there: Vec<String> = there.into_iter().map(str::to_owned).collect();
    let mut lacking = wanted(settings);
    lacking.retain(|line| {
        let line = line.trim_matches('/');
        let covered = Path::new(line)
            .ancestors()
            .filter_map(Path::to_str)
            .any(|part| there.iter().any(|there| there == part));
        there.push(line.to_owned());
        !covered
    });
    lacking
}

/// The lines of `.gitignore` that are there and that a later one undoes.
pub(in crate::cli) fn undone_in(text: &str, settings: &Settings) -> Vec<String> {
    let ours = wanted(settings);
    let is_undoing = |line: &&str| line.trim().starts_with('!') && !ours.iter().any(|ours| ours == line.trim());
    let without: Vec<&str> = text.lines().filter(|line| !is_undoing(line)).collect();
    let never_there = lacking_in(&without.join("\n"), settings);
    let mut undone = lacking_in(text, settings);
    undone.retain(|line| !never_there.contains(line));
    undone
}

/// Whether a pattern of git fits a name; `*` and `?` are any signs.
fn fits(pattern: &str, name: &str) -> bool {
    let (pattern, name) = (pattern.as_bytes(), name.as_bytes());
    let [mut at, mut read] = [0, 0];
    // Behind the last `*`, and how much of the name it has taken.
    let mut star = None;
    while read < name.len() {
        match (pattern.get(at), star) {
            (Some(b'*'), _) => {
                at += 1;
                star = Some((at, read));
            }
            (Some(sign), _) if *sign == b'?' || *sign == name[read] => {
                at += 1;
                read += 1;
            }
            (_, Some((behind, taken))) => {
                at = behind;
                read = taken + 1;
                star = Some((behind, read));
            }
            _ => return false,
        }
    }
    pattern[at..].iter().all(|sign| *sign == b'*')
}

/// What has to stand in `.gitignore`.
fn wanted(settings: &Settings) -> Vec<String> {
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
    wanted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_takes_keys_in_again_undoes_what_stands_before_it() {
        let dir = tempfile::tempdir().unwrap();
        let place = crate::config::ProjectArgs {
            project: Some(dir.path().to_owned()),
            config: None,
        };
        let settings = Settings::read(&place, std::collections::BTreeMap::new()).unwrap();
        let all = IGNORED.join("\n") + "\n";
        assert_eq!(lacking_in(&all, &settings), Vec::<String>::new());
        for (line, undone) in [
            ("!.env", ".env"),
            ("!/.env", ".env"),
            ("!.e*", ".env"),
            ("!.env.*", ".env.*"),
            ("!state/", "state/"),
            ("!*", "backups/"),
        ] {
            let text = format!("{all}{line}\n");
            let found = undone_in(&text, &settings);
            assert!(found.iter().any(|found| found == undone), "{line}: {found:?}");
            assert_eq!(lacking_in(&text, &settings), found);
            let mended = format!("{text}{}\n", found.join("\n"));
            assert_eq!(undone_in(&mended, &settings), Vec::<String>::new(), "{line}");
        }
        for text in ["", "!.env\n", "node_modules/\n", &format!("{all}!src\n")] {
            assert_eq!(undone_in(text, &settings), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn a_setting_is_put_into_its_section_and_nothing_else_moves() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("keyminder.toml");
        std::fs::write(&path, EXAMPLE).unwrap();
        set(&path, Some("rotation"), "recipients", &["age1made-up".to_owned()]).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(
            text,
            EXAMPLE.replace("# recipients = []", "recipients = [\"age1made-up\"]")
        );
        set(&path, Some("rotation"), "recipients", &["age1other".to_owned()]).unwrap();
        set(&path, Some("new_section"), "list", &["x".to_owned()]).unwrap();
        let table: toml::Table = std::fs::read_to_string(&path).unwrap().parse().unwrap();
        assert_eq!(table["rotation"]["recipients"][0].as_str(), Some("age1other"));
        assert_eq!(table["new_section"]["list"][0].as_str(), Some("x"));
    }
}
