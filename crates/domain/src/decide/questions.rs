//! Asking instead of guessing: what is not sure, what is taken back without a name, and "all done" without a check are asked
//! about once, in their thread. The same person answers there.
use super::acting::{Acting, Admitted, admit};
use super::builder::DecisionBuilder;
use super::playbook::Topics;
use super::prompt_facts::{said_boxes, shown};
use super::short_answer::{self, ShortAnswer};
use super::sure_report::SureReport;
use super::{answers_to_us, freed, heard, language, leak_reports, which_step, yes_and_more};
use crate::classify::{Certainty, Clause, Label, Suspicion};
use crate::event::Report;
use crate::ids::{BlockId, CommentId};
use crate::leaks::{LeakReport, LeakedKeys};
use crate::page::{AnsweredQuestion, Aside, Asked, OpenQuestion, Recipient, ReplyPart, count_answer};
use crate::parts::PartNames;
use minijinja::context;
use minijinja::value::Value;
use std::collections::BTreeSet;

/// So many times an hour a person is asked what they mean by a box or a step that they name.
const NAMED_ASKED: u32 = 6;

/// Hears a comment: first as the answer to a question of ours, then for what is sure in it.
pub(super) fn heard(builder: &mut DecisionBuilder<'_>, report: Acting<'_>) -> SureReport {
    let Some(yes) = yes_and_more::yes_of(builder, report) else {
        return heard_whole(builder, report);
    };
    let mut answered = SureReport::of(&yes);
    answers(builder, &yes, &mut answered);
    let mut rest = heard_whole(builder, report);
    rest.follow(answered);
    rest
}

fn heard_whole(builder: &mut DecisionBuilder<'_>, report: Acting<'_>) -> SureReport {
    let mut heard = SureReport::of(&report);
    let is_answer = !report.absorbed && answers(builder, &report, &mut heard);
    let freed = match admit(&heard.report) {
        Admitted::Acting(said) => freed::by_a_word(builder, said),
        Admitted::Guest(_) => None,
    };
    if is_answer || freed.is_some() {
        if freed.is_some() {
            heard.says_nothing();
        }
        heard.parts.extend(freed);
        return heard;
    }
    another_report(builder, &report);
    if let Some((step, label)) = which_step::leave_no_such_step_out(&mut heard) {
        let asked = ask_which_step(builder, report, label);
        heard.parts.extend(asked.map(|_| ReplyPart::NoSuchStep { step }));
    }
    let Some(unsure) = leave_doubt_out(builder, &report, &mut heard) else {
        return heard;
    };
    let left_out = left_out(&report, &unsure);
    heard.parts.extend(ask_meaning(builder, report, unsure).or(left_out));
    heard
}

/// What is told of a doubt that is not asked about: where a finish stands beside it, silence would say that all is well.
fn left_out(report: &Report, unsure: &Asked) -> Option<ReplyPart> {
    let says = |label: Label| report.reading.labels.contains(&label);
    let is_beside = says(Label::Completion) && (says(Label::Blocker) || says(Label::Correction));
    match unsure {
        Asked::Meaning {
            options, steps, whole, ..
        } if is_beside && !report.absorbed => Some(ReplyPart::LeftOut {
            options: options.clone(),
            steps: steps.clone(),
            whole: *whole,
        }),
        _ => None,
    }
}

/// Who reports something else does not say any more what they took back or finished: what they mean next is that report.
fn another_report(builder: &mut DecisionBuilder<'_>, report: &Report) {
    let comment = &report.comment;
    let reports = |clause: &Clause| matches!(clause.label, Label::Blocker | Label::Completion);
    let denies = report.no_leak.as_ref().is_some_and(|denial| denial.keys.is_some());
    let of_keys = denies || report.leak.is_some() || !report.wishes.is_empty();
    if of_keys || report.reading.clauses.iter().any(reports) {
        builder.state.questions.retain(|open| {
            !(open.is_for(&comment.author, &comment.discussion)
                && matches!(open.asked, Asked::TakenBack { .. } | Asked::Step { .. }))
        });
    }
}

