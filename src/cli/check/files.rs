//! The files that steer us or hold a key: nobody else may write the ones or read the others, and no link takes ours out of
//! the project.
use crate::cli::init::files::undone_in;
use crate::config::{ProjectArgs, Settings, text_of};
use crate::domain::redact::KnownValues;
use crate::rotation::backup::recipients_fault;
use crate::rotation::install_key::KEY_FILE;
use crate::rotation::places::leads_out;
use crate::rotation::{EnvError, EnvFile, Project, read_in_project};
use std::fs::Metadata;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};

/// What git leaves out.
const IGNORE: &str = ".gitignore";

/// No folder of settings is deeper.
const DEEPEST: usize = 3;

/// Everything that is wrong with links, owners and modes; each with what mends it.
pub(super) fn faults(place: &ProjectArgs, settings: &Settings, env: Option<&EnvRead>) -> Vec<String> {
    let mut faults = links(settings);
    let project = &settings.project;
    let mut steering = vec![project.clone(), settings.state_dir(), settings.rotation.backups.clone()];
    steering.extend(place.config.clone());
    steering.extend([settings.env.clone(), project.join(KEY_FILE), project.join(IGNORE)]);
    for folder in ["config", "prompts"] {
        gather(&project.join(folder), DEEPEST, &mut steering);
    }
    for path in steering {
        if let Ok(metadata) = path.metadata() {
            let name = name_of(project, &path);
            faults.extend(steered_by_others(&name, &metadata));
            // A vault may fill `.env` by a pipe.
            faults
                .extend(no_file(&name, &metadata).filter(|_| path != settings.env || !metadata.file_type().is_fifo()));
        }
    }
    if let Some(Err(error)) = env {
        // A long path with a random part in it looks like a key, and the name below the project says enough.
        let (path, name) = (settings.env.display().to_string(), name_of(project, &settings.env));
        let error = error.to_string().replace(&path, &name);
        faults.push(format!("{error}; until that is mended, nothing in it is masked"));
    }
    let secret = [
        (settings.notion.token_file.clone(), "notion.token_file ", "the token"),
        (Some(project.join(KEY_FILE)), "", "the key of the fingerprints"),
    ];
    for (file, setting, what) in secret {
        if let Some(file) = file
            && let Ok(metadata) = file.metadata()
        {
            faults.extend(read_by_others(setting, &name_of(project, &file), what, &metadata));
        }
    }
    faults.extend(ignored(settings));
    faults.extend(recipients_fault(&settings.rotation.recipients).map(|fault| fault.to_string()));
    faults
}

/// What is no fault of the settings, and worth telling all the same.
pub(super) fn notices(settings: &Settings, env: Option<&EnvRead>) -> Vec<String> {
    let open = [
        (&settings.env, 0o600),
        (&settings.state_dir(), 0o700),
        (&settings.rotation.backups, 0o700),
    ];
    let open = open.into_iter().filter_map(|(path, mode)| {
        let metadata = path.metadata().ok()?;
        // The mode of a pipe is the vault's.
        (is_open(&metadata) && !metadata.file_type().is_fifo()).then(|| {
            let name = name_of(&settings.project, path);
            let now = metadata.mode() & 0o7777;
            if path.is_dir() && !path.starts_with(&settings.project) {
                // It may be everybody's, as /tmp is.
                return format!(
                    "{name} is open to others on this machine (mode {now:04o}), and what keyminder writes there with it: name a \
                     folder of its own in the settings"
                );
            }
            format!("{name} is open to others on this machine (mode {now:04o}), and the keys with it: `chmod {mode:o} {name}`")
        })
    });
    let env = env.and_then(|env| env.as_ref().ok());
    let project = Project::open_to_read(settings).ok();
    let lost_key = project.and_then(|project| project.lost_key()).map(str::to_owned);
    let told = env.map(|env| KnownValues::from_env(env.maskable_values()));
    let told = told
        .iter()
        .flat_map(|known| unmaskable(known).into_iter().chain(overlooked(known)));
    open.chain(told).chain(lost_key).collect()
}

/// `.env` as it was read.
pub(super) type EnvRead = Result<EnvFile, EnvError>;

