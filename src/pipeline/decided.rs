//! What happened on a page, decided: the new state, and all that is to be committed with it.
use super::input::PipelineInput;
use crate::clock;
use crate::domain::decide::{Note, Playbook, decide};
use crate::domain::effect::{Done, Outcome};
use crate::domain::event::Event;
use crate::domain::ids::{CommentId, PageId};
use crate::domain::page::PageState;
use crate::store::{AnswerState, AuditRow, CommentRow, Commit, PageWrite};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;

/// What a page's round came to.
pub(super) struct Decided {
    pub(super) page: PageId,
    /// The revision that the page has once this is committed.
    pub(super) revision: u64,
    pub(super) commit: Commit,
    pub(super) state: PageState,
}

/// Folds what happened on a page into its state, and gathers everything that is to be committed with it.
pub(super) fn decided(
    playbook: &Playbook,
    project: &str,
    page: &PageId,
    revision: u64,
    mut state: PageState,
    inputs: &[PipelineInput],
) -> Decided {
    let now = clock::now();
    let mut commit = Commit {
        at_ms: now.timestamp_millis(),
        project: project.to_owned(),
        ..Commit::default()
    };
    let mut rows: BTreeMap<CommentId, CommentRow> = BTreeMap::new();
    let mut answered: BTreeMap<CommentId, Option<CommentId>> = BTreeMap::new();
    for input in inputs {
        let decision = decide(playbook, page, state, &input.event, now);
        state = decision.state;
        for row in &input.rows {
            rows.insert(row.comment.id.clone(), row.clone());
            commit.audit.push(seen(row, &input.event, now));
        }
        commit.settled.extend(input.settle.clone());
        commit.audit.extend(input.audit.clone());
        if matches!(&input.event, Event::PageRead(observed) if observed.afresh) {
            commit.hurried.push(page.clone());
        }
        commit.revived.extend(input.revived.iter().cloned());
        commit.found.extend(input.found.iter().cloned());
        commit.revived.extend(decision.revived);
        for note in decision.notes {
            tell(page, &note);
            let (comment, kind) = (note.comment, note.kind.to_owned());
            commit.audit.push(AuditRow {
                n: 0,
                at_ms: now.timestamp_millis(),
                page: page.clone(),
                comment,
                kind,
                facts: note.facts,
            });
        }
        for wanted in decision.effects {
            for comment in wanted.effect.answers() {
                answered.insert(comment.clone(), wanted.comment.clone());
            }
            commit.effects.push(wanted);
        }
    }
    for (id, mut row) in rows {
        let open = state
            .conversations
            .iter()
            .find(|open| open.answers(&id) && !open.silent);
        row.answer = match row.answer {
            AnswerState::Open | AnswerState::Silent if open.is_some() => AnswerState::Open,
            AnswerState::Open | AnswerState::Silent if answered.contains_key(&id) => AnswerState::Answered,
            AnswerState::Open => AnswerState::Silent,
            other => other,
        };
        let answering = open.map(|open| open.comment.clone()).or(answered.remove(&id));
        row.answered_in = answering.flatten().filter(|other| *other != id).or(row.answered_in);
        commit.comments.push(row);
    }
    if inputs.iter().all(is_said) && state.conversations.is_empty() {
        return Decided {
            page: page.clone(),
            revision,
            commit,
            state,
        };
    }
    let json = serde_json::to_value(&state).unwrap_or_default();
    commit.page = Some(PageWrite {
        page: page.clone(),
        revision,
        state: json,
    });
    Decided {
        page: page.clone(),
        revision: revision + 1,
        commit,
        state,
    }
}

/// What a person should mend is logged once, and once more when it is mended.
fn tell(page: &PageId, note: &Note) {
    let what = note.facts.as_str().unwrap_or_default();
    match note.kind {
        "to_mend" => tracing::warn!(%page, "{what}"),
        "mended" => tracing::info!(%page, "mended: {what}"),
        _ => {}
    }
}

/// A reply that was posted changes nothing that we hold of the page; most outcomes are of this kind.
fn is_said(input: &PipelineInput) -> bool {
    let Event::EffectFinished { outcome, .. } = &input.event else {
        return false;
    };
    matches!(
        **outcome,
        Outcome::Done {
            result: Done::Replied { .. }
        }
    )
}

fn seen(row: &CommentRow, event: &Event, now: DateTime<Utc>) -> AuditRow {
    let kind = match event {
        Event::CommentEdited { .. } => "edited",
        Event::CommentGone { .. } => "gone",
        Event::CommentReturned(_) => "returned",
        Event::PageRead(_)
        | Event::CommentPosted(_)
        | Event::CommentsFlooded(_)
        | Event::EffectFinished { .. }
        | Event::KeyPostedByBot(_)
        | Event::BacklogAbsorbed
        | Event::AlertRaised(_)
        | Event::ClockTicked => "seen",
    };
    let facts =
        serde_json::json!({ "text": row.comment.text, "author": row.comment.author_name, "reading": row.reading });
    let (page, comment) = (row.page.clone(), Some(row.comment.id.clone()));
    AuditRow {
        n: 0,
        at_ms: now.timestamp_millis(),
        page,
        comment,
        kind: kind.to_owned(),
        facts,
    }
}
