//! The files that steer us or hold a key: nobody else may write the ones or read the others, and no link takes ours out of
//! the project.
use crate::config::{ProjectArgs, Settings};
use crate::domain::redact::KnownValues;
use crate::rotation::places::leads_out;
use crate::rotation::{EnvError, EnvFile, read_in_project};
use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// No folder of settings is deeper.
const DEEPEST: usize = 3;

/// Everything that is wrong with links, owners and modes; each with what mends it.
pub(super) fn faults(place: &ProjectArgs, settings: &Settings) -> Vec<String> {
    let mut faults = links(settings);
    let project = &settings.project;
    let mut steering = vec![project.clone(), settings.state_dir(), settings.rotation.backups.clone()];
    steering.extend(place.config.clone());
    for folder in ["config", "prompts"] {
        gather(&project.join(folder), DEEPEST, &mut steering);
    }
    for path in steering {
        if let Ok(metadata) = path.metadata() {
            faults.extend(steered_by_others(&name_of(project, &path), &metadata));
        }
    }
    if let Some(Err(error)) = env(settings) {
        faults.push(format!("{error}; until that is mended, nothing in it is masked"));
    }
    if let Some(file) = &settings.notion.token_file
        && let Ok(metadata) = file.metadata()
    {
        faults.extend(read_by_others(&name_of(project, file), &metadata));
    }
    faults
}

/// `.env`, if there are bytes to read.
fn env(settings: &Settings) -> Option<Result<EnvFile, EnvError>> {
    let bytes = read_in_project(&settings.project, &settings.project.join(&settings.env)).ok()?;
    Some(EnvFile::parse(&bytes))
}

/// The values of `.env` that could stand in a comment without being masked there, by their names: no fault of the
/// settings, but of the values.
pub(super) fn unmaskable(settings: &Settings) -> Option<String> {
    let env = env(settings)?.ok()?;
    let known = KnownValues::from_env(env.maskable_values());
    let names: Vec<&str> = known.unmaskable().collect();
    let (whose, is) = match names.len() {
        0 => return None,
        1 => ("The value of", "is"),
        _ => ("The values of", "are"),
    };
    Some(format!(
        "{whose} {} {is} too short or too ordinary to be masked in comments, as a whole or in part.\n\
         Twelve characters or more that are no words are found in any text.",
        names.join(", ")
    ))
}

/// What is ours and is led out of the project by a link.
fn links(settings: &Settings) -> Vec<String> {
    let mut ours = vec![
        (PathBuf::from(&settings.state), "state"),
        (settings.rotation.backups.clone(), "rotation.backups"),
        (settings.env.clone(), "project.env"),
    ];
    ours.extend(
        settings
            .notion
            .token_file
            .clone()
            .map(|file| (file, "notion.token_file")),
    );
    let led_out = ours.iter().filter(|(path, _)| leads_out(&settings.project, path));
    led_out
        .map(|(path, setting)| {
            format!(
                "{}: a link on the way leads out of the project, so nothing is read or written there; name the real \
                 place with the setting {setting}, or remove the link",
                name_of(&settings.project, path)
            )
        })
        .collect()
}

/// A folder with all that it holds.
fn gather(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) {
    found.push(folder.to_owned());
    if depth == 0 {
        return;
    }
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => gather(&entry.path(), depth - 1, found),
            Ok(_) => found.push(entry.path()),
            Err(_) => {}
        }
    }
}

fn steered_by_others(name: &str, metadata: &Metadata) -> Option<String> {
    let mode = metadata.mode() & 0o7777;
    if is_foreign(metadata) {
        return Some(format!(
            "{name} belongs to user {}, who decides by it what keyminder does; make it yours: `chown \"$USER\" {name}`",
            metadata.uid()
        ));
    }
    // In a folder such as /tmp everybody may write, but nobody may touch what is somebody else's.
    let whom = if mode & 0o1000 != 0 {
        return None;
    } else if mode & 0o002 != 0 {
        "everybody"
    } else if mode & 0o020 != 0 && !is_private_group(metadata) {
        "its group"
    } else {
        return None;
    };
    Some(format!(
        "{name} can be written by {whom} (mode {mode:04o}), and whoever writes there steers keyminder: `chmod go-w {name}`"
    ))
}

fn read_by_others(name: &str, metadata: &Metadata) -> Option<String> {
    let mode = metadata.mode() & 0o7777;
    if is_foreign(metadata) {
        return Some(format!(
            "notion.token_file {name} belongs to user {}, who has the bot's token by that; make it yours: \
             `chown \"$USER\" {name}`",
            metadata.uid()
        ));
    }
    // A file that a container's platform mounts belongs to root; its mode is not ours to set.
    let too_much = if metadata.uid() == us() { 0o077 } else { 0o022 };
    (mode & too_much != 0).then(|| {
        format!(
            "notion.token_file {name} is open to others (mode {mode:04o}), and the token with it: `chmod 600 {name}`"
        )
    })
}

/// Whether neither we nor root own it.
fn is_foreign(metadata: &Metadata) -> bool {
    ![us(), 0].contains(&metadata.uid())
}

/// Many systems give each person a group of one's own, with the person's number, and let it write.
fn is_private_group(metadata: &Metadata) -> bool {
    metadata.gid() == metadata.uid()
}

fn us() -> u32 {
    rustix::process::geteuid().as_raw()
}

fn name_of(project: &Path, path: &Path) -> String {
    match path.strip_prefix(project) {
        Ok(name) if !name.as_os_str().is_empty() => name.display().to_string(),
        Ok(_) | Err(_) => path.display().to_string(),
    }
}
