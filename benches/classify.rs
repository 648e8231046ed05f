//! Comments a second on one core: `cargo bench --bench classify`.
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

/// Every comment of the development corpus once.
#[divan::bench]
fn read(bencher: divan::Bencher) {
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
