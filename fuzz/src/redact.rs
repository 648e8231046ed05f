//! Redaction: no panic, no residue of a value of `.env`, and a text that passed once passes unchanged.
use crate::canary;
use keyminder::domain::comment::RawText;
use keyminder::domain::redact::{KnownValues, Patterns, Redactor};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The redactor catches panics of its layers: here they are counted.
static PANICS: AtomicUsize = AtomicUsize::new(0);

static REDACTOR: LazyLock<Redactor> = LazyLock::new(|| {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        PANICS.fetch_add(1, Ordering::Relaxed);
        hook(info);
    }));
    let env = [(canary::VARIABLE.to_owned(), canary::secret().into())];
    Redactor::new(Patterns::builtin(), KnownValues::from_env(env))
});

/// Redacts a text in which the secret stands in disguises.
///
/// # Panics
///
/// When a layer panics, when eight characters of the secret are left, or when a second pass changes the text.
pub fn redact(data: &[u8]) {
    let text = canary::planted(data);
    let redacted = REDACTOR.redact(&RawText::new(text));
    let clean = redacted.text.as_str();
    // A layer that panics has the text withheld: safe, and a fault.
    assert_eq!(PANICS.load(Ordering::Relaxed), 0, "a layer panics");
    assert!(!canary::leaks_in(clean), "residue of a known value");
    assert!(
        !canary::leaks_in(redacted.for_reading.as_str()),
        "residue of a known value in what is read"
    );
    assert_eq!(REDACTOR.redact_str(clean), clean, "a second pass finds more");
}