/// Takes the comment as an answer, if it is one; whether it is.
fn answers(builder: &mut DecisionBuilder<'_>, report: &Report, heard: &mut SureReport) -> bool {
    let comment = &report.comment;
    let now = builder.now;
    let questions = &mut builder.state.questions;
    questions.retain(|open| open.waits(now));
    let own = questions
        .iter()
        .position(|open| open.is_for(&comment.author, &comment.discussion));
    let Some(at) = own else {
        let Some(parts) = for_another(builder, report) else {
            return false;
        };
        heard.says_nothing();
        heard.parts = parts;
        return true;
    };
    let question = questions[at].clone();
    if question.overtaken && is_mere_word(report) {
        return false;
    }
    let ends = if question.asked.is_of_keys() {
        leak_reports::answered(builder, report, &question.asked, heard)
    } else {
        answers_to_us::take(&question.asked, heard, &builder.state.guide)
    };
    if ends {
        builder.state.questions.remove(at);
        if matches!(question.asked, Asked::Whole { .. }) && !heard.confirmed {
            let said = &mut builder.state.said_finished;
            said.retain(|claim| claim.author != comment.author);
        }
        let answer = comment.id.clone();
        AnsweredQuestion { question, answer }.keep(&mut builder.state.answered);
    }
    ends || !heard.parts.is_empty()
}

/// A yes or a no, which says nothing without what it answers.
fn is_mere_word(report: &Report) -> bool {
    let short = short_answer::read(report.heard.as_str());
    matches!(short, Some(ShortAnswer::Yes | ShortAnswer::No))
}

/// Somebody said something in a thread: where our reply has an answer to that, the last word there is ours; else a yes of those whom
/// we asked may answer them, unless they only answered or thanked.
pub(super) fn spoken(builder: &mut DecisionBuilder<'_>, report: &Report, reply: &[ReplyPart]) {
    let knows_none = |part: &ReplyPart| match part {
        ReplyPart::Question { topic, .. } => topic == Topics::UNKNOWN,
        part => *part == ReplyPart::Guidance,
    };
    let replies = !reply.iter().all(knows_none);
    let text = report.heard.as_str();
    let is_answered = !freed::only_acknowledges(text) && short_answer::read(text).is_none();
    let comment = &report.comment;
    let questions = builder.state.questions.iter_mut();
    for open in questions.filter(|open| open.thread == comment.discussion) {
        if replies {
            open.overtaken = false;
        } else if is_answered && open.author != comment.author {
            open.overtaken = true;
        }
    }
}

/// What is said to somebody who answers what we asked somebody else: once each, that it waits for that person. `None`: it is no
/// such answer.
pub(super) fn for_another(builder: &mut DecisionBuilder<'_>, report: &Report) -> Option<Vec<ReplyPart>> {
    let short = short_answer::read(report.heard.as_str())?;
    // "Step 3 is not done" is a word of its own, and so is "I am stuck", which "stuck" alone may not be.
    let is_own = short == ShortAnswer::Stuck && short_answer::speaks_of_itself(report.heard.as_str());
    if matches!(short, ShortAnswer::NotDone(_)) || is_own {
        return None;
    }
    // Whoever reported something means that with an "undo", and not what others are asked.
    if short == ShortAnswer::Undo && heard::reporters(&builder.state).contains(&report.comment.author) {
        return None;
    }
    let now = builder.now;
    let questions = builder.state.questions.iter_mut().rev();
    let mut here = questions.filter(|open| open.thread == report.comment.discussion && open.waits(now));
    let question =
        here.find(|open| open.author != report.comment.author && answers_to_us::fits(&open.asked, &short))?;
    let tells = question.tells(&report.comment.author);
    let name = question.name.clone();
    Some(tells.then_some(ReplyPart::Waits { name }).into_iter().collect())
}

/// The answer was changed: its question waits again, from now on. It takes the place of the one, if any, that its author was asked
/// since, which [`ask_again`] puts back.
pub(super) fn reopen(builder: &mut DecisionBuilder<'_>, answer: &CommentId) -> Option<(Asked, Option<OpenQuestion>)> {
    let answered = &mut builder.state.answered;
    let at = answered.iter().position(|answered| answered.answer == *answer)?;
    let question = OpenQuestion {
        at: builder.now,
        overtaken: false,
        ..answered.remove(at).question
    };
    let asked = question.asked.clone();
    let questions = &mut builder.state.questions;
    let same = |other: &mut OpenQuestion| other.is_for(&question.author, &question.thread);
    let later = questions.extract_if(.., same).last();
    question.open(questions);
    Some((asked, later))
}

