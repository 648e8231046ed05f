//! What can be in the way of a replacement, and that the file is whole through all of it.
use super::*;
use crate::rotation::EnvFile;
use crate::rotation::Project;
use crate::rotation::project::testing::{project, write_file};
use secrecy::SecretString;
use std::fs::Permissions;
use std::os::unix::fs::symlink;
use std::process::{Command, Stdio};
use std::time::SystemTime;

const ENV: &str = "A_KEY=made-up-1\nB_KEY=made-up-2\n";

#[expect(clippy::unnecessary_wraps, reason = "edits may fail")]
fn appended(bytes: &[u8]) -> Result<Vec<u8>, EditError> {
    Ok([bytes, b"C=3\n"].concat())
}

fn text(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

fn mode(path: &Path) -> u32 {
    path.metadata().unwrap().permissions().mode() & 0o7777
}

/// Nothing but the file itself lies beside it.
fn no_litter(dir: &Path) {
    let names = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name());
    let litter: Vec<_> = names.filter(|name| name.to_string_lossy().contains(".tmp.")).collect();
    assert!(litter.is_empty(), "{litter:?}");
}

#[test]
fn a_wide_mode_is_narrowed_and_a_narrow_one_kept() {
    for (before, after, told) in [(0o644, 0o600, Some(0o644)), (0o600, 0o600, None), (0o400, 0o400, None)] {
        let (dir, project) = project(ENV);
        std::fs::set_permissions(&project.env, Permissions::from_mode(before)).unwrap();
        let replaced = replace(&project.env, appended).unwrap();
        assert_eq!((mode(&project.env), replaced.narrowed_from), (after, told));
        assert_eq!(replaced.sha256, sha256(text(&project.env).as_bytes()));
        no_litter(dir.path());
    }
}

#[test]
fn what_is_already_there_is_not_written() {
    let (_dir, project) = project(ENV);
    let inode = project.env.metadata().unwrap().ino();
    assert!(!replace(&project.env, |bytes| Ok(bytes.to_vec())).unwrap().changed);
    assert_eq!(project.env.metadata().unwrap().ino(), inode);
}

#[test]
fn a_link_is_followed_within_the_project_only() {
    let (dir, mut project) = project(ENV);
    let link = dir.path().join("link");
    symlink(&project.env, &link).unwrap();
    let real = std::mem::replace(&mut project.env, link);
    project.replace_env(appended).unwrap();
    assert!(project.env.is_symlink());
    assert!(text(&real).ends_with("C=3\n"));

    let elsewhere = tempfile::tempdir().unwrap();
    write_file(&elsewhere.path().join("env"), ENV);
    project.env = dir.path().join("out");
    symlink(elsewhere.path().join("env"), &project.env).unwrap();
    let error = project.replace_env(appended).unwrap_err();
    assert!(
        error.is_refusal() && error.to_string().contains("project.env"),
        "{error}"
    );
    let error = project.read_env().err().unwrap();
    assert!(
        error.leads_out() && error.to_string().contains("project.env"),
        "{error}"
    );
    assert_eq!(text(&elsewhere.path().join("env")), ENV);
}

#[test]
fn what_cannot_be_replaced_safely_is_refused() {
    let (dir, project) = project(ENV);
    let path = |name: &str| dir.path().join(name);
    symlink("nowhere", path("dangling")).unwrap();
    rustix::fs::mknodat(
        rustix::fs::CWD,
        path("pipe"),
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR,
        0,
    )
    .unwrap();
    std::fs::create_dir(path("folder")).unwrap();
    std::fs::hard_link(&project.env, path("second-name")).unwrap();
    for name in ["dangling", "pipe", "folder", "second-name", ".env"] {
        let error = replace(&path(name), appended).unwrap_err();
        assert!(error.is_refusal(), "{name}: {error}");
    }
    assert!(matches!(
        replace(&path("missing"), appended),
        Err(ReplaceError::Unreadable(EnvError::Missing(_)))
    ));
    assert_eq!(text(&project.env), ENV);
    no_litter(dir.path());
}

