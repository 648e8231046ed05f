//! What looks like a report and is none: jokes, prices, other people's steps, what is bidden or denied. Two authors who had not seen
//! the program wrote it; a third of theirs, `alike-kept.jsonl`, was looked at as a figure alone.
use crate::corpus::read_by;
use keyminder::domain::classify::{Certainty, Classifier, Clause, Label, Reading};
use serde::Deserialize;

/// What the writer of a comment says with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Says {
    Done,
    Partly,
    Stuck,
    Freed,
    Back,
    Open,
    Aside,
    Question,
    Request,
    Talk,
}

#[derive(Deserialize)]
struct Line {
    text: String,
    says: Says,
    steps: Vec<u8>,
}

fn lines(name: &str) -> Vec<Line> {
    let path = format!("{}/tests/corpus/{name}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).expect("the corpus is part of the repository");
    let line = |line: &str| serde_json::from_str(line).expect("each line is a comment and what it says");
    text.lines().map(line).collect()
}

/// The clauses on which something is done.
fn sure(reading: &Reading, label: Label) -> impl Iterator<Item = &Clause> {
    let clauses = reading.clauses.iter();
    clauses.filter(move |clause| clause.label == label && clause.certainty == Certainty::Sure)
}

/// How many comments a file has, and of how many a step is ticked that was not reported, an obstacle raised where nobody is stopped,
/// or nothing heard of an obstacle, or of a finish.
fn measured(name: &str) -> [usize; 5] {
    let mut figures = [0; 5];
    for line in lines(name) {
        let reading = read_by(&Classifier::builtin(), 6, &line.text);
        let ticks: Vec<u8> = sure(&reading, Label::Completion)
            .flat_map(|clause| clause.steps.clone())
            .collect();
        let is_done = sure(&reading, Label::Completion).next().is_some();
        let is_false_tick = is_done && line.says != Says::Done || ticks.iter().any(|step| !line.steps.contains(step));
        let is_stuck = sure(&reading, Label::Blocker).next().is_some();
        // What broke again is taken back, and stops its author as well.
        let is_false_stop = is_stuck && !matches!(line.says, Says::Stuck | Says::Back);
        let is_asked = |label: Label| reading.doubt.is_some_and(|doubt| doubt.contains(&label));
        let is_missed = line.says == Says::Stuck && !is_stuck && !is_asked(Label::Blocker);
        let is_unheard = line.says == Says::Done && !is_done && !is_asked(Label::Completion);
        for (figure, is_so) in figures
            .iter_mut()
            .zip([true, is_false_tick, is_false_stop, is_missed, is_unheard])
        {
            *figure += usize::from(is_so);
        }
        if std::env::var_os("KEYMINDER_SHOW").is_some() && (is_false_tick || is_false_stop || is_missed) {
            println!("{:?} {:?}: {:?}", line.says, line.text, reading.clauses);
        }
    }
    println!(
        "{name}: of {} comments {} tick what was not reported, {} stop nobody and are noted as obstacles, \
         {} obstacles and {} finishes are missed",
        figures[0], figures[1], figures[2], figures[3], figures[4]
    );
    figures
}

#[test]
fn what_looks_like_a_report_is_none() {
    for (name, most) in [("alike.jsonl", [6, 12, 1, 9]), ("alike-kept.jsonl", [5, 5, 1, 4])] {
        let [_, found @ ..] = measured(name);
        let is_held = found.iter().zip(most).all(|(found, most)| *found <= most);
        assert!(is_held, "{name}: {found:?} of at most {most:?}");
    }
}

#[test]
fn what_only_may_be_an_obstacle_is_asked_about() {
    for text in [
        "het regent",
        "the van is expensive",
        "Bram doet de muziek",
        "mein Hamster ist krank",
        "nobody does step 3 as neatly as Ines",
        "swap 3 and 4 please, order makes no sense",
    ] {
        let reading = read_by(&Classifier::builtin(), 6, text);
        assert!(sure(&reading, Label::Blocker).next().is_none(), "{text}: {reading:?}");
    }
}

#[test]
fn what_takes_a_finish_away_ticks_nothing() {
    for text in [
        "step 1 done 👎",
        "step 1 done: false",
        "step 1 done was a lie",
        "step 1 or step 2 is done",
        "don't tick step 1",
        "on the other project step 4 is done",
        "why was 2 held up last month, does anybody remember",
        "Step 2. Stuck on steps 3 and 4.",
    ] {
        let reading = read_by(&Classifier::builtin(), 6, text);
        assert!(
            sure(&reading, Label::Completion).next().is_none(),
            "{text}: {reading:?}"
        );
    }
}
