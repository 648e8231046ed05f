//! Files of rules and patterns, and the texts read by them: a fault is said, never a panic.
use crate::canary;
use keyminder::domain::classify::{Classifier, KeyNames, ReadingContext};
use keyminder::domain::comment::RawText;
use keyminder::domain::redact::{KnownValues, Patterns, Redactor};
use std::sync::LazyLock;

static REDACTOR: LazyLock<Redactor> = LazyLock::new(|| Redactor::new(Patterns::builtin(), KnownValues::none()));
static NO_KEYS: LazyLock<KeyNames> = LazyLock::new(|| KeyNames::new(Vec::new()));
static CLASSIFIER: LazyLock<std::sync::Arc<Classifier>> = LazyLock::new(Classifier::builtin);

/// Reads the bytes as a file of rules, as one of patterns, and as a comment.
///
/// # Panics
///
/// When reading panics, or when a comment reads differently the second time.
pub fn rules(data: &[u8]) {
    let text = String::from_utf8_lossy(data).into_owned();
    let faults = Classifier::check(&[("fuzz.toml".to_owned(), text.clone())]);
    for fault in &faults {
        drop(fault.to_string());
    }
    match Patterns::parse(&text, "fuzz.toml") {
        Ok(patterns) => drop(patterns.check_examples()),
        Err(faults) => faults.iter().for_each(|fault| drop(fault.to_string())),
    }
    let clean = REDACTOR.redact(&RawText::new(canary::planted(data)));
    let context = ReadingContext {
        steps_total: 5,
        default_step: None,
        keys: &NO_KEYS,
    };
    let first = CLASSIFIER.read(&clean.for_reading, &context);
    assert_eq!(
        first,
        CLASSIFIER.read(&clean.for_reading, &context),
        "two readings of one comment"
    );
}
