//! Leasing: which effects are due, in whose turn, and what is written before a byte may leave.
use super::cells::{cell, comment_id, count, name, number, page_id, parsed};
use super::prepared::LONGEST_PATIENCE_MS;
use super::sheet::{Cell, Sheet};
use super::{codes, fault};
use crate::domain::effect::EffectId;
use crate::domain::ids::PageId;
use crate::store::{Claim, Claimed, EffectState, Leased, StoreError, UnreadableRow};
use sqlx::Row as _;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use std::collections::HashMap;

/// A row that cannot be read is looked at again after this long: a program that knows it may have come.
const UNREADABLE_PAUSE_MS: i64 = 600_000;

/// What is due and comes after nothing that is open. The effects of no project, in their turn.
const DUE: &str = "select e.n, e.due + e.patience, e.kind, e.id, p.id, e.comment, e.payload, e.epoch, e.sends, \
     e.doubt, e.tries, e.created, a.remote_id, a.state, e.proof_from, e.page \
     from effect e join page p on p.key = e.page left join effect a on a.id = e.after \
     where e.state < 4 and e.project is null and e.due + e.patience <= ? and e.due <= ? \
     and (a.state is null or a.state in (4, 5, 6)) \
     and e.page not in (select key from page where id in (select value from json_each(?))) \
     order by e.due + e.patience, e.n limit ?";

/// The next effect of one project, if none of it is in hand.
const DUE_OF_PROJECT: &str = "select e.n, e.due + e.patience, e.kind, e.id, p.id, e.comment, e.payload, e.epoch, \
     e.sends, e.doubt, e.tries, e.created, a.remote_id, a.state, e.proof_from, e.page \
     from effect e join page p on p.key = e.page left join effect a on a.id = e.after \
     where e.state < 4 and e.project = ? and e.due + e.patience <= ? and e.due <= ? \
     and (a.state is null or a.state in (4, 5, 6)) \
     and not exists (select 1 from effect h \
                     where h.state < 4 and h.project = e.project and h.state in (1, 2) and h.due > ?) \
     order by e.due + e.patience, e.n limit 1";

/// A row that is due.
struct Due {
    n: i64,
    turn: i64,
    is_reply: bool,
    doubt: u32,
    leased: Leased,
}

/// A row that is due and cannot be read.
struct Bad {
    n: i64,
    row: UnreadableRow,
}

/// Leases what is due: raises the fence, and writes the intent of replies that may be sent.
pub(super) async fn claim(claim: &Claim, connection: &mut SqliteConnection) -> Result<Claimed, StoreError> {
    let mut claimed = Claimed::default();
    let mut due = loop {
        let (due, bad, passed_over) = look(claim, connection).await?;
        claimed.passed_over = passed_over;
        if bad.is_empty() {
            break due;
        }
        // They took the places of rows that can be read: look again without them.
        claimed.unreadable.extend(put_off(claim.now_ms, bad, connection).await?);
    };
    due.sort_by_key(|due| (due.turn, due.n));
    due.truncate(claim.limit);
    let mut sheet = Sheet::new(
        "update effect set epoch = epoch + 1, tries = tries + 1, state = v.column2, sends = v.column3, \
         doubt = v.column4, due = v.column5, last_send = coalesce(v.column6, last_send), \
         proof_from = coalesce(v.column7, proof_from), owner = v.column8, updated = v.column9 from (values",
        9,
        ") as v where effect.n = v.column1",
    );
    for due in due {
        let (cells, leased) = due.lease(claim);
        sheet.push(cells);
        claimed.leased.push(leased);
    }
    sheet.write(connection).await.map_err(|error| fault::of(&error))?;
    Ok(claimed)
}

