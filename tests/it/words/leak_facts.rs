//! The facts of the prompts that tell of leaks, one set for each case that differs.
use super::facts::value;
use minijinja::{Value, context};
use serde_json::json;

/// The ways to stand in which the clock has stopped.
const OVER: [&str; 6] = [
    "dead",
    "probably_dead",
    "no_provider",
    "absent",
    "former_dead",
    "no_former",
];

/// What is told of a leak: nothing known yet, each way in which a key can stand, several keys, a guest's word.
pub fn leaks() -> Vec<(&'static str, Value)> {
    let told = |unnamed: bool, every: bool, titles: &[&str], standings: &[&str], (count, unit): (i64, &str)| {
        let group = |standing: &&str| json!({"standing": standing, "titles": titles, "more": 0, "count": count, "unit": unit, "since": "06:44"});
        let consoles = titles
            .iter()
            .map(|title| json!({"title": title, "url": "https://console.example.com/keys"}));
        let over = !standings.is_empty() && standings.iter().all(|standing| OVER.contains(standing));
        value(json!({
            "unnamed": unnamed, "former": standings == ["gone_alive"], "present": count == 2, "every": every, "over": over, "titles": titles,
            "more": if titles.len() > 2 { 2 } else { 0 },
            "replaced": standings.first().is_some_and(|standing| standing.starts_with("old")),
            "groups": standings.iter().map(group).collect::<Vec<_>>(),
            "consoles": consoles.collect::<Vec<_>>(), "command": titles.join(" ").to_lowercase(),
            "starts": count != 3, "finishes": count != 3, "finish": if titles.len() == 1 { titles[0].to_lowercase() } else { String::new() },
        }))
    };
    let running = [
        "in_use_alive",
        "old_alive",
        "gone_alive",
        "in_use_unknown",
        "old_unknown",
        "gone_unknown",
        "old_unreadable",
        "in_use_refused",
        "old_refused",
    ];
    let mut all = vec![
        ("leaked", told(true, false, &[], &[], (0, "minute"))),
        ("leaked", told(false, true, &[], &[], (0, "minute"))),
        ("leaked", told(false, false, &["Groq", "Mistral"], &[], (0, "minute"))),
        ("asks_leaked", context! { among => Vec::<Value>::new() }),
        (
            "asks_leaked",
            context! { among => vec!["API_Groq", "GROQ_API_KEY_PROD"] },
        ),
        (
            "asks_whether_leaked",
            context! { variables => Vec::<&str>::new(), every => false },
        ),
        (
            "asks_whether_leaked",
            context! { variables => Vec::<&str>::new(), every => true },
        ),
        (
            "asks_whether_leaked",
            context! { variables => ["API_Groq"], every => false },
        ),
        (
            "asks_whether_leaked",
            context! { variables => ["API_Groq", "API_Mistral"], every => false },
        ),
        ("leak_by_guest", context! { told => true }),
        ("leak_by_guest", context! { told => false }),
    ];
    for standing in OVER.iter().chain(&running) {
        for lasts in [(0, "minute"), (1, "minute"), (40, "minute"), (3, "hour"), (2, "day")] {
            all.push(("leaked", told(false, false, &["Groq"], &[standing], lasts)));
            let many = ["Bybit", "Groq", "Mistral"];
            all.push(("leaked", told(false, true, &many, &[standing, "dead"], lasts)));
        }
    }
    let mut all_back = Vec::new();
    for (titles, all, waits) in [
        (vec!["Groq"], false, false),
        (vec!["Groq", "Mistral"], false, false),
        (vec![], true, false),
        (vec!["Groq"], false, true),
    ] {
        all_back.push((
            "not_leaked",
            context! { titles, all, old => Vec::<Value>::new(), waits, stays => Vec::<Value>::new() },
        ));
    }
    all.extend(all_back);
    let nothing = Vec::<Value>::new();
    let old = context! { titles => nothing.clone(), all => false, old => ["Groq"], waits => false, stays => nothing };
    all.push(("not_leaked", old));
    for (why, by) in [
        ("stood", None),
        ("own", None),
        ("other", Some("Bram")),
        ("other", None),
        ("elsewhere", None),
    ] {
        for (titles, every) in [(vec!["Groq"], false), (vec!["Groq", "Mistral"], false), (vec![], true)] {
            let stays = value(json!([{"titles": titles, "old": [], "all": every, "why": why, "by": by}]));
            let none = Vec::<Value>::new();
            all.push((
                "not_leaked",
                context! { titles => none.clone(), all => false, old => none, waits => false, stays },
            ));
        }
    }
    for titles in [vec![], vec!["Groq"], vec!["Groq", "Mistral"]] {
        all.push(("alert/leak_by_guest", context! { titles }));
    }
    all
}
