//! The reading vectors, the guide's own reader in Python, and what a write keeps.
use super::*;
use crate::rotation::project::testing::{project, write_file};
use chrono_tz::Europe::Amsterdam;
use std::process::Command;

#[derive(Deserialize)]
struct ScheduleVector {
    file: Value,
    zone: String,
    next_utc: Option<DateTime<Utc>>,
    interval_days: Option<u32>,
    note: String,
}

#[test]
fn the_reading_vectors_hold() {
    let vectors: Vec<ScheduleVector> =
        serde_json::from_str(include_str!("../../tests/vectors/schedule_read.json")).unwrap();
    assert_eq!(vectors.len(), 8);
    for vector in vectors {
        let (_dir, mut project) = project("A=1\n");
        project.zone = vector.zone.parse().unwrap();
        let text = vector.file.to_string();
        write_file(&project.dir.join(PATH), &text);
        let read = read(&project);
        let schedule = read.schedule();
        assert_eq!(
            schedule.map(|schedule| schedule.next_at),
            vector.next_utc,
            "{}",
            vector.note
        );
        let days = schedule.and_then(|schedule| schedule.every).map(Interval::days);
        assert_eq!(days, vector.interval_days, "{}", vector.note);
        assert_eq!(
            std::fs::read_to_string(project.dir.join(PATH)).unwrap(),
            text,
            "{}",
            vector.note
        );
    }
}

fn schedule(next: &str) -> Schedule {
    let next_at = read_instant(next, Amsterdam).unwrap();
    let mut schedule = Schedule::every(DEFAULT_INTERVAL, next_at, Amsterdam);
    let key = KeySchedule {
        vars: vec!["NOTION_TOKEN".to_owned()],
        priority: Priority::Medium,
        every: Interval::parse("90d").unwrap(),
        last_rotated_at: Some(next_at),
        provider_expires_at: None,
        next_at: Some(next_at),
        state: Some("scheduled".to_owned()),
        fingerprint: Some("3f9a0c11d2e4".to_owned()),
    };
    schedule.put("notion", key);
    schedule
}

#[test]
fn what_was_written_is_read_and_not_written_twice() {
    let (_dir, project) = project("A=1\n");
    assert_eq!(read(&project), ReadSchedule::Missing);
    // The second of the hour that comes twice: its local name alone would mean the first.
    let mut schedule = schedule("2026-10-25T01:30:00Z");
    schedule.automated = true;
    assert!(write(&project, &schedule).unwrap());
    let wanted = ReadSchedule::Ok {
        schedule: schedule.clone(),
        changed_by_hand: false,
    };
    assert_eq!(read(&project), wanted);
    assert!(!write(&project, &schedule).unwrap());
}

#[test]
fn fields_of_others_stay_and_a_date_changed_by_hand_counts() {
    let (_dir, project) = project("A=1\n");
    write(&project, &schedule("2026-12-20T09:00:00")).unwrap();
    let path = project.dir.join(PATH);
    let mut file: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    file["quiet_hours"] = "22:00-07:00".into();
    file["keys"]["notion"]["since"] = "2026-11-22".into();
    file["next_rotation_date"] = "2026-12-01T09:00:00".into();
    write_file(&path, &file.to_string());
    let ReadSchedule::Ok {
        schedule: mut read_back,
        changed_by_hand,
    } = read(&project)
    else {
        panic!("unreadable")
    };
    assert!(changed_by_hand);
    assert_eq!(Some(read_back.next_at), read_instant("2026-12-01T09:00", Amsterdam));
    read_back.automated = true;
    assert!(write(&project, &read_back).unwrap());
    let file: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    assert_eq!(file["quiet_hours"], "22:00-07:00");
    assert_eq!(file["keys"]["notion"]["since"], "2026-11-22");
}

#[test]
fn what_is_no_json_is_never_overwritten() {
    let (_dir, project) = project("A=1\n");
    write_file(&project.dir.join(PATH), "{ half");
    assert!(matches!(read(&project), ReadSchedule::Unreadable(_)));
    let refused = write(&project, &schedule("2026-12-20T09:00:00")).unwrap_err();
    assert!(matches!(refused, ScheduleError::Unreadable { .. }));
    assert_eq!(std::fs::read_to_string(project.dir.join(PATH)).unwrap(), "{ half");
}

/// The guide's `check_rotation_schedule`, word for word but for the printing.
const GUIDES_READER: &str = "
import json
from datetime import datetime
with open('config/rotation_schedule.json', 'r') as f:
    schedule = json.load(f)
next_rotation = datetime.fromisoformat(schedule['next_rotation_date'])
days_until = (next_rotation - datetime.now()).days
print(next_rotation.isoformat(), schedule['rotation_frequency'], schedule['automated'], days_until > 7)
";

#[test]
fn the_guides_own_reader_understands_our_file() {
    let (_dir, project) = project("A=1\n");
    write(&project, &schedule("2099-12-20T09:00:00")).unwrap();
    let Ok(output) = Command::new("python3")
        .args(["-c", GUIDES_READER])
        .current_dir(&project.dir)
        .output()
    else {
        eprintln!("python3 is not here: the guide's reader was not run");
        return;
    };
    let printed = String::from_utf8_lossy(&output.stdout);
    assert_eq!(
        printed.trim(),
        "2099-12-20T09:00:00 4 weeks False True",
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]
    #[test]
    fn every_schedule_comes_back_as_it_was_written(
        seconds in 0_i64..4_000_000_000,
        own in proptest::option::of(0_i64..4_000_000_000),
        days in 1_u32..400,
        zone in proptest::sample::select(vec![Amsterdam, chrono_tz::America::St_Johns, chrono_tz::Pacific::Apia, chrono_tz::UTC]),
    ) {
        let (_dir, mut project) = project("A=1\n");
        project.zone = zone;
        let at = |seconds| DateTime::from_timestamp(seconds, 0).unwrap();
        let mut wanted = Schedule::every(Interval::parse(&format!("{days} days")).unwrap(), at(seconds), zone);
        wanted.next_at = at(seconds);
        let mut key = schedule("2026-12-20T09:00").keys.remove("notion").unwrap();
        (key.next_at, key.last_rotated_at) = (own.map(at), Some(at(seconds)));
        wanted.keys.insert("notion".to_owned(), key);
        write(&project, &wanted).unwrap();
        proptest::prop_assert_eq!(read(&project), ReadSchedule::Ok { schedule: wanted.clone(), changed_by_hand: false });
        proptest::prop_assert!(!write(&project, &wanted).unwrap());
    }
}
