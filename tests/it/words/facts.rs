//! The facts that prompts are rendered with: those of `domain/decide/compose.rs`, one set for each case that differs.
use minijinja::value::Serde;
use minijinja::{Value, context};
use serde_json::json;

pub fn value(json: serde_json::Value) -> Value {
    Value::from(Serde(json))
}

/// What every prompt may use: a page half-way, a page that is done, a page that waits, a bare page.
pub fn pages() -> Vec<Value> {
    let url = "https://www.notion.so/708277be5b1f810d94ceeeef63c6c2ba";
    let next = json!({
        "number": 4, "title": "Rotate the keys by hand", "minutes": 45, "url": format!("{url}#4"),
        "validation": "New keys work, old keys deleted.", "proof": "open", "claimed": false, "boxes": [], "lines": [],
        "text": "Log in at the exchange.\nMake a new pair.", "commands": ["ls -la", "chmod 600 .env"], "doer": "Bram",
    });
    let half_way = json!({
        "name": "Ana Silva", "page": {"title": "ACT_011_SEC: API Key Rotation", "url": url, "steps": 5, "numbers": [5], "commands": true},
        "progress": {"proven": 3, "claimed": 1, "counted": 3, "total": 5}, "finished": false, "checked": true, "keys": true, "next": next,
        "next_action": "ACT_034_TRA", "next_page": null, "due": null, "waits": false, "spent": 45, "planned_total": 120,
        "blockers": [
            {"name": "Bram", "step": 3, "url": format!("{url}#3"), "kind": "access", "told": false, "since": "29 Nov 09:05"},
            {"name": null, "step": null, "url": null, "kind": "other", "told": true, "since": "1 Dec 17:40"},
            {"name": "Ana Silva", "step": 9, "url": null, "kind": "rate_limit", "told": true, "since": "1 Dec 17:41"},
        ],
        "aside": [{"step": 4, "title": null, "name": "Ana Silva"}, {"step": null, "title": "Mistral", "name": null}], "again": null, "env": ".env",
        "lost": null, "readers": null,
        "status": {"not_started": "Not started", "in_progress": "In Progress", "blocked": "Blocked", "done": "Shipped"},
    });
    let with = |changes: serde_json::Value| {
        let mut page = half_way.clone();
        let (Some(all), Some(changes)) = (page.as_object_mut(), changes.as_object()) else {
            return value(page);
        };
        all.extend(changes.clone());
        value(page)
    };
    vec![
        with(json!({})),
        with(json!({"finished": true, "waits": true, "next": null})),
        with(json!({
            "finished": true, "next": null, "due": "Sun 20 Dec 2026", "blockers": [],
            "progress": {"proven": 5, "claimed": 0, "counted": 5, "total": 5},
            "next_page": {"title": "ACT_034_TRA: Order Execution Engine", "url": url},
            "status": {"not_started": null, "in_progress": null, "blocked": null, "done": null},
        })),
        with(
            json!({"finished": true, "next": null, "readers": [{"name": "node", "pid": 812, "since": "09:05"}, {"name": "~/.bashrc:3"}]}),
        ),
        with(json!({"again": "14:05", "next": null})),
        with(json!({
            "planned_total": 1, "spent": 1, "page": {"title": "One", "url": url, "steps": 1, "numbers": [1], "commands": false},
            "progress": {"proven": 0, "claimed": 1, "counted": 1, "total": 1},
            "next": {"number": 1, "title": "Rotate it", "minutes": 1, "url": url, "validation": null, "proof": "open", "claimed": false, "boxes": [], "lines": [], "text": null, "commands": [], "doer": null},
            "keys": false,
        })),
        with(json!({
            "name": null, "page": {"title": "Notes", "url": url, "steps": 0, "numbers": [], "commands": false}, "next": null, "next_action": null,
            "progress": {"proven": 0, "claimed": 0, "counted": 0, "total": 0}, "checked": false, "keys": false, "planned_total": null,
            "spent": null, "blockers": [], "aside": [], "lost": "ACT_011_SEC",
            "status": {"not_started": null, "in_progress": null, "blocked": "Vast", "done": null},
        })),
    ]
}

/// Each reason of evidence with its facts.
pub fn evidence() -> Vec<(&'static str, Value)> {
    let rows = include_str!("evidence.txt").lines().filter(|row| !row.starts_with('#'));
    let parsed = rows.filter_map(|row| row.split_once(' '));
    parsed
        .map(|(reason, facts)| (reason, value(serde_json::from_str(facts).unwrap())))
        .collect()
}

