//! What commands say of readings and effects, in words.
use crate::domain::classify::Reading;
use crate::domain::exposure::ExposedKey;
use crate::rotation::EnvFile;
use crate::rotation::providers::Providers;
use crate::store::EffectState;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

/// A `.env` without a key that a provider knows: which names would be known, and the one next step.
pub(super) fn no_known_key(env: &str, providers: &Providers, command: &str) -> String {
    let all = providers.all().iter();
    let names: Vec<&str> = all
        .filter_map(|provider| provider.variables.first())
        .map(|variable| variable.name.as_str())
        .collect();
    format!(
        "{env} holds no key of a known provider. Known are {}; another name goes into config/providers.toml.\n\
         Next: put a key into {env}, as NAME=value, then: keyminder {command}",
        names.join(", ")
    )
}

/// Names the secrets that nothing can be asked about.
pub(super) fn tell_unknown(unknown: &[String]) {
    if !unknown.is_empty() {
        let (count, plural) = (unknown.len(), if unknown.len() == 1 { "" } else { "s" });
        println!(
            "Not watched: {count} secret{plural} of no known provider ({}). Rotate them too; a provider is added in \
             config/providers.toml.",
            unknown.join(", ")
        );
    }
}

/// Names the lines of `.env` that are not read, or that other readers see differently.
pub(super) fn warn_of_lines(env: &EnvFile) {
    for warning in env.warnings() {
        eprintln!("warning: .env {warning}");
    }
}

/// How exposed keys stand, a line each: `Groq (API_Groq): exposed for 40 minutes, ...`.
pub(super) fn exposed(keys: &[ExposedKey], now: DateTime<Utc>) -> Vec<String> {
    let line = |key: &ExposedKey| {
        let variables = key.variables.join(", ");
        let name = if key.title == variables {
            variables
        } else {
            format!("{} ({variables})", key.title)
        };
        format!("{name}: {}", key.in_words(now))
    };
    keys.iter().map(line).collect()
}

/// A reading in one line: `completion (step 1) by done`.
pub(super) fn reading(reading: &Reading) -> String {
    if reading.clauses.is_empty() {
        return "chatter".to_owned();
    }
    let clauses: Vec<String> = reading
        .clauses
        .iter()
        .map(|clause| {
            let label = name(&clause.label);
            let steps: Vec<String> = clause.steps.iter().map(ToString::to_string).collect();
            let steps = if steps.is_empty() {
                String::new()
            } else {
                format!(" (step {})", steps.join(", "))
            };
            let rule = clause
                .rules
                .first()
                .map(|rule| format!(" by {rule}"))
                .unwrap_or_default();
            format!("{label}{steps}{rule}")
        })
        .collect();
    let mut line = clauses.join("; ");
    if let Some(kind) = &reading.blocker_kind {
        line = format!("{line}; obstacle: {}", name(kind));
    }
    if let Some(minutes) = reading.duration_minutes {
        line = format!("{line}; {minutes} minutes");
    }
    if !reading.keys.is_empty() {
        line = format!("{line}; keys: {}", reading.keys.join(", "));
    }
    line
}

/// The name of an enum's variant, as it is written in files.
pub(super) fn name(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(name)) => name.replace('_', " "),
        _ => String::new(),
    }
}

/// A piece of evidence in one line: `backup: proven (backup verified, backups/...)`.
pub(super) fn evidence(facts: &Value) -> String {
    let kind = facts["check"]["kind"].as_str().unwrap_or("?").replace('_', " ");
    let standing = facts["standing"].as_str().unwrap_or("?");
    let reason = facts["reason"].as_str().unwrap_or("?").replace('_', " ");
    let file = facts["facts"]["file"]
        .as_str()
        .map(|file| format!(", {file}"))
        .unwrap_or_default();
    let keys = facts["facts"]["keys"]
        .as_array()
        .map(|keys| format!(", {}", names(keys)))
        .unwrap_or_default();
    let readers = facts["facts"]["readers"].as_array().map(|readers| {
        let names = readers.iter().filter_map(|reader| reader["name"].as_str());
        format!(", still held by {}", names.collect::<Vec<_>>().join(", "))
    });
    let is_nobody = facts["facts"]["no_reader"].as_bool() == Some(true);
    let nobody = if is_nobody { ", no reader left" } else { "" };
    let readers = readers.unwrap_or_else(|| nobody.to_owned());
    format!("{kind}: {standing} ({reason}{file}{keys}{readers})")
}

/// Probes in one line: `Bybit valid, new value; Notion valid`.
pub(super) fn probed(facts: &Value) -> String {
    let one = |key: &Value| {
        let changed = match key["changed"].as_bool() {
            Some(true) => ", new value",
            Some(false) => ", old value",
            None => "",
        };
        format!(
            "{} {}{changed}",
            key["title"].as_str().unwrap_or("?"),
            key["verdict"].as_str().unwrap_or("?")
        )
    };
    facts
        .as_array()
        .into_iter()
        .flatten()
        .map(one)
        .collect::<Vec<_>>()
        .join("; ")
}

/// An effect that was done, in one line; `None` for looks and replies, which are told in their own words.
pub(super) fn did(facts: &Value) -> Option<String> {
    let effect = &facts["effect"];
    Some(match effect["effect"].as_str()? {
        "check_box" => (if effect["checked"] == true {
            "ticked a box"
        } else {
            "unticked a box"
        })
        .to_owned(),
        "set_status" => format!("Status: {}", effect["to"].as_str()?.replace('_', " ")),
        "set_property" => format!(
            "{}: {}",
            effect["property"].as_str()?.replace('_', " "),
            value(&effect["value"])
        ),
        "back_up_env" => "backed `.env` up".to_owned(),
        "watch_exposed" => "looked how exposed keys stand".to_owned(),
        "mask_block" => "masked a key on the page".to_owned(),
        "write_schedule" => "wrote the next rotation down".to_owned(),
        "update_reply" => "edited its reply".to_owned(),
        _ => return None,
    })
}

fn value(value: &Value) -> String {
    match (&value["percent"], &value["date"]) {
        (Value::Number(percent), _) => format!("{percent} %"),
        (_, Value::String(date)) => date.clone(),
        _ => String::new(),
    }
}

/// Where an effect stands.
pub(super) fn state(state: EffectState) -> &'static str {
    match state {
        EffectState::Ready => "waiting",
        EffectState::Leased | EffectState::Sending => "in hand",
        EffectState::Unknown => "unknown",
        EffectState::Done => "done",
        EffectState::Failed => "refused",
        EffectState::Moot => "moot",
        EffectState::Parked => "parked",
    }
}

/// How long something lasts, in its largest unit: `14 minutes`.
pub(super) fn age(age: TimeDelta) -> String {
    let seconds = age.num_seconds().max(0);
    let (n, unit) = match seconds {
        0..120 => (seconds, "second"),
        120..7_200 => (seconds / 60, "minute"),
        7_200..172_800 => (seconds / 3_600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    let plural = if n == 1 { "" } else { "s" };
    format!("{n} {unit}{plural}")
}

/// A few names, or how many there are.
fn names(list: &[Value]) -> String {
    let names: Vec<&str> = list.iter().filter_map(Value::as_str).collect();
    if names.len() > 3 {
        format!("{} keys", names.len())
    } else {
        names.join(", ")
    }
}