/// Reads `.env`; `None` where there is none, or only a link that leads out, which is told as such.
pub(super) fn env(settings: &Settings) -> Option<EnvRead> {
    match read_in_project(&settings.project, &settings.env) {
        Ok(bytes) => Some(EnvFile::parse(&bytes)),
        Err(EnvError::Missing(_) | EnvError::Outside(_)) => None,
        Err(error) => Some(Err(error)),
    }
}

/// The values of `.env` that could stand in a comment without being masked there, by their names: no fault of the
/// settings, but of the values.
fn unmaskable(known: &KnownValues) -> Option<String> {
    let (values, is) = values_of(known.unmaskable(), "is", "are")?;
    Some(format!(
        "{values} {is} too short or too ordinary to be masked wherever they are said in comments: words are, in quotes or behind their name.\n\
         Twelve characters or more that are no words are found in any text."
    ))
}

/// The values of `.env` that may be a key and are not masked, as by their names they may as well be an id.
fn overlooked(known: &KnownValues) -> Option<String> {
    let (values, looks) = values_of(known.overlooked(), "looks", "look")?;
    Some(format!(
        "{values} {looks} random and may be an id, so nothing masks it in comments: if it is a secret, give it a name that ends in _KEY, \
         _TOKEN or _SECRET."
    ))
}

/// Of one variable or several, with the verb for so many; `None` of none.
fn values_of<'a>(names: impl Iterator<Item = &'a str>, one: &'a str, several: &'a str) -> Option<(String, &'a str)> {
    let names: Vec<&str> = names.collect();
    let (whose, verb) = match names.len() {
        0 => return None,
        1 => ("The value of", one),
        _ => ("The values of", several),
    };
    Some((format!("{whose} {}", names.join(", ")), verb))
}

/// What would let keys into version control although `.gitignore` names them.
fn ignored(settings: &Settings) -> Vec<String> {
    let path = settings.project.join(IGNORE);
    if path.is_symlink() {
        return vec![format!(
            "{IGNORE} is a link, which git does not follow: make it a file, then `keyminder init`"
        )];
    }
    let undone = undone_in(&text_of(&path).unwrap_or_default(), settings);
    if undone.is_empty() {
        return Vec::new();
    }
    vec![format!(
        "{IGNORE}: a line with ! further down takes {} in again: remove it, or `keyminder init` adds them behind it",
        undone.join(", ")
    )]
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
    let mut faults: Vec<String> = led_out
        .map(|(path, setting)| {
            format!(
                "{}: a link on the way leads out of the project, so nothing is read or written there; name the real \
                 place with the setting {setting}, or remove the link",
                name_of(&settings.project, path)
            )
        })
        .collect();
    if settings.project.join(KEY_FILE).is_symlink() {
        faults.push(format!(
            "{KEY_FILE} is a link, which keyminder does not follow: put the file itself here"
        ));
    }
    let mut steering = Vec::new();
    for folder in ["config", "prompts"] {
        gather(&settings.project.join(folder), DEEPEST, &mut steering);
    }
    let led_out = steering.iter().filter(|path| leads_out(&settings.project, path));
    faults.extend(led_out.map(|path| {
        format!(
            "{}: a link leads out of the project, and whoever writes there steers keyminder: put the file itself here",
            name_of(&settings.project, path)
        )
    }));
    faults
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

fn read_by_others(setting: &str, name: &str, what: &str, metadata: &Metadata) -> Option<String> {
    let mode = metadata.mode() & 0o7777;
    if is_foreign(metadata) {
        return Some(format!(
            "{setting}{name} belongs to user {}, who has {what} by that; make it yours: `chown \"$USER\" {name}`",
            metadata.uid()
        ));
    }
    is_open(metadata)
        .then(|| format!("{setting}{name} is open to others (mode {mode:04o}), and {what} with it: `chmod 600 {name}`"))
}

/// Whether others may read or write it. A file that a container's platform mounts belongs to root; its mode is not ours
/// to set.
fn is_open(metadata: &Metadata) -> bool {
    let too_much = if metadata.uid() == us() { 0o077 } else { 0o022 };
    metadata.mode() & too_much != 0
}

/// A pipe or a device in the place of a file or folder.
fn no_file(name: &str, metadata: &Metadata) -> Option<String> {
    let is_plain = metadata.is_file() || metadata.is_dir();
    (!is_plain).then(|| format!("{name} is neither a file nor a folder, and is not read: put a file in its place"))
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
