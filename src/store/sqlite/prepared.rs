//! A commit, written out as cells: what can fail for one caller alone fails here, before its group begins.
use super::codes;
use super::sheet::Cell;
use crate::domain::effect::{Done, Effect, EffectId, Outcome};
use crate::domain::ids::{CommentId, PageId};
use crate::domain::reply::Reference;
use crate::store::{AuditRow, CommentRow, Commit, NewEffect, Settle, StoreError};

/// How long a property write lets replies go first, once both are due.
const PATIENCE_MS: i64 = 10_000;
/// The longest patience that a row has.
pub(super) const LONGEST_PATIENCE_MS: i64 = 600_000;

/// A row of a page. The first cell is the page's key: it is known only inside the transaction.
pub(super) struct Row {
    pub page: PageId,
    pub cells: Vec<Cell>,
}

/// A new effect: what fences need to know, and its row.
pub(super) struct Fresh {
    pub id: String,
    pub due_ms: i64,
    pub patience: Patience,
    /// Its patience goes into [`PATIENCE_CELL`]: of a reply it is known only beside the page's other ones.
    pub row: Row,
}

/// The cell of a new effect's row that holds its patience.
pub(super) const PATIENCE_CELL: usize = 8;

/// How long a row that is due lets others go first.
pub(super) enum Patience {
    /// So many milliseconds.
    Fixed(i64),
    /// The longer, the more the page has said just now: pages take turns.
    InTurn,
}

/// A settlement and its outcome as JSON.
pub(super) struct Settled {
    pub settle: Settle,
    pub outcome: String,
}

/// A commit, ready to be written.
pub(super) struct Prepared {
    pub at_ms: i64,
    /// Page, revision that was read, state as JSON.
    pub page: Option<(PageId, u64, String)>,
    pub comments: Vec<Row>,
    /// Comments of earlier commits whose reply is decided in this one.
    pub answered: Vec<String>,
    pub effects: Vec<Fresh>,
    pub settled: Vec<Settled>,
    pub revived: Vec<EffectId>,
    /// Effect, our comment's id, the outcome as JSON.
    pub found: Vec<(EffectId, String, String)>,
    pub hurried: Vec<PageId>,
    pub audit: Vec<Row>,
}

impl Prepared {
    /// Writes out a commit.
    pub(super) fn of(commit: Commit) -> Result<Self, StoreError> {
        let at_ms = commit.at_ms;
        let page = match commit.page {
            Some(write) => Some((write.page, write.revision, json(&write.state)?)),
            None => None,
        };
        let answered = answered(&commit.comments, &commit.effects);
        Ok(Self {
            at_ms,
            page,
            answered,
            comments: commit.comments.into_iter().map(comment).collect::<Result<_, _>>()?,
            effects: commit
                .effects
                .into_iter()
                .map(|effect| fresh(effect, at_ms))
                .collect::<Result<_, _>>()?,
            settled: commit.settled.into_iter().map(settled).collect::<Result<_, _>>()?,
            revived: commit.revived,
            found: commit.found.into_iter().map(found).collect::<Result<_, _>>()?,
            hurried: commit.hurried,
            audit: commit.audit.into_iter().map(audit).collect::<Result<_, _>>()?,
        })
    }
}

impl Prepared {
    /// The effects whose rows it asks for.
    pub(super) fn touches(&self) -> impl Iterator<Item = &str> {
        let settled = self.settled.iter().map(|settled| &settled.settle.id);
        let found = self.found.iter().map(|(id, _, _)| id);
        settled.chain(&self.revived).chain(found).map(EffectId::as_str)
    }
}

/// The comments that these effects answer and whose rows are not written anyway.
fn answered(rows: &[CommentRow], effects: &[NewEffect]) -> Vec<String> {
    let comments = effects.iter().flat_map(|effect| effect.effect.answers());
    comments
        .filter(|comment| !rows.iter().any(|row| row.comment.id == **comment))
        .map(|comment| comment.as_str().to_owned())
        .collect()
}

fn comment(row: CommentRow) -> Result<Row, StoreError> {
    let cells = vec![
        Cell::Null,
        Cell::Text(row.comment.id.as_str().to_owned()),
        mark(&row.comment.id),
        Cell::Int(row.hash.cast_signed()),
        Cell::Int(codes::of_standing(row.standing)),
        Cell::Int(codes::of_presence(row.presence)),
        Cell::Text(json(&row.comment)?),
        Cell::Text(json(&row.reading)?),
        row.answered_in.map(|comment| comment.as_str().to_owned()).into(),
    ];
    Ok(Row { page: row.page, cells })
}

fn fresh(new: NewEffect, at_ms: i64) -> Result<Fresh, StoreError> {
    let id = new.id.as_str().to_owned();
    // What was not meant for later waits since it was decided, and its turn comes by that.
    let due_ms = new.not_before_ms.max(at_ms);
    let patience = patience(&new.effect);
    let cells = vec![
        Cell::Null,
        Cell::Text(id.clone()),
        Cell::Text(new.effect.kind().to_owned()),
        new.comment.map(|comment| comment.as_str().to_owned()).into(),
        new.project.into(),
        new.after.map(|after| after.as_str().to_owned()).into(),
        Cell::Text(json(&new.effect)?),
        Cell::Int(due_ms),
        Cell::Null,
        Cell::Int(at_ms),
        Cell::Int(at_ms),
    ];
    Ok(Fresh {
        id,
        due_ms,
        patience,
        row: Row { page: new.page, cells },
    })
}

/// Replies go before property writes, but not for ever.
fn patience(effect: &Effect) -> Patience {
    match effect {
        Effect::CheckBox { .. } | Effect::SetStatus { .. } | Effect::SetProperty { .. } => Patience::Fixed(PATIENCE_MS),
        Effect::PostReply { .. } | Effect::UpdateReply { .. } => Patience::InTurn,
        Effect::BackUpEnv { .. }
        | Effect::ProbeKeys { .. }
        | Effect::WriteSchedule { .. }
        | Effect::MarkExposed { .. }
        | Effect::MaskBlock { .. }
        | Effect::GatherEvidence { .. } => Patience::Fixed(0),
    }
}

fn settled(settle: Settle) -> Result<Settled, StoreError> {
    let outcome = json(&settle.outcome)?;
    Ok(Settled { settle, outcome })
}

fn found((id, comment): (EffectId, CommentId)) -> Result<(EffectId, String, String), StoreError> {
    let remote_id = comment.as_str().to_owned();
    let outcome = json(&Outcome::Done {
        result: Done::Replied { comment },
    })?;
    Ok((id, remote_id, outcome))
}

fn audit(row: AuditRow) -> Result<Row, StoreError> {
    let cells = vec![
        Cell::Null,
        Cell::Int(row.at_ms),
        row.comment.as_ref().map(|comment| comment.as_str().to_owned()).into(),
        row.comment.as_ref().map_or(Cell::Null, mark),
        Cell::Text(row.kind),
        Cell::Text(json(&row.facts)?),
    ];
    Ok(Row { page: row.page, cells })
}

fn mark(comment: &CommentId) -> Cell {
    codes::mark(Reference::of(comment).as_str()).into()
}

fn json(value: &impl serde::Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Unusable(format!("a value has no JSON form: {error}")))
}
