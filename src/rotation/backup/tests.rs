//! Backups as they are made, found, proven, restored and dropped.
use super::*;
use crate::rotation::project::testing::{project, write_file};
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

const ENV: &str = "# mine\nNOTION_TOKEN=made-up-1\nAPI_Groq='made-up-2'\nDEBUG=true\n";

fn at(text: &str) -> DateTime<Utc> {
    crate::domain::schedule::read_instant(text, chrono_tz::Europe::Amsterdam).unwrap()
}

fn mode(path: &Path) -> u32 {
    path.metadata().unwrap().permissions().mode() & 0o7777
}

#[test]
fn a_backup_is_private_named_by_local_time_and_proven() {
    let (_dir, project) = project(ENV);
    let backup = create(&project, at("2026-11-22T10:12:00"), "step 1").unwrap();
    assert_eq!(backup.file, "backups/api_keys/env_backup_20261122_101200");
    assert_eq!((backup.mode, mode(&project.backups)), (0o600, 0o700));
    assert_eq!(backup.fingerprints, project.fingerprints().unwrap());
    assert_eq!(
        backup.fingerprints.keys().collect::<Vec<_>>(),
        ["API_Groq", "NOTION_TOKEN"]
    );
    let verified = verify(&project, &backup).unwrap();
    assert_eq!(
        (verified.level, verified.recorded, verified.same_as_env),
        (VerifiedLevel::Restored, true, true)
    );
    assert_eq!(list(&project), [backup]);
}

#[test]
fn a_repeat_finds_its_own_file_and_nothing_is_overwritten() {
    let (_dir, project) = project(ENV);
    let first = create(&project, at("2026-11-22T10:12:00"), "step 1").unwrap();
    assert_eq!(create(&project, at("2026-11-22T10:12:00"), "step 1").unwrap(), first);
    write_file(&project.env, "NOTION_TOKEN=made-up-3\n");
    let second = create(&project, at("2026-11-22T10:12:00.5"), "again").unwrap();
    assert_eq!(second.id(), "env_backup_20261122_101200_2");
    assert_eq!(create(&project, at("2026-11-22T10:12:00.5"), "again").unwrap(), second);
    // The hour that comes twice gives one name for two times.
    let summer = create(&project, at("2026-10-25T00:30:00Z"), "a").unwrap();
    let winter = create(&project, at("2026-10-25T01:30:00Z"), "b").unwrap();
    assert_ne!(summer.file, winter.file);
    assert_eq!(list(&project).len(), 4);
}

#[test]
fn the_guides_names_count_and_links_do_not() {
    let (dir, project) = project(ENV);
    let beside = dir.path().join(".env.backup.20260601_120000");
    write_file(&beside, ENV);
    write_file(&project.backups.join("env_backup_20260602_120000"), ENV);
    std::os::unix::fs::symlink(&beside, dir.path().join(".env.backup.link")).unwrap();
    let found = list(&project);
    assert_eq!(
        found.iter().map(Backup::id).collect::<Vec<_>>(),
        ["env_backup_20260602_120000", ".env.backup.20260601_120000"]
    );
    assert_eq!(found[1].made_at, at("2026-06-01T12:00:00"));
    let verified = verify(&project, &found[1]).unwrap();
    assert_eq!(
        (verified.level, verified.recorded, verified.same_as_env),
        (VerifiedLevel::Restored, false, true)
    );
    assert_eq!(find(&project, "20260601").unwrap(), found[1]);
    assert!(find(&project, "2026").is_err());
}

#[test]
fn damage_is_found() {
    let (_dir, project) = project(ENV);
    let backup = create(&project, at("2026-11-22T10:12:00"), "step 1").unwrap();
    let path = project.dir.join(&backup.file);
    for damaged in [
        "",
        "NOTION_TOKEN=made-up-1\n",
        &ENV.replace("made-up-2", "made-up-9"),
        "NOTION_TOKEN='half",
    ] {
        write_file(&path, damaged);
        let error = verify(&project, &backup).unwrap_err();
        assert!(matches!(error, BackupError::Damaged { .. }), "{error}");
        assert!(restore(&project, &backup, at("2026-11-23"), &RestoreScope::Whole, None).is_err());
    }
    assert_eq!(std::fs::read_to_string(&project.env).unwrap(), ENV);
}

#[test]
fn a_restore_brings_all_or_one_key_back_and_keeps_what_it_replaced() {
    let (_dir, project) = project(ENV);
    let backup = create(&project, at("2026-11-22T10:12:00"), "step 1").unwrap();
    let now = "NOTION_TOKEN=made-up-7 # new\nAPI_Groq='made-up-8'\n";
    write_file(&project.env, now);
    let one = RestoreScope::Keys(vec!["NOTION_TOKEN".to_owned()]);
    let restored = restore(&project, &backup, at("2026-11-23T09:00"), &one, None).unwrap();
    assert_eq!(restored.changed, ["NOTION_TOKEN"]);
    assert_eq!(
        std::fs::read_to_string(&project.env).unwrap(),
        now.replace("made-up-7", "made-up-1")
    );
    let kept = find(&project, restored.replaced.as_deref().unwrap()).unwrap();
    assert_eq!(verify::plain(&project, &kept).unwrap().as_slice(), now.as_bytes());

    restore(&project, &backup, at("2026-11-23T09:01"), &RestoreScope::Whole, None).unwrap();
    assert_eq!(std::fs::read_to_string(&project.env).unwrap(), ENV);
    assert_eq!(mode(&project.env), 0o600);
}

