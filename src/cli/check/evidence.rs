//! Evidence for every reason that a look can give, with the facts that its sentence may use.
use crate::domain::evidence::CheckStatus;
use serde_json::{Value, json};

/// Every reason, where it stands, and its facts: those of the table in `evidence`, and those of decisions and backups.
pub(super) fn of_every_reason() -> Vec<(&'static str, CheckStatus, Value)> {
    let mut all = files();
    all.extend(keys());
    all.extend(general());
    all.extend(others());
    all
}

const AT: &str = "2026-03-01T09:00:00Z";

fn files() -> Vec<(&'static str, CheckStatus, Value)> {
    use CheckStatus::{Missing, Proven, Unknown};
    let file = "backups/api_keys/env_backup_20260301_090000";
    vec![
        (
            "backup_verified",
            Proven,
            json!({ "file": file, "made_at": AT, "keys": ["A_KEY"], "mode": "0600", "level": "restored", "same_as_env": true }),
        ),
        // As the backup at the cycle's beginning tells it.
        (
            "backup_verified",
            Proven,
            json!({ "file": file, "cycle": {}, "adopted": false, "keys": 5 }),
        ),
        ("backup_failed", Missing, json!({ "why": "no room" })),
        ("backup_missing", Missing, json!({ "folder": "backups/api_keys" })),
        ("env_empty", Missing, json!({ "file": ".env" })),
        ("backup_stale", Missing, json!({ "file": file, "made_at": AT })),
        (
            "backup_differs",
            Missing,
            json!({ "file": file, "made_at": AT, "keys": ["A_KEY"] }),
        ),
        (
            "backup_mode",
            Missing,
            json!({ "file": file, "made_at": AT, "mode": "0644", "wanted": "0600" }),
        ),
        ("backup_unreadable", Missing, json!({ "file": file, "why": "cut" })),
        (
            "rotator_ready",
            Proven,
            json!({ "path": "keyminder rotate plan", "keys": 5 }),
        ),
        (
            "rotator_ready",
            Proven,
            json!({ "path": "a.py", "keys": ["A_KEY"], "script_fault": "a.py" }),
        ),
        ("rotator_missing", Missing, json!({ "paths": ["a.py"] })),
        (
            "schedule_missing",
            Missing,
            json!({ "path": "config/rotation_schedule.json" }),
        ),
        (
            "schedule_unreadable",
            Missing,
            json!({ "path": "config/rotation_schedule.json", "why": "cut" }),
        ),
        ("file_ok", Proven, json!({ "path": "a.txt" })),
        ("file_missing", Missing, json!({ "path": "a.txt" })),
        ("file_outside", Missing, json!({ "path": "../a.txt" })),
        ("file_lacks", Missing, json!({ "path": "a.txt" })),
        (
            "file_mode",
            Missing,
            json!({ "path": "a.txt", "mode": "0644", "wanted": "0600" }),
        ),
        ("env_missing", Missing, json!({ "file": ".env" })),
        ("env_unreadable", Missing, json!({ "file": ".env", "why": "no right" })),
        ("command_ok", Proven, json!({ "command": "true" })),
        ("command_failed", Missing, json!({ "command": "false", "code": 1 })),
        ("command_failed", Missing, json!({ "command": "false" })),
        ("command_off", Missing, json!({ "command": "true" })),
        ("command_late", Unknown, json!({ "command": "sleep 60" })),
    ]
}

