//! A report by hand, and what each form of it says.
use super::findings::{self, Condition, Severity};
use super::old_keys::OldKey;
use super::project_files::{BackupLine, EnvLine};
use super::report::{HeartbeatLine, KeyLine, MonitorReport, ScheduleLine};
use super::{MonitorRecord, plugin, prometheus, seed_format};
use crate::domain::exposure::{ExposedKey, ExposureStanding};
use crate::domain::schedule::Priority;
use crate::domain::verdict::{Life, Verdict};
use crate::rotation::probe::Hint;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap()
}

fn key(provider: &str, key: &str, verdict: Verdict) -> KeyLine {
    KeyLine {
        key: key.to_owned(),
        keys: vec![key.to_owned()],
        provider: provider.to_owned(),
        priority: Priority::Medium,
        verdict,
        alive: verdict.life() == Life::Alive,
        expires_at: None,
        made_at: None,
        kept_end: None,
        end_seen_at: None,
        last_rotated_at: None,
        next_at: Some(now() + TimeDelta::days(20)),
        days_left: Some(20),
        expires_in_days: None,
        age_days: Some(8),
        unknown_runs: 0,
        fingerprint: Some("3f9a0c11d2e4".to_owned()),
        probe_ms: 120,
        hint: None,
    }
}

/// All is well with two keys.
fn exposed() -> ExposedKey {
    ExposedKey {
        is_rotating: false,
        is_newer: false,
        id: "groq".to_owned(),
        title: "Groq".to_owned(),
        variables: vec!["API_Groq".to_owned()],
        fingerprints: BTreeMap::new(),
        manage_url: None,
        since: Some(now()),
        standing: ExposureStanding::OldAlive,
        ended_at: None,
        next_proof_at: None,
    }
}

fn well() -> MonitorReport {
    MonitorReport {
        checked_at: now(),
        last_run_at: Some(now() - TimeDelta::days(1)),
        keys: vec![
            key("notion", "NOTION_TOKEN", Verdict::Valid),
            key("groq", "API_Groq", Verdict::Valid),
        ],
        absent: vec!["mistral".to_owned()],
        others: Vec::new(),
        env: EnvLine {
            file: ".env".to_owned(),
            mode: Some("0600".to_owned()),
            open_to_others: false,
            pipe: false,
            fault: None,
            warnings: Vec::new(),
            unread: Vec::new(),
        },
        backup: BackupLine {
            file: Some("b".to_owned()),
            made_at: Some(now()),
            age_days: Some(0),
            verified_at: Some(now()),
            fault: None,
        },
        schedule: ScheduleLine {
            next_at: Some(now() + TimeDelta::days(20)),
            days_left: Some(20),
            fault: None,
        },
        exposed: Vec::new(),
        exposures_fault: None,
        old_keys: Vec::new(),
        exported_otherwise: Vec::new(),
        heartbeat: Some(HeartbeatLine { at: now(), alive: true }),
    }
}

/// The second key ends in so many days, and lives for so many.
fn ends(days: i64, life: Option<i64>) -> impl FnOnce(&mut MonitorReport) {
    move |report| {
        let (key, at) = (&mut report.keys[1], now() + TimeDelta::days(days));
        (key.expires_at, key.expires_in_days) = (Some(at), Some(days));
        key.made_at = life.map(|life| at - TimeDelta::days(life));
    }
}

/// Checks which conditions a change of the report gives rise to, and the plugin's code.
#[track_caller]
fn check(change: impl FnOnce(&mut MonitorReport), conditions: &[Condition], code: u8) {
    let mut report = well();
    change(&mut report);
    let found = findings::of(&report);
    assert_eq!(
        found.iter().map(|finding| finding.condition).collect::<Vec<_>>(),
        conditions,
        "{found:?}"
    );
    assert_eq!(plugin::answer(&report, &found).code, code);
}

