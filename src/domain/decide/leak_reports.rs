//! What somebody says of leaked keys: those that are named count as exposed at once, in a report and in the answer to our question.
use super::builder::DecisionBuilder;
use super::short_answer::{self, ShortAnswer};
use super::sure_report::SureReport;
use super::{exposed_keys, few_words, leak_marks};
use crate::domain::event::Report;
use crate::domain::leaks::{LeakReport, LeakedKeys};
use crate::domain::page::ReplyPart;
use std::collections::BTreeSet;

/// The longest answer to the question which key leaked, in words.
const ANSWER_AT_MOST: usize = 12;

/// The keys that are meant for sure, and those of which one is: several keys of a provider go by its name, and what is marked is
/// due now.
pub(super) fn sure(builder: &DecisionBuilder<'_>, leak: &LeakReport) -> (LeakedKeys, Vec<String>) {
    let LeakedKeys::Named(names) = &leak.keys else {
        return (leak.keys.clone(), Vec::new());
    };
    let siblings = &builder.playbook.names.siblings;
    let is_doubtful = |name: &&String| {
        let by_service = leak.services.contains(name) && !leak.former.contains(name);
        by_service && siblings.contains_key(*name)
    };
    let (doubtful, sure): (Vec<&String>, Vec<&String>) = names.iter().partition(is_doubtful);
    let among: BTreeSet<String> = doubtful.into_iter().flat_map(|name| siblings[name].clone()).collect();
    // One of them may be named beside: "our Groq key, GROQ_API_KEY_PROD".
    let is_named = |name: &&String| among.contains(*name);
    let among = if sure.iter().any(is_named) {
        BTreeSet::new()
    } else {
        among
    };
    let sure = sure.into_iter().cloned().collect();
    (LeakedKeys::Named(sure), among.into_iter().collect())
}

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
/// `among`: the variables of which one was asked for.
pub(super) fn answered(
    builder: &mut DecisionBuilder<'_>,
    report: &Report,
    heard: &mut SureReport,
    among: &[String],
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
    let is_short = !text.contains('?') && text.split_whitespace().count() <= ANSWER_AT_MOST;
    let keys = match short {
        Some(ShortAnswer::All) if !among.is_empty() => LeakedKeys::Named(among.to_vec()),
        Some(ShortAnswer::All) => LeakedKeys::All,
        _ if is_short => builder.playbook.leaks.keys_in(&report.heard),
        _ => LeakedKeys::Unnamed,
    };
    let written = text.to_lowercase();
    let siblings = &builder.playbook.names.siblings;
    // The provider's name tells none of several.
    let is_one = |keys: &LeakedKeys| match keys {
        LeakedKeys::Named(names) if short.is_none() => names
            .iter()
            .all(|name| !siblings.contains_key(name) || written.contains(&name.to_lowercase())),
        _ => true,
    };
    if keys == LeakedKeys::Unnamed || !is_one(&keys) {
        return false;
    }
    heard.says_nothing();
    let former = builder.playbook.leaks.former_in(&report.heard);
    heard.parts.push(exposed(builder, report, &keys, &former));
    true
}
