//! One group of waiting commits: who is let in, and what is written for all of them together.
use super::cells::{cell, count, name, number};
use super::prepared::{Fresh, LONGEST_PATIENCE_MS, PATIENCE_CELL, Patience, Prepared, Row, Settled};
use super::sheet::{Cell, Sheet, statement};
use super::{codes, fault};
use crate::domain::effect::EffectId;
use crate::domain::ids::PageId;
use crate::store::StoreError;
use crate::store::fence::Held;
use sqlx::AssertSqlSafe;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use std::collections::{HashMap, HashSet};

/// How many ids are asked for in one statement.
const ASKED: usize = 64;
/// Each reply of a page comes so much after the one before it when there is a crowd: longer than one takes to be sent,
/// so that a page with a single reply passes by one with a hundred.
const TURN_MS: i64 = 1_000;

/// A page as the writer knows it. There is one writer, so what it knows is what is there.
#[derive(Clone, Copy)]
pub(super) struct Page {
    key: i64,
    revision: u64,
    /// The turn of its last reply; 0 after a start, when no crowd is remembered.
    turn_ms: i64,
}

/// All pages.
pub(super) type Pages = HashMap<PageId, Page>;

/// Reads all pages.
pub(super) async fn pages(connection: &mut SqliteConnection) -> Result<Pages, sqlx::Error> {
    // Cast, for one odd row must not stop the writer.
    let rows: Vec<(i64, String, i64)> =
        sqlx::query_as("select key, cast(id as text), cast(revision as integer) from page")
            .fetch_all(connection)
            .await?;
    let page = |(key, id, revision): (i64, String, i64)| {
        let page = Page {
            key,
            revision: revision.cast_unsigned(),
            turn_ms: 0,
        };
        (PageId::from_wire(&id), page)
    };
    Ok(rows.into_iter().map(page).collect())
}

/// Forgets whose turn it was: those moments were told by a clock that was wrong.
pub(super) fn forget_turns(pages: &mut Pages) {
    for page in pages.values_mut() {
        page.turn_ms = 0;
    }
}

/// What a group writes.
pub(super) struct Group<'a> {
    pages: &'a mut Pages,
    held: HashMap<String, Touched>,
    /// Effects that are asked for and whose rows cannot be read, each with why.
    unreadable: HashMap<String, String>,
    /// Pages whose row is to be written, with the state if there is one.
    written: HashMap<PageId, Option<String>>,
    comments: Sheet,
    answered: Sheet,
    effects: Sheet,
    hurried: Sheet,
    audit: Sheet,
}

/// An effect's row within the group.
struct Touched {
    held: Held,
    outcome: Option<String>,
    at_ms: i64,
    changed: bool,
}

impl<'a> Group<'a> {
    /// Reads what the fences of these commits ask for.
    pub(super) async fn begin(
        pages: &'a mut Pages,
        commits: &[Prepared],
        connection: &mut SqliteConnection,
    ) -> Result<Self, StoreError> {
        let ids: HashSet<&str> = commits.iter().flat_map(Prepared::touches).collect();
        let (held, unreadable) = held(&ids.into_iter().collect::<Vec<_>>(), connection).await?;
        Ok(Self {
            pages,
            held,
            unreadable,
            written: HashMap::new(),
            comments: Sheet::new(
                "insert into comment (page, id, mark, hash, standing, presence, body, reading, answered_in) values",
                9,
                " on conflict (id) do update set hash = excluded.hash, standing = excluded.standing, \
                 presence = excluded.presence, body = excluded.body, reading = excluded.reading, \
                 answered_in = coalesce(excluded.answered_in, answered_in)",
            ),
            answered: Sheet::new(
                "update comment set standing = 1 from (values",
                1,
                ") as v where comment.id = v.column1 and comment.standing = 0",
            ),
            effects: Sheet::new(
                "insert into effect \
                 (page, id, kind, comment, project, after, payload, due, patience, created, updated) values",
                11,
                " on conflict (id) do nothing",
            ),
            hurried: Sheet::new(
                "update effect set due = v.column2 from (values",
                2,
                ") as v where effect.page = v.column1 and effect.state < 4 and effect.state in (0, 3) \
                 and effect.project is null and effect.due > v.column2",
            ),
            audit: Sheet::new("insert into audit (page, at, comment, mark, kind, facts) values", 6, ""),
        })
    }

