//! What somebody says of leaked keys: those that are named count as exposed at once, in a report and in the answer to our question.
use super::builder::DecisionBuilder;
use super::short_answer::{self, ShortAnswer};
use super::sure_report::SureReport;
use super::{exposed_keys, few_words, leak_marks};
use crate::domain::event::Report;
use crate::domain::leaks::LeakedKeys;
use crate::domain::page::ReplyPart;

/// The longest answer to the question which key leaked, in words.
const ANSWER_AT_MOST: usize = 12;

/// Marks these keys as exposed; the part of the reply that tells of them.
pub(super) fn exposed(
    builder: &mut DecisionBuilder<'_>,
    report: &Report,
    keys: &LeakedKeys,
    former: &[String],
) -> ReplyPart {
    let comment = &report.comment.id;
    let (variables, all) = match keys {
        LeakedKeys::Named(variables) => {
            let mut variables = variables.clone();
            variables.retain(|name| !former.contains(name));
            (secrets(builder, &variables), false)
        }
        LeakedKeys::All => (Vec::new(), true),
        LeakedKeys::Unnamed => (Vec::new(), false),
    };
    let former = secrets(builder, former);
    if all || !variables.is_empty() || !former.is_empty() {
        builder.note(Some(comment), "leak_told", (&variables, &former));
        builder.begin_cycle(Some(comment));
        leak_marks::remember(builder, report, (&variables, all, &former));
        exposed_keys::mark(builder, Some(comment), (&variables, all, &former));
    }
    ReplyPart::Leaked { variables, all, former }
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

/// Takes a comment as the answer to our question which key leaked; whether it is one.
pub(super) fn answered(builder: &mut DecisionBuilder<'_>, report: &Report, heard: &mut SureReport) -> bool {
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
    let former = builder.playbook.leaks.former_in(&report.heard);
    heard.parts.push(exposed(builder, report, &keys, &former));
    true
}