fn keys() -> Vec<(&'static str, CheckStatus, Value)> {
    use CheckStatus::{Missing, Proven, Unknown};
    let keys = json!(["A_KEY", "A_SECRET"]);
    let verdict = json!([{ "key": "A_KEY", "keys": ["A_KEY"], "provider": "a", "title": "A", "verdict": "invalid",
        "life": "dead", "manage_url": "https://a.example/keys" }]);
    vec![
        ("keys_changed", Proven, json!({ "keys": keys, "verdicts": verdict })),
        (
            "keys_unchanged",
            Missing,
            json!({ "keys": keys, "exposed": ["A_KEY"], "verdicts": verdict }),
        ),
        ("keys_valid", Proven, json!({ "keys": keys, "verdicts": verdict })),
        ("keys_not_valid", Missing, json!({ "keys": keys, "verdicts": verdict })),
        ("keys_missing", Missing, json!({ "keys": keys })),
        ("keys_missing", Missing, json!({ "keys": [] })),
        ("keys_unknown", Unknown, json!({ "keys": keys, "verdicts": verdict })),
        (
            "keys_fresh",
            Unknown,
            json!({ "keys": keys, "verdicts": verdict, "again_at": AT }),
        ),
        (
            "old_keys_dead",
            Proven,
            json!({ "keys": keys, "retired": [{ "key": "A_KEY", "provider": "a", "title": "A", "proven_at": AT }] }),
        ),
        (
            "old_keys_dead",
            Proven,
            json!({ "keys": keys, "retired": [], "no_reader": true }),
        ),
        (
            "old_keys_dead",
            Proven,
            json!({ "keys": keys, "retired": [], "readers": [{ "name": "~/.bashrc:3" }] }),
        ),
        (
            "old_keys_proving",
            Unknown,
            json!({ "keys": keys, "next_proof_at": AT, "proofs": 1, "of": 3 }),
        ),
        (
            "old_keys_propagating",
            Unknown,
            json!({ "keys": keys, "next_proof_at": AT }),
        ),
        (
            "old_keys_unknown",
            Unknown,
            json!({ "keys": keys, "verdicts": verdict }),
        ),
        (
            "old_keys_claimed",
            Missing,
            json!({ "keys": keys, "consoles": [{ "title": "Groq", "manage_url": "https://console.groq.com/keys" }] }),
        ),
        ("old_keys_probably_dead", Missing, json!({ "keys": keys })),
        (
            "old_key_alive",
            Missing,
            json!({ "key": "A_KEY", "provider": "a", "title": "A", "verdict": "valid",
                "manage_url": "https://a.example/keys", "keys": keys,
                "alive": [{ "title": "A", "manage_url": "https://a.example/keys" }] }),
        ),
        (
            "old_key_alive",
            Missing,
            json!({ "keys": keys, "alive": [{ "title": "A", "manage_url": "https://a.example/keys" }], "more": 2,
                "readers": [{ "name": "node", "pid": 812, "since": "2026-03-01" }, { "name": "app", "pid": 813, "perhaps": true }] }),
        ),
        ("old_values_missing", Missing, json!({ "keys": keys })),
        (
            "old_values_sealed",
            Missing,
            json!({ "keys": keys, "files": ["env_backup_20260301_090000.age"] }),
        ),
        ("not_rotated", Missing, json!({ "keys": keys })),
    ]
}

fn general() -> Vec<(&'static str, CheckStatus, Value)> {
    use CheckStatus::{Missing, Proven, Unknown};
    vec![
        (
            "http_ok",
            Proven,
            json!({"url": "https://example.com/health", "status": 200}),
        ),
        (
            "http_status",
            Missing,
            json!({"url": "https://example.com/health", "status": 404, "wanted": 200}),
        ),
        ("http_lacks", Missing, json!({"url": "https://example.com/health"})),
        ("http_refused", Missing, json!({"url": "https://10.0.0.1/"})),
        ("http_silent", Unknown, json!({"url": "https://example.com/health"})),
        (
            "date_ahead",
            Proven,
            json!({"property": "Review on", "date": "2027-01-15", "days": 40}),
        ),
        (
            "date_past",
            Missing,
            json!({"property": "Review on", "date": "2026-01-15", "days": -4}),
        ),
        ("date_empty", Missing, json!({"property": "Review on"})),
        ("date_missing", Missing, json!({"property": "Review on"})),
        ("date_unread", Unknown, json!({"property": "Review on"})),
        (
            "git_merged",
            Proven,
            json!({"branch": "feature/orders", "into": "main"}),
        ),
        ("git_unmerged", Missing, json!({"branch": "feature/orders", "into": ""})),
        (
            "git_branch_missing",
            Missing,
            json!({"branch": "feature/orders", "into": ""}),
        ),
        ("git_tag", Proven, json!({"tag": "v1.2.0"})),
        ("git_tag_missing", Missing, json!({"tag": "v1.2.0"})),
        ("git_unreadable", Missing, json!({})),
    ]
}

fn others() -> Vec<(&'static str, CheckStatus, Value)> {
    use CheckStatus::{Missing, Proven, Unknown};
    vec![
        ("monitor_ran", Proven, json!({ "at": AT, "next": AT, "by": "run" })),
        (
            "monitor_ran",
            Proven,
            json!({ "at": AT, "by": "timer", "timer": "cron" }),
        ),
        ("monitor_ran", Proven, json!({ "at": AT, "by": "runs" })),
        ("monitor_stale", Missing, json!({ "at": AT })),
        ("monitor_missing", Missing, json!({})),
        ("monitor_unassured", Missing, json!({ "at": AT })),
        ("schedule_ahead", Proven, json!({ "date": "2026-03-29", "days": 28 })),
        ("schedule_past", Missing, json!({ "date": "2026-02-01", "days": -28 })),
        ("look_late", Unknown, json!({})),
        ("look_refused", Missing, json!({ "why": "it may not run here" })),
    ]
}