    /// Lets a commit in whole, or refuses it and takes nothing of it.
    pub(super) fn admit(&mut self, commit: Prepared) -> Result<(), StoreError> {
        self.check(&commit)?;
        let at_ms = commit.at_ms;
        if let Some((page, _, state)) = commit.page {
            self.page(&page).revision += 1;
            self.written.insert(page, Some(state));
        }
        for row in commit.comments {
            let cells = self.keyed(row);
            self.comments.push(cells);
        }
        for comment in commit.answered {
            self.answered.push(vec![Cell::Text(comment)]);
        }
        for fresh in commit.effects {
            let patience_ms = self.patience_ms(&fresh, at_ms);
            self.held
                .entry(fresh.id)
                .or_insert_with(|| Touched::new(Held::fresh(fresh.due_ms)));
            let mut cells = self.keyed(fresh.row);
            cells[PATIENCE_CELL] = Cell::Int(patience_ms);
            self.effects.push(cells);
        }
        for settled in commit.settled {
            self.settle(settled, at_ms);
        }
        for page in commit.hurried {
            let key = self.page(&page).key;
            self.hurried.push(vec![Cell::Int(key), Cell::Int(at_ms)]);
        }
        for id in commit.revived {
            self.touch(&id, at_ms, |touched| touched.held.revive(at_ms));
        }
        for (id, remote_id, outcome) in commit.found {
            self.touch(&id, at_ms, |touched| {
                touched.held.find(remote_id);
                touched.outcome = Some(outcome);
                true
            });
        }
        for row in commit.audit {
            let cells = self.keyed(row);
            self.audit.push(cells);
        }
        Ok(())
    }

    /// Writes all that was let in.
    pub(super) async fn write(self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        let mut pages = Sheet::new(
            "insert into page (key, id, revision, state) values",
            4,
            " on conflict (key) do update set revision = excluded.revision, \
             state = coalesce(excluded.state, state)",
        );
        for (id, state) in self.written {
            let Some(page) = self.pages.get(&id) else { continue };
            let revision = Cell::Int(page.revision.cast_signed());
            pages.push(vec![
                Cell::Int(page.key),
                Cell::Text(id.as_str().to_owned()),
                revision,
                state.into(),
            ]);
        }
        let mut settled = Sheet::new(
            "update effect set state = v.column2, sends = v.column3, doubt = v.column4, due = v.column5, \
             proof_from = v.column6, remote_id = v.column7, outcome = coalesce(v.column8, outcome), \
             updated = v.column9, epoch = v.column10 from (values",
            10,
            ") as v where effect.id = v.column1",
        );
        for (id, touched) in self.held {
            if touched.changed {
                settled.push(touched.cells(id));
            }
        }
        for sheet in [
            pages,
            self.comments,
            self.answered,
            self.effects,
            settled,
            self.hurried,
            self.audit,
        ] {
            sheet.write(connection).await.map_err(|error| fault::of(&error))?;
        }
        Ok(())
    }

    /// Revision and fences, before anything is taken.
    fn check(&self, commit: &Prepared) -> Result<(), StoreError> {
        if let Some((page, read, _)) = &commit.page {
            let there = self.pages.get(page).map_or(0, |page| page.revision);
            if there != *read {
                return Err(StoreError::Moved);
            }
        }
        if let Some((id, why)) = commit.touches().find_map(|id| Some((id, self.unreadable.get(id)?))) {
            return Err(fault::unreadable("effect", id, why.clone()));
        }
        let fresh: HashSet<&str> = commit.effects.iter().map(|fresh| fresh.id.as_str()).collect();
        let lost: Vec<EffectId> = commit
            .settled
            .iter()
            .map(|settled| &settled.settle)
            .filter(|settle| match self.held.get(settle.id.as_str()) {
                Some(touched) => !touched.held.admits(settle),
                None => settle.epoch != 0 || !fresh.contains(settle.id.as_str()),
            })
            .map(|settle| settle.id.clone())
            .collect();
        if lost.is_empty() {
            Ok(())
        } else {
            Err(StoreError::Fenced(lost))
        }
    }

