//! Asking instead of guessing: what is not sure, what is taken back without a name, and "all done" without a check are asked
//! about once, in their thread. The same person answers there.
use super::acting::Acting;
use super::builder::DecisionBuilder;
use super::heard;
use super::prompt_facts::shown;
use super::short_answer::{self, ShortAnswer};
use crate::domain::classify::{Certainty, Clause, Label, Role};
use crate::domain::effect::Status;
use crate::domain::event::Report;
use crate::domain::page::{Aside, Asked, Blocker, OpenQuestion, Recipient, ReplyPart, StepState, count_answer};
use minijinja::context;
use minijinja::value::Value;
use std::collections::BTreeSet;

/// A comment with what is sure of it.
pub(super) struct SureReport {
    /// The comment: what it answers is put in, what is not sure is left out.
    pub(super) report: Report,
    /// What has to be asked or said beside it.
    pub(super) parts: Vec<ReplyPart>,
    /// Whether it confirms that all is finished.
    pub(super) confirmed: bool,
}

/// Hears a comment: first as the answer to a question of ours, then for what is sure in it.
pub(super) fn heard(builder: &mut DecisionBuilder<'_>, report: Acting<'_>) -> SureReport {
    OpenQuestion::expire(&mut builder.state.questions, builder.now);
    let mut heard = SureReport {
        report: (*report).clone(),
        parts: Vec::new(),
        confirmed: false,
    };
    let own = |open: &OpenQuestion| open.author == report.comment.author && open.thread == report.comment.discussion;
    let open = builder.state.questions.iter().find(|open| own(open)).cloned();
    let answered = open.filter(|_| !report.absorbed).is_some_and(|open| {
        let ends = answer(&open.asked, &mut heard);
        if ends {
            builder.state.questions.retain(|open| !own(open));
            if matches!(open.asked, Asked::Whole { .. }) && !heard.confirmed {
                builder.state.said_finished = None;
            }
        }
        ends || !heard.parts.is_empty()
    });
    if !answered {
        leave_doubt_out(builder, report, &mut heard);
    }
    heard
}

/// Whether acting on this label could tick, set Blocked, take back or finish.
fn is_at_stake(label: Label) -> bool {
    matches!(label, Label::Correction | Label::Blocker | Label::Completion)
}

/// Whether a step that the comment speaks of, or any where it names none, was reported as finished.
fn is_claimed(builder: &DecisionBuilder<'_>, report: &Report) -> bool {
    let named = report.reading.steps.iter().copied().chain(report.on_step);
    let named: BTreeSet<u8> = named.collect();
    let claims = builder.state.steps.iter().filter(|(_, step)| step.claim.is_some());
    let mut claimed = claims.map(|(number, _)| *number);
    claimed.any(|step| named.is_empty() || named.contains(&step)) || builder.state.finished.is_some()
}

/// Leaves out what is not sure, where something depends on it, and asks.
fn leave_doubt_out(builder: &mut DecisionBuilder<'_>, report: Acting<'_>, heard: &mut SureReport) {
    let Some(doubt) = report.reading.doubt else { return };
    // What nobody reported cannot be taken back.
    let claimed = is_claimed(builder, &report);
    let asked_for = |label: &Label| is_at_stake(*label) && (claimed || *label != Label::Correction);
    let mut options: Vec<Label> = doubt.into_iter().filter(asked_for).collect();
    if options.is_empty() && doubt[1] == Label::Correction {
        return;
    }
    options.sort();
    let (unsure, sure): (Vec<Clause>, Vec<Clause>) = std::mem::take(&mut heard.report.reading.clauses)
        .into_iter()
        .partition(|clause| clause.certainty == Certainty::Unsure);
    if options.is_empty() {
        let addressed =
            doubt.contains(&Label::Question) && report.reading.needs_reply || doubt.contains(&Label::KeyReport);
        heard.report.reading.clauses = if addressed {
            report.reading.clauses.clone()
        } else {
            sure
        };
        return;
    }
    let steps: BTreeSet<u8> = unsure.iter().flat_map(|clause| clause.steps.iter().copied()).collect();
    let whole = report.reading.all_done && doubt.contains(&Label::Completion);
    set_clauses(&mut heard.report, sure);
    heard.report.reading.all_done &= !whole;
    if unsure.is_empty() || report.absorbed {
        return;
    }
    let mut steps: Vec<u8> = steps.into_iter().collect();
    if steps.is_empty() {
        steps.extend(report.on_step);
    }
    let kind = report.reading.blocker_kind;
    let asked = Asked::Meaning {
        options,
        steps,
        whole,
        kind,
    };
    let comment = &report.comment.id;
    let stands = |open: &OpenQuestion| open.comment == *comment && open.asked == asked;
    let asked_already = builder.state.questions.iter().any(stands);
    let person = Recipient::Asked {
        asked: report.comment.author.clone(),
    };
    if asked_already {
        heard.parts.push(ReplyPart::Asks { asked });
    } else if count_answer(&mut builder.state.answers, person, builder.now).count == 1 {
        heard.parts.extend(ask(builder, report, asked));
    }
}

