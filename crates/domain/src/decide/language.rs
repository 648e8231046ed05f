//! The language of a reply.
use super::builder::DecisionBuilder;
use super::{answers_to_us, short_answer};
use crate::event::Report;
use crate::page::OpenQuestion;

/// The language in which a comment is answered: the project's, else that of the question that it answers, else its own.
pub(super) fn of_reply(builder: &DecisionBuilder<'_>, report: &Report) -> String {
    let asked = || of_question(builder, report);
    let spoken = builder.playbook.language.clone().or_else(asked);
    let spoken = spoken.or_else(|| report.reading.language.clone());
    spoken
        .filter(|language| language == "nl")
        .unwrap_or_else(|| "en".to_owned())
}

/// The language of what this comment answers, or is asked once more after: a word alone tells of none.
fn of_question(builder: &DecisionBuilder<'_>, report: &Report) -> Option<String> {
    let comment = &report.comment;
    let mut answered = builder.state.answered.iter();
    let answered = answered.find(|answered| answered.answer == comment.id);
    let waiting = || {
        let short = short_answer::read(report.heard.as_str())?;
        let mut open = builder.state.questions.iter();
        let fits = |open: &&OpenQuestion| answers_to_us::fits(&open.asked, &short);
        open.find(|open| open.is_for(&comment.author, &comment.discussion) && fits(open))
    };
    let question = answered.map(|answered| &answered.question).or_else(waiting)?;
    question.language.clone()
}