    fn settle(&mut self, settled: Settled, at_ms: i64) {
        let Settled { settle, outcome } = settled;
        self.touch(&settle.id, at_ms, |touched| {
            touched.held.settle(&settle.how, at_ms);
            touched.outcome = Some(outcome);
            true
        });
    }

    /// Lets `change` change a row, if it is there; it says whether it did.
    fn touch(&mut self, id: &EffectId, at_ms: i64, change: impl FnOnce(&mut Touched) -> bool) {
        if let Some(touched) = self.held.get_mut(id.as_str())
            && change(touched)
        {
            touched.at_ms = at_ms;
            touched.changed = true;
        }
    }

    /// How long a new effect lets others go first, once due.
    fn patience_ms(&mut self, fresh: &Fresh, at_ms: i64) -> i64 {
        match fresh.patience {
            Patience::Fixed(patience_ms) => patience_ms,
            // What is meant for later is no part of the crowd of now.
            Patience::InTurn if fresh.due_ms > at_ms => 0,
            Patience::InTurn => {
                let due_ms = fresh.due_ms;
                let page = self.page(&fresh.row.page);
                let turn_ms = (page.turn_ms + TURN_MS).clamp(due_ms, due_ms + LONGEST_PATIENCE_MS);
                page.turn_ms = turn_ms;
                turn_ms - due_ms
            }
        }
    }

    /// The cells of a row, with its page's key.
    fn keyed(&mut self, row: Row) -> Vec<Cell> {
        let key = self.page(&row.page).key;
        let mut cells = row.cells;
        cells[0] = Cell::Int(key);
        cells
    }

    /// The page; a new one gets the next key.
    fn page(&mut self, id: &PageId) -> &mut Page {
        if !self.pages.contains_key(id) {
            self.written.insert(id.clone(), None);
        }
        let key = i64::try_from(self.pages.len()).unwrap_or(i64::MAX - 1) + 1;
        self.pages.entry(id.clone()).or_insert(Page {
            key,
            revision: 0,
            turn_ms: 0,
        })
    }
}

impl Touched {
    fn new(held: Held) -> Self {
        Self {
            held,
            outcome: None,
            at_ms: 0,
            changed: false,
        }
    }

    fn cells(self, id: String) -> Vec<Cell> {
        vec![
            Cell::Text(id),
            Cell::Int(codes::of_state(self.held.state)),
            Cell::Int(self.held.sends.into()),
            Cell::Int(self.held.doubt.into()),
            Cell::Int(self.held.due_ms),
            Cell::Int(self.held.proof_from_ms),
            self.held.remote_id.into(),
            self.outcome.into(),
            Cell::Int(self.at_ms),
            Cell::Int(self.held.epoch.into()),
        ]
    }
}

/// The rows of these effects, as far as they are there; and of those that cannot be read, why.
async fn held(
    ids: &[&str],
    connection: &mut SqliteConnection,
) -> Result<(HashMap<String, Touched>, HashMap<String, String>), StoreError> {
    let (mut found, mut unreadable) = (HashMap::with_capacity(ids.len()), HashMap::new());
    for slice in ids.chunks(ASKED) {
        let text = statement(
            "select id, epoch, state, sends, doubt, due, proof_from, remote_id from effect where id in",
            ASKED,
            1,
            "",
        );
        let mut query = sqlx::query(AssertSqlSafe(text));
        for place in 0..ASKED {
            query = query.bind(slice.get(place).map(|id| (*id).to_owned()));
        }
        let rows = query
            .fetch_all(&mut *connection)
            .await
            .map_err(|error| fault::of(&error))?;
        for row in &rows {
            match read_held(row) {
                Ok(held) => drop(found.insert(name(row, 0), Touched::new(held))),
                Err(why) => drop(unreadable.insert(name(row, 0), why)),
            }
        }
    }
    Ok((found, unreadable))
}

fn read_held(row: &SqliteRow) -> Result<Held, String> {
    Ok(Held {
        epoch: count(row, 1)?,
        state: codes::state(number(row, 2)?)?,
        sends: count(row, 3)?,
        doubt: count(row, 4)?,
        due_ms: number(row, 5)?,
        proof_from_ms: number(row, 6)?,
        remote_id: cell(row, 7)?,
    })
}
