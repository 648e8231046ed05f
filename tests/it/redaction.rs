//! Redaction: floors on a corpus made at run time, and what holds for every text. Keys are drawn from a seeded
//! generator; none is written here, and the sentences are our own.
use keyminder::domain::comment::{Extent, RawText};
use keyminder::domain::redact::{KnownValues, LEFT_OUT, LONGEST_TEXT, PLACEHOLDER, Patterns, Redactor, SharedRedactor};
use proptest::prelude::*;
use secrecy::ExposeSecret as _;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

mod disguise;
mod dumps;
mod forms;
mod held;
mod keys;
mod odd_values;
mod pairs;
mod spellings;

use keys::{KINDS, Keys};

fn bare() -> Redactor {
    Redactor::new(Patterns::builtin(), KnownValues::none())
}

fn knowing(name: &str, value: &str) -> Redactor {
    Redactor::new(
        Patterns::builtin(),
        KnownValues::from_env([(name.to_owned(), value.to_owned().into())]),
    )
}

fn masked(redactor: &Redactor, text: &str) -> String {
    redactor.redact_str(text).into_owned()
}

#[test]
fn every_entry_of_the_table_proves_itself() {
    let faults: Vec<String> = Patterns::builtin()
        .check_examples()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Ways to post a whole key, by people who did not read the scorer's sentences.
const POSTS: [&str; 12] = [
    "Done! The {maker} key is now {key}, tell me if it works.",
    "hier is de nieuwe {maker} sleutel: {key}",
    "{name}={key}",
    "{name}: '{key}'",
    "put {key} as the {maker} token into the vault",
    "Neuer {maker}-Schlüssel lautet {key}",
    "voici la clé {maker} ({key})",
    "la clave de {maker} es {key}.",
    "curl fails although the {maker} secret is `{key}`",
    "I replaced the {maker} API key ({key}) an hour ago",
    "{maker} gave me this token: {key}!",
    "A nova chave da {maker}: {key}, funciona",
];

#[test]
fn whole_keys_vanish() {
    let redactor = bare();
    let mut keys = Keys::new(11);
    let [mut all, mut hidden] = [0, 0];
    let mut shown = String::new();
    for round in 0..20 {
        for kind in KINDS {
            let key = keys.draw(kind);
            let post = POSTS[(round + all) % POSTS.len()];
            let text = post
                .replace("{maker}", kind.maker)
                .replace("{name}", kind.name)
                .replace("{key}", &key);
            let clean = masked(&redactor, &text);
            all += 1;
            if leaks(&clean, &key, 5) {
                let _ = writeln!(shown, "{} in: {post}", kind.name);
            } else {
                hidden += 1;
            }
        }
    }
    assert!(hidden * 100 >= all * 98, "{hidden} of {all}\n{shown}");
}

/// Whether so many characters in a row of the key stand in the text.
fn leaks(text: &str, key: &str, run: usize) -> bool {
    let body: Vec<u8> = key.bytes().skip(key.len().min(16) / 2).collect();
    body.windows(run)
        .any(|window| text.as_bytes().windows(run).any(|other| other == window))
}

/// Ways to give a piece away.
const PIECES: [(&str, Piece); 10] = [
    ("my {maker} key starts with {piece}", Piece::Head),
    ("The {maker} token ending in {piece} is the good one", Piece::Tail),
    ("de {maker} sleutel eindigt op {piece}.", Piece::Tail),
    ("laatste {n} tekens van de {maker} sleutel: {piece}", Piece::Tail),
    ("{maker} key {piece}… was deleted", Piece::Head),
    ("use the {maker} key {piece}... from now on", Piece::Head),
    ("the {maker} secret beginning with {piece} is old", Piece::Head),
    ("Der {maker} Schlüssel beginnt mit {piece}", Piece::Head),
    ("first {n} characters of the {maker} key: {piece}", Piece::Head),
    ("la clé {maker} se termine par {piece}", Piece::Tail),
];

#[derive(Clone, Copy)]
enum Piece {
    Head,
    Tail,
}

#[test]
fn announced_pieces_vanish() {
    let redactor = bare();
    let mut keys = Keys::new(12);
    let [mut all, mut hidden] = [0, 0];
    for round in 0..60 {
        for (text, side) in PIECES {
            let kind = &KINDS[round % KINDS.len()];
            let key = keys.draw(kind);
            let length = 5 + round % 6;
            let piece = match side {
                Piece::Head => &key[..kind.prefix.len() + length],
                Piece::Tail => &key[key.len() - length..],
            };
            let text = text
                .replace("{maker}", kind.maker)
                .replace("{n}", &piece.len().to_string())
                .replace("{piece}", piece);
            all += 1;
            hidden += usize::from(!masked(&redactor, &text).contains(&piece[piece.len() - 4..]));
        }
    }
    assert!(hidden * 100 >= all * 96, "{hidden} of {all}");
}

#[test]
fn talk_about_keys_stays() {
    let lines = include_str!("redaction/benign.txt");
    let mut keys = Keys::new(14);
    let env: Vec<_> = KINDS
        .iter()
        .take(7)
        .map(|kind| (kind.name.to_owned(), keys.draw(kind).into()))
        .collect();
    let redactor = Redactor::new(Patterns::builtin(), KnownValues::from_env(env));
    let mut wrong = String::new();
    for line in lines.lines().filter(|line| !line.is_empty()) {
        for _ in 0..5 {
            let text = keys.fill(line).replace('⏎', "\n");
            let clean = masked(&redactor, &text);
            if clean != text {
                let _ = writeln!(wrong, "{clean}");
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn known_values_alone_mask_nothing_of_30_000_random_tokens() {
    let mut keys = Keys::new(15);
    let env: Vec<_> = KINDS
        .iter()
        .take(7)
        .map(|kind| (kind.name.to_owned(), keys.draw(kind).into()))
        .collect();
    let redactor = Redactor::new(
        Patterns::parse(EMPTY_TABLE, "empty").unwrap().into(),
        KnownValues::from_env(env),
    );
    for _ in 0..30_000 {
        let text = keys.fill("commit {hex:40} of {mixed:21} at {digit:10}");
        assert_eq!(masked(&redactor, &text), text);
    }
}

const EMPTY_TABLE: &str = "secret = []\n[context]\nnouns = []\npasswords = []\nproviders = []\nvetoes = []\n";

#[test]
fn former_values_are_those_that_are_not_in_use() {
    let mut keys = Keys::new(16);
    let [old, new] = [keys.draw(&KINDS[1]), keys.draw(&KINDS[1])];
    let env = |values: &[&String]| {
        let entry = |value: &&String| ("BYBIT_API_SECRET".to_owned(), value.as_str().into());
        KnownValues::from_env(values.iter().map(entry).collect::<Vec<_>>())
    };
    let (known, present) = (env(&[&old, &new]), env(&[&new]));
    let former = known.former(&present);
    let [(name, value, false)] = former[..] else {
        panic!("one value is former");
    };
    assert_eq!((name, value.expose_secret()), ("BYBIT_API_SECRET", old.as_str()));
    let redactor = Redactor::new(Patterns::builtin(), known);
    let starred = format!("{}****{}", &old[..4], &old[old.len() - 4..]);
    for piece in [&old[..8], &old[10..20], &old[old.len() - 9..], &starred] {
        assert_eq!(
            masked(&redactor, &format!("saw {piece} today")),
            "saw [redacted: BYBIT_API_SECRET] today"
        );
    }
}

#[test]
fn findings_tell_what_and_how_much() {
    let mut keys = Keys::new(17);
    let [id, secret] = [keys.draw(&KINDS[0]), keys.draw(&KINDS[1])];
    let env = [
        ("BYBIT_API_KEY".to_owned(), id.clone().into()),
        ("BYBIT_API_SECRET".to_owned(), secret.clone().into()),
    ];
    let redactor = Redactor::new(Patterns::builtin(), KnownValues::from_env(env));
    let halves = format!("first {} then {}", &secret[..18], &secret[18..]);
    let cases = [
        (id, Extent::Whole, true),
        (secret[..8].to_owned(), Extent::Piece, false),
        ([&secret[..8]; 9].join(" and "), Extent::Piece, false),
        (secret[4..24].to_owned(), Extent::Half, false),
        (secret.clone(), Extent::Whole, false),
        (halves, Extent::Whole, false),
    ];
    for (piece, extent, identifier) in cases {
        let redacted = redactor.redact(&RawText::new(format!("it is {piece} now")));
        let finding = &redacted.findings[0];
        assert_eq!(
            (finding.extent, finding.identifier),
            (extent, identifier),
            "{}",
            redacted.text
        );
        assert!(finding.variable.is_some());
        assert!(
            redacted.for_reading.as_str().contains(PLACEHOLDER) && !redacted.for_reading.as_str().contains("redacted")
        );
    }
    let linked =
        redactor.redact(&RawText::new("see here").with_unseen(vec![format!("https://example.org/?q={secret}")]));
    assert_eq!((linked.text.as_str(), linked.findings[0].span), ("see here", None));
}

#[test]
fn a_new_redactor_takes_over_at_once() {
    let mut keys = Keys::new(18);
    let shared = SharedRedactor::new(Redactor::new(Patterns::builtin(), KnownValues::none()));
    let key = keys.draw(&KINDS[1]);
    let text = format!("look: {}", &key[3..13]);
    let before = shared.current().redact_str(&text).into_owned();
    shared.replace(knowing("BYBIT_API_SECRET", &key));
    assert_eq!(
        (before.as_str(), shared.current().redact_str(&text).as_ref()),
        (text.as_str(), "look: [redacted: BYBIT_API_SECRET]")
    );
}

/// Hostile texts of 2,000 characters: each stage at its worst. The figure to hold is 1 ms in a release build
/// (`cargo bench --bench redact`); this bound leaves room for a debug build on a busy machine.
#[test]
fn hostile_texts_take_bounded_time() {
    let mut keys = Keys::new(19);
    let key = keys.draw(&KINDS[1]);
    let redactor = knowing("BYBIT_API_SECRET", &key);
    for text in keys.hostile(&key) {
        let best = (0..3)
            .map(|_| {
                let start = Instant::now();
                let _ = redactor.redact_str(&text);
                start.elapsed()
            })
            .min()
            .unwrap();
        assert!(
            best < Duration::from_millis(150),
            "{best:?} for {}…",
            text.chars().take(20).collect::<String>()
        );
    }
}

/// What stands behind the limit is neither passed on nor kept, and no half of a key is left before it.
#[test]
fn a_text_that_is_too_long_is_cut_and_says_so() {
    let key = Keys::new(31).draw(&KINDS[1]);
    let redactor = knowing("BYBIT_API_SECRET", &key);
    for before in (LONGEST_TEXT - key.len() - 3)..(LONGEST_TEXT + 3) {
        let [head, tail] = [&"a ".repeat(before)[..before], &"b ".repeat(3 * LONGEST_TEXT)];
        let text = format!("{head}{key} {tail}tail");
        let redacted = redactor.redact(&RawText::new(text.clone()));
        assert_eq!(redacted.cut, Some(LONGEST_TEXT));
        let clean = redacted.text.as_str();
        assert!(clean.ends_with(LEFT_OUT) && !clean.contains("tail"));
        let survives = key
            .as_bytes()
            .windows(6)
            .any(|window| clean.as_bytes().windows(6).any(|other| other == window));
        assert!(!survives, "{before}");
        assert_eq!(masked(&redactor, &text), clean);
    }
    assert_eq!(redactor.redact(&RawText::new("a ".repeat(LONGEST_TEXT / 2))).cut, None);
}

/// Pieces of which texts are put together: prose, labels, keys, signs, odd characters.
fn text() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        4 => "[a-z]{1,8}",
        2 => "[A-Za-z0-9]{4,40}",
        1 => "(key|token|secret|Bybit|password|sleutel|ends in|starts with|last 4|first 8 chars|commit|api key:|is)",
        1 => "(ntn_|secret_|gsk_|hf_|sk-|AKIA|xoxb-|Bearer |https://a:|eyJ|-----BEGIN )[A-Za-z0-9]{0,20}",
        1 => "(\\.\\.\\.|…|\\*\\*\\*\\*|•••|\\[\\.\\.\\.\\]|=|:|->|\\(|\\)|\"|`|\\n|\\[redacted: key\\]|\\[redacted: Notion token\\]|\\[redacted: )",
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(word, 0..14).prop_flat_map(|words| {
        prop::collection::vec("( ||\\n)", words.len()).prop_map(move |blanks| {
            words
                .iter()
                .zip(&blanks)
                .flat_map(|(word, blank)| [word.as_str(), blank.as_str()])
                .collect()
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn redaction_is_idempotent(text in text()) {
        let redactor = knowing("BYBIT_API_SECRET", "q7Zt4Kp9Lm2Xc8Vb6Nw3");
        let once = masked(&redactor, &text);
        prop_assert_eq!(masked(&redactor, &once), once);
    }

    #[test]
    fn everything_outside_the_spans_stays(text in text()) {
        let redactor = knowing("BYBIT_API_SECRET", "q7Zt4Kp9Lm2Xc8Vb6Nw3");
        let redacted = redactor.redact(&RawText::new(text.clone()));
        let mut rest = redacted.text.as_str();
        let mut at = 0;
        for finding in &redacted.findings {
            let (start, end) = finding.span.unwrap();
            prop_assert!(at <= start && start < end);
            let label = format!("{}[redacted: {}]", &text[at..start], finding.label);
            prop_assert!(rest.starts_with(&label), "{rest:?} {label:?}");
            rest = &rest[label.len()..];
            at = end;
        }
        prop_assert_eq!(rest, &text[at..]);
    }

    #[test]
    fn no_window_of_a_canary_survives(text in text(), seed in any::<u64>(), place in 0_usize..200) {
        let key = Keys::new(seed).draw(&KINDS[1]);
        let redactor = knowing("BYBIT_API_SECRET", &key);
        let mut at = place.min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        let text = format!("{} {} {}", &text[..at], key, &text[at..]);
        let clean = masked(&redactor, &text);
        let survives = key.as_bytes().windows(8).any(|window| clean.as_bytes().windows(8).any(|other| other == window));
        prop_assert!(!survives);
    }
}

/// A million texts: `cargo test --release --test it a_million -- --ignored`.
#[test]
#[ignore = "takes minutes"]
fn a_million_texts_neither_panic_nor_take_long() {
    let mut keys = Keys::new(20);
    let key = keys.draw(&KINDS[1]);
    let redactor = knowing("BYBIT_API_SECRET", &key);
    let mut slowest = Duration::ZERO;
    for _ in 0..1_000_000 {
        let text = keys.noise(&key);
        let start = Instant::now();
        let once = masked(&redactor, &text);
        slowest = slowest.max(start.elapsed());
        assert_eq!(masked(&redactor, &once), once);
    }
    println!("slowest of a million: {slowest:?}");
}
