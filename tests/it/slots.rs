//! What a comment says beside its labels: the steps it names, the time it took, the kind of an obstacle. The table is data:
//! `tests/corpus/slots.jsonl`, six languages, pages of several lengths.
use crate::corpus::read_by;
use keyminder::domain::classify::{BlockerKind, Classifier};
use serde::Deserialize;

/// A sentence, and what is to be read from it.
#[derive(Deserialize)]
struct Line {
    id: String,
    text: String,
    steps: Vec<u8>,
    duration_minutes: Option<u32>,
    expected_duration_minutes: Option<u32>,
    #[serde(default)]
    blocker_kind: Option<BlockerKind>,
    /// 0: nobody knows the page.
    #[serde(default)]
    steps_total: u8,
}

#[test]
fn every_sentence_of_the_table_reads_right() {
    let path = format!("{}/tests/corpus/slots.jsonl", env!("CARGO_MANIFEST_DIR"));
    let table = std::fs::read_to_string(path).expect("the table is part of the repository");
    let mut wrong = Vec::new();
    for line in table.lines() {
        let line: Line = serde_json::from_str(line).expect("each line is a sentence with its slots");
        let reading = read_by(&Classifier::builtin(), line.steps_total, &line.text);
        let mut tell = |slot: &str, meant: String, read: String| {
            if meant != read {
                wrong.push(format!("{} {:?}: {slot} {read}, meant {meant}", line.id, line.text));
            }
        };
        tell("steps", format!("{:?}", line.steps), format!("{:?}", reading.steps));
        let spent = reading.duration_minutes;
        tell("spent", format!("{:?}", line.duration_minutes), format!("{spent:?}"));
        let plan = reading.expected_duration_minutes;
        tell(
            "plan",
            format!("{:?}", line.expected_duration_minutes),
            format!("{plan:?}"),
        );
        if line.blocker_kind.is_some() {
            let kind = reading.blocker_kind;
            tell("kind", format!("{:?}", line.blocker_kind), format!("{kind:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
