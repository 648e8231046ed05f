//! Answers to a question of ours: a word or two, or a sentence that says it plainly. What is hedged answers nothing.
use super::short_answer::{self, ShortAnswer};
use super::sure_report::{SureReport, is_plain};
use super::{few_words, which_step};
use crate::classify::{Certainty, Clause, Label, Role};
use crate::event::Report;
use crate::ids::BlockId;
use crate::page::{Asked, Guide, ReplyPart};

/// Whether somebody who is not asked would have answered the question with this.
pub(super) fn fits(asked: &Asked, short: &ShortAnswer) -> bool {
    let may_mean = |label: Label| matches!(asked, Asked::Meaning { options, .. } if options.contains(&label));
    let (back, whole) = (
        matches!(asked, Asked::TakenBack { .. }),
        matches!(asked, Asked::Whole { .. }),
    );
    let which = matches!(asked, Asked::Step { .. });
    let leaked = matches!(asked, Asked::Leaked { .. });
    match short {
        ShortAnswer::Yes => !which && !leaked,
        ShortAnswer::No => true,
        ShortAnswer::Done => whole || may_mean(Label::Completion),
        ShortAnswer::Stuck => may_mean(Label::Blocker),
        ShortAnswer::Undo => back || may_mean(Label::Correction),
        ShortAnswer::All => back || whole || which || asked.is_of_keys(),
        ShortAnswer::AllBut(named) | ShortAnswer::NotThese(named) | ShortAnswer::NotDone(named) => {
            speaks_of(asked, named)
        }
        ShortAnswer::Steps(named) | ShortAnswer::Instead(named) => match asked {
            Asked::Leaked { among } => named.iter().all(|place| usize::from(*place) <= among.len()),
            _ => (back || which) && speaks_of(asked, named),
        },
        ShortAnswer::AllDone => false,
    }
}

fn speaks_of(asked: &Asked, named: &[u8]) -> bool {
    match asked {
        Asked::Meaning { steps, .. }
        | Asked::TakenBack { steps }
        | Asked::Step { steps, .. }
        | Asked::Whole { steps, .. } => named.iter().any(|step| steps.contains(step)),
        Asked::Leaked { .. } | Asked::WhetherLeaked { .. } => false,
    }
}

/// Takes a comment as the answer to a question; whether the question ends with it.
pub(super) fn take(asked: &Asked, heard: &mut SureReport, guide: &Guide) -> bool {
    let text = heard.report.heard.as_str();
    let short = short_answer::read(text);
    let denies = short.as_ref().filter(|short| is_no(asked, short));
    if few_words::waives(text) || denies.is_some() {
        // What it says of other steps is a word of its own.
        if !denies.is_some_and(|short| speaks_of_others(asked, short)) {
            heard.says_nothing();
            heard.parts.push(ReplyPart::Left);
        }
        return true;
    }
    if !matches!(asked, Asked::Whole { .. }) && finishes_all(&heard.report) {
        // Whatever was asked, that is a report of its own.
        return !matches!(asked, Asked::TakenBack { .. });
    }
    match asked {
        Asked::Meaning { .. } => meaning(asked, short.as_ref(), heard),
        Asked::TakenBack { steps } => taken_back(asked, steps, short.as_ref(), heard),
        Asked::Step { label, steps } => which_step::take(*label, steps, short.as_ref(), heard, guide),
        Asked::Whole { steps, .. } => whole(steps, short.as_ref(), heard),
        // Which keys are meant is no question of steps.
        Asked::Leaked { .. } | Asked::WhetherLeaked { .. } => false,
    }
}

/// "Everything is done": all of it, and for sure.
fn finishes_all(report: &Report) -> bool {
    let finishes = report.clauses(Label::Completion);
    report.reading.all_done && report.reading.doubt.is_none() && finishes.into_iter().all(is_plain)
}

fn is_no(asked: &Asked, short: &ShortAnswer) -> bool {
    match (asked, short) {
        (_, ShortAnswer::No) => true,
        (Asked::TakenBack { steps }, ShortAnswer::NotThese(named)) => steps.iter().all(|step| named.contains(step)),
        (Asked::TakenBack { .. } | Asked::Step { .. }, _) => false,
        // Not all is done where any step is not.
        (Asked::Whole { .. }, ShortAnswer::NotThese(_) | ShortAnswer::NotDone(_)) | (_, ShortAnswer::Instead(_)) => {
            true
        }
        (_, ShortAnswer::NotThese(named) | ShortAnswer::NotDone(named)) => speaks_of(asked, named),
        _ => false,
    }
}

