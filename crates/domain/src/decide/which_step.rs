//! Which step is meant, where a comment named none, or one that the page does not have: our question is answered by a number, by "all
//! of them", or by words of a step's title.
use super::few_words;
use super::short_answer::ShortAnswer;
use super::sure_report::{SureReport, is_plain};
use crate::classify::{Certainty, Clause, Label, Role};
use crate::event::Report;
use crate::page::{Asked, Guide, ReplyPart};
use std::collections::BTreeSet;

/// Takes a comment as the answer; whether the question ends with it. `all`: the steps that "all of them" means.
pub(super) fn take(
    label: Label,
    all: &[u8],
    short: Option<&ShortAnswer>,
    heard: &mut SureReport,
    guide: &Guide,
) -> bool {
    let but = |left: &[u8]| all.iter().copied().filter(|step| !left.contains(step)).collect();
    let named: Vec<u8> = match short {
        Some(ShortAnswer::All | ShortAnswer::AllDone) => all.to_vec(),
        Some(ShortAnswer::Steps(named) | ShortAnswer::Instead(named)) => named.clone(),
        Some(ShortAnswer::AllBut(left)) => but(left),
        // "Yes" and "not 1" tell of no step.
        Some(ShortAnswer::Yes | ShortAnswer::NotThese(_)) => Vec::new(),
        Some(_) => return false,
        None => match in_a_sentence(&heard.report, label, guide) {
            named if named.is_empty() => return false,
            named => named.into_iter().collect(),
        },
    };
    let beyond = named.iter().find(|step| guide.step(**step).is_none());
    if named.is_empty() || beyond.is_some() {
        heard.says_nothing();
        heard.parts.push(match beyond {
            Some(step) => ReplyPart::NoSuchStep { step: (*step).into() },
            None => ReplyPart::Asks {
                asked: Asked::Step {
                    label,
                    steps: all.to_vec(),
                },
            },
        });
        return false;
    }
    heard.says(label, &named);
    heard.confirmed = label == Label::Correction;
    true
}

/// The steps that a sentence names which says nothing else: "I meant the second", "die eerste", "the order contract one".
fn in_a_sentence(report: &Report, label: Label, guide: &Guide) -> BTreeSet<u8> {
    let reading = &report.reading;
    // What no rule knows is guessed, and a guess is no word against an answer.
    let is_guess = |clause: &Clause| clause.certainty == Certainty::Unsure || clause.guessed;
    let says_it = |clause: &Clause| {
        let is_it = clause.label == label || matches!(clause.role, Role::Meant | Role::Instead);
        is_it && is_plain(clause)
    };
    let is_answer = |clause: &Clause| clause.label == Label::Chatter || is_guess(clause) || says_it(clause);
    let text = report.heard.as_str();
    if text.contains('?') || reading.no_such_step().is_some() {
        return BTreeSet::new();
    }
    // The words of a title are that step, whatever else they might say: "the red button".
    if let Some(step) = titled(text, guide) {
        return BTreeSet::from([step]);
    }
    let is_answer = reading.clauses.iter().all(is_answer);
    if is_answer {
        Report::steps_of(&reading.clauses)
    } else {
        BTreeSet::new()
    }
}

/// The one step whose title has all the words of a text that tell anything.
fn titled(text: &str, guide: &Guide) -> Option<u8> {
    let told = few_words::telling(text);
    let has_all = |title: &str| {
        let words = few_words::telling(title);
        told.iter().all(|word| words.contains(word))
    };
    let mut fits = guide
        .steps
        .iter()
        .filter(|step| !told.is_empty() && has_all(&step.title));
    let step = fits.next()?;
    fits.next().is_none().then_some(step.number)
}

/// "Step 7 is done" on a page of five: nothing is finished or taken back by it, and its author is asked which step is meant.
pub(super) fn leave_no_such_step_out(heard: &mut SureReport) -> Option<(u32, Label)> {
    let reading = &mut heard.report.reading;
    let none_of_page = |clause: &Clause| {
        let of_steps = matches!(clause.label, Label::Completion | Label::Correction);
        clause.no_such_step.filter(|_| of_steps)
    };
    let step = reading.clauses.iter().filter_map(none_of_page).max()?;
    let (named_wrong, others): (Vec<Clause>, Vec<Clause>) = reading
        .clauses
        .drain(..)
        .partition(|clause| none_of_page(clause).is_some());
    let label = named_wrong.iter().map(|clause| clause.label).min()?;
    let doubt = reading.doubt;
    heard.set_clauses(others);
    heard.report.reading.doubt = doubt;
    heard.report.reading.all_done = false;
    Some((step, label))
}
