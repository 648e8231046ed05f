//! The marks of keys that were told to have leaked: one write after the other, each report remembered with its comment and author,
//! so that it can be taken back, and nothing but it.
use super::builder::DecisionBuilder;
use crate::cycle::Fingerprint;
use crate::effect::{Effect, EffectId, NewEffect};
use crate::event::Report;
use crate::exposure::ExposedKey;
use crate::ids::CommentId;
use crate::page::{MarkedKeys, StandingMark, WhyExposed};
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

/// Keys that are said not to have leaked, or of which that was believed.
#[derive(Default)]
pub(super) struct DeniedKeys {
    /// Variables whose present values are meant.
    pub(super) present: BTreeSet<String>,
    /// Variables of which the values before those are.
    pub(super) former: BTreeSet<String>,
}

impl DeniedKeys {
    /// Whether a mark is on one of them.
    pub(super) fn are_in(&self, mark: &MarkedKeys) -> bool {
        mark.holds_present(|name| self.present.contains(name)) || mark.holds_former(|name| self.former.contains(name))
    }
}

/// What still stands on keys of which reports were taken back, `all` of them or those `back`; `taken`: as these reports were.
pub(super) fn standing(
    builder: &DecisionBuilder<'_>,
    report: &Report,
    back: &DeniedKeys,
    all: bool,
    taken: &[MarkedKeys],
) -> Vec<StandingMark> {
    let is_same = |one: &String, other: &String| is_same(builder, one, other);
    let print = |prints: &BTreeMap<String, Fingerprint>, name: &String| {
        let mut prints = prints.iter().filter(|(_, print)| !print.is_empty());
        let print = prints.find(|(of, _)| is_same(of, name));
        print.map(|(_, print)| print.clone())
    };
    // Whether a mark is on the value that was taken back, as far as looks told.
    let is_of_it = |prints: &BTreeMap<String, Fingerprint>, name: &String| {
        let other = print(prints, name)?;
        let mut values = taken.iter().filter_map(|mark| print(&mark.prints, name)).peekable();
        values.peek()?;
        Some(values.any(|value| value == other))
    };
    // Of a value that no look told of, the word for it decides.
    let stands = |mark: &MarkedKeys, name: &String, former: bool| {
        let (present, past) = (
            mark.holds_present(|own| is_same(own, name)),
            mark.holds_former(|own| is_same(own, name)),
        );
        let is_named = if former { past } else { present };
        (present || past) && is_of_it(&mark.prints, name).unwrap_or(is_named)
    };
    let mut stays = Vec::new();
    for mark in &builder.state.marked {
        let names = if all {
            mark.variables.clone()
        } else {
            back.present.iter().cloned().collect()
        };
        let of = |names: &mut dyn Iterator<Item = &String>, former: bool| -> Vec<String> {
            names.filter(|name| stands(mark, name, former)).cloned().collect()
        };
        stays.push(StandingMark {
            variables: of(&mut names.iter(), false),
            all: all && mark.all,
            former: of(&mut back.former.iter(), true),
            why: if mark.author.as_ref() == Some(&report.comment.author) {
                WhyExposed::Own
            } else {
                WhyExposed::Other { by: mark.name.clone() }
            },
        });
    }
    let stood = stood(builder);
    let stood_so = |name: &&String| {
        (all || stood.iter().any(|own| is_same(own, name))) && is_of_it(&builder.state.stood, name) != Some(false)
    };
    let names = if all { &stood } else { &back.present };
    let old = |name: &&String| is_of_it(&builder.state.stood, name) == Some(true);
    stays.push(StandingMark {
        variables: names.iter().filter(stood_so).cloned().collect(),
        all: false,
        former: back.former.iter().filter(old).cloned().collect(),
        why: WhyExposed::Stood,
    });
    stays.retain(|mark| mark.all || !mark.variables.is_empty() || !mark.former.is_empty());
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