/// Whether an answer denies steps that are not asked about.
fn speaks_of_others(asked: &Asked, short: &ShortAnswer) -> bool {
    match short {
        ShortAnswer::NotThese(named) | ShortAnswer::NotDone(named) => {
            named.iter().any(|step| !speaks_of(asked, std::slice::from_ref(step)))
        }
        _ => false,
    }
}

fn meaning(asked: &Asked, short: Option<&ShortAnswer>, heard: &mut SureReport) -> bool {
    let Asked::Meaning {
        options,
        steps,
        boxes,
        whole,
        kind,
    } = asked
    else {
        return false;
    };
    let reasoned = short_answer::with_reason(heard.report.heard.as_str());
    let counts = |(answer, was): &&(ShortAnswer, bool)| {
        let label = label_of(answer);
        !says_so(label, &heard.report) && (*was || !says_otherwise(label, &heard.report))
    };
    let short = short.or(reasoned.as_ref().filter(counts).map(|(answer, _)| answer));
    let Some(label) = meant(options, short, &heard.report, (steps, boxes)) else {
        // A yes to two things says neither.
        if short == Some(&ShortAnswer::Yes) {
            heard.says_nothing();
            heard.parts.push(ReplyPart::Asks { asked: asked.clone() });
        }
        return false;
    };
    if let Some(short) = short {
        // "Are 2 and 3 finished?" - "2".
        let named = match short {
            ShortAnswer::Steps(named) => named,
            _ => steps,
        };
        heard.says(label, named);
        heard
            .report
            .reading
            .clauses
            .iter_mut()
            .for_each(|clause| clause.boxes.clone_from(boxes));
        heard.report.reading.all_done = *whole && label == Label::Completion;
        heard.report.reading.blocker_kind = kind.filter(|_| label == Label::Blocker);
    } else {
        let clauses = heard.report.reading.clauses.iter_mut();
        let of_label = clauses.filter(|clause| clause.label == label && clause.steps.is_empty());
        for clause in of_label.filter(|clause| clause.boxes.is_empty()) {
            clause.steps.clone_from(steps);
            clause.boxes.clone_from(boxes);
        }
    }
    true
}

/// What was meant, as the answer tells: a word, or a whole sentence that is sure and speaks of the same step.
fn meant(
    options: &[Label],
    short: Option<&ShortAnswer>,
    report: &Report,
    (steps, boxes): (&[u8], &[BlockId]),
) -> Option<Label> {
    match short {
        Some(ShortAnswer::Yes) => options.first().copied().filter(|_| options.len() == 1),
        Some(ShortAnswer::Steps(named)) => {
            let is_yes = options.len() == 1 && named.iter().all(|step| steps.contains(step));
            options.first().copied().filter(|_| is_yes)
        }
        Some(ShortAnswer::Done | ShortAnswer::AllDone) => Some(Label::Completion),
        Some(ShortAnswer::Stuck) => Some(Label::Blocker),
        Some(ShortAnswer::Undo) => Some(Label::Correction),
        Some(_) => None,
        None if report.reading.doubt.is_some() => None,
        None => {
            let clauses = report.reading.clauses.iter();
            let same = |clause: &Clause| {
                // Of a box only a word about that box tells.
                if !boxes.is_empty() {
                    return clause.boxes.iter().any(|block| boxes.contains(block));
                }
                clause.steps.is_empty() || clause.steps.iter().any(|step| steps.contains(step)) || steps.is_empty()
            };
            let told = |clause: &&Clause| options.contains(&clause.label) && is_plain(clause) && same(clause);
            let label = clauses.clone().find(told)?.label;
            // Who says both has not answered.
            clauses
                .filter(told)
                .all(|clause| clause.label == label)
                .then_some(label)
        }
    }
}

/// What a word that answers a question says.
fn label_of(answer: &ShortAnswer) -> Label {
    match answer {
        ShortAnswer::Stuck => Label::Blocker,
        ShortAnswer::Undo => Label::Correction,
        _ => Label::Completion,
    }
}

/// Whether the reading of a comment has, for sure, what its first word answers.
fn says_so(label: Label, report: &Report) -> bool {
    report.reading.primary() == label && report.reading.doubt.is_none()
}

/// Whether the comment goes on to say something else for sure, or that it is not so yet: "done, but it fails again".
fn says_otherwise(label: Label, report: &Report) -> bool {
    let is_other = |clause: &Clause| {
        let at_stake = clause.label.is_at_stake() && clause.label != label && clause.certainty == Certainty::Sure;
        at_stake || matches!(clause.role, Role::Pending | Role::Doubt)
    };
    report.reading.clauses.iter().any(is_other)
}

