//! Questions about keys: which key is meant, and what has to be looked at before they are answered.
use super::builder::DecisionBuilder;
use crate::asks::KeyQuestion;
use crate::event::Report;
use crate::page::ReplyPart;

/// What a question needs to be answered.
pub(super) struct AnswerNeeds {
    /// The providers are asked.
    pub(super) probes: bool,
    /// Schedule and record are read.
    pub(super) dates: bool,
    /// It is searched who still holds old values.
    pub(super) holders: bool,
}

/// What has to be looked at for a question; for a key that no provider knows, whether it stands in `.env`.
pub(super) fn needs(question: &KeyQuestion) -> AnswerNeeds {
    let known = question.unknown.is_empty() || !question.keys.is_empty();
    let (probes, dates) = match question.topic.as_str() {
        "valid" | "permissions" => (true, false),
        "expires" => (true, true),
        // How a named key is rotated its provider's table tells; else it is told of those that there are.
        "how" => (false, question.keys.is_empty()),
        _ => (false, true),
    };
    AnswerNeeds {
        probes: probes && known,
        dates: dates || !question.unknown.is_empty(),
        holders: question.topic == "holders",
    }
}

/// The questions of a comment about keys. "How old is it?" means what was spoken of last in the thread.
pub(super) fn asked(builder: &DecisionBuilder<'_>, report: &Report) -> Vec<ReplyPart> {
    let part = |question: &KeyQuestion| {
        let mut question = question.clone();
        if question.refers && question.unknown.is_empty() {
            question.keys = spoken_of(builder, report);
        }
        ReplyPart::KeysAsked { question }
    };
    report.questions.iter().map(part).collect()
}

/// What a guest is told: what a provider's table says of everybody's keys, and nothing of ours.
pub(super) fn for_guest(report: &Report) -> Vec<ReplyPart> {
    let is_public =
        |question: &&KeyQuestion| matches!(question.topic.as_str(), "permissions" | "how") && !question.keys.is_empty();
    let part = |question: &KeyQuestion| ReplyPart::KeysAsked {
        question: question.clone(),
    };
    report.questions.iter().filter(is_public).map(part).collect()
}

/// The variables of the keys that were spoken of last in the thread; none where none were.
fn spoken_of(builder: &DecisionBuilder<'_>, report: &Report) -> Vec<String> {
    let heard = builder.state.heard.iter().rev();
    let mut here =
        heard.filter(|heard| heard.thread == report.comment.discussion && heard.comment != report.comment.id);
    let keys = |part: &ReplyPart| match part {
        ReplyPart::KeysAsked { question } => question.keys.clone(),
        ReplyPart::Dates { wish, .. } => wish.keys.clone(),
        ReplyPart::Keys { variables } => variables.clone(),
        _ => Vec::new(),
    };
    let last = here.find_map(|heard| heard.parts.iter().rev().map(keys).find(|keys| !keys.is_empty()));
    last.unwrap_or_default()
}