#[test]
fn each_condition_has_its_level() {
    let old = |hours| {
        move |r: &mut MonitorReport| {
            let since = now() - TimeDelta::hours(hours);
            r.old_keys.push(OldKey {
                key: "NOTION_TOKEN".to_owned(),
                provider: "notion".to_owned(),
                since,
                is_newer: false,
                answers: true,
                is_exposed: false,
                held_by: vec!["node (pid 812, since Monday)".to_owned()],
            });
        }
    };
    check(|_| {}, &[], 0);
    check(|r| r.keys[0].verdict = Verdict::Revoked, &[Condition::KeyDead], 2);
    check(
        |r| r.keys[0].verdict = Verdict::ForbiddenIp,
        &[Condition::KeyUnusable],
        1,
    );
    check(|r| r.keys[0].verdict = Verdict::ProviderDown, &[], 1);
    check(
        |r| (r.keys[0].verdict, r.keys[0].unknown_runs) = (Verdict::RateLimited, 2),
        &[Condition::KeyUnknown],
        1,
    );
    check(
        |r| r.keys.iter_mut().for_each(|key| key.verdict = Verdict::NetworkError),
        &[],
        3,
    );
    check(|r| r.keys[1].days_left = Some(14), &[Condition::RotationDue], 0);
    check(
        |r| r.last_run_at = Some(now() + TimeDelta::days(9)),
        &[Condition::ClockWrong],
        1,
    );
    check(|r| r.keys[1].days_left = Some(7), &[Condition::RotationDue], 1);
    check(|r| r.keys[1].days_left = Some(-1), &[Condition::RotationDue], 2);
    check(ends(8, None), &[], 0);
    check(ends(7, None), &[Condition::ProviderExpiry], 1);
    check(ends(2, None), &[Condition::ProviderExpiry], 2);
    // A key that lives for ten days has a margin of two.
    check(ends(5, Some(10)), &[], 0);
    check(ends(2, Some(10)), &[Condition::ProviderExpiry], 1);
    check(ends(0, Some(10)), &[Condition::ProviderExpiry], 2);
    check(old(20), &[Condition::OldKeyAlive], 0);
    check(|r| r.exposed.push(exposed()), &[Condition::KeyExposed], 2);
    check(old(25), &[Condition::OldKeyAlive], 1);
    check(
        |r| r.exported_otherwise.push("API_Groq".to_owned()),
        &[Condition::ExportedOtherwise],
        1,
    );
    check(
        |r| r.exposures_fault = Some("state/exposures.json cannot be understood".to_owned()),
        &[Condition::ExposuresFault],
        2,
    );
    check(old(24 * 8), &[Condition::OldKeyAlive], 2);
    check(
        |r| r.backup.fault = Some("damaged".to_owned()),
        &[Condition::BackupBad],
        2,
    );
    check(|r| r.backup.age_days = Some(36), &[Condition::BackupOld], 1);
    check(|r| r.backup.file = None, &[Condition::BackupMissing], 1);
    let of_a_pipe = |r: &mut MonitorReport| (r.env.pipe, r.backup.file) = (true, None);
    check(of_a_pipe, &[], 0);
    check(|r| r.env.open_to_others = true, &[Condition::EnvOpen], 1);
    check(|r| r.env.unread = vec![3], &[Condition::LinesUnread], 1);
    check(|r| r.env.fault = Some("missing".to_owned()), &[Condition::EnvFault], 2);
    check(
        |r| r.schedule.fault = Some("missing".to_owned()),
        &[Condition::ScheduleFault],
        1,
    );
    check(|r| r.keys.clear(), &[Condition::NothingWatched], 1);
    let placeholders = |r: &mut MonitorReport| {
        for key in &mut r.keys {
            (key.verdict, key.hint) = (Verdict::Missing, Some(Hint::Placeholder(key.key.clone())));
        }
    };
    check(placeholders, &[Condition::NothingWatched], 1);
    check(ends(-30, None), &[], 0);
    check(
        |r| r.heartbeat.as_mut().unwrap().alive = false,
        &[Condition::BotSilent],
        1,
    );
}

#[test]
fn the_plugin_says_the_worst_in_one_line_with_figures() {
    let mut report = well();
    report.keys[0].days_left = Some(5);
    let answer = plugin::answer(&report, &findings::of(&report));
    assert_eq!(
        answer.text,
        "ROTATION WARNING - the rotation of NOTION_TOKEN is due in 5 days | notion_days=5;7;0 groq_days=20;7;0 dead=0;;0 \
         unreachable=0;1\nwarning: the rotation of NOTION_TOKEN is due in 5 days"
    );
    assert!(
        plugin::answer(&well(), &[])
            .text
            .starts_with("ROTATION OK - 2 keys answer |")
    );
}

#[test]
fn the_seeds_words_are_kept() {
    let mut report = well();
    report.keys[0].verdict = Verdict::Invalid;
    report.keys[1].verdict = Verdict::NetworkError;
    let seed = seed_format::render(&report, chrono_tz::Europe::Amsterdam);
    assert_eq!(seed["check_time"], "2027-01-15T09:00:00");
    for (provider, status) in [("notion", "failed"), ("groq", "error"), ("mistral", "missing")] {
        assert_eq!(seed["api_status"][provider]["status"], status);
    }
    assert_eq!(
        (
            seed["rotation"]["rotation_due"].as_bool(),
            seed["rotation"]["days_until"].as_i64()
        ),
        (Some(false), Some(20))
    );
}

#[test]
fn prometheus_has_one_series_per_verdict_and_each_family_once() {
    let text = prometheus::render(&well());
    assert_eq!(
        text.matches("keyrotation_probe_verdict{").count(),
        2 * Verdict::ALL.len()
    );
    assert!(text.contains("keyrotation_probe_verdict{key=\"API_Groq\",provider=\"groq\",verdict=\"valid\"} 1\n"));
    assert!(text.contains("keyrotation_probe_last_run_timestamp_seconds 1800000000\n"));
    let labels = text
        .split(['{', ','])
        .filter_map(|part| Some(part.split_once("=\"")?.0));
    let labels: std::collections::BTreeSet<&str> = labels.collect();
    assert_eq!(
        labels.into_iter().collect::<Vec<_>>(),
        ["key", "priority", "provider", "verdict"],
        "no label depends on a value"
    );
    let types: Vec<&str> = text.lines().filter(|line| line.starts_with("# TYPE")).collect();
    assert_eq!(
        types.len(),
        types.iter().collect::<std::collections::BTreeSet<_>>().len()
    );
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (series, value) = line.rsplit_once(' ').unwrap();
        assert!(
            series.starts_with("keyrotation_") && value.parse::<f64>().is_ok(),
            "{line}"
        );
    }
}

#[test]
fn unknown_runs_are_counted_in_a_row() {
    let mut report = well();
    report.keys[0].verdict = Verdict::ProviderDown;
    let record = report.record_after(&report.record_after(&MonitorRecord::default()));
    assert_eq!(record.unknown_runs["NOTION_TOKEN"], 2);
    assert!(well().record_after(&record).unknown_runs.is_empty());
    assert_eq!(findings::worst(&findings::of(&well())), Severity::Ok);
}
