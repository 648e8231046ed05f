//! What frees somebody who was stopped: their own word, and that of others where it is plain whom or what it means.
use super::acting::Acting;
use super::builder::DecisionBuilder;
use super::{blockers, heard};
use crate::domain::classify::{Certainty, Clause, Role};
use crate::domain::page::Blocker;
use std::collections::BTreeSet;

/// Clears what the comment's progress clears; whether that was anything. `steps`: those that the comment speaks of.
pub(super) fn report(
    builder: &mut DecisionBuilder<'_>,
    report: Acting<'_>,
    clauses: &[&Clause],
    steps: &BTreeSet<u8>,
) -> bool {
    let resolves = |clause: &&Clause| clause.resolves() && clause.certainty == Certainty::Sure;
    if clauses
        .iter()
        .any(|clause| clause.role == Role::AllFree && resolves(clause))
        && steps.is_empty()
    {
        return blockers::clear(builder, Some(&report.comment.id), |_| true);
    }
    let freed = clauses.iter().any(|clause| clause.resolves());
    let hedged = clauses.iter().any(|clause| clause.certainty == Certainty::Hedged);
    let by_name = clauses.iter().any(|clause| clause.role == Role::Works);
    let named = if by_name && clauses.iter().any(resolves) {
        named(&builder.state.blockers, report.heard.as_str())
    } else {
        Vec::new()
    };
    // A word alone, "ok" or "good", acknowledges what was said and tells nothing of another's obstacle.
    let says_what = report.heard.as_str().split_whitespace().count() > 2;
    let own = |blocker: &Blocker| blocker.author == report.comment.author;
    let has_own = builder.state.blockers.iter().any(own);
    // Whose obstacle a cure without a name means: one's own, else the one that was reported right before it.
    let answered = heard::last_in_thread(builder, &report).map(|heard| heard.comment.clone());
    blockers::clear(builder, Some(&report.comment.id), |blocker| {
        if !named.is_empty() {
            return named.contains(blocker)
                && (steps.is_empty() || blocker.step.is_none_or(|step| steps.contains(&step)));
        }
        let on_step = blocker.step.is_some_and(|step| steps.contains(&step));
        // Whoever works on the step again is no longer stopped by what they reported there.
        on_step && (freed || own(blocker) && !hedged)
            || freed && steps.is_empty() && own(blocker)
            || by_name && steps.is_empty() && !has_own && says_what && answered.as_ref() == Some(&blocker.comment)
    })
}

/// The obstacles of those who are named in a text; of several of one person, those that wait for access.
fn named(blockers: &[Blocker], text: &str) -> Vec<Blocker> {
    use crate::domain::classify::BlockerKind;
    let words: BTreeSet<String> = text
        .split(|c: char| !c.is_alphanumeric())
        .map(str::to_lowercase)
        .collect();
    let is_named = |blocker: &&Blocker| {
        let first = blocker.name.as_ref().and_then(|name| name.split_whitespace().next());
        first.is_some_and(|first| first.chars().count() > 1 && words.contains(&first.to_lowercase()))
    };
    let of_named: Vec<&Blocker> = blockers.iter().filter(is_named).collect();
    let alone = |blocker: &Blocker| of_named.iter().filter(|other| other.author == blocker.author).count() == 1;
    let meant = of_named
        .iter()
        .filter(|blocker| alone(blocker) || blocker.kind == BlockerKind::Access);
    meant.map(|blocker| (*blocker).clone()).collect()
}