async fn look(claim: &Claim, connection: &mut SqliteConnection) -> Result<(Vec<Due>, Vec<Bad>, bool), StoreError> {
    let latest_turn = claim.now_ms + LONGEST_PATIENCE_MS;
    let busy: Vec<&str> = claim.busy.iter().map(PageId::as_str).collect();
    let rows = sqlx::query(DUE)
        .bind(latest_turn)
        .bind(claim.now_ms)
        .bind(serde_json::json!(busy).to_string())
        .bind(i64::try_from(claim.limit).unwrap_or(i64::MAX))
        .fetch_all(&mut *connection)
        .await
        .map_err(|error| fault::of(&error))?;
    let of_project = match &claim.project {
        Some(project) => {
            sqlx::query(DUE_OF_PROJECT)
                .bind(project.clone())
                .bind(latest_turn)
                .bind(claim.now_ms)
                .bind(claim.now_ms)
                .fetch_all(&mut *connection)
                .await
        }
        None => Ok(Vec::new()),
    };
    let of_project = of_project.map_err(|error| fault::of(&error))?;
    let (mut due, mut bad) = (Vec::with_capacity(claim.limit), Vec::new());
    let mut take = |row: &SqliteRow| match read(row) {
        Ok(row) => {
            due.push(row);
            Ok(())
        }
        Err(why) => Bad::of(row, why).map(|row| bad.push(row)),
    };
    let mut of_page: HashMap<i64, usize> = HashMap::new();
    let mut passed_over = false;
    for row in &rows {
        let count = of_page.entry(key(row)?).or_default();
        *count += 1;
        if *count <= claim.per_page {
            take(row)?;
        } else {
            passed_over = true;
        }
    }
    of_project.iter().try_for_each(take)?;
    Ok((due, bad, passed_over))
}

async fn put_off(
    now_ms: i64,
    bad: Vec<Bad>,
    connection: &mut SqliteConnection,
) -> Result<Vec<UnreadableRow>, StoreError> {
    let mut sheet = Sheet::new(
        "update effect set due = v.column2, updated = v.column3 from (values",
        3,
        ") as v where effect.n = v.column1",
    );
    let mut named = Vec::with_capacity(bad.len());
    for bad in bad {
        let due_ms = now_ms + UNREADABLE_PAUSE_MS;
        sheet.push(vec![Cell::Int(bad.n), Cell::Int(due_ms), Cell::Int(now_ms)]);
        named.push(bad.row);
    }
    sheet.write(connection).await.map_err(|error| fault::of(&error))?;
    Ok(named)
}

impl Bad {
    fn of(row: &SqliteRow, why: String) -> Result<Self, StoreError> {
        let id = name(row, 3);
        let read = || Ok((number(row, 0)?, page_id(row, 4)?));
        let (n, page) = read().map_err(|why| fault::unreadable("effect", &id, why))?;
        Ok(Self {
            n,
            row: UnreadableRow {
                page,
                what: "effect",
                id,
                why,
            },
        })
    }
}

impl Due {
    /// The row's next cells, and the lease.
    fn lease(self, claim: &Claim) -> (Vec<Cell>, Leased) {
        let mut leased = self.leased;
        let is_intent = self.is_reply && self.doubt == 0;
        let doubt = self.doubt + u32::from(is_intent);
        leased.sends += u32::from(is_intent);
        leased.epoch += 1;
        // Whoever finds this row when the lease ran out reads back, and only once the call must be over.
        let quiet_over = claim.call_until_ms + claim.quiet_ms;
        let (state, due_ms) = if is_intent {
            (EffectState::Sending, claim.lease_until_ms.max(quiet_over))
        } else {
            (EffectState::Claimed, claim.lease_until_ms)
        };
        let cells = vec![
            Cell::Int(self.n),
            Cell::Int(codes::of_state(state)),
            Cell::Int(leased.sends.into()),
            Cell::Int(doubt.into()),
            Cell::Int(due_ms),
            is_intent.then_some(claim.call_until_ms).into(),
            is_intent.then_some(quiet_over).into(),
            Cell::Text(claim.owner.clone()),
            Cell::Int(claim.now_ms),
        ];
        (cells, leased)
    }
}

/// The key of a row's page.
fn key(row: &SqliteRow) -> Result<i64, StoreError> {
    row.try_get(15).map_err(|error| fault::of(&error))
}

fn read(row: &SqliteRow) -> Result<Due, String> {
    let kind: String = cell(row, 2)?;
    let doubt = count(row, 9)?;
    let after_state: Option<i64> = cell(row, 13)?;
    let proof_from_ms = number(row, 14)?;
    let leased = Leased {
        id: EffectId::from_row(cell(row, 3)?),
        page: page_id(row, 4)?,
        comment: comment_id(row, 5)?,
        effect: parsed(row, 6)?,
        epoch: count(row, 7)?,
        sends: count(row, 8)?,
        earlier_sends: doubt,
        absence_proven_from_ms: if doubt > 0 { proof_from_ms } else { 0 },
        tries: count(row, 10)?,
        created_ms: number(row, 11)?,
        after_remote_id: cell(row, 12)?,
        after_state: after_state.map(codes::state).transpose()?,
    };
    Ok(Due {
        n: number(row, 0)?,
        turn: number(row, 1)?,
        is_reply: kind == "post_reply",
        doubt,
        leased,
    })
}
