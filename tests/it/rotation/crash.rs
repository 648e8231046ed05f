//! `kill -9` between every two steps of a write: what lies there is whole, and doing it again gets it done.
use super::{Folder, next_year, said};
use std::os::unix::process::ExitStatusExt;

const OLD: &str = "# mine\nNOTION_TOKEN=made-up-old-1\nAPI_Groq='made-up-old-2'\n";
const NEW: &str = "NOTION_TOKEN=made-up-new-1\nAPI_Groq=made-up-new-2\n";

/// Kills the command at its first step, its second, ... until it gets through. `whole` looks at the folder after each
/// kill, and again after the command was repeated.
#[track_caller]
fn killed_everywhere(
    prepare: impl Fn(&Folder),
    args: &[&str],
    whole: impl Fn(&Folder),
    done: impl Fn(&Folder),
) -> usize {
    for point in 1..100 {
        let folder = Folder::with_env(OLD);
        prepare(&folder);
        let output = folder
            .keyminder(args)
            .env("DEBUG_KILL_AT_POINT", point.to_string())
            .output()
            .unwrap();
        whole(&folder);
        if output.status.signal() != Some(9) {
            assert!(output.status.success(), "{}", said(&output));
            done(&folder);
            return point - 1;
        }
        folder.run(args, 0);
        whole(&folder);
        done(&folder);
    }
    panic!("a hundred points, and no end");
}

fn has_backup(folder: &Folder) -> bool {
    let names = std::fs::read_dir(folder.path("backups/api_keys"))
        .into_iter()
        .flatten()
        .flatten();
    let mut names = names.map(|entry| entry.file_name().to_string_lossy().into_owned());
    names.any(|name| name.starts_with("env_backup_") && !name.contains(".tmp."))
}

fn backups_are_whole(folder: &Folder) {
    if has_backup(folder) {
        folder.run(&["backup", "verify"], 0);
    }
}

#[test]
fn a_backup_is_there_whole_or_not_at_all() {
    let points = killed_everywhere(
        |_| {},
        &["backup", "create"],
        |folder| {
            assert_eq!(folder.read(".env"), OLD);
            backups_are_whole(folder);
        },
        |folder| assert!(has_backup(folder)),
    );
    assert!(points >= 8, "only {points} points");
}

#[test]
fn a_restore_leaves_the_old_file_or_the_new_one() {
    let points = killed_everywhere(
        |folder| {
            std::fs::write(folder.path(".env.backup.20260101_090000"), OLD).unwrap();
            std::fs::write(folder.path(".env"), NEW).unwrap();
        },
        &[
            "backup",
            "restore",
            "20260101_090000",
            "--key",
            "NOTION_TOKEN",
            "--key",
            "API_Groq",
        ],
        |folder| {
            let env = folder.read(".env");
            assert!(
                env == NEW || env.contains("made-up-old-1") && env.contains("made-up-old-2"),
                "{env}"
            );
            backups_are_whole(folder);
        },
        |folder| assert!(folder.read(".env").contains("made-up-old-1")),
    );
    assert!(points >= 8, "only {points} points");
}

#[test]
fn a_schedule_is_the_old_one_or_the_new_one() {
    let points = killed_everywhere(
        |folder| {
            folder.run(&["schedule", "set", &next_year("YYYY-01-01")], 0);
        },
        &["schedule", "set", &next_year("YYYY-06-01")],
        |folder| {
            let schedule = folder.json(&["schedule", "show"]);
            let next = schedule["next_at"].as_str().unwrap();
            assert!(
                next.starts_with(&next_year("YYYY-01-01T09:00")) || next.starts_with(&next_year("YYYY-06-01T09:00")),
                "{next}"
            );
        },
        |folder| {
            assert!(
                folder
                    .read("config/rotation_schedule.json")
                    .contains(&next_year("YYYY-06-01T09"))
            );
        },
    );
    assert!(points >= 2, "only {points} points");
}

#[test]
fn the_first_start_of_all_can_be_cut_off() {
    let points = killed_everywhere(
        |_| {},
        &["rotate", "start", "groq"],
        |folder| assert_eq!(folder.read(".env"), OLD),
        |folder| {
            let id = folder.read("state/project.id");
            assert_eq!(
                (id.trim().len(), folder.read(".env.install-key").trim().len()),
                (16, 64)
            );
            assert_eq!(folder.json(&["rotate", "status"])["rotations"][0]["stage"], "backed_up");
        },
    );
    assert!(points >= 12, "only {points} points");
}

/// A span moves each key from its own date: half of them moved would be moved twice by the next try.
#[test]
fn all_dates_are_moved_by_a_span_or_none() {
    let mut got_through = false;
    for point in 1..100 {
        let folder = Folder::with_env(OLD);
        folder.run(&["schedule", "set", &next_year("YYYY-01-15")], 0);
        folder.run(&["schedule", "set", &next_year("YYYY-03-01"), "--key", "groq"], 0);
        let dates = || {
            let shown = folder.json(&["schedule", "show"]);
            ["notion", "groq"].map(|id| shown["keys"][id]["next_at"].as_str().unwrap()[..10].to_owned())
        };
        let before = dates();
        let mut command = folder.keyminder(&["schedule", "set", "--later", "1w"]);
        let output = command.env("DEBUG_KILL_AT_POINT", point.to_string()).output().unwrap();
        let after = ["YYYY-01-22", "YYYY-03-08"].map(next_year);
        got_through = output.status.signal() != Some(9);
        assert!(
            dates() == after || !got_through && dates() == before,
            "{point}: {:?}",
            dates()
        );
        if got_through {
            break;
        }
    }
    assert!(got_through);
}
