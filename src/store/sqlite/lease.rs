//! Leasing: which effects are due, in whose turn, and what is written before a byte may leave.
use super::columns::{IdColumn, id};
use super::commit::LONGEST_PATIENCE_MS;
use super::effects::{select_effects, without_outcome};
use super::fault::{readable, reason};
use crate::domain::ids::PageId;
use crate::store::{EffectRow, EffectState, LeaseRequest, Leases, StoreError, UnreadableRow};
use rusqlite::{Connection, Row, params};
use std::collections::HashMap;

/// A row that cannot be read is looked at again after this long: a program that knows it may have come.
const UNREADABLE_PAUSE_MS: i64 = 600_000;

/// What is due and comes after nothing that is open. The effects of no project, in their turn.
const DUE: &str = select_effects!(
    "e.state < 4 and e.project is null and e.due + e.patience <= ? and e.due <= ? \
     and (a.state is null or a.state in (4, 5, 6)) \
     and e.page not in (select key from page where id in (select value from json_each(?))) \
     order by e.due + e.patience, e.n limit ?"
);

/// The next effect of one project, if none of it is in hand.
const DUE_OF_PROJECT: &str = select_effects!(
    "e.state < 4 and e.project = ?1 and e.due + e.patience <= ?2 and e.due <= ?3 \
     and (a.state is null or a.state in (4, 5, 6)) \
     and not exists (select 1 from effect h \
                     where h.state < 4 and h.project = e.project and h.state in (1, 2) and h.due > ?3) \
     order by e.due + e.patience, e.n limit 1"
);

/// What a look at the table finds.
#[derive(Default)]
struct DueRows {
    /// Number, turn, whether it is a reply, and the row.
    readable: Vec<(i64, i64, bool, EffectRow)>,
    /// Number, and what cannot be read.
    unreadable: Vec<(i64, UnreadableRow)>,
    passed_over: bool,
}

/// Leases what is due: raises the fence, and writes the intent of replies that may be sent.
pub(super) fn lease(request: &LeaseRequest, connection: &Connection) -> Result<Leases, StoreError> {
    let mut leases = Leases::default();
    let mut due = loop {
        let found = look(request, connection)?;
        leases.passed_over = found.passed_over;
        if found.unreadable.is_empty() {
            break found.readable;
        }
        // They took the places of rows that can be read: look again without them.
        for (n, row) in found.unreadable {
            put_off(n, request.now_ms, connection)?;
            leases.unreadable.push(row);
        }
    };
    due.sort_by_key(|(n, turn, ..)| (*turn, *n));
    due.truncate(request.limit);
    for (n, _, is_reply, row) in due {
        leases.leased.push(take(n, is_reply, row, request, connection)?);
    }
    Ok(leases)
}

fn look(request: &LeaseRequest, connection: &Connection) -> Result<DueRows, StoreError> {
    let latest_turn = request.now_ms + LONGEST_PATIENCE_MS;
    let busy: Vec<&str> = request.busy.iter().map(PageId::as_str).collect();
    let busy = serde_json::json!(busy).to_string();
    let limit = i64::try_from(request.limit).unwrap_or(i64::MAX);
    let mut found = DueRows::default();
    let mut of_page: HashMap<i64, usize> = HashMap::new();
    let mut query = connection.prepare_cached(DUE)?;
    let mut rows = query.query(params![latest_turn, request.now_ms, busy, limit])?;
    while let Some(row) = rows.next()? {
        let count = of_page.entry(row.get("page_key")?).or_default();
        *count += 1;
        if *count <= request.per_page {
            found.take(row)?;
        } else {
            found.passed_over = true;
        }
    }
    if let Some(project) = &request.project {
        let mut query = connection.prepare_cached(DUE_OF_PROJECT)?;
        let mut rows = query.query(params![project, latest_turn, request.now_ms])?;
        while let Some(row) = rows.next()? {
            found.take(row)?;
        }
    }
    Ok(found)
}

impl DueRows {
    fn take(&mut self, row: &Row<'_>) -> Result<(), StoreError> {
        let read = || Ok((row.get("turn")?, row.get::<_, String>("kind")?, without_outcome(row)?));
        match read() {
            Ok((turn, kind, effect)) => {
                let is_reply = kind == "post_reply";
                self.readable.push((row.get("n")?, turn, is_reply, effect));
            }
            Err(error) => {
                let id = id(row);
                let IdColumn(page) = readable("effect", &id, row.get("page"))?;
                let bad = UnreadableRow {
                    page,
                    what: "effect",
                    id,
                    why: reason(&error),
                };
                self.unreadable.push((row.get("n")?, bad));
            }
        }
        Ok(())
    }
}

fn put_off(n: i64, now_ms: i64, connection: &Connection) -> Result<(), StoreError> {
    let mut put = connection.prepare_cached("update effect set due = ?, updated = ? where n = ?")?;
    put.execute([now_ms + UNREADABLE_PAUSE_MS, now_ms, n])?;
    Ok(())
}

/// Puts one effect into the worker's hands.
fn take(
    n: i64,
    is_reply: bool,
    mut row: EffectRow,
    request: &LeaseRequest,
    connection: &Connection,
) -> Result<EffectRow, StoreError> {
    let is_intent = is_reply && row.earlier_sends == 0;
    // Whoever finds this row when the lease ran out reads back, and only once the call must be over.
    let quiet_over = request.call_until_ms + request.quiet_ms;
    row.epoch += 1;
    row.sends += u32::from(is_intent);
    row.updated_ms = request.now_ms;
    (row.state, row.not_before_ms) = if is_intent {
        (EffectState::Sending, request.lease_until_ms.max(quiet_over))
    } else {
        (EffectState::Leased, request.lease_until_ms)
    };
    let mut put = connection.prepare_cached(
        "update effect set epoch = ?2, tries = tries + 1, state = ?3, sends = ?4, doubt = ?5, due = ?6, \
         last_send = coalesce(?7, last_send), proof_from = coalesce(?8, proof_from), owner = ?9, updated = ?10 \
         where n = ?1",
    )?;
    put.execute(params![
        n,
        row.epoch,
        row.state,
        row.sends,
        row.earlier_sends + u32::from(is_intent),
        row.not_before_ms,
        is_intent.then_some(request.call_until_ms),
        is_intent.then_some(quiet_over),
        request.owner,
        request.now_ms
    ])?;
    Ok(row)
}