/// Each prompt of a situation with the facts that it alone has; `sentence` says a piece of evidence.
pub fn situations(sentence: impl Fn(&str, &Value) -> String) -> Vec<(&'static str, Value)> {
    let line = |reason: &str, standing: &str| {
        let facts = evidence()
            .into_iter()
            .find(|(found, _)| *found == reason)
            .map(|(_, facts)| facts);
        context! { text => Value::from_safe_string(sentence(reason, &facts.unwrap_or_default())), standing }
    };
    let proven = [line("keys_changed", "proven"), line("backup_verified", "proven")];
    let missing = [line("old_key_alive", "missing"), line("monitor_unassured", "missing")];
    let unknown = [line("old_keys_proving", "unknown")];
    let mut all = Vec::new();
    all.extend(super::claim_facts::claims(&proven, &missing, &unknown));
    all.extend(super::box_facts::boxes(&proven, &missing, &unknown));
    all.extend(reports(&proven));
    all.extend(keys());
    all.extend(super::leak_facts::leaks());
    all.extend(asked());
    all.extend(super::page_facts::questions(&missing));
    all.extend(blockers());
    all.extend(corrected());
    all.extend(super::key_facts::questions());
    all.extend(super::key_facts::dates());
    all.push(("key_by_bot", context! { labels => ["BYBIT_API_SECRET"] }));
    all.push((
        "key_by_bot",
        context! { labels => ["BYBIT_API_SECRET", "Notion token"] },
    ));
    all.push(("enough", context! { at => "14:05" }));
    all.push(("together", context! { comments => 63 }));
    all.push(("cut", context! { chars => 20_000 }));
    all.push(("summary", context! { comments => 12, missing => missing }));
    all.push(("summary", context! { comments => 1, missing => Vec::<Value>::new() }));
    for level in ["critical", "warning", "ok"] {
        let text = "the rotation of BYBIT_API_KEY is due in 3 days";
        all.push(("alert/monitor", context! { text, level }));
    }
    all.push((
        "alert/old_value_back",
        context! { variables => "BYBIT_API_KEY, BYBIT_API_SECRET", provider => "bybit" },
    ));
    for lost in ["alert/title_changed", "alert/description_gone"] {
        all.push((lost, context! { id => "ACT_011_SEC" }));
    }
    for line in [None, Some(context! { text => "still the old value of one key" })] {
        all.push((
            "by_hand",
            context! { number => 4, text => "Notion token updated", line },
        ));
    }
    all.extend(["next", "due", "disputed", "guidance", "limited", "looks_like_key"].map(|name| (name, context! {})));
    all
}

pub(super) fn step(number: u8, proof: &str, lines: &[Value]) -> Value {
    context! {
        number, title => "Rotate the keys by hand", minutes => 45, url => "https://www.notion.so/p#4",
        validation => "New keys work, old keys deleted.", proof, claimed => false, lines, boxes => Vec::<String>::new(),
        text => "Log in at the exchange.\nMake a new pair.", commands => ["ls -la", "chmod 600 .env", "date", "id"], doer => "Bram",
    }
}

fn reports(proven: &[Value]) -> Vec<(&'static str, Value)> {
    let mut all = Vec::new();
    for steps in [
        vec![],
        vec![step(1, "open", proven)],
        vec![step(2, "proven", proven), step(3, "open", &[])],
    ] {
        for (hedged, looked, cleared, ahead) in [
            (false, false, false, false),
            (false, false, false, true),
            (true, false, false, false),
            (false, true, false, false),
            (false, false, true, false),
        ] {
            all.push((
                "progress",
                context! { steps => steps.clone(), hedged, looked, cleared, ahead },
            ));
        }
        for (unticked, reopened, cleared) in [(0, false, false), (1, true, false), (0, false, true)] {
            all.push((
                "correction",
                context! { steps => steps.clone(), boxes => Vec::<Value>::new(), unticked, reopened, cleared },
            ));
        }
    }
    all
}

/// What is asked, set aside, and taken back as misread.
fn corrected() -> Vec<(&'static str, Value)> {
    let no_title = context! { title => "", ..step(9, "open", &[]) };
    let short = context! { validation => Value::from(()), minutes => Value::from(()), ..step(2, "open", &[]) };
    let quick = context! { minutes => 1, ..step(1, "open", &[]) };
    let mut all: Vec<_> = [Value::from(()), step(3, "open", &[]), no_title, short, quick]
        .map(|step| ("help", context! { step }))
        .into();
    for (steps, titles) in [
        (vec![], vec![]),
        (vec![4], vec![]),
        (vec![], vec!["Bybit", "Mistral"]),
        (vec![2, 3], vec!["Groq"]),
    ] {
        for back in [false, true] {
            all.push((
                "set_aside",
                context! { steps => steps.clone(), titles => titles.clone(), back },
            ));
        }
    }
    all.push(("misread", context! { from => Vec::<u8>::new(), to => Vec::<u8>::new(), unticked => 0, known => false, asks => true, of => "Ana" }));
    for (from, to, known) in [
        (vec![], vec![], false),
        (vec![3], vec![], true),
        (vec![3], vec![4], true),
        (vec![1, 2, 3], vec![4, 5], true),
        (vec![], vec![4], true),
    ] {
        for unticked in 0..3 {
            let (from, to, asks) = (from.clone(), to.clone(), unticked != 1);
            let of = Value::from(());
            all.push(("misread", context! { from, to, unticked, known, asks, of }));
        }
    }
    all
}

