//! The facts of prompts about keys and their dates: what is known, what is not, and what is still looked up.
use minijinja::value::Serde;
use minijinja::{Value, context};
use serde_json::{Value as Json, json};

fn value(json: &Json) -> Value {
    Value::from(Serde(json.clone()))
}

fn at(day: &str, days: i64) -> Json {
    json!({ "day": day, "days": days })
}

/// A key of which all is known.
fn known() -> Json {
    json!({
        "title": "Bybit", "id": "bybit", "variables": ["BYBIT_API_KEY", "BYBIT_API_SECRET"], "looked_up": true, "probed": true,
        "verdict": "valid", "life": "alive", "permissions": ["Spot.SpotTrade", "Wallet.AccountTransfer"], "absent": false,
        "exposed": false, "exposed_since": null, "late": false, "due": at("Fri 15 Jan 2027", 46), "every": {"count": 4, "unit": "week"},
        "rotated": at("Mon 2 Nov 2026", -28), "by": "ana", "expires": at("Sat 30 Jan 2027", 61),
        "steps": ["Log in to Bybit and open Account, API Management", "Create a new key: permissions Trade, Read Position"],
        "former": former("dead", &json!([])),
        "needs": "Create a new key: permissions Trade, Read Position", "url": "https://www.bybit.com/app/user/api-management",
    })
}

/// What became of a value that was replaced, and who still holds it.
fn former(standing: &str, readers: &Json) -> Json {
    json!({
        "standing": standing, "since": at("Mon 2 Nov 2026", -28), "url": "https://www.bybit.com/app/user/api-management",
        "looked": true, "readers": readers, "more": readers.as_array().map_or(0, |readers| readers.len().saturating_sub(1)),
    })
}

fn with(changes: &Json) -> Json {
    let mut key = known();
    if let (Some(all), Some(changes)) = (key.as_object_mut(), changes.as_object()) {
        all.extend(changes.clone());
    }
    key
}

/// Each prompt about keys with the facts that it alone has.
pub fn questions() -> Vec<(&'static str, Value)> {
    let nothing = json!({
        "looked_up": false, "probed": false, "verdict": null, "life": null, "permissions": null, "due": null, "every": null,
        "rotated": null, "by": null, "expires": null, "needs": null, "variables": null, "former": null,
    });
    let keys = [
        known(),
        with(&nothing),
        with(
            &json!({"late": true, "due": at("Sun 29 Nov 2026", -1), "verdict": "invalid", "life": "dead", "expires": null, "needs": null, "by": null}),
        ),
        with(
            &json!({"exposed": true, "verdict": "expired", "life": "dead", "expires": null, "due": at("Mon 30 Nov 2026", 0), "permissions": []}),
        ),
        with(&json!({"absent": true, "verdict": "missing", "life": "none"})),
        with(
            &json!({"due": null, "expires": at("Tue 1 Dec 2026", 1), "rotated": null, "verdict": "network_error", "life": "unknown", "permissions": []}),
        ),
        with(
            &json!({"expires": null, "rotated": at("Sun 29 Nov 2026", -1), "due": at("Wed 9 Dec 2026", 9), "permissions": []}),
        ),
    ];
    let program = json!({"name": "node", "pid": 812, "since": "2026-11-30"});
    let file = json!({"name": ".env:3"});
    let standings = [
        "in_use",
        "replaced",
        "alive",
        "unproven",
        "dead",
        "probably_dead",
        "claimed",
        "brought_back",
    ];
    let formers = standings.iter().flat_map(|standing| {
        let readers = [json!([]), json!([program]), json!([program, file])];
        readers.map(|readers| with(&json!({"former": former(standing, &readers)})))
    });
    let unseen = json!({"standing": "alive", "since": null, "url": "https://a.example", "looked": false, "readers": null, "more": 0});
    let keys: Vec<Json> = keys
        .into_iter()
        .chain(formers)
        .chain([with(&json!({"former": unseen}))])
        .collect();
    let mut sets: Vec<(Vec<Json>, bool)> = keys.iter().map(|key| (vec![key.clone()], false)).collect();
    sets.push((keys[..1].to_vec(), true));
    sets.push((keys[5..7].to_vec(), true));
    sets.push((vec![keys[2].clone(), keys[6].clone()], true));
    sets.push((vec![with(&json!({"due": null}))], true));
    sets.push((Vec::new(), true));
    let topics = [
        "valid",
        "due",
        "overdue",
        "expires",
        "rotated",
        "permissions",
        "how",
        "former",
        "holders",
        "leaked",
    ];
    let prompts = [
        "key/valid",
        "key/due",
        "key/overdue",
        "key/expires",
        "key/rotated",
        "key/permissions",
        "key/how",
        "key/former",
        "key/holders",
        "key/leaked",
    ];
    assert_eq!(topics.len(), prompts.len());
    let mut all = Vec::new();
    for name in prompts {
        for (keys, asks_all) in &sets {
            for (waits, limited) in [(false, false), (true, false), (false, true)] {
                let is_late = |key: &Json| key["late"] == true || key["exposed"] == true;
                all.push((
                    name,
                    context! {
                        keys => value(&json!(keys)), more => u8::from(*asks_all) * 3, waits, limited, asks_all,
                        unknown => Vec::<String>::new(), listed => Vec::<String>::new(), titles => vec!["Bybit"],
                        present => !keys.is_empty(), late => keys.iter().any(is_late), dated => keys.iter().any(|key| !key["due"].is_null()),
                    },
                ));
            }
        }

        for (unknown, listed) in [(vec!["Datadog"], vec![]), (vec![], vec!["MY_SECRET"])] {
            all.push((
                name,
                context! { keys => Vec::<Value>::new(), more => 0, waits => false, limited => false, asks_all => true, unknown, listed, titles => Vec::<String>::new(), present => false, late => false, dated => false },
            ));
        }
    }
    all
}

