//! Hostile comments take time by their length, not by its square: all that a comment may be made of, repeated.
use super::classifier::Classifier;
use super::context::ReadingContext;
use super::keys::KeyNames;
use crate::comment::CleanText;
use std::time::{Duration, Instant};

/// An eighth of about as much of a comment as is read.
const BYTES: usize = 1_200;

/// What words, numbers, marks, steps, times, keys, quotes and code may be made of.
const UNITS: &[&str] = &[
    "a",
    "1",
    "1 ",
    "a1",
    "a.",
    "a/",
    "a'",
    "x_",
    "1-",
    "1, ",
    "1/2",
    "1:",
    "1h30",
    "1.5 ",
    "1 -> 2 ",
    "and 1 ",
    "rotat",
    "rotating ",
    "zqxjk ",
    "compleetd ",
    "é",
    "Ã©",
    "a\u{301}",
    "✅",
    "(",
    "[",
    "[redacted ",
    "`",
    "`a` ",
    "```",
    "> q\n",
    "\n",
    ". ",
    ".",
    "- ",
    "#",
    "not ",
    "not done ",
    "done, ",
    "stuck on step 3 ",
    "step 3 ",
    "step 3, ",
    "first ",
    "first and ",
    "all but step 3 ",
    "2 hours and ",
    "instead of 2 ",
    "5 january ",
    "in the middle of ",
    "3 new screws ",
    "groq, ",
    "hugging face ",
    "on x ann wrote:\n>a\n",
    "we could not finish step 3 because the key was rejected, ",
    "l'etape 3 n'est pas finie, ",
    "step 1 done. no, wait. ",
];

fn taken(classifier: &Classifier, unit: &str, bytes: usize, times: usize) -> Duration {
    let text = CleanText::passed(unit.repeat(bytes / unit.len()));
    let keys = KeyNames::default();
    let context = ReadingContext {
        steps_total: 5,
        default_step: None,
        keys: &keys,
    };
    let start = Instant::now();
    for _ in 0..times {
        classifier.read(&text, &context);
    }
    start.elapsed()
}

/// A text takes as long as eight of an eighth of its length; by the square it would take eight times as long. Both are
/// about as long at work, so that a busy machine slows both, and one measurement that is no square is proof.
#[test]
fn hostile_comments_take_time_by_their_length() {
    let classifier = Classifier::builtin();
    let by_the_square =
        |unit: &&&str| (0..8).all(|_| taken(&classifier, unit, 8 * BYTES, 1) > 3 * taken(&classifier, unit, BYTES, 8));
    let units: Vec<&&str> = UNITS.iter().filter(by_the_square).collect();
    assert!(units.is_empty(), "{units:?}");
}