/// Closes the questions about a comment that no longer says what was asked about.
pub(super) fn close(builder: &mut DecisionBuilder<'_>, report: &Report) {
    let still_said = |asked: &Asked| match asked {
        Asked::Meaning { .. } => report.reading.doubt.is_some(),
        Asked::Whole { .. } => report.reading.all_done,
        Asked::TakenBack { .. } => !report.clauses(Label::Correction).is_empty(),
    };
    let questions = &mut builder.state.questions;
    questions.retain(|open| open.comment != report.comment.id || still_said(&open.asked));
}

/// Gives the comment these clauses, and the labels that follow.
fn set_clauses(report: &mut Report, clauses: Vec<Clause>) {
    let mut labels: Vec<Label> = clauses.iter().map(|clause| clause.label).collect();
    labels.sort();
    labels.dedup();
    report.reading.labels = labels;
    report.reading.clauses = clauses;
    report.reading.doubt = None;
}

/// The comment says this of these steps, and says so for sure.
fn says(report: &mut Report, label: Label, steps: &[u8]) {
    let clause = Clause {
        label,
        steps: steps.to_vec(),
        role: Role::Report,
        certainty: Certainty::Sure,
        keys: Vec::new(),
        rules: Vec::new(),
        hash: 0,
    };
    set_clauses(report, vec![clause]);
}

/// Takes a comment as the answer to a question; whether the question ends with it.
fn answer(asked: &Asked, heard: &mut SureReport) -> bool {
    let short = short_answer::read(heard.report.heard.as_str());
    if short == Some(ShortAnswer::No) {
        set_clauses(&mut heard.report, Vec::new());
        heard.parts.push(ReplyPart::Left);
        return true;
    }
    match asked {
        Asked::Meaning {
            options,
            steps,
            whole,
            kind,
        } => {
            let Some(label) = meant(options, short.as_ref(), &heard.report, steps) else {
                // A yes to two things says neither.
                if short == Some(ShortAnswer::Yes) {
                    set_clauses(&mut heard.report, Vec::new());
                    heard.parts.push(ReplyPart::Asks { asked: asked.clone() });
                }
                return false;
            };
            if short.is_some() {
                says(&mut heard.report, label, steps);
                heard.report.reading.all_done = *whole && label == Label::Completion;
                heard.report.reading.blocker_kind = kind.filter(|_| label == Label::Blocker);
            } else {
                let clauses = heard.report.reading.clauses.iter_mut();
                let of_label = clauses.filter(|clause| clause.label == label && clause.steps.is_empty());
                of_label.for_each(|clause| clause.steps.clone_from(steps));
            }
            true
        }
        Asked::TakenBack { steps } => {
            let Some(chosen) = chosen(steps, short.as_ref(), &heard.report) else {
                return false;
            };
            // The steps that are named may be none of those that were asked about.
            if chosen.is_empty() && !steps.is_empty() {
                heard.parts.push(ReplyPart::Asks { asked: asked.clone() });
                set_clauses(&mut heard.report, Vec::new());
                return false;
            }
            says(&mut heard.report, Label::Correction, &chosen);
            heard.confirmed = true;
            true
        }
        Asked::Whole { .. } => {
            let yes = matches!(short, Some(ShortAnswer::Yes | ShortAnswer::All | ShortAnswer::Done));
            let again = heard.report.reading.all_done && heard.report.reading.doubt.is_none();
            if yes {
                says(&mut heard.report, Label::Completion, &[]);
                heard.report.reading.all_done = true;
            }
            heard.confirmed = yes || again;
            heard.confirmed
        }
    }
}

/// What was meant, as the answer tells: a word, or a whole sentence that is sure and speaks of the same step.
fn meant(options: &[Label], short: Option<&ShortAnswer>, report: &Report, steps: &[u8]) -> Option<Label> {
    match short {
        Some(ShortAnswer::Yes) => options.first().copied().filter(|_| options.len() == 1),
        Some(ShortAnswer::Done) => Some(Label::Completion),
        Some(ShortAnswer::Stuck) => Some(Label::Blocker),
        Some(ShortAnswer::Undo) => Some(Label::Correction),
        Some(ShortAnswer::No | ShortAnswer::All | ShortAnswer::Steps(_)) => None,
        None if report.reading.doubt.is_some() => None,
        None => {
            let mut clauses = report.reading.clauses.iter();
            let same = |clause: &&Clause| {
                clause.steps.is_empty() || clause.steps.iter().any(|step| steps.contains(step)) || steps.is_empty()
            };
            let told = |clause: &&Clause| options.contains(&clause.label) && clause.asserted() && same(clause);
            clauses.find(told).map(|clause| clause.label)
        }
    }
}

