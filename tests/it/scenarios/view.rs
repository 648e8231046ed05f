//! What anybody can see of the page, and how a change of it is told in a transcript.
use keyminder::domain::classify::{Label, Reading};
use regex::Regex;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// What anybody can see of the page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct View {
    pub status: Option<String>,
    pub progress: Option<u8>,
    pub next_rotation: Option<String>,
    pub boxes: BTreeMap<u8, bool>,
    /// Our comments: id and text.
    pub said: Vec<(String, String)>,
}

/// Tells what changed, one line for each thing.
pub fn told(before: &View, after: &View) -> Vec<String> {
    let mut lines = Vec::new();
    if let (true, Some(status)) = (before.status != after.status, &after.status) {
        lines.push(line("status", status));
    }
    for (number, ticked) in &after.boxes {
        if before.boxes.get(number).is_some_and(|before| before != ticked) {
            lines.push(line(if *ticked { "tick" } else { "untick" }, &number.to_string()));
        }
    }
    if let (true, Some(progress)) = (before.progress != after.progress, after.progress) {
        lines.push(line("progress", &format!("{progress} %")));
    }
    if before.next_rotation != after.next_rotation && after.next_rotation.is_some() {
        lines.push(line("next", "rotation written down"));
    }
    let mut said = after.said.clone();
    said.sort_by(|(_, left), (_, right)| left.cmp(right));
    for (id, text) in &said {
        match before.said.iter().find(|(known, _)| known == id) {
            None => lines.push(line("reply", text)),
            Some((_, former)) if former != text => lines.push(line("edit", text)),
            Some(_) => {}
        }
    }
    lines
}

/// What was read in a comment.
pub fn read(reading: &Reading) -> String {
    let mut clauses: Vec<String> = Vec::new();
    for clause in &reading.clauses {
        let label = serde_json::to_value(clause.label).unwrap_or_default();
        let mut text = label.as_str().unwrap_or_default().to_owned();
        if clause.label == Label::Blocker {
            let kind = serde_json::to_value(reading.blocker_kind).unwrap_or_default();
            text = format!("{text}({})", kind.as_str().unwrap_or("?"));
        }
        for step in &clause.steps {
            text = format!("{text} {step}");
        }
        clauses.push(text);
    }
    let asks = reading.asks.iter().map(|ask| format!("asks {}", ask.id()));
    clauses.extend(asks);
    if clauses.is_empty() && reading.labels == [Label::Question] {
        // What is asked about keys and dates is read before the clauses are.
        clauses.push(Label::Question.name().to_owned());
    }
    if reading.all_done {
        clauses.push("all done".to_owned());
    }
    if let Some(minutes) = reading.duration_minutes {
        clauses.push(format!("{minutes} minutes"));
    }
    line("reading", &clauses.join(", "))
}

fn line(what: &str, text: &str) -> String {
    let text = normal(text).trim_end().replace('\n', "\n                ");
    format!("    {what:<11} {text}")
}

/// What differs from run to run gets a name: file names, days, times, and the reference.
fn normal(text: &str) -> String {
    static VARYING: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
        let patterns = [
            (r"( · [0-9a-hjkmnp-tv-z]{4}-[0-9a-hjkmnp-tv-z]{4})+$", ""),
            (r"env_backup_[0-9_]+", "env_backup_*"),
            (
                r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun) [0-9]{1,2} [A-Z][a-z]{2} [0-9]{4}",
                "<day>",
            ),
            (r"\b(ma|di|wo|do|vr|za|zo) [0-9]{1,2} [a-z]{3} [0-9]{4}", "<day>"),
            (r"[0-9]{4}-[0-9]{2}-[0-9]{2}", "<date>"),
            (r"\b[0-9]{2}:[0-9]{2}(:[0-9]{2})?\b", "<time>"),
        ];
        patterns
            .into_iter()
            .map(|(pattern, name)| (Regex::new(pattern).expect("a pattern of this file"), name))
            .collect()
    });
    VARYING.iter().fold(text.to_owned(), |text, (pattern, name)| {
        pattern.replace_all(&text, *name).into_owned()
    })
}
