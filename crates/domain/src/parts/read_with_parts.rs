//! A reading with what a comment says of parts by their names: what is sure comes first, and what gives no number is lent the part it names.
use super::part_names::{ENOUGH, PartNames};
use super::question_words::{asks, of_things, supposes};
use super::said_of_parts::{LONGEST, RULE, SaidOfParts};
use super::words;
use crate::classify::{Certainty, Clause, Label, Reading, Role, hash_of_words};
use crate::comment::CleanText;
use crate::ids::BlockId;
use crate::page::{Claimable, Criterion};
use crate::quotations::unquoted;
use std::collections::BTreeSet;

/// Fewer words tell nothing of what a comment speaks of: "Got it".
const TELLING: usize = 3;
/// So many of them are things: "Started on it just now, will finish tonight" names none, and is work on what is known.
const THINGS: usize = 2;

/// What is said of parts by their names comes first; what may be said of them counts where nothing else is said.
pub fn tell_of_parts(said: SaidOfParts, text: &CleanText, is_of_leak: bool, names: &PartNames, reading: &mut Reading) {
    let SaidOfParts {
        sure, denied, doubtful, ..
    } = said;
    reading.keep_steps(|step| names.has_step(step));
    leave_denied_boxes_out(&denied, names, reading);
    reading.deny(denied);
    names.doubt_other_numbers(text.as_str(), reading);
    lend(reading, text, names);
    // "It is in!" is finished, and does not say what: the words beside it may.
    let names_none =
        |clause: &Clause| clause.label == Label::Completion && clause.steps.is_empty() && clause.boxes.is_empty();
    let is_idle = |clause: &Clause| clause.label == Label::Chatter || clause.is_weak();
    let says_nothing = !reading.all_done && reading.asks.is_empty() && !is_of_leak && sure.is_empty();
    let is_open = says_nothing
        && reading
            .clauses
            .iter()
            .all(|clause| names_none(clause) || is_idle(clause));
    // Which step is meant is asked in words of its own.
    let of_boxes = |claim: &Clause| claim.steps.is_empty();
    let mut claims: Vec<Clause> = if is_open {
        doubtful.into_iter().filter(of_boxes).collect()
    } else {
        sure
    };
    if is_open && claims.is_empty() && may_finish(reading) {
        claims.extend(nearest(text, names));
    }
    if is_open && !claims.is_empty() {
        reading.retain(|clause| !(names_none(clause) || clause.is_weak()));
    }
    without_those_of_steps(&mut claims, reading, names);
    reading.prepend(claims);
    leave_talk_out(reading, text, names);
}

/// "Step 2 is done but the changelog isn't": of such a step the other boxes are claimed, and not the step.
fn leave_denied_boxes_out(denied: &[Clause], names: &PartNames, reading: &mut Reading) {
    let denied: Vec<&BlockId> = denied.iter().flat_map(|denial| &denial.boxes).collect();
    let steps: BTreeSet<u8> = denied.iter().filter_map(|block| names.step_of(block)).collect();
    let is_claim = |clause: &&mut Clause| clause.label == Label::Completion;
    for clause in reading.clauses.iter_mut().filter(is_claim) {
        let (of_denied, others) = clause.steps.iter().partition::<Vec<u8>, _>(|step| steps.contains(step));
        clause.steps = others;
        let boxes = of_denied.iter().flat_map(|step| names.boxes_of(*step));
        clause
            .boxes
            .extend(boxes.filter(|block| !denied.contains(block)).cloned());
        if !of_denied.is_empty() && clause.steps.is_empty() && clause.boxes.is_empty() {
            clause.label = Label::Chatter;
        }
    }
    reading.all_done &= denied.is_empty();
}

/// Whether it is guessed, or may be, that something is finished.
fn may_finish(reading: &Reading) -> bool {
    let is_guess =
        |clause: &Clause| clause.label == Label::Completion && clause.role == Role::Report && clause.is_weak();
    let is_doubt = |doubt: [Label; 2]| doubt.contains(&Label::Completion) && !doubt.contains(&Label::Blocker);
    reading.doubt.is_some_and(is_doubt) || reading.clauses.iter().any(is_guess)
}

/// The part whose words are nearest to what is said: it is asked whether that is done.
fn nearest(text: &CleanText, names: &PartNames) -> Option<Clause> {
    if text.as_str().len() > LONGEST || asks(text.as_str()) {
        return None;
    }
    let (steps, boxes) = names.nearest(unquoted(text.as_str()).as_str())?.steps_and_boxes();
    Some(Clause {
        label: Label::Completion,
        steps,
        boxes,
        role: Role::Report,
        certainty: Certainty::Unsure,
        keys: Vec::new(),
        rules: vec![RULE.to_owned()],
        no_such_step: None,
        guessed: false,
        hash: hash_of_words(text.as_str()),
    })
}

