//! One decision, written: first everything is checked that can refuse it, then all of it is written.
use super::columns::{IdColumn, Json, mark_of};
use super::fault::readable;
use super::threads::Writing;
use crate::domain::effect::{Done, Effect, EffectId, NewEffect, Outcome};
use crate::domain::ids::{CommentId, PageId};
use crate::store::progress::EffectProgress;
use crate::store::{AuditRow, CommentRow, Commit, StoreError};
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use serde_json::Value;

/// How long a property write lets replies go first, once both are due.
const PATIENCE_MS: i64 = 10_000;
/// The longest patience that a row has.
pub(super) const LONGEST_PATIENCE_MS: i64 = 600_000;
/// Each reply of a page comes so much after the one before it when there is a crowd: longer than one takes to be sent,
/// so that a page with a single reply passes by one with a hundred.
const TURN_MS: i64 = 1_000;

/// Writes a commit, or refuses it and writes nothing of it.
pub(super) fn write(commit: &Commit, writing: &mut Writing<'_>) -> Result<(), StoreError> {
    check(commit, writing.connection)?;
    let at_ms = commit.at_ms;
    if let Some(page) = &commit.page {
        set_state(&page.page, &page.state, writing.connection)?;
    }
    for row in &commit.comments {
        put_comment(row, writing.connection)?;
    }
    for new in &commit.effects {
        for comment in new.effect.answers() {
            let is_written = commit.comments.iter().any(|row| row.comment.id == *comment);
            if !is_written {
                set_answered(comment, writing.connection)?;
            }
        }
        put_effect(new, commit, writing)?;
    }
    let connection = writing.connection;
    for settle in &commit.settled {
        change(&settle.id, at_ms, Some(&settle.outcome), connection, |row| {
            row.settle(settle, at_ms);
            true
        })?;
    }
    for effect in &commit.revived {
        change(effect, at_ms, None, connection, |row| row.revive(at_ms))?;
    }
    for (effect, reply) in &commit.found {
        let comment = reply.clone();
        let outcome = Outcome::Done {
            result: Done::Replied { comment },
        };
        change(effect, at_ms, Some(&outcome), connection, |row| {
            row.find(reply.as_str().to_owned());
            true
        })?;
    }
    for page in &commit.hurried {
        hurry(page, at_ms, connection)?;
    }
    for row in &commit.audit {
        put_audit(row, connection)?;
    }
    Ok(())
}

/// Revision and fences, before anything is written.
fn check(commit: &Commit, connection: &Connection) -> Result<(), StoreError> {
    if let Some(page) = &commit.page
        && revision(&page.page, connection)? != page.revision
    {
        return Err(StoreError::Moved);
    }
    for id in commit.revived.iter().chain(commit.found.iter().map(|(id, _)| id)) {
        progress(id, connection)?;
    }
    let mut lost = Vec::new();
    for settle in &commit.settled {
        let is_new = || settle.epoch == 0 && commit.effects.iter().any(|new| new.id == settle.id);
        if !progress(&settle.id, connection)?.map_or_else(is_new, |row| row.admits(settle)) {
            lost.push(settle.id.clone());
        }
    }
    if lost.is_empty() {
        Ok(())
    } else {
        Err(StoreError::Fenced(lost))
    }
}

fn revision(page: &PageId, connection: &Connection) -> Result<u64, StoreError> {
    let mut query = connection.prepare_cached("select cast(revision as integer) from page where id = ?")?;
    let revision = query.query_row([IdColumn(page)], |row| row.get(0)).optional()?;
    Ok(revision.map_or(0, i64::cast_unsigned))
}

fn set_state(page: &PageId, state: &Value, connection: &Connection) -> Result<(), StoreError> {
    let mut put = connection.prepare_cached(
        "insert into page (id, revision, state) values (?1, 1, ?2) \
         on conflict (id) do update set revision = revision + 1, state = excluded.state",
    )?;
    put.execute(params![IdColumn(page), Json(state)])?;
    Ok(())
}

/// The small key by which other tables name the page; a new page gets one.
fn page_key(page: &PageId, connection: &Connection) -> Result<i64, StoreError> {
    let mut query = connection.prepare_cached("select key from page where id = ?")?;
    if let Some(key) = query.query_row([IdColumn(page)], |row| row.get(0)).optional()? {
        return Ok(key);
    }
    let mut put = connection.prepare_cached("insert into page (id, revision) values (?, 0) returning key")?;
    Ok(put.query_row([IdColumn(page)], |row| row.get(0))?)
}

fn put_comment(row: &CommentRow, connection: &Connection) -> Result<(), StoreError> {
    let page = page_key(&row.page, connection)?;
    let mut put = connection.prepare_cached(
        "insert into comment (page, id, mark, hash, standing, presence, body, reading, answered_in) \
         values (?, ?, ?, ?, ?, ?, ?, ?, ?) \
         on conflict (id) do update set hash = excluded.hash, standing = excluded.standing, \
         presence = excluded.presence, body = excluded.body, reading = excluded.reading, \
         answered_in = coalesce(excluded.answered_in, answered_in)",
    )?;
    let comment = &row.comment;
    put.execute(params![
        page,
        IdColumn(&comment.id),
        mark_of(&comment.id),
        row.hash.cast_signed(),
        row.answer,
        row.presence,
        Json(comment),
        Json(&row.reading),
        row.answered_in.as_ref().map(IdColumn)
    ])?;
    Ok(())
}