#[test]
fn a_file_in_version_control_is_refused() {
    let (dir, project) = project(ENV);
    let run = |args: &[&str]| {
        let mut git = Command::new("git");
        git.args(args)
            .current_dir(dir.path())
            .env_clear()
            .envs(std::env::vars_os().filter(|(name, _)| name == "PATH"));
        git.stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    };
    if !run(&["init"]) {
        eprintln!("git is not here: nothing was tried");
        return;
    }
    replace(&project.env, appended).unwrap();
    assert_eq!(git::is_ignored(&project.env), Some(false));
    write_file(&dir.path().join(".gitignore"), "backups/\n");
    assert_eq!(git::is_ignored(&dir.path().join("backups/api_keys/any")), Some(true));
    assert!(run(&["add", "-f", ".env"]));
    assert!(matches!(replace(&project.env, appended), Err(ReplaceError::Tracked(_))));
}

#[test]
fn an_editor_that_saves_in_between_loses_nothing() {
    let (dir, project) = project(ENV);
    let mut saves = 1;
    replace(&project.env, |bytes| {
        if saves > 0 {
            saves -= 1;
            write_file(&project.env, &format!("{ENV}EDITED=yes\n"));
        }
        appended(bytes)
    })
    .unwrap();
    assert_eq!(text(&project.env), format!("{ENV}EDITED=yes\nC=3\n"));

    let mut n = 0;
    let error = replace(&project.env, |bytes| {
        n += 1;
        write_file(&project.env, &format!("N={n}\n"));
        appended(bytes)
    });
    assert!(matches!(error, Err(ReplaceError::ChangedMeanwhile(_))));
    assert_eq!((n, text(&project.env)), (MAX_TRIES, format!("N={MAX_TRIES}\n")));
    no_litter(dir.path());
}

fn write_value(project: &Project, name: &str, value: &str) {
    let values = [(name.to_owned(), SecretString::from(value))];
    project.write_values(&values.into()).unwrap();
}

#[test]
fn writers_at_the_same_time_wait_for_each_other() {
    let (dir, project) = project(ENV);
    std::thread::scope(|scope| {
        for n in 0..8 {
            let project = &project;
            scope.spawn(move || {
                write_value(project, &format!("KEY_{n}"), &format!("made-up-{n}"));
            });
        }
    });
    let file = EnvFile::parse(text(&project.env).as_bytes()).unwrap();
    assert_eq!(file.entries().count(), 10);
    no_litter(dir.path());
}

#[test]
fn a_pair_is_written_together_or_not_at_all() {
    let (_dir, project) = project("A_KEY=made-up-1\nB_KEY=x\nB_KEY=y\n");
    let values =
        [("A_KEY", "new-1"), ("B_KEY", "new-2")].map(|(name, value)| (name.to_owned(), SecretString::from(value)));
    assert!(project.write_values(&values.into()).unwrap_err().is_refusal());
    assert!(text(&project.env).starts_with("A_KEY=made-up-1\n"));
}

#[test]
fn a_large_file_is_edited_in_one_go() {
    let filler = "# a line that says nothing at all\n".repeat(31_000);
    let (_dir, project) = project(&format!("{filler}A_KEY=made-up-1\n"));
    write_value(&project, "A_KEY", "made-up-2");
    assert_eq!(text(&project.env), format!("{filler}A_KEY=made-up-2\n"));
}

#[test]
fn what_a_crash_left_is_swept_after_an_hour_and_nothing_else() {
    let (dir, project) = project(ENV);
    let left = dir.path().join(".env.tmp.0123456789abcdef");
    for name in [
        ".env.tmp.0123456789abcdef",
        ".env.tmp.mine",
        "notes.tmp.0123456789abcdef",
    ] {
        write_file(&dir.path().join(name), "x");
    }
    project.sweep(SystemTime::now());
    assert!(left.exists());
    project.sweep(SystemTime::now() + Duration::from_hours(2));
    assert!(!left.exists());
    assert!(dir.path().join(".env.tmp.mine").exists() && dir.path().join("notes.tmp.0123456789abcdef").exists());
}