/// What came of wishes for other dates.
pub fn dates() -> Vec<(&'static str, Value)> {
    let mut all = Vec::new();
    let every = json!({"count": 60, "unit": "day"});
    let moves = json!([
        {"title": "Groq", "from": at("Sun 20 Dec 2026", 20), "to": at("Fri 15 Jan 2027", 46), "every_from": null, "every_to": null},
        {"title": "Bybit", "from": null, "to": at("Tue 1 Dec 2026", 1), "every_from": {"count": 4, "unit": "week"}, "every_to": every},
        {"title": "Mistral", "from": at("Fri 15 Jan 2027", 46), "to": at("Fri 15 Jan 2027", 46), "every_from": null, "every_to": {"count": 1, "unit": "year"}},
    ]);
    let kept: Vec<Json> = [
        "exposed",
        "ends",
        "absent",
        "same",
        "past",
        "too_far",
        "newer",
        "later",
        "no_provider",
    ]
    .into_iter()
    .map(|why| json!({"title": "Groq", "why": why, "at": at("Fri 15 Jan 2027", 46)}))
    .collect();
    let facts = |came: &str, changes: Json| {
        let mut facts = json!({
            "came": came, "to": at("Fri 15 Jan 2027", 46), "moves": [], "kept": [], "may": true, "doubt": null, "asks": true,
            "commands": [], "reminder": false, "more": 0, "example": "15 January", "titles": ["Groq"],
        });
        if let (Some(all), Some(changes)) = (facts.as_object_mut(), changes.as_object()) {
            all.extend(changes.clone());
        }
        value(&facts)
    };
    for came in ["wanted", "unreadable", "failed", "told", "moved"] {
        all.push(("dates", facts(came, json!({}))));
    }
    for why in [
        "past",
        "no_such_day",
        "too_far",
        "either",
        "which_day",
        "several",
        "too_often",
        "how_often",
    ] {
        let doubt = json!({"doubt": {"why": why, "first": "Tue 5 Jan 2027", "second": "Sat 1 May 2027"}});
        all.push(("dates", facts("doubtful", doubt)));
    }
    let command = "keyminder schedule set 2027-01-15 --key groq";
    for commands in [json!([]), json!([command]), json!([command, command])] {
        all.push(("dates", facts("told", json!({"may": false, "commands": commands}))));
    }
    all.push(("dates", facts("told", json!({"titles": [], "example": null}))));
    all.push(("dates", facts("told", json!({"reminder": true}))));
    all.push((
        "dates",
        facts(
            "told",
            json!({"reminder": true, "titles": [], "example": null, "may": false}),
        ),
    ));
    for more in [0, 3] {
        all.push(("dates", facts("moved", json!({"moves": moves, "more": more}))));
    }
    for one in &kept {
        all.push(("dates", facts("moved", json!({"kept": [one]}))));
    }
    for (moves, waits, more) in [
        (json!([]), false, 0),
        (moves.clone(), false, 0),
        (moves.clone(), false, 2),
        (moves, true, 0),
    ] {
        all.push(("dates_back", context! { moves => value(&moves), waits, more }));
    }
    all
}