/// A comment of an earlier commit whose reply is decided now.
fn set_answered(comment: &CommentId, connection: &Connection) -> Result<(), StoreError> {
    let mut set = connection.prepare_cached("update comment set standing = 1 where id = ? and standing = 0")?;
    set.execute([IdColumn(comment)])?;
    Ok(())
}

fn put_effect(new: &NewEffect, commit: &Commit, writing: &mut Writing<'_>) -> Result<(), StoreError> {
    let at_ms = commit.at_ms;
    // What was not meant for later waits since it was decided, and its turn comes by that.
    let due_ms = new.not_before.map_or(at_ms, |at| at.timestamp_millis().max(at_ms));
    let patience_ms = patience_ms(new, due_ms, at_ms, writing);
    let project = new.effect.is_of_project().then_some(&commit.project);
    let page = page_key(&new.page, writing.connection)?;
    let mut put = writing.connection.prepare_cached(
        "insert into effect (page, id, kind, comment, project, after, payload, due, patience, created, updated) \
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10) on conflict (id) do nothing",
    )?;
    put.execute(params![
        page,
        IdColumn(&new.id),
        new.effect.kind(),
        new.comment.as_ref().map(IdColumn),
        project,
        new.after.as_ref().map(IdColumn),
        Json(&new.effect),
        due_ms,
        patience_ms,
        at_ms
    ])?;
    Ok(())
}

/// How long a new effect lets others go first, once due: replies go before property writes, but not for ever, and the
/// more a page has said just now, the longer its next reply waits.
fn patience_ms(new: &NewEffect, due_ms: i64, at_ms: i64, writing: &mut Writing<'_>) -> i64 {
    match new.effect {
        Effect::CheckBox { .. } | Effect::SetStatus { .. } | Effect::SetProperty { .. } => PATIENCE_MS,
        // What is meant for later is no part of the crowd of now.
        Effect::PostReply { .. } | Effect::UpdateReply { .. } if due_ms > at_ms => 0,
        Effect::PostReply { .. } | Effect::UpdateReply { .. } => {
            let turn_ms = writing.turns.entry(new.page.clone()).or_default();
            *turn_ms = (*turn_ms + TURN_MS).clamp(due_ms, due_ms + LONGEST_PATIENCE_MS);
            *turn_ms - due_ms
        }
        Effect::BackUpEnv { .. }
        | Effect::ProbeKeys { .. }
        | Effect::WriteSchedule { .. }
        | Effect::LookUpKeys { .. }
        | Effect::MoveRotation { .. }
        | Effect::MarkExposed { .. }
        | Effect::UnmarkExposed { .. }
        | Effect::WatchExposed { .. }
        | Effect::MaskBlock { .. }
        | Effect::GatherEvidence { .. } => 0,
    }
}

/// How far an effect has come, if it is there.
fn progress(effect: &EffectId, connection: &Connection) -> Result<Option<EffectProgress>, StoreError> {
    let mut query = connection
        .prepare_cached("select epoch, state, sends, doubt, due, proof_from, remote_id from effect where id = ?")?;
    let read = |row: &Row<'_>| {
        Ok(EffectProgress {
            epoch: row.get(0)?,
            state: row.get(1)?,
            sends: row.get(2)?,
            doubt: row.get(3)?,
            due_ms: row.get(4)?,
            proof_from_ms: row.get(5)?,
            remote_id: row.get(6)?,
        })
    };
    let row = query.query_row([IdColumn(effect)], |row| Ok(read(row))).optional()?;
    row.map(|row| readable("effect", effect.as_str(), row)).transpose()
}

/// Lets `change` change an effect's row, if it is there; it says whether it did.
fn change(
    effect: &EffectId,
    at_ms: i64,
    outcome: Option<&Outcome>,
    connection: &Connection,
    change: impl FnOnce(&mut EffectProgress) -> bool,
) -> Result<(), StoreError> {
    let Some(mut row) = progress(effect, connection)? else {
        return Ok(());
    };
    if !change(&mut row) {
        return Ok(());
    }
    let mut put = connection.prepare_cached(
        "update effect set state = ?2, sends = ?3, doubt = ?4, due = ?5, proof_from = ?6, remote_id = ?7, \
         outcome = coalesce(?8, outcome), updated = ?9, epoch = ?10 where id = ?1",
    )?;
    put.execute(params![
        IdColumn(effect),
        row.state,
        row.sends,
        row.doubt,
        row.due_ms,
        row.proof_from_ms,
        row.remote_id,
        outcome.map(Json),
        at_ms,
        row.epoch
    ])?;
    Ok(())
}

/// What waits on this page for another try is due now.
fn hurry(page: &PageId, at_ms: i64, connection: &Connection) -> Result<(), StoreError> {
    let mut set = connection.prepare_cached(
        "update effect set due = ?2 where page = (select key from page where id = ?1) and state < 4 \
         and state in (0, 3) and project is null and due > ?2",
    )?;
    set.execute(params![IdColumn(page), at_ms])?;
    Ok(())
}

fn put_audit(row: &AuditRow, connection: &Connection) -> Result<(), StoreError> {
    let page = page_key(&row.page, connection)?;
    let mut put = connection
        .prepare_cached("insert into audit (page, at, comment, mark, kind, facts) values (?, ?, ?, ?, ?, ?)")?;
    let mark = row.comment.as_ref().and_then(mark_of);
    put.execute(params![
        page,
        row.at_ms,
        row.comment.as_ref().map(IdColumn),
        mark,
        row.kind,
        Json(&row.facts)
    ])?;
    Ok(())
}
