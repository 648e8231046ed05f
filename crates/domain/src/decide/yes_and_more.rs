//! "Yes, and the bus is booked too": an answer to a question of ours with a report behind it is heard as the two comments that it
//! could be.
use super::acting::Acting;
use super::builder::DecisionBuilder;
use super::short_answer::{self, ShortAnswer};
use crate::classify::{Clause, Label};
use crate::comment::CleanText;
use crate::event::Report;
use crate::page::{Asked, OpenQuestion};

/// What stands between the yes and the rest.
const BREAKS: [&str; 13] = [
    ",", ";", ".", ":", "!", "\n", " and ", " en ", " und ", " et ", " y ", " e ", " also ",
];

/// The yes alone, where a comment says yes to what its author was asked and then reports other parts as finished.
pub(super) fn yes_of(builder: &DecisionBuilder<'_>, report: Acting<'_>) -> Option<Report> {
    if report.absorbed {
        return None;
    }
    let comment = &report.comment;
    let is_own = |open: &&OpenQuestion| open.waits(builder.now) && open.is_for(&comment.author, &comment.discussion);
    let open = builder.state.questions.iter().find(is_own)?;
    let Asked::Meaning {
        options, steps, boxes, ..
    } = &open.asked
    else {
        return None;
    };
    let is_other = |clause: &Clause| {
        let names_some = !(clause.steps.is_empty() && clause.boxes.is_empty());
        let names_asked = clause.steps.iter().any(|step| steps.contains(step))
            || clause.boxes.iter().any(|block| boxes.contains(block));
        clause.label == Label::Completion && names_some && !names_asked
    };
    let clauses = &report.reading.clauses;
    let mut said = clauses
        .iter()
        .filter(|clause| clause.label != Label::Chatter)
        .peekable();
    let reports_others = said.peek().is_some() && said.all(is_other);
    let is_of_finish = options.contains(&Label::Completion);
    (is_of_finish && reports_others && begins_with_yes(report.heard.as_str())).then(|| {
        let mut yes: Report = (*report).clone();
        yes.heard = CleanText::passed("yes".to_owned());
        yes.reading.retain(|_| false);
        yes
    })
}

fn begins_with_yes(text: &str) -> bool {
    let breaks = BREAKS.iter().filter_map(|mark| text.find(mark));
    let first = breaks.min().map(|at| short_answer::read(&text[..at]));
    first == Some(Some(ShortAnswer::Yes))
}