/// The steps that are taken back, as the answer tells; `None` where it tells something else.
fn chosen(steps: &[u8], short: Option<&ShortAnswer>, report: &Report) -> Option<Vec<u8>> {
    let of_those = |named: &[u8]| steps.iter().copied().filter(|step| named.contains(step)).collect();
    match short {
        Some(ShortAnswer::All) => Some(steps.to_vec()),
        Some(ShortAnswer::Yes | ShortAnswer::Undo) => Some(steps.to_vec()).filter(|steps| steps.len() <= 1),
        Some(ShortAnswer::Steps(named)) => Some(of_those(named)),
        Some(_) => None,
        None => {
            let reading = &report.reading;
            let other = |label: &Label| matches!(label, Label::Blocker | Label::Completion | Label::Question);
            let tells_else = reading.doubt.is_some() || reading.labels.iter().any(other);
            (!reading.steps.is_empty() && !tells_else).then(|| of_those(&reading.steps))
        }
    }
}

/// Asks, in place of what the person was asked before in this thread; nothing is asked about what was there before us.
pub(super) fn ask(builder: &mut DecisionBuilder<'_>, report: Acting<'_>, asked: Asked) -> Option<ReplyPart> {
    if report.absorbed {
        return None;
    }
    let question = OpenQuestion {
        comment: report.comment.id.clone(),
        author: report.comment.author.clone(),
        thread: report.comment.discussion.clone(),
        at: builder.now,
        asked: asked.clone(),
    };
    question.open(&mut builder.state.questions);
    builder.note(Some(&report.comment.id), "asked", &asked);
    Some(ReplyPart::Asks { asked })
}

/// What a take-back that names nothing means: what its author reported last in this thread. `None`: nothing there.
pub(super) fn referent(builder: &DecisionBuilder<'_>, report: Acting<'_>) -> Option<Vec<u8>> {
    let last = heard::last_of_author(builder, &report)?;
    let claims = || {
        last.parts.iter().filter_map(|part| match part {
            ReplyPart::Claim { steps, whole, .. } => Some((steps, *whole)),
            _ => None,
        })
    };
    let stopped = |blocker: &Blocker| blocker.comment == last.comment;
    let is_report = claims().count() > 0 || builder.state.blockers.iter().any(stopped);
    let is_own = |(_, step): &(&u8, &StepState)| {
        let claim = step.claim.as_ref();
        claim.is_some_and(|claim| claim.comment == last.comment)
    };
    let mut steps: BTreeSet<u8> = claims().flat_map(|(steps, _)| steps.iter().copied()).collect();
    if steps.is_empty() || claims().any(|(_, whole)| whole) {
        steps.extend(builder.state.steps.iter().filter(is_own).map(|(number, _)| *number));
    }
    is_report.then(|| steps.into_iter().collect())
}

/// Asks which report is taken back; nothing is, until that is answered.
pub(super) fn which(builder: &mut DecisionBuilder<'_>, report: Acting<'_>) -> Option<ReplyPart> {
    let claimed = builder.state.steps.iter();
    let own = claimed.filter(|(_, step)| step.claim.is_some() && report.may_take_back(step.claim.as_ref()));
    let steps = own.map(|(number, _)| *number).collect();
    ask(builder, report, Asked::TakenBack { steps })
}

/// What nobody reported of a page that no check sees; `None` where nothing is left, or checks tell.
pub(super) fn unreported(builder: &DecisionBuilder<'_>, said: &BTreeSet<u8>) -> Option<Asked> {
    if builder.has_checks() || builder.lost_description().is_some() {
        return None;
    }
    let state = &builder.state;
    let is_claimed = |step: &u8| state.steps.get(step).is_some_and(|step| step.claim.is_some());
    let is_said = |step: &u8| said.contains(step) || is_claimed(step) || state.is_aside(&Aside::Step(*step));
    let steps = state.guide.steps.iter().map(|step| step.number);
    let steps: Vec<u8> = steps.filter(|step| !is_said(step)).collect();
    let is_ticked = |number: u8| {
        state
            .boxes
            .get(&number)
            .is_some_and(|on_page| on_page.tick.known == Some(true))
    };
    let boxes = state
        .guide
        .criteria
        .iter()
        .filter(|criterion| !is_ticked(criterion.number));
    let boxes: Vec<String> = boxes.map(|criterion| criterion.text.clone()).collect();
    (!steps.is_empty() || !boxes.is_empty()).then_some(Asked::Whole { steps, boxes })
}

/// Who said that all is finished is right once every part of it is reported or ticked.
pub(super) fn complete(builder: &mut DecisionBuilder<'_>) {
    if builder.state.quiet || builder.state.said_finished.is_none() {
        return;
    }
    if unreported(builder, &BTreeSet::new()).is_none() {
        builder.state.finished = builder.state.said_finished.take();
        builder
            .state
            .questions
            .retain(|open| !matches!(open.asked, Asked::Whole { .. }));
        if builder.is_finished() {
            builder.move_status(Status::Done);
        }
    }
}

/// The prompt of a question, and the facts that it needs.
pub(super) fn prompt(asked: &Asked) -> (String, Value) {
    match asked {
        Asked::Meaning {
            options, steps, whole, ..
        } => (
            "asks_meaning".to_owned(),
            context! { options => shown(options), steps, whole },
        ),
        Asked::TakenBack { steps } => ("asks_which".to_owned(), context! { steps }),
        Asked::Whole { steps, boxes } => ("asks_whole".to_owned(), context! { steps, boxes => shown(boxes) }),
    }
}
