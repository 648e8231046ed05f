//! What frees somebody who was stopped: their own word, and that of others where it is plain whom or what it means.
use super::acting::Acting;
use super::builder::DecisionBuilder;
use super::{blockers, heard};
use crate::domain::classify::{Certainty, Clause, Role};
use crate::domain::page::Blocker;
use std::collections::BTreeSet;

/// Words that acknowledge what was said, and tell nothing of an obstacle.
const ACKNOWLEDGEMENTS: &str = " ok okay oke oké okey k kk good fine great nice cool alright right sure perfect lovely super top \
                                thanks thank you thx ty cheers sounds all goed prima mooi fijn dank bedankt je wel gut klar danke \
                                schön alles bien bon parfait merci vale bueno perfecto gracias bom certo beleza obrigado obrigada ";

/// Clears what the comment's progress clears; whether that was anything. `steps`: those that the comment speaks of.
pub(super) fn report(
    builder: &mut DecisionBuilder<'_>,
    report: Acting<'_>,
    clauses: &[&Clause],
    steps: &BTreeSet<u8>,
) -> bool {
    // What is planned, hoped, still open or not sure frees nobody.
    let is_so = |clause: &&&Clause| {
        clause.asserted() && clause.certainty == Certainty::Sure && !matches!(clause.role, Role::Pending | Role::Doubt)
    };
    let so: Vec<&Clause> = clauses.iter().filter(is_so).copied().collect();
    if so.is_empty() || only_acknowledges(report.heard.as_str()) {
        return false;
    }
    let names_none = clauses.iter().all(|clause| clause.steps.is_empty());
    let of_those = || so.iter().flat_map(|clause| clause.steps.iter().copied()).collect();
    let steps = &if names_none { steps.clone() } else { of_those() };
    let clauses = so.as_slice();
    if clauses.iter().any(|clause| clause.role == Role::AllFree) && steps.is_empty() {
        return blockers::clear(builder, Some(&report.comment.id), |_| true);
    }
    let freed = clauses.iter().any(|clause| clause.resolves());
    let by_name = clauses.iter().any(|clause| clause.role == Role::Works);
    let named = if by_name {
        named(&builder.state.blockers, report.heard.as_str())
    } else {
        Vec::new()
    };
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
        on_step && (freed || own(blocker))
            || freed && steps.is_empty() && own(blocker)
            || by_name && steps.is_empty() && !has_own && answered.as_ref() == Some(&blocker.comment)
    })
}

/// The obstacles of those who are named in a text; of several of one person, those that wait for access.
fn named(blockers: &[Blocker], text: &str) -> Vec<Blocker> {
    use crate::domain::classify::BlockerKind;
    let is_named = |blocker: &&Blocker| {
        let name = blocker.name.as_deref();
        name.is_some_and(|name| heard::named_in(text, name).is_some())
    };
    let of_named: Vec<&Blocker> = blockers.iter().filter(is_named).collect();
    let alone = |blocker: &Blocker| of_named.iter().filter(|other| other.author == blocker.author).count() == 1;
    let meant = of_named
        .iter()
        .filter(|blocker| alone(blocker) || blocker.kind == BlockerKind::Access);
    meant.map(|blocker| (*blocker).clone()).collect()
}

/// Whether a comment is no more than an "ok, thanks".
fn only_acknowledges(text: &str) -> bool {
    let lower = text.to_lowercase();
    let mut words = lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty());
    words.all(|word| ACKNOWLEDGEMENTS.contains(&format!(" {word} ")))
}
