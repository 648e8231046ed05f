//! The marks of keys that were told to have leaked: one write after the other, each report remembered with its comment and author,
//! so that it can be taken back, and nothing but it.
use super::builder::DecisionBuilder;
use crate::domain::cycle::Fingerprint;
use crate::domain::effect::{Effect, EffectId, NewEffect};
use crate::domain::event::Report;
use crate::domain::exposure::ExposedKey;
use crate::domain::ids::CommentId;
use crate::domain::page::{MarkedKeys, StandingMark, WhyExposed};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// Marks that are remembered.
const KEPT: usize = 40;

/// Remembers what a comment reports.
pub(super) fn remember(
    builder: &mut DecisionBuilder<'_>,
    report: &Report,
    (variables, all, former): (&[String], bool, &[String]),
) {
    let comment = &report.comment;
    let marked = &mut builder.state.marked;
    marked.retain(|other| other.comment != comment.id);
    marked.push(MarkedKeys {
        comment: comment.id.clone(),
        author: Some(comment.author.clone()),
        name: comment.author_name.clone(),
        variables: variables.to_vec(),
        all,
        but: Vec::new(),
        former: former.to_vec(),
        prints: BTreeMap::new(),
    });
    let surplus = marked.len().saturating_sub(KEPT);
    marked.drain(..surplus);
}

/// Keys stood where others could read them: no word takes that back.
pub(super) fn stand(builder: &mut DecisionBuilder<'_>, exposed: &[String]) {
    let values = exposed.iter().map(|name| (name.clone(), Fingerprint::new()));
    builder.state.stood.extend(values);
}

/// A look that came after the marks of a comment tells which values they are of: those in use, else the newest.
pub(super) fn seen(builder: &mut DecisionBuilder<'_>, comments: &[CommentId], keys: &[ExposedKey]) {
    let mut keys: Vec<&ExposedKey> = keys.iter().collect();
    keys.sort_by_key(|key| Reverse((key.standing.is_in_use(), key.since)));
    let prints = || keys.iter().flat_map(|key| &key.fingerprints);
    for mark in &mut builder.state.marked {
        for (variable, print) in prints().filter(|_| comments.contains(&mark.comment)) {
            mark.prints.entry(variable.clone()).or_insert_with(|| print.clone());
        }
    }
    for (variable, print) in prints() {
        let stood = builder.state.stood.get_mut(variable);
        if let Some(stood) = stood.filter(|stood| stood.is_empty()) {
            stood.clone_from(print);
        }
    }
}

/// Whether two names are of one provider's key, or the same.
pub(super) fn is_same(builder: &DecisionBuilder<'_>, one: &String, other: &String) -> bool {
    let id = |name: &String| builder.playbook.names.ids.get(name);
    one == other || id(one).is_some() && id(one) == id(other)
}

/// What still stands on keys of which reports were taken back, `all` of them or those `back`; `taken`: as these reports were.
pub(super) fn standing(
    builder: &DecisionBuilder<'_>,
    report: &Report,
    back: &BTreeSet<String>,
    all: bool,
    taken: &[MarkedKeys],
) -> Vec<StandingMark> {
    let is_same = |one: &String, other: &String| is_same(builder, one, other);
    let print = |mark: &MarkedKeys, name: &String| {
        let mut prints = mark.prints.iter();
        let print = prints.find(|(of, _)| is_same(of, name));
        print.map(|(_, print)| print.clone())
    };
    // What is told of another value says nothing of this one.
    let is_of_it = |name: &String, other: Option<Fingerprint>| {
        let other = other.filter(|print| !print.is_empty());
        let mut values = taken.iter().filter_map(|mark| print(mark, name)).peekable();
        values.peek().is_none() || other.is_none_or(|other| values.any(|value| value == other))
    };
    let named = |names: &mut dyn Iterator<Item = &String>, holds: &dyn Fn(&String) -> bool| -> Vec<String> {
        if all {
            names.cloned().collect()
        } else {
            back.iter().filter(|name| holds(name)).cloned().collect()
        }
    };
    let mut stays = Vec::new();
    for mark in &builder.state.marked {
        let mut variables = named(&mut mark.variables.iter(), &|name| mark.holds(|own| is_same(own, name)));
        variables.retain(|name| is_of_it(name, print(mark, name)));
        let why = if mark.author.as_ref() == Some(&report.comment.author) {
            WhyExposed::Own
        } else {
            WhyExposed::Other { by: mark.name.clone() }
        };
        let all = all && mark.all;
        stays.push(StandingMark { variables, all, why });
    }
    let stood = stood(builder);
    let mut variables = named(&mut stood.iter(), &|name| stood.iter().any(|own| is_same(own, name)));
    variables.retain(|name| is_of_it(name, builder.state.stood.get(name).cloned()));
    stays.push(StandingMark {
        variables,
        all: false,
        why: WhyExposed::Stood,
    });
    stays.retain(|mark| mark.all || !mark.variables.is_empty());
    stays
}

/// What stood in comments and in the page.
pub(super) fn stood(builder: &DecisionBuilder<'_>) -> BTreeSet<String> {
    let posted = builder.state.posted.iter().flat_map(|posted| &posted.exposed);
    let held = builder.state.held.iter().flat_map(|held| &held.exposed);
    posted.chain(held).chain(builder.state.stood.keys()).cloned().collect()
}

/// Wants a write of marks, after the one before it.
pub(super) fn write(builder: &mut DecisionBuilder<'_>, by: Option<&CommentId>, effect: Effect) -> EffectId {
    let id = builder.new_id(effect.kind());
    builder.want(NewEffect {
        page: builder.page.clone(),
        id: id.clone(),
        comment: by.cloned(),
        effect,
        after: builder.state.marking.clone(),
        not_before: None,
    });
    builder.state.marking = Some(id.clone());
    id
}
