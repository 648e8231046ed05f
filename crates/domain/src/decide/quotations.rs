//! Questions that a line of the page answers: the line is shown as it stands, with its place.
use super::builder::DecisionBuilder;
use super::playbook::Topics;
use crate::asks::PageAsk;
use crate::classify::Ask;
use crate::page::{ReplyPart, SaidLine};
use crate::parts::{PageQuestion, PartNames};
use minijinja::context;
use minijinja::value::Value;

/// The line that answers a question, where none of what we know ourselves is asked for.
pub(super) fn answer(
    builder: &DecisionBuilder<'_>,
    names: &PartNames,
    (asked, question): (&PageAsk, &PageQuestion),
    topic: &str,
) -> Option<ReplyPart> {
    let is_request = asked.ask.is_some_and(Ask::is_request);
    // Telephone numbers are nothing of ours, whatever such a question reads like.
    let is_guessed = is_guessed(builder, asked);
    let is_ours = !is_guessed && !may_quote(builder, topic) && !question.wants_phone();
    if is_request || !asked.steps.is_empty() || is_ours {
        return None;
    }
    let is_of_page = is_guessed || [Topics::UNKNOWN, Ask::Where.id(), Ask::About.id()].contains(&topic);
    let line = question.answer(names, !is_of_page)?;
    Some(ReplyPart::Quoted { line: line.clone() })
}

/// Whether it is only guessed what is asked: no pattern tells it, and it does not surely read so. Whether something is done is asked often.
pub(super) fn is_guessed(builder: &DecisionBuilder<'_>, asked: &PageAsk) -> bool {
    let is_told = || builder.playbook.topics.find(asked.text.as_str()).is_some();
    !asked.is_sure && asked.ask.is_some_and(|ask| ask != Ask::Status) && !is_told()
}

/// The facts of a line that is shown.
pub(super) fn facts(builder: &DecisionBuilder<'_>, line: &SaidLine) -> Value {
    let url = builder.state.guide.block_url(&line.block);
    context! { text => line.text.clone(), step => line.step, url }
}

/// Whether questions about this may be about what the page says. Of how things stand, and of ourselves, we know more than it does.
fn may_quote(builder: &DecisionBuilder<'_>, topic: &str) -> bool {
    let of_page = [
        Ask::Where,
        Ask::About,
        Ask::How,
        Ask::HowLong,
        Ask::Took,
        Ask::Validate,
        Ask::WhoDoes,
        Ask::Prerequisites,
    ];
    let of_due = topic == Ask::Due.id();
    topic == Topics::UNKNOWN || of_page.iter().any(|ask| ask.id() == topic) || of_due && builder.state.due.is_none()
}