/// What was asked since waits on, unless the changed answer made us ask something new. The older question is settled with it, as its
/// answer was: that may be changed once more.
pub(super) fn ask_again(builder: &mut DecisionBuilder<'_>, later: OpenQuestion, asked: &Asked, answer: &CommentId) {
    let questions = &mut builder.state.questions;
    let same = |open: &OpenQuestion| open.is_for(&later.author, &later.thread);
    let reopened = |open: &mut OpenQuestion| same(open) && open.asked == *asked;
    for question in questions.extract_if(.., reopened) {
        let answer = answer.clone();
        AnsweredQuestion { question, answer }.keep(&mut builder.state.answered);
    }
    if !questions.iter().any(same) {
        later.open(questions);
    }
}

/// Whether a step that the comment speaks of, or any where it names none, was reported as finished.
fn is_claimed(builder: &DecisionBuilder<'_>, report: &Report) -> bool {
    let named = report.reading.steps.iter().copied().chain(report.on_step);
    let named: BTreeSet<u8> = named.collect();
    let claims = builder.state.steps.iter().filter(|(_, step)| step.claim.is_some());
    let mut claimed = claims.map(|(number, _)| *number);
    claimed.any(|step| named.is_empty() || named.contains(&step)) || builder.state.finished.is_some()
}

/// Leaves out what is not sure, where something depends on it; what has to be asked about that.
fn leave_doubt_out(builder: &DecisionBuilder<'_>, report: &Report, heard: &mut SureReport) -> Option<Asked> {
    let doubt = report.reading.doubt?;
    // What nobody reported cannot be taken back.
    let claimed = is_claimed(builder, report);
    let asked_for = |label: &Label| label.is_at_stake() && (claimed || *label != Label::Correction);
    let mut options: Vec<Label> = doubt.into_iter().filter(asked_for).collect();
    if options.is_empty() && doubt[1] == Label::Correction {
        // So there is no doubt: the comment is what it else would be.
        let clauses = heard.report.reading.clauses.iter_mut();
        let unsure = clauses.filter(|clause| clause.certainty == Certainty::Unsure);
        unsure.for_each(|clause| clause.certainty = Certainty::Sure);
        heard.report.reading.doubt = None;
        return None;
    }
    let all = std::mem::take(&mut heard.report.reading.clauses);
    let (unsure, sure): (Vec<Clause>, Vec<Clause>) = all
        .iter()
        .cloned()
        .partition(|clause| clause.certainty == Certainty::Unsure);
    if options.is_empty() {
        let addressed =
            doubt.contains(&Label::Question) && report.reading.needs_reply || doubt.contains(&Label::KeyReport);
        heard.report.reading.clauses = if addressed { all } else { sure };
        return None;
    }
    options.extend(unsure.iter().map(|clause| clause.label).filter(asked_for));
    options.sort();
    options.dedup();
    let whole = report.reading.all_done && options.contains(&Label::Completion);
    heard.set_clauses(sure);
    heard.report.reading.all_done &= !whole;
    let mut steps: Vec<u8> = Report::steps_of(&unsure).into_iter().collect();
    let boxes: Vec<BlockId> = Report::boxes_of(&unsure).into_iter().collect();
    if steps.is_empty() && boxes.is_empty() {
        steps.extend(report.on_step);
    }
    (!unsure.is_empty()).then_some(Asked::Meaning {
        options,
        steps,
        boxes,
        whole,
        kind: report.reading.blocker_kind,
    })
}

/// Asks what is meant: once an hour, of parts that are named oftener, and again where the comment that was asked about is changed.
fn ask_meaning(builder: &mut DecisionBuilder<'_>, report: Acting<'_>, asked: Asked) -> Option<ReplyPart> {
    let is_same = |open: &OpenQuestion| open.comment == report.comment.id;
    let asked_already = builder.state.questions.iter().any(is_same);
    let person = Recipient::Asked {
        asked: report.comment.author.clone(),
    };
    // Whether a part that is named is finished is asked oftener than what a sentence means: whoever reports box after box wants each of
    // them ticked.
    let most = match &asked {
        Asked::Meaning {
            options, boxes, steps, ..
        } if !boxes.is_empty() || *options == [Label::Completion] && !steps.is_empty() => NAMED_ASKED,
        _ => 1,
    };
    let may_ask = asked_already
        || !report.absorbed && count_answer(&mut builder.state.answers, person, builder.now).count <= most;
    may_ask.then(|| ask(builder, report, asked)).flatten()
}