/// What is asked or supposed reports nothing that is only guessed; and what speaks of nothing on the page is talk: it is no work on it,
/// nor what is only guessed to be a finish. A guess that somebody is stuck stays: it is asked about.
fn leave_talk_out(reading: &mut Reading, text: &CleanText, names: &PartNames) {
    let names_something =
        |clause: &Clause| !(clause.steps.is_empty() && clause.boxes.is_empty() && clause.keys.is_empty());
    let is_plain = reading.steps.is_empty() && !reading.clauses.iter().any(names_something);
    if names.is_empty() || !is_plain || text.as_str().len() > LONGEST {
        return;
    }
    let telling = words::telling(text.as_str());
    let is_asked = asks(text.as_str());
    let is_supposed = supposes(text.as_str());
    let is_unsaid = is_asked || is_supposed;
    let is_foreign = telling.len() >= TELLING && !names.speak_of(&telling);
    let is_other_work = is_foreign && of_things(&telling).len() >= THINGS;
    let is_idle = |clause: &Clause| match clause.label {
        Label::Blocker => is_asked && clause.is_weak(),
        Label::Completion => (is_unsaid || is_foreign) && clause.is_weak(),
        Label::Progress => (is_other_work || is_supposed) && is_work(clause) || is_asked && clause.is_weak(),
        Label::Correction | Label::KeyReport | Label::Question | Label::Chatter => false,
    };
    reading.retain(|clause| !is_idle(clause));
    if is_asked || is_foreign {
        let may_stop = |doubt: [Label; 2]| doubt.contains(&Label::Blocker) && !is_asked;
        reading.doubt = reading.doubt.filter(|doubt| may_stop(*doubt));
    }
}

/// Whether progress tells of work, and not of what is open, or frees somebody.
fn is_work(clause: &Clause) -> bool {
    matches!(clause.role, Role::Report | Role::Start | Role::Plan)
}

/// Lends the clauses that give no number the part that a comment names, if that is one alone.
fn lend(reading: &mut Reading, text: &CleanText, names: &PartNames) {
    let lacks = |clause: &Clause| {
        // A guess that names nothing stays one.
        let is_of_parts = match clause.label {
            Label::Blocker | Label::Correction => !clause.guessed,
            Label::Progress => !clause.is_weak(),
            // What is finished is never guessed by a word.
            Label::Completion | Label::KeyReport | Label::Question | Label::Chatter => false,
        };
        is_of_parts
            && clause.steps.is_empty()
            && clause.boxes.is_empty()
            && clause.no_such_step.is_none()
            && clause.keys.is_empty()
    };
    let lacking: Vec<usize> = (0..reading.clauses.len())
        .filter(|at| lacks(&reading.clauses[*at]))
        .collect();
    if lacking.is_empty() || !reading.steps.is_empty() || text.as_str().len() > LONGEST {
        return;
    }
    let said = unquoted(text.as_str());
    let mut words = words::telling(said.as_str());
    // "I take that back" names nothing that is backed up.
    words.retain(|word| !word.is_reserve());
    let mentions = names.mentioned(&words);
    let [mention] = mentions.as_slice() else { return };
    for at in lacking {
        let clause = &mut reading.clauses[at];
        if mention.share < ENOUGH {
            continue;
        }
        clause.steps.extend(mention.name.step);
        if let Claimable::Box(block) = &mention.name.part {
            clause.boxes.push(block.clone());
        }
    }
}

/// Leaves out the claims of boxes in steps that the comment claims by their numbers.
fn without_those_of_steps(claims: &mut Vec<Clause>, reading: &Reading, names: &PartNames) {
    let finished = reading
        .clauses
        .iter()
        .filter(|clause| clause.label == Label::Completion);
    let finished: Vec<u8> = finished.flat_map(|clause| clause.steps.iter().copied()).collect();
    for claim in claims.iter_mut() {
        claim.steps.retain(|step| !finished.contains(step));
        claim
            .boxes
            .retain(|block| !names.step_of(block).is_some_and(|step| finished.contains(&step)));
    }
    claims.retain(|claim| !(claim.steps.is_empty() && claim.boxes.is_empty()));
}

/// What names nothing is said of the box that the comment stands on.
pub fn stands_at(here: &Criterion, reading: &mut Reading) {
    let names_none =
        |clause: &&mut Clause| clause.steps.is_empty() && clause.boxes.is_empty() && clause.no_such_step.is_none();
    for clause in reading.clauses.iter_mut().filter(names_none) {
        clause.boxes.push(here.block.clone());
        clause
            .steps
            .extend(here.step.filter(|_| clause.label != Label::Completion));
    }
}