fn asked() -> Vec<(&'static str, Value)> {
    let mut all = vec![("left", context! {}), ("waits_for", context! { whom => "Ana" })];
    all.push(("waits_for", context! { whom => () }));
    let options: [&[&str]; 6] = [
        &["blocker"],
        &["completion"],
        &["correction"],
        &["blocker", "completion"],
        &["correction", "completion"],
        &["correction", "blocker"],
    ];
    all.extend([vec![3], vec![2, 3, 4]].map(|steps| ("was_open", context! { steps })));
    for (steps, own, of) in [
        (vec![3], true, Some("Ana")),
        (vec![2, 3], true, None),
        (vec![3], false, Some("Ana")),
        (vec![2, 3, 4], false, None),
    ] {
        all.push(("denied", context! { steps, own, of }));
    }
    all.push(("no_such_step", context! { step => 7 }));
    for label in ["completion", "correction"] {
        all.push(("asks_step", context! { label }));
    }
    for steps in [vec![], vec![3], vec![2, 3, 4]] {
        for options in options {
            let whole = steps.is_empty() && options.contains(&"completion");
            for prompt in ["asks_meaning", "left_out"] {
                all.push((
                    prompt,
                    context! { options => options.to_vec(), steps => steps.clone(), boxes => Vec::<Value>::new(), whole },
                ));
            }
        }
        all.push(("asks_which", context! { steps => steps.clone() }));
        for boxes in [vec![], vec!["Old key deleted"]] {
            all.push(("asks_whole", context! { steps => steps.clone(), boxes }));
        }
    }
    all
}

fn keys() -> Vec<(&'static str, Value)> {
    let verdicts = [
        "valid",
        "valid_limited",
        "invalid",
        "revoked",
        "expired",
        "signature_mismatch",
        "wrong_environment",
        "wrong_key_type",
        "forbidden_ip",
        "blocked_region",
        "clock_skew",
        "rate_limited",
        "ambiguous_auth",
        "provider_down",
        "network_error",
        "unexpected",
        "missing",
        "malformed",
        "reference",
    ];
    let key = |verdict: &str, changed: Option<bool>| json!({"title": "Bybit", "variables": ["BYBIT_API_KEY", "BYBIT_API_SECRET"], "verdict": verdict, "life": "alive", "because": if verdict == "revoked" { Some("account_deactivated") } else { None }, "changed": changed});
    let piece = || json!({"label": null, "chars": 0, "extent": "piece", "identifier": false, "ours": true});
    let posted = |chars: usize, extent: &str, identifier: bool| json!({"label": "BYBIT_API_KEY", "chars": chars, "extent": extent, "identifier": identifier, "ours": true});
    let mut all = vec![("keys", value(json!({"keys": []})))];
    for verdict in verdicts {
        for changed in [None, Some(true), Some(false)] {
            all.push(("keys", value(json!({"keys": [key(verdict, changed)]}))));
        }
        all.push((
            "posted",
            value(json!({"posted": [posted(18, "whole", true)], "keys": [key(verdict, Some(true))]})),
        ));
    }
    for held in [
        vec![posted(36, "whole", false)],
        vec![json!({"label": "OpenAI key", "chars": 48, "extent": "whole", "identifier": false, "ours": false})],
        vec![posted(20, "half", false), piece()],
        vec![posted(12, "half", true)],
        vec![posted(12, "half", true), posted(12, "half", true), piece()],
        vec![piece()],
    ] {
        all.push(("posted", value(json!({"posted": held, "keys": []}))));
    }
    for (masks, extent, more) in [(false, "whole", 0), (true, "half", 3)] {
        for of_page in [false, true] {
            let keys = json!([posted(36, extent, false), posted(40, "whole", false)]);
            let place = json!({ "url": "https://www.notion.so/a#b", "of_page": false, "keys": keys });
            let head = json!({ "url": "https://www.notion.so/a", "of_page": of_page, "keys": keys });
            all.push((
                "held",
                value(
                    json!({ "places": [place, head], "more": more, "masks": masks, "of_page": of_page, "of_block": true }),
                ),
            ));
        }
    }
    for labels in [vec!["BYBIT_API_SECRET"], vec!["BYBIT_API_SECRET", "NOTION_TOKEN"]] {
        for prompt in ["held_gone", "posted_gone", "posted_clean"] {
            all.push((prompt, context! { labels => labels.clone() }));
        }
    }
    all
}

fn blockers() -> Vec<(&'static str, Value)> {
    let kinds = [
        "blocker/access",
        "blocker/auth",
        "blocker/missing",
        "blocker/network",
        "blocker/other",
        "blocker/permission",
        "blocker/rate_limit",
        "blocker/scheduler",
        "blocker/wrong_env",
        "blocker/ACT_011_SEC/permission",
        "blocker/ACT_011_SEC/scheduler",
    ];
    let on = [&[][..], &[3], &[5], &[2, 3], &[3, 4, 5]]
        .map(|on| on.iter().map(|number| step(*number, "open", &[])).collect::<Vec<_>>());
    let mut all = Vec::new();
    for name in kinds {
        let kind = name.rsplit('/').next();
        for steps in &on {
            for (told, of) in [(false, None), (true, Some("Bram"))] {
                all.push((name, context! { steps, kind, told, of }));
            }
        }
    }
    all
}
