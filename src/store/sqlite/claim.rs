//! Leasing: which effects are due, in whose turn, and what is written before a byte may leave.
use super::group::count;
use super::prepared::PATIENCE_MS;
use super::sheet::{Cell, Sheet};
use super::{codes, fault};
use crate::domain::effect::EffectId;
use crate::domain::ids::{CommentId, PageId};
use crate::store::{Claim, EffectState, Leased, StoreError};
use sqlx::Row as _;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

/// What is due and comes after nothing that is open. The effects of no project, in their turn.
const DUE: &str = "select e.n, e.due + e.patience, e.kind, e.id, p.id, e.comment, e.payload, e.epoch, e.sends, \
     e.doubt, e.tries, e.created, a.remote_id, a.state \
     from effect e join page p on p.key = e.page left join effect a on a.id = e.after \
     where e.state < 4 and e.project is null and e.due + e.patience <= ? and e.due <= ? \
     and (a.state is null or a.state >= 4) order by e.due + e.patience, e.n limit ?";

/// The next effect of one project, if none of it is in hand.
const DUE_OF_PROJECT: &str = "select e.n, e.due + e.patience, e.kind, e.id, p.id, e.comment, e.payload, e.epoch, \
     e.sends, e.doubt, e.tries, e.created, a.remote_id, a.state \
     from effect e join page p on p.key = e.page left join effect a on a.id = e.after \
     where e.state < 4 and e.project = ? and e.due + e.patience <= ? and e.due <= ? \
     and (a.state is null or a.state >= 4) \
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

/// Leases what is due: raises the fence, and writes the intent of replies that may be sent.
pub(super) async fn claim(claim: &Claim, connection: &mut SqliteConnection) -> Result<Vec<Leased>, StoreError> {
    let mut due = due(claim, connection).await?;
    due.sort_by_key(|due| (due.turn, due.n));
    due.truncate(claim.limit);
    let mut sheet = Sheet::new(
        "update effect set epoch = epoch + 1, tries = tries + 1, state = v.column2, sends = v.column3, \
         doubt = v.column4, due = v.column5, last_send = coalesce(v.column6, last_send), owner = v.column7, \
         updated = v.column8 from (values",
        8,
        ") as v where effect.n = v.column1",
    );
    let mut in_hand = Vec::with_capacity(due.len());
    for due in due {
        let (cells, leased) = due.lease(claim);
        sheet.push(cells);
        in_hand.push(leased);
    }
    sheet.write(connection).await.map_err(|error| fault::of(&error))?;
    Ok(in_hand)
}

async fn due(claim: &Claim, connection: &mut SqliteConnection) -> Result<Vec<Due>, StoreError> {
    let latest_turn = claim.now_ms + PATIENCE_MS;
    let mut rows = sqlx::query(DUE)
        .bind(latest_turn)
        .bind(claim.now_ms)
        .bind(i64::try_from(claim.limit).unwrap_or(i64::MAX))
        .fetch_all(&mut *connection)
        .await
        .map_err(|error| fault::of(&error))?;
    if let Some(project) = &claim.project {
        let of_project = sqlx::query(DUE_OF_PROJECT)
            .bind(project.clone())
            .bind(latest_turn)
            .bind(claim.now_ms)
            .bind(claim.now_ms)
            .fetch_all(&mut *connection)
            .await
            .map_err(|error| fault::of(&error))?;
        rows.extend(of_project);
    }
    rows.iter().map(read).collect()
}

impl Due {
    /// The row's next cells, and the lease.
    fn lease(self, claim: &Claim) -> (Vec<Cell>, Leased) {
        let mut leased = self.leased;
        let is_intent = self.is_reply && self.doubt == 0;
        let doubt = self.doubt + u32::from(is_intent);
        leased.sends += u32::from(is_intent);
        leased.epoch += 1;
        let (state, due_ms, last_send) = if is_intent {
            // Whoever finds this row when the lease ran out reads back, and only once the call must be over.
            let quiet_over = claim.call_until_ms + claim.quiet_ms;
            (
                EffectState::Sending,
                claim.lease_until_ms.max(quiet_over),
                Some(claim.call_until_ms),
            )
        } else {
            (EffectState::Claimed, claim.lease_until_ms, None)
        };
        let cells = vec![
            Cell::Int(self.n),
            Cell::Int(codes::of_state(state)),
            Cell::Int(leased.sends.into()),
            Cell::Int(doubt.into()),
            Cell::Int(due_ms),
            last_send.into(),
            Cell::Text(claim.owner.clone()),
            Cell::Int(claim.now_ms),
        ];
        (cells, leased)
    }
}

fn read(row: &SqliteRow) -> Result<Due, StoreError> {
    let get = |column: usize| row.try_get::<i64, _>(column).map_err(|error| fault::of(&error));
    let text = |column: usize| {
        row.try_get::<Option<String>, _>(column)
            .map_err(|error| fault::of(&error))
    };
    let kind = text(2)?.unwrap_or_default();
    let doubt = count(get(9)?);
    let after_state: Option<i64> = row.try_get(13).map_err(|error| fault::of(&error))?;
    let leased = Leased {
        id: EffectId::from_row(text(3)?.unwrap_or_default()),
        page: PageId::from_wire(&text(4)?.unwrap_or_default()),
        comment: text(5)?.map(|id| CommentId::from_wire(&id)),
        effect: serde_json::from_str(&text(6)?.unwrap_or_default())
            .map_err(|error| fault::unreadable("effect", error))?,
        epoch: count(get(7)?),
        sends: count(get(8)?),
        earlier_sends: doubt,
        tries: count(get(10)?),
        created_ms: get(11)?,
        after_remote_id: text(12)?,
        after_state: after_state.map(codes::state).transpose()?,
    };
    Ok(Due {
        n: get(0)?,
        turn: get(1)?,
        is_reply: kind == "post_reply",
        doubt,
        leased,
    })
}
