//! What commands say of readings and effects, in words.
use crate::domain::classify::Reading;
use serde_json::Value;

/// A reading in one line: `completion of step 1 (rule completion.step)`.
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
            let steps = if steps.is_empty() { String::new() } else { format!(" (step {})", steps.join(", ")) };
            let rule = clause.rules.first().map(|rule| format!(" by {rule}")).unwrap_or_default();
            format!("{label}{steps}{rule}")
        })
        .collect();
    let mut line = clauses.join("; ");
    if let Some(kind) = &reading.blocker_kind {
        line.push_str(&format!("; obstacle: {}", name(kind)));
    }
    if let Some(minutes) = reading.duration_minutes {
        line.push_str(&format!("; {minutes} minutes"));
    }
    if !reading.keys.is_empty() {
        line.push_str(&format!("; keys: {}", reading.keys.join(", ")));
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
