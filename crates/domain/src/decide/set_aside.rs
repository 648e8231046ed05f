//! What does not apply, as somebody says: kept and shown as claimed, never as proven; and what applies after all.
use super::acting::Acting;
use super::builder::DecisionBuilder;
use super::ended;
use crate::classify::{Label, Role};
use crate::ids::CommentId;
use crate::page::{Aside, PageState, ReplyPart, SetAside};
use std::collections::BTreeSet;

/// Takes what is set aside, or in use after all, into the state; the parts of the reply that speak of it.
pub(super) fn report(builder: &mut DecisionBuilder<'_>, report: Acting<'_>) -> Vec<ReplyPart> {
    let clauses = report.playing(Role::SetAside);
    let mut parts = Vec::new();
    for back in [false, true] {
        let mut named = BTreeSet::new();
        let mut any = false;
        for clause in clauses
            .iter()
            .filter(|clause| (clause.label == Label::Correction) == back)
        {
            any = true;
            named.extend(clause.steps.iter().copied().map(Aside::Step));
            named.extend(clause.keys.iter().cloned().map(Aside::Key));
        }
        if any && named.is_empty() {
            named.extend(report.on_step.map(Aside::Step));
        }
        if any {
            parts.push(put(builder, report, &named, back));
        }
    }
    parts
}

/// Sets these aside, or takes that back.
pub(super) fn put(
    builder: &mut DecisionBuilder<'_>,
    report: Acting<'_>,
    named: &BTreeSet<Aside>,
    back: bool,
) -> ReplyPart {
    ended::end_asides(&mut builder.state, &report.comment.id, |aside| {
        named.contains(&aside.what)
    });
    if !back {
        let aside = |what: &Aside| SetAside {
            what: what.clone(),
            comment: report.comment.id.clone(),
            name: report.comment.author_name.clone(),
        };
        builder.state.set_aside.extend(named.iter().map(aside));
    }
    ReplyPart::SetAside {
        steps: named.iter().filter_map(step).collect(),
        variables: named.iter().filter_map(variable).collect(),
        back,
    }
}

fn step(aside: &Aside) -> Option<u8> {
    match aside {
        Aside::Step(step) => Some(*step),
        Aside::Key(_) => None,
    }
}

fn variable(aside: &Aside) -> Option<String> {
    match aside {
        Aside::Key(variable) => Some(variable.clone()),
        Aside::Step(_) => None,
    }
}

/// What a comment finishes, or reports on, applies after all.
pub(super) fn applies(state: &mut PageState, comment: &CommentId, steps: &[u8], variables: &[String]) {
    ended::end_asides(state, comment, |aside| match &aside.what {
        Aside::Step(step) => steps.contains(step),
        Aside::Key(variable) => variables.contains(variable),
    });
}
