//! Sentences that tell of a leak, and sentences that only look so, in six languages: most are by people who did not write the rules.
#![allow(
    clippy::unwrap_used,
    reason = "clippy counts the helpers of an integration test as production"
)]
use crate::wire_comment::leaks;
use keyminder::domain::comment::RawText;
use keyminder::domain::leaks::LeakedKeys;
use keyminder::domain::redact::{KnownValues, Patterns, Redactor};
use keyminder::rotation::providers::Providers;
use serde_json::Value;
use std::collections::BTreeSet;

/// The ids of the providers of these, given by id or by variable.
fn providers<'n>(names: impl Iterator<Item = &'n str>) -> BTreeSet<String> {
    let all = Providers::builtin();
    let id = |name: &str| {
        let upper = name.to_uppercase();
        let found = all
            .get(name)
            .or_else(|| all.of_variable(name))
            .or_else(|| all.of_variable(&upper));
        found.map_or_else(|| name.to_owned(), |provider| provider.id.clone())
    };
    names.map(id).collect()
}

/// So many sentences may be read wrongly.
const WRONG_AT_MOST: usize = 3;

#[test]
fn sentences_of_a_leak_are_told_from_all_others() {
    let redactor = Redactor::new(Patterns::builtin(), KnownValues::default());
    let mut wrong = Vec::new();
    let rows = include_str!("../corpus/leaks.jsonl").lines();
    for row in rows {
        let row: Value = serde_json::from_str(row).unwrap();
        let text = row["text"].as_str().unwrap();
        let (read, _) = leaks().hear(&redactor.redact(&RawText::new(text)).for_reading);
        let keys = read.as_ref().map(|report| &report.keys);
        let is_right = match (&row["keys"], keys) {
            _ if row["leak"] == false => keys.is_none(),
            (Value::Array(named), Some(LeakedKeys::Named(read))) => {
                providers(named.iter().filter_map(Value::as_str)) == providers(read.iter().map(String::as_str))
            }
            (Value::String(all), Some(LeakedKeys::All)) => all == "all" || all == "env",
            (Value::String(none), Some(LeakedKeys::Unnamed)) => none == "none",
            _ => false,
        };
        if !is_right {
            wrong.push(format!("{keys:?}: {row}"));
        }
    }
    assert!(wrong.len() <= WRONG_AT_MOST, "{}", wrong.join("\n"));
}

#[test]
fn reports_of_ordinary_work_tell_of_no_leak() {
    let redactor = Redactor::new(Patterns::builtin(), KnownValues::default());
    for row in include_str!("../corpus/dev.jsonl")
        .lines()
        .chain(include_str!("../corpus/plain.jsonl").lines())
    {
        let row: Value = serde_json::from_str(row).unwrap();
        let (read, _) = leaks().hear(
            &redactor
                .redact(&RawText::new(row["text"].as_str().unwrap()))
                .for_reading,
        );
        assert_eq!(read, None, "{row}");
    }
}
