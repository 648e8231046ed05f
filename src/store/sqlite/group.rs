//! One group of waiting commits: who is let in, and what is written for all of them together.
use super::prepared::{Prepared, Row, Settled};
use super::sheet::{Cell, Sheet, statement};
use super::{codes, fault};
use crate::domain::effect::EffectId;
use crate::domain::ids::PageId;
use crate::store::StoreError;
use crate::store::fence::Held;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{AssertSqlSafe, Row as _};
use std::collections::{HashMap, HashSet};

/// How many ids are asked for in one statement.
const ASKED: usize = 64;

/// A page as the writer knows it. There is one writer, so what it knows is what is there.
#[derive(Clone, Copy)]
pub(super) struct Page {
    key: i64,
    revision: u64,
}

/// All pages.
pub(super) type Pages = HashMap<PageId, Page>;

/// Reads all pages.
pub(super) async fn pages(connection: &mut SqliteConnection) -> Result<Pages, sqlx::Error> {
    let rows = sqlx::query("select key, id, revision from page")
        .fetch_all(connection)
        .await?;
    rows.iter()
        .map(|row| {
            let revision: i64 = row.try_get(2)?;
            let page = Page {
                key: row.try_get(0)?,
                revision: revision.cast_unsigned(),
            };
            Ok((PageId::from_wire(row.try_get(1)?), page))
        })
        .collect()
}

/// What a group writes.
pub(super) struct Group<'a> {
    pages: &'a mut Pages,
    held: HashMap<String, Touched>,
    /// Pages whose row is to be written, with the state if there is one.
    written: HashMap<PageId, Option<String>>,
    comments: Sheet,
    answered: Sheet,
    effects: Sheet,
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
        let ids: HashSet<&str> = commits
            .iter()
            .flat_map(|commit| &commit.settled)
            .map(|settled| settled.settle.id.as_str())
            .collect();
        let held = held(&ids.into_iter().collect::<Vec<_>>(), connection).await?;
        Ok(Self {
            pages,
            held,
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
            self.held
                .entry(fresh.id)
                .or_insert_with(|| Touched::new(Held::fresh(fresh.due_ms)));
            let cells = self.keyed(fresh.row);
            self.effects.push(cells);
        }
        for settled in commit.settled {
            self.settle(settled, at_ms);
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
             remote_id = v.column6, outcome = coalesce(v.column7, outcome), updated = v.column8 from (values",
            8,
            ") as v where effect.id = v.column1",
        );
        for (id, touched) in self.held {
            if touched.changed {
                settled.push(touched.cells(id));
            }
        }
        for sheet in [pages, self.comments, self.answered, self.effects, settled, self.audit] {
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
        if let Some(touched) = self.held.get_mut(settle.id.as_str()) {
            touched.held.settle(&settle.how, at_ms);
            touched.outcome = Some(outcome);
            touched.at_ms = at_ms;
            touched.changed = true;
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
        self.pages.entry(id.clone()).or_insert(Page { key, revision: 0 })
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
            self.held.remote_id.into(),
            self.outcome.into(),
            Cell::Int(self.at_ms),
        ]
    }
}

/// The rows of these effects, as far as they are there.
async fn held(ids: &[&str], connection: &mut SqliteConnection) -> Result<HashMap<String, Touched>, StoreError> {
    let mut found = HashMap::with_capacity(ids.len());
    for slice in ids.chunks(ASKED) {
        let text = statement(
            "select id, epoch, state, sends, doubt, due, remote_id from effect where id in",
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
            let id: String = row.try_get(0).map_err(|error| fault::of(&error))?;
            found.insert(id, Touched::new(read_held(row)?));
        }
    }
    Ok(found)
}

fn read_held(row: &SqliteRow) -> Result<Held, StoreError> {
    let number = |column: usize| row.try_get::<i64, _>(column).map_err(|error| fault::of(&error));
    Ok(Held {
        epoch: count(number(1)?),
        state: codes::state(number(2)?)?,
        sends: count(number(3)?),
        doubt: count(number(4)?),
        due_ms: number(5)?,
        remote_id: row.try_get(6).map_err(|error| fault::of(&error))?,
    })
}

/// A small count from a row.
pub(super) fn count(number: i64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
