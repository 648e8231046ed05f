//! Another bot posted a whole key. It is warned of once in its thread and day, so that two bots never talk to each other.
use super::builder::DecisionBuilder;
use super::{comment_posted, conversation, exposed_keys, leak_marks};
use crate::comment::Finding;
use crate::event::Report;
use crate::page::ReplyPart;
use chrono::TimeDelta;

/// How long nothing more is said of the keys that bots post in one thread.
const PAUSE: TimeDelta = TimeDelta::days(1);
/// Threads of which that is remembered at most.
const THREADS: usize = 100;

pub(super) fn apply(builder: &mut DecisionBuilder<'_>, report: &Report) {
    if builder.state.quiet {
        return;
    }
    let whole: Vec<Finding> = report
        .findings
        .iter()
        .filter(|finding| finding.is_whole_key())
        .cloned()
        .collect();
    let exposed = exposed_keys::exposed_variables(&builder.playbook.names, &whole);
    leak_marks::stand(builder, &exposed);
    exposed_keys::mark(builder, Some(&report.comment.id), (&exposed, false, &[]));
    if report.absorbed {
        return;
    }
    let now = builder.now;
    let warned = &mut builder.state.bots_warned;
    warned.retain(|(_, at)| *at <= now && now - *at < PAUSE);
    let thread = &report.comment.discussion;
    if warned.iter().any(|(known, _)| known == thread) {
        return;
    }
    if warned.len() >= THREADS {
        warned.remove(0);
    }
    warned.push((thread.clone(), now));
    let labels = whole
        .iter()
        .map(|finding| finding.variable.as_ref().unwrap_or(&finding.label));
    let mut labels: Vec<String> = labels.cloned().collect();
    labels.dedup();
    builder.note(Some(&report.comment.id), "key_by_bot", &labels);
    let mut warning = comment_posted::about(builder, report, vec![ReplyPart::ByBot { labels }]);
    // A bot reads no name.
    warning.name = None;
    conversation::say(builder, &warning);
}
