//! What somebody says of leaked keys: those that are named count as exposed at once, in a report and in the answer to our question.
use super::acting::Acting;
use super::builder::DecisionBuilder;
use super::short_answer::{self, ShortAnswer};
use super::sure_report::SureReport;
use super::{exposed_keys, few_words, leak_marks, questions};
use crate::domain::classify::Suspicion;
use crate::domain::event::Report;
use crate::domain::ids::CommentId;
use crate::domain::leaks::LeakedKeys;
use crate::domain::page::{Asked, ReplyPart};

/// The longest answer to the question which key leaked, in words.
const ANSWER_AT_MOST: usize = 12;

/// Marks these keys as exposed; the part of the reply that tells of them.
pub(super) fn exposed(builder: &mut DecisionBuilder<'_>, comment: &CommentId, keys: &LeakedKeys) -> ReplyPart {
    let (variables, all) = match keys {
        LeakedKeys::Named(variables) => (secrets(builder, variables), false),
        LeakedKeys::All => (Vec::new(), true),
        LeakedKeys::Unnamed => (Vec::new(), false),
    };
    if all || !variables.is_empty() {
        builder.note(Some(comment), "leak_told", &variables);
        builder.begin_cycle(Some(comment));
        leak_marks::remember(builder, comment, &variables, all);
        exposed_keys::mark(builder, Some(comment), &variables, all);
    }
    ReplyPart::Leaked { variables, all }
}

/// The public half of a pair opens nothing alone; a word for both means the secret one.
fn secrets(builder: &DecisionBuilder<'_>, variables: &[String]) -> Vec<String> {
    let identifiers = &builder.playbook.names.identifiers;
    let secrets: Vec<String> = variables
        .iter()
        .filter(|name| !identifiers.contains(name))
        .cloned()
        .collect();
    if secrets.is_empty() {
        variables.to_vec()
    } else {
        secrets
    }
}

/// Asks whether a comment tells of a leak that reads as if it did: nothing is marked until that is answered.
pub(super) fn suspected(builder: &mut DecisionBuilder<'_>, report: Acting<'_>) -> Option<ReplyPart> {
    let comment = &report.comment;
    let is_told = report.leak.is_some() || report.no_leak.is_some() || report.looks_like_key || !report.findings.is_empty();
    let questions = builder.state.questions.iter();
    let mut asked = questions.filter(|open| open.is_for(&comment.author, &comment.discussion));
    let is_asked = asked.any(|open| open.asked.is_of_keys() && open.comment != comment.id);
    if !report.reading.suspects(Suspicion::Leak) || is_told || is_asked {
        return None;
    }
    let (variables, all) = match builder.playbook.leaks.keys_in(&report.heard) {
        LeakedKeys::Named(variables) => (secrets(builder, &variables), false),
        LeakedKeys::All => (Vec::new(), true),
        LeakedKeys::Unnamed => (Vec::new(), false),
    };
    questions::ask(builder, report, Asked::WhetherLeaked { variables, all })
}

/// Takes a comment as the answer to our question whether keys leaked, or which; whether that question ends with it.
pub(super) fn answered(
    builder: &mut DecisionBuilder<'_>,
    report: &Report,
    asked: &Asked,
    heard: &mut SureReport,
) -> bool {
    if report.leak.is_some() {
        // It says it all anew.
        return true;
    }
    if report.no_leak.is_some() {
        return false;
    }
    let text = report.heard.as_str();
    let short = short_answer::read(text);
    if few_words::waives(text) || short == Some(ShortAnswer::No) {
        heard.says_nothing();
        heard.parts.push(ReplyPart::Left);
        return true;
    }
    if short == Some(ShortAnswer::Yes) {
        return confirmed(builder, report, asked, heard);
    }
    let is_short = !text.contains('?') && text.split_whitespace().count() <= ANSWER_AT_MOST;
    let keys = match short {
        Some(ShortAnswer::All) => LeakedKeys::All,
        _ if is_short => builder.playbook.leaks.keys_in(&report.heard),
        _ => LeakedKeys::Unnamed,
    };
    if keys == LeakedKeys::Unnamed {
        return false;
    }
    heard.says_nothing();
    heard.parts.push(exposed(builder, &report.comment.id, &keys));
    true
}

/// A yes: those that were named leaked; else it is asked which ones did.
fn confirmed(builder: &mut DecisionBuilder<'_>, report: &Report, asked: &Asked, heard: &mut SureReport) -> bool {
    let comment = &report.comment;
    let keys = match asked {
        Asked::WhetherLeaked { all: true, .. } => LeakedKeys::All,
        Asked::WhetherLeaked { variables, .. } if !variables.is_empty() => LeakedKeys::Named(variables.clone()),
        Asked::WhetherLeaked { .. } => LeakedKeys::Unnamed,
        // "Yes" tells no name.
        _ => return false,
    };
    heard.says_nothing();
    heard.parts.push(exposed(builder, &comment.id, &keys));
    if keys != LeakedKeys::Unnamed {
        return true;
    }
    let mut questions = builder.state.questions.iter_mut();
    if let Some(open) = questions.find(|open| open.is_for(&comment.author, &comment.discussion)) {
        open.asked = Asked::Leaked;
    }
    heard.parts.push(ReplyPart::Asks { asked: Asked::Leaked });
    false
}
