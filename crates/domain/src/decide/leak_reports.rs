//! What somebody says of leaked keys: those that are named count as exposed at once, in a report and in the answer to our question.
use super::builder::DecisionBuilder;
use super::short_answer::{self, ShortAnswer};
use super::sure_report::SureReport;
use super::{exposed_keys, few_words, leak_marks};
use crate::classify::Suspicion;
use crate::event::Report;
use crate::leaks::{LeakReport, LeakedKeys};
use crate::page::{Asked, ReplyPart};
use std::collections::BTreeSet;

/// The longest answer to the question which key leaked, in words.
const ANSWER_AT_MOST: usize = 12;

/// The longest answer to the question whether keys leaked that consists of their names, in words.
const NAMES_AT_MOST: usize = 4;

/// The keys that are meant for sure, and those of which one is: several keys of a provider go by its name, and what is marked is
/// due now. Of "both Groq keys" it is not asked which.
pub(super) fn sure(builder: &DecisionBuilder<'_>, leak: &LeakReport) -> (LeakedKeys, Vec<String>) {
    let LeakedKeys::Named(names) = &leak.keys else {
        return (leak.keys.clone(), Vec::new());
    };
    let siblings = &builder.playbook.names.siblings;
    let is_doubtful = |name: &&String| leak.services.contains(name) && siblings.contains_key(*name);
    let (doubtful, sure): (Vec<&String>, Vec<&String>) = names.iter().partition(is_doubtful);
    let of_one = doubtful.windows(2).all(|pair| siblings[pair[0]] == siblings[pair[1]]);
    let among: BTreeSet<String> = doubtful.into_iter().flat_map(|name| siblings[name].clone()).collect();
    if leak.every && of_one && sure.is_empty() {
        return (LeakedKeys::Named(among.into_iter().collect()), Vec::new());
    }
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
        LeakedKeys::Named(variables) => (secrets(builder, variables), false),
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

/// The public half of a pair opens nothing alone: its name means the secret one.
fn secrets(builder: &DecisionBuilder<'_>, variables: &[String]) -> Vec<String> {
    let names = &builder.playbook.names;
    let opens = |name: &&String| !names.identifiers.contains(name);
    let mut secrets: Vec<String> = variables.iter().filter(opens).cloned().collect();
    for half in variables.iter().filter(|name| !opens(name)) {
        let is_other = |name: &&String| names.ids.get(*name) == names.ids.get(half);
        let other = names.providers.keys().filter(opens).find(is_other);
        secrets.extend(other.filter(|other| !secrets.contains(other)).cloned());
    }
    secrets
}

/// What has to be asked of a comment that reads as if it told of a leak: nothing is marked until that is answered.
pub(super) fn suspected(builder: &DecisionBuilder<'_>, report: &Report) -> Option<Asked> {
    let comment = &report.comment;
    let is_told =
        report.leak.is_some() || report.no_leak.is_some() || report.looks_like_key || !report.findings.is_empty();
    let questions = builder.state.questions.iter();
    let mut asked = questions.filter(|open| open.is_for(&comment.author, &comment.discussion));
    let is_asked = asked.any(|open| open.asked.is_of_keys() && open.comment != comment.id);
    if !report.reading.suspects(Suspicion::Leak) || is_told || is_asked {
        return None;
    }
    let (variables, all) = match builder.playbook.leaks.keys_in(&report.heard).0 {
        LeakedKeys::Named(variables) => {
            let is_one = |name: &&String| !is_doubtful(builder, name, report.heard.as_str());
            let sure: Vec<String> = variables.iter().filter(is_one).cloned().collect();
            (secrets(builder, &sure), false)
        }
        // "All were on it" means those of the file where it is named.
        LeakedKeys::All if report.heard.as_str().contains(".env") => (Vec::new(), true),
        LeakedKeys::All | LeakedKeys::Unnamed => (Vec::new(), false),
    };
    // What is said of keys that count as exposed tells nothing new.
    let is_marked = |name: &String| {
        let mut marked = builder.state.marked.iter();
        marked.any(|mark| mark.holds(|own| leak_marks::is_same(builder, own, name)))
    };
    let is_known = !variables.is_empty() && variables.iter().all(is_marked);
    (!is_known).then_some(Asked::WhetherLeaked { variables, all })
}

/// Whether a text means one of several keys of a provider by this name, and does not write it.
fn is_doubtful(builder: &DecisionBuilder<'_>, name: &str, text: &str) -> bool {
    let is_written = || text.to_lowercase().contains(&name.to_lowercase());
    builder.playbook.names.siblings.contains_key(name) && !is_written()
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
    let among = match asked {
        Asked::Leaked { among } => among.as_slice(),
        _ => &[],
    };
    let longest = match asked {
        // Nobody said yet that there was a leak: the names of keys answer that, and a sentence about them does not.
        Asked::WhetherLeaked { .. } => NAMES_AT_MOST,
        _ => ANSWER_AT_MOST,
    };
    let is_short = !text.contains('?') && text.split_whitespace().count() <= longest;
    let (keys, former) = match &short {
        Some(ShortAnswer::All) if !among.is_empty() => (LeakedKeys::Named(among.to_vec()), Vec::new()),
        Some(ShortAnswer::Steps(places) | ShortAnswer::Instead(places)) if !among.is_empty() => {
            (at_places(among, places), Vec::new())
        }
        Some(ShortAnswer::All) => (LeakedKeys::All, Vec::new()),
        _ if is_short => builder.playbook.leaks.keys_in(&report.heard),
        _ => (LeakedKeys::Unnamed, Vec::new()),
    };
    let is_one = |keys: &LeakedKeys| match keys {
        LeakedKeys::Named(names) if short.is_none() => {
            let mut meant = names.iter().chain(&former);
            !meant.any(|name| is_doubtful(builder, name, text))
        }
        _ => true,
    };
    if keys == LeakedKeys::Unnamed || !is_one(&keys) {
        // A word or a number that answers a question of which is no word about steps.
        if short.is_some() && !among.is_empty() {
            heard.says_nothing();
            heard.parts.push(ReplyPart::Asks { asked: asked.clone() });
        }
        return false;
    }
    heard.says_nothing();
    heard.parts.push(exposed(builder, report, &keys, &former));
    true
}

/// "The second one": the keys at these places among those that were asked about.
fn at_places(among: &[String], places: &[u8]) -> LeakedKeys {
    let at = |place: &u8| among.get(usize::from(*place).checked_sub(1)?).cloned();
    let named: Option<Vec<String>> = places.iter().map(at).collect();
    named.map_or(LeakedKeys::Unnamed, LeakedKeys::Named)
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
    heard.parts.push(exposed(builder, report, &keys, &[]));
    if keys != LeakedKeys::Unnamed {
        return true;
    }
    let asked = Asked::Leaked { among: Vec::new() };
    let mut questions = builder.state.questions.iter_mut();
    if let Some(open) = questions.find(|open| open.is_for(&comment.author, &comment.discussion)) {
        open.asked = asked.clone();
    }
    heard.parts.push(ReplyPart::Asks { asked });
    false
}