fn taken_back(asked: &Asked, steps: &[u8], short: Option<&ShortAnswer>, heard: &mut SureReport) -> bool {
    let Some(chosen) = chosen(steps, short, &heard.report) else {
        return false;
    };
    // The steps that are named may be none of those that were asked about.
    if chosen.is_empty() && !steps.is_empty() {
        heard.parts.push(ReplyPart::Asks { asked: asked.clone() });
        heard.says_nothing();
        return false;
    }
    heard.says(Label::Correction, &chosen);
    heard.confirmed = true;
    true
}

/// The steps that are taken back, as the answer tells; `None` where it tells something else.
fn chosen(steps: &[u8], short: Option<&ShortAnswer>, report: &Report) -> Option<Vec<u8>> {
    let of_those = |named: &[u8]| steps.iter().copied().filter(|step| named.contains(step)).collect();
    match short {
        Some(ShortAnswer::All) => Some(steps.to_vec()),
        Some(ShortAnswer::Yes | ShortAnswer::Undo) => Some(steps.to_vec()).filter(|steps| steps.len() <= 1),
        Some(ShortAnswer::Steps(named) | ShortAnswer::Instead(named) | ShortAnswer::NotDone(named)) => {
            Some(of_those(named))
        }
        Some(ShortAnswer::AllBut(left)) => Some(steps.iter().copied().filter(|step| !left.contains(step)).collect()),
        // "Not 1" leaves the others, but takes none of them back.
        Some(ShortAnswer::NotThese(_)) => Some(Vec::new()),
        Some(_) => None,
        None => {
            let reading = &report.reading;
            let takes_back =
                |clause: &Clause| (clause.label == Label::Correction || clause.role == Role::Meant) && is_plain(clause);
            let else_told = |clause: &&Clause| !takes_back(clause) && clause.label != Label::Chatter;
            let named: Vec<u8> = reading
                .clauses
                .iter()
                .flat_map(|clause| clause.steps.iter().copied())
                .collect();
            let tells_else = reading.doubt.is_some() || reading.clauses.iter().any(|clause| else_told(&clause));
            (!named.is_empty() && !tells_else).then(|| of_those(&named))
        }
    }
}

/// Whether all is finished: a yes confirms it, "all done" said again only repeats it, "yes, but 4 is not" leaves a step.
fn whole(steps: &[u8], short: Option<&ShortAnswer>, heard: &mut SureReport) -> bool {
    match short {
        Some(ShortAnswer::Yes | ShortAnswer::All | ShortAnswer::Done) => {
            heard.says(Label::Completion, &[]);
            heard.report.reading.all_done = true;
            heard.confirmed = true;
        }
        Some(ShortAnswer::AllBut(left)) => all_but(steps, left, heard),
        None if short_answer::affirms(heard.report.heard.as_str()) => return affirmed(steps, heard),
        _ => return false,
    }
    true
}

/// A sentence that begins with a yes: it confirms where all of it is sure, and names what is left where it says so.
fn affirmed(steps: &[u8], heard: &mut SureReport) -> bool {
    let reading = &heard.report.reading;
    let says = |label: Label| reading.clauses.iter().filter(move |clause| clause.label == label);
    let others = [Label::Correction, Label::Blocker, Label::Question];
    if reading.doubt.is_some() || others.iter().any(|label| says(*label).count() > 0) {
        return false;
    }
    let left: Vec<u8> = says(Label::Progress)
        .flat_map(|clause| clause.steps.iter().copied())
        .collect();
    if !left.is_empty() {
        all_but(steps, &left, heard);
        return true;
    }
    let is_sure = says(Label::Completion).count() > 0 && says(Label::Completion).all(is_plain);
    let names = |step: &u8| says(Label::Completion).any(|clause| clause.steps.contains(step));
    let names_all = !steps.is_empty() && steps.iter().all(names);
    heard.confirmed = is_sure && says(Label::Progress).count() == 0 && (reading.all_done || names_all);
    heard.report.reading.all_done |= heard.confirmed;
    heard.confirmed
}

/// All that was asked about is finished but these.
fn all_but(steps: &[u8], left: &[u8], heard: &mut SureReport) {
    let finished: Vec<u8> = steps.iter().copied().filter(|step| !left.contains(step)).collect();
    heard.report.reading.all_done = false;
    if finished.is_empty() {
        heard.says_nothing();
        heard.parts.push(ReplyPart::Left);
    } else {
        heard.says(Label::Completion, &finished);
    }
}