#[test]
fn a_restore_mends_a_broken_or_missing_env() {
    let (_dir, project) = project(ENV);
    let backup = create(&project, at("2026-11-22T10:12:00"), "step 1").unwrap();
    write_file(&project.env, "NOTION_TOKEN='half");
    let restored = restore(&project, &backup, at("2026-11-23T09:00"), &RestoreScope::Whole, None).unwrap();
    assert!(restored.replaced.is_some());
    std::fs::remove_file(&project.env).unwrap();
    let restored = restore(&project, &backup, at("2026-11-23T09:01"), &RestoreScope::Whole, None).unwrap();
    assert_eq!((restored.replaced, mode(&project.env)), (None, 0o600));
    assert_eq!(std::fs::read_to_string(&project.env).unwrap(), ENV);
}

#[test]
fn a_rehearsal_leaves_env_alone_and_overwrites_nothing() {
    let (dir, project) = project(ENV);
    let backup = create(&project, at("2026-11-22T10:12:00"), "step 1").unwrap();
    write_file(&project.env, "A=1\n");
    let into = dir.path().join("rehearsal");
    let restored = restore(&project, &backup, at("2026-11-23"), &RestoreScope::Whole, Some(&into)).unwrap();
    assert_eq!((mode(&into), mode(&restored.into)), (0o700, 0o600));
    assert_eq!(std::fs::read_to_string(&restored.into).unwrap(), ENV);
    assert!(restore(&project, &backup, at("2026-11-23"), &RestoreScope::Whole, Some(&into)).is_err());
    assert_eq!(std::fs::read_to_string(&project.env).unwrap(), "A=1\n");
}

#[test]
fn retention_never_drops_the_last_copy_of_a_key_that_may_live() {
    let (_dir, project) = project("NOTION_TOKEN=made-up-0\n");
    let old = create(&project, at("2026-01-01T08:00"), "first").unwrap();
    write_file(&project.env, "NOTION_TOKEN=made-up-1\n");
    for day in 1..=12 {
        create(&project, at(&format!("2026-02-{day:02}T08:00")), "daily").unwrap();
    }
    let now = at("2026-11-01");
    let removed = retain(&project, now, &BTreeSet::new()).unwrap();
    assert_eq!(
        removed.len(),
        2,
        "the 10 newest and the only copy of the first key stay: {removed:?}"
    );
    let retired = BTreeSet::from([("NOTION_TOKEN".to_owned(), old.fingerprints["NOTION_TOKEN"].clone())]);
    assert_eq!(retain(&project, now, &retired).unwrap(), [old.file]);
    assert_eq!(list(&project).len(), 10);
    let manifest = std::fs::read_to_string(project.backups.join("manifest.jsonl")).unwrap();
    assert_eq!(manifest.matches("\"removed\"").count(), 3);
    assert!(!manifest.contains("made-up"), "a manifest holds no value");
}

#[test]
fn young_backups_stay() {
    let (_dir, project) = project(ENV);
    for minute in 0..15 {
        create(&project, at(&format!("2026-02-01T08:{minute:02}")), "often").unwrap();
    }
    assert!(retain(&project, at("2026-03-01"), &BTreeSet::new()).unwrap().is_empty());
}

#[test]
fn a_line_cut_short_spoils_neither_itself_nor_the_next() {
    let (_dir, project) = project(ENV);
    let manifest = project.backups.join("manifest.jsonl");
    write_file(&manifest, "{\"event\":\"made\",\"file\":");
    let backup = create(&project, at("2026-11-22T10:12:00"), "step 1").unwrap();
    assert!(verify(&project, &backup).unwrap().recorded);
}

#[test]
fn recipients_without_the_feature_write_nothing() {
    if cfg!(feature = "age") {
        return;
    }
    let (_dir, mut project) = project(ENV);
    project.recipients = vec!["age1somebody".to_owned()];
    let error = create(&project, at("2026-11-22"), "x").unwrap_err().to_string();
    assert!(error.contains("--features age"), "{error}");
    assert!(list(&project).is_empty());
}

#[test]
fn a_backup_whose_marks_are_of_a_lost_install_key_is_not_damaged() {
    let (dir, project) = project(ENV);
    let backup = create(&project, at("2026-11-22T10:12:00"), "step 1").unwrap();
    std::fs::remove_file(dir.path().join(".env.install-key")).unwrap();
    let settings = crate::rotation::project::testing::settings(dir.path());
    let project = crate::rotation::Project::open(&settings).unwrap();
    assert!(project.lost_key().is_some());
    let listed = find(&project, backup.id()).unwrap();
    let verified = verify(&project, &listed).unwrap();
    assert_eq!((verified.recorded, verified.same_as_env), (false, true));
    // Another value in it is damage all the same.
    write_file(&project.dir.join(&backup.file), &ENV.replace("made-up-2", "made-up-9"));
    assert!(verify(&project, &listed).is_err());
    project.accept_key().unwrap();
    assert!(crate::rotation::Project::open(&settings).unwrap().lost_key().is_none());
}
