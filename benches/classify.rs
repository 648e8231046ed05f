//! Comments a second on one core, and the time that hostile ones take: `cargo bench --bench classify`.
use keyminder::domain::classify::{Classifier, KeyNames, ReadingContext};
use keyminder::domain::comment::{CleanText, RawText};
use keyminder::domain::redact::{KnownValues, Patterns, Redactor};

fn main() {
    divan::main();
}

fn comments() -> Vec<CleanText> {
    let lines = include_str!("../tests/corpus/dev.jsonl").lines();
    let texts = lines.filter_map(|line| {
        serde_json::from_str::<serde_json::Value>(line).ok()?["text"]
            .as_str()
            .map(str::to_owned)
    });
    let redactor = Redactor::new(Patterns::builtin(), KnownValues::none());
    texts
        .map(|text| redactor.redact(&RawText::new(text)).for_reading)
        .collect()
}

/// All rules of all languages, from text to compiled.
#[divan::bench]
fn compile() -> bool {
    Classifier::from_files(&[]).is_ok()
}

/// Every comment of the development corpus once, with the second reader.
#[divan::bench]
fn read(bencher: divan::Bencher) {
    read_all(bencher, &Classifier::builtin());
}

/// The same by the rules alone.
#[divan::bench]
fn read_by_rules_alone(bencher: divan::Bencher) {
    read_all(bencher, &Classifier::by_rules_alone(&[]).expect("a test compiles them"));
}

fn read_all(bencher: divan::Bencher, classifier: &Classifier) {
    let (keys, comments) = (KeyNames::default(), comments());
    let context = ReadingContext {
        steps_total: 5,
        default_step: None,
        keys: &keys,
    };
    bencher
        .counter(divan::counter::ItemsCount::new(comments.len()))
        .bench_local(|| {
            comments
                .iter()
                .map(|comment| classifier.read(comment, &context).clauses.len())
                .sum::<usize>()
        });
}

/// The same with the trace for `explain`.
#[divan::bench]
fn explain(bencher: divan::Bencher) {
    let (classifier, keys, comments) = (Classifier::builtin(), KeyNames::default(), comments());
    let context = ReadingContext {
        steps_total: 5,
        default_step: None,
        keys: &keys,
    };
    bencher
        .counter(divan::counter::ItemsCount::new(comments.len()))
        .bench_local(|| {
            comments
                .iter()
                .map(|comment| classifier.explain(comment, &context).clauses.len())
                .sum::<usize>()
        });
}

/// What hostile comments repeat.
const HOSTILE: [&str; 16] = [
    "a",
    "9",
    "1-",
    "a.",
    "rotating",
    "é",
    "✅",
    "(",
    "`",
    "#",
    "first ",
    "not ",
    "step 3 ",
    "1h ",
    "stuck on step 3, ",
    "we could not finish step 3 because the key was rejected. ",
];

/// A comment of 10 kB that repeats one thing.
#[divan::bench(args = HOSTILE)]
fn hostile(bencher: divan::Bencher, unit: &str) {
    let (classifier, keys) = (Classifier::builtin(), KeyNames::default());
    let context = ReadingContext {
        steps_total: 5,
        default_step: None,
        keys: &keys,
    };
    let redactor = Redactor::new(Patterns::builtin(), KnownValues::none());
    let text = RawText::new(unit.repeat(10_000 / unit.len()));
    let text = redactor.redact(&text).for_reading;
    bencher.bench_local(|| classifier.read(&text, &context));
}