/// Closes the questions about a comment that no longer says what was asked about; one that is an answer now, answers.
pub(super) fn close(builder: &mut DecisionBuilder<'_>, report: &Report) {
    let short = short_answer::read(report.heard.as_str());
    let answers = |asked: &Asked| short.as_ref().is_some_and(|short| answers_to_us::fits(asked, short));
    let names_none = |label: Label| {
        let clauses = report.clauses(label);
        !clauses.is_empty() && clauses.iter().all(|clause| clause.steps.is_empty())
    };
    let is_hedged = || {
        let mut clauses = report.reading.clauses.iter();
        clauses.any(|clause| clause.certainty == Certainty::Hedged)
    };
    let still_said = |asked: &Asked| match asked {
        Asked::Meaning { .. } => {
            report.reading.doubt.is_some() || is_hedged() || answers(asked) || names_none(Label::Completion)
        }
        Asked::Leaked { among } => {
            let tells = |leak: &LeakReport| leak.keys == LeakedKeys::Unnamed || !among.is_empty();
            report.leak.as_ref().is_some_and(tells) || answers(asked)
        }
        Asked::WhetherLeaked { .. } => report.reading.suspects(Suspicion::Leak) || answers(asked),
        Asked::Whole { .. } => report.reading.all_done,
        Asked::Step { label, .. } => names_none(*label) || report.reading.no_such_step().is_some() || answers(asked),
        Asked::TakenBack { .. } => names_none(Label::Correction) || answers(asked),
    };
    let questions = &mut builder.state.questions;
    questions.retain(|open| open.comment != report.comment.id || still_said(&open.asked));
}

/// Asks, in place of what the person was asked before in this thread; nothing is asked about what was there before us.
pub(super) fn ask(builder: &mut DecisionBuilder<'_>, report: Acting<'_>, asked: Asked) -> Option<ReplyPart> {
    if report.absorbed {
        return None;
    }
    let question = OpenQuestion {
        comment: report.comment.id.clone(),
        author: report.comment.author.clone(),
        name: report.comment.author_name.clone(),
        thread: report.comment.discussion.clone(),
        at: builder.now,
        language: Some(language::of_reply(builder, &report)),
        asked: asked.clone(),
        told: Vec::new(),
        overtaken: false,
    };
    question.open(&mut builder.state.questions);
    builder.note(Some(&report.comment.id), "asked", &asked);
    Some(ReplyPart::Asks { asked })
}

/// Asks which step is finished, or taken back; nothing is, until that is answered. Where the words are near to those of one part, it is
/// asked whether that is meant.
pub(super) fn ask_which_step(builder: &mut DecisionBuilder<'_>, report: Acting<'_>, label: Label) -> Option<ReplyPart> {
    let state = &builder.state;
    if label == Label::Completion
        && let Some(part) = PartNames::of(&state.guide).nearest(report.heard.as_str())
    {
        let (steps, boxes) = part.steps_and_boxes();
        let meant = Asked::Meaning {
            options: vec![label],
            steps,
            boxes,
            whole: false,
            kind: None,
        };
        return ask(builder, report, meant);
    }
    let steps = state.guide.steps.iter().map(|step| step.number);
    let steps = steps.filter(|step| !state.is_aside(&Aside::Step(*step))).collect();
    ask(builder, report, Asked::Step { label, steps })
}

/// The prompt of a question, and the facts that it needs.
pub(super) fn prompt(builder: &DecisionBuilder<'_>, language: &str, asked: &Asked) -> (String, Value) {
    match asked {
        Asked::Meaning {
            options,
            steps,
            boxes,
            whole,
            ..
        } => {
            let boxes = said_boxes(builder, language, boxes);
            (
                "asks_meaning".to_owned(),
                context! { options => shown(options), steps, boxes, whole },
            )
        }
        Asked::TakenBack { steps } => ("asks_which".to_owned(), context! { steps }),
        Asked::Step { label, steps } => ("asks_step".to_owned(), context! { label => shown(label), steps }),
        Asked::Leaked { among } => ("asks_leaked".to_owned(), context! { among => shown(among) }),
        Asked::WhetherLeaked { variables, all } => {
            ("asks_whether_leaked".to_owned(), context! { variables, every => all })
        }
        Asked::Whole { steps, boxes } => ("asks_whole".to_owned(), context! { steps, boxes => shown(boxes) }),
    }
}
