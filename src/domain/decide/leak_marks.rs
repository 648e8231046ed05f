//! The marks of keys that were told to have leaked: one write after the other, each remembered with its comment, so that it can be
//! taken back.
use super::builder::DecisionBuilder;
use crate::domain::effect::{Effect, EffectId, NewEffect};
use crate::domain::ids::CommentId;
use crate::domain::page::MarkedKeys;

/// Marks that are remembered.
const KEPT: usize = 20;

/// Remembers what a comment had marked, but for what was exposed before.
pub(super) fn remember(builder: &mut DecisionBuilder<'_>, comment: &CommentId, variables: &[String], all: bool) {
    let known = builder.state.cycle.as_ref();
    let is_new = |name: &&String| known.is_none_or(|cycle| !cycle.exposed.contains_key(*name));
    let variables: Vec<String> = variables.iter().filter(is_new).cloned().collect();
    let marked = &mut builder.state.marked;
    marked.retain(|other| other.comment != *comment);
    if all || !variables.is_empty() {
        marked.push(MarkedKeys {
            comment: comment.clone(),
            variables,
            all,
        });
    }
    let surplus = marked.len().saturating_sub(KEPT);
    marked.drain(..surplus);
}

/// Keys stood where others could read them: no word takes that back.
pub(super) fn stand(builder: &mut DecisionBuilder<'_>, exposed: &[String]) {
    for marked in &mut builder.state.marked {
        marked.variables.retain(|name| !exposed.contains(name));
    }
    builder
        .state
        .marked
        .retain(|marked| marked.all || !marked.variables.is_empty());
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
