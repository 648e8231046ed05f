//! The alerts that a page may get, to render every prompt for them.
use super::fixtures::PAGE;
use crate::domain::page::ReplyPart;
use serde_json::json;
use std::collections::BTreeMap;

/// What the monitor says, a text and its level, and what the watch over `.env` says.
pub(super) fn alerts(files: &BTreeMap<String, String>, language: &str) -> Vec<ReplyPart> {
    let of_language = files.keys().filter_map(|name| {
        let rest = name.strip_prefix(language)?.strip_prefix("/alert/")?;
        rest.strip_suffix(".md")
    });
    let levels = ["critical", "warning", "notice", "ok"];
    let alert = |prompt: &str, level: &str| ReplyPart::Alert {
        prompt: prompt.to_owned(),
        facts: [
            ("text".to_owned(), json!("A key is due.")),
            ("level".to_owned(), json!(level)),
            ("variables".to_owned(), json!("A_KEY")),
            ("provider".to_owned(), json!("groq")),
            (
                "titles".to_owned(),
                json!(if level == "ok" { vec![] } else { vec!["A", "B"] }),
            ),
            ("id".to_owned(), json!(PAGE)),
        ]
        .into(),
    };
    of_language
        .flat_map(|prompt| levels.map(|level| alert(prompt, level)))
        .collect()
}
