//! Questions that a line of the page answers: the line is shown as it stands, with its place.
use super::builder::DecisionBuilder;
use super::playbook::Topics;
use crate::asks::PageAsk;
use crate::classify::Ask;
use crate::page::{Guide, ReplyPart, SaidLine};
use minijinja::context;
use minijinja::value::Value;

/// The line that answers a question, where none of what we know ourselves is asked for.
pub(super) fn answer(builder: &DecisionBuilder<'_>, asked: &PageAsk, topic: &str) -> Option<ReplyPart> {
    let is_request = asked.ask.is_some_and(Ask::is_request);
    let text = asked.text.as_str();
    // Telephone numbers are nothing of ours, whatever such a question reads like.
    let is_ours = !may_quote(builder, topic) && !Guide::is_phone_wanted(text);
    if is_request || !asked.steps.is_empty() || is_ours {
        return None;
    }
    let strictly = topic != Topics::UNKNOWN;
    let guide = &builder.state.guide;
    let line = guide.line_about(text, strictly)?;
    Some(ReplyPart::Quoted { line: line.clone() })
}

/// The facts of a line that is shown.
pub(super) fn facts(builder: &DecisionBuilder<'_>, line: &SaidLine) -> Value {
    let url = builder.state.guide.block_url(&line.block);
    context! { text => line.text.clone(), step => line.step, url }
}

/// Whether questions about this may be about what the page says: of steps and dates of our own we know more than it does.
fn may_quote(builder: &DecisionBuilder<'_>, topic: &str) -> bool {
    let of_due = topic == Ask::Due.id();
    let of_page = [Topics::UNKNOWN, Ask::Where.id(), Ask::About.id()].contains(&topic);
    of_page || of_due && builder.state.due.is_none()
}
