//! What people ask of us, as an author wrote it from whom nothing was learnt: how much of it is understood, and how seldom
//! something is that asks nothing.
#![allow(
    clippy::unwrap_used,
    reason = "clippy counts the helpers of an integration test as production"
)]

use keyminder::domain::asks::{Ear, likely_asked, surely_asked, without_our_name};
use keyminder::domain::classify::{Ask, Classifier, KeyNames, ReadingContext};
use keyminder::domain::comment::RawText;
use keyminder::domain::redact::{KnownValues, Patterns, Redactor};
use serde::Deserialize;
use std::path::Path;

#[derive(Deserialize)]
struct Row {
    text: String,
    ask: String,
}

/// What a sentence surely asks, and what at best.
fn asked(text: &str, keys: &KeyNames) -> (Vec<Ask>, Option<Ask>) {
    let classifier = Classifier::builtin();
    let context = ReadingContext {
        steps_total: 0,
        default_step: None,
        keys,
    };
    let ear = Ear {
        classifier: &classifier,
        context: &context,
    };
    let redactor = Redactor::new(Patterns::builtin(), KnownValues::none());
    let text = redactor.redact(&RawText::new(text.to_owned())).for_reading;
    let called = without_our_name(&text);
    let is_called = called.is_some();
    let text = called.unwrap_or(text);
    let sure = surely_asked(&text, is_called, ear);
    let rest = sure.rest.as_ref().unwrap_or(&text);
    let likely = likely_asked(rest, &classifier.read(rest, &context), ear);
    let sure: Vec<Ask> = sure.asks.iter().filter_map(|asked| asked.ask).collect();
    let best = sure.first().copied().or_else(|| likely.and_then(|asked| asked.ask));
    (sure, best)
}

#[test]
fn what_is_asked_is_understood() {
    understood(include_str!("../corpus/asks-kept.jsonl"), 60);
}

#[test]
fn much_of_what_is_asked_in_other_words_is_understood() {
    understood(include_str!("../corpus/asks-indirect.jsonl"), 40);
}

/// So many of a hundred asks are understood, few are taken for others, and what asks nothing hardly ever asks something.
fn understood(corpus: &str, least: usize) {
    let keys = KeyNames::default();
    let rows: Vec<Row> = corpus.lines().map(|row| serde_json::from_str(row).unwrap()).collect();
    let (mut asks, mut right, mut wrong, mut idle, mut taken) = (0, 0, 0, 0, 0);
    for row in &rows {
        let (sure, best) = asked(&row.text, &keys);
        if let Some(ask) = Ask::by_id(&row.ask) {
            asks += 1;
            right += usize::from(best == Some(ask));
            let is_wrong = !sure.is_empty() && !sure.contains(&ask);
            wrong += usize::from(is_wrong);
            if best != Some(ask) {
                println!("{:?} is {:?} and not {}", row.text, best, row.ask);
            }
        } else {
            idle += 1;
            let is_taken = sure.iter().any(|ask| *ask != Ask::Chat);
            taken += usize::from(is_taken);
            if is_taken {
                println!("{:?} is taken to ask {sure:?}", row.text);
            }
        }
    }
    println!("{right} of {asks} understood, {wrong} surely as something else; {taken} of {idle} that ask nothing");
    assert!(right * 100 >= asks * least, "{right} of {asks}");
    assert!(wrong * 100 <= asks * 8, "{wrong} of {asks}");
    assert!(taken * 100 <= idle * 5, "{taken} of {idle}");
}

#[test]
fn reports_and_chatter_ask_nothing() {
    #[derive(Deserialize)]
    struct Comment {
        text: String,
        labels: Vec<String>,
    }
    let keys = KeyNames::default();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let lists: toml::Table = include_str!("../corpus/lessons.toml").parse().unwrap();
    let files = ["known", "strange"]
        .map(|list| lists[list].as_array().unwrap().clone())
        .concat();
    let (mut comments, mut taken) = (0, 0);
    for file in files.iter().filter_map(|file| file.as_str()) {
        let text = std::fs::read_to_string(folder.join(file)).unwrap();
        // One in twenty of each file.
        for row in text.lines().step_by(20) {
            let comment: Comment = serde_json::from_str(row).unwrap();
            if comment
                .labels
                .iter()
                .any(|label| label == "question" || label == "progress")
            {
                continue;
            }
            comments += 1;
            let (sure, _) = asked(&comment.text, &keys);
            let is_talk = comment.labels == ["chatter"] && sure.iter().all(|ask| *ask == Ask::Chat);
            if !sure.is_empty() && !is_talk {
                taken += 1;
                println!("{:?} is taken to ask {sure:?}", comment.text);
            }
        }
    }
    println!("{taken} of {comments}");
    assert!(taken * 200 <= comments, "{taken} of {comments}");
}
