//! `keyminder audit --misread`: comments as lines of the corpus, to be corrected by hand. What was read stands there.
use super::find::find;
use crate::cli::{CommandResult, Exit};
use crate::domain::classify::Clause;
use crate::domain::ids::{CommentId, PageId};
use crate::domain::reply::Reference;
use crate::store::sqlite::SqliteStore;
use crate::store::{AuditQuery, CommentRow, Store, StoreError};
use serde_json::{Value, json};

/// Rows of the audit that are read at once.
const ROWS: i64 = 1000;

/// Prints the comment that is named; without a name each one of which a person said that it was misread.
pub(super) async fn print(store: &SqliteStore, about: Option<&String>, page: Option<PageId>) -> CommandResult<Exit> {
    let Some(about) = about else {
        for (comment, said) in noted(store, page).await? {
            if let Some(row) = store.comment(&comment).await? {
                println!("{}", corpus_line(&row, &said));
            }
        }
        return Ok(Exit::Done);
    };
    let Some(row) = find(store, about).await? else {
        eprintln!("keyminder: {about}: no comment with this id, and no reply with this reference");
        return Ok(Exit::Failed);
    };
    let noted = noted(store, Some(row.page.clone())).await?;
    let said = noted.into_iter().find(|(comment, _)| *comment == row.comment.id);
    println!("{}", corpus_line(&row, &said.map_or(Value::Null, |(_, said)| said)));
    Ok(Exit::Done)
}

/// The comments of which a person said that they were misread, each with what was said last, in the order of the first.
async fn noted(store: &SqliteStore, page: Option<PageId>) -> Result<Vec<(CommentId, Value)>, StoreError> {
    let mut noted: Vec<(CommentId, Value)> = Vec::new();
    let mut after = 0;
    loop {
        let query = AuditQuery {
            page: page.clone(),
            after,
            limit: ROWS,
            ..AuditQuery::default()
        };
        let rows = store.audit(query).await?;
        let Some(last) = rows.last() else {
            return Ok(noted);
        };
        after = last.n;
        for row in rows.into_iter().filter(|row| row.kind == "misread") {
            let Some(comment) = row.comment else { continue };
            let said = row.facts;
            match noted.iter_mut().find(|(known, _)| *known == comment) {
                Some((_, latest)) => *latest = said,
                None => noted.push((comment, said)),
            }
        }
    }
}

/// The comment as the corpus has it, to be filled in by hand; `noted`: what its author said when it was misread, and which steps
/// were meant. What was read is told beside it, and is no label: it was wrong.
fn corpus_line(row: &CommentRow, noted: &Value) -> Value {
    let reading = &row.reading;
    let meant = &noted["meant"];
    let is_known = meant.as_array().is_some_and(|steps| !steps.is_empty());
    let steps = if is_known { meant.clone() } else { Value::Null };
    let fill_in: &[&str] = if is_known {
        &["labels", "needs_reply"]
    } else {
        &["labels", "steps", "needs_reply"]
    };
    let clause = |clause: &Clause| json!({ "label": clause.label, "steps": clause.steps });
    json!({
        "id": format!("misread-{}", Reference::of(&row.comment.id)),
        "text": row.comment.text,
        "lang": reading.language,
        "labels": null,
        "steps": steps,
        "needs_reply": null,
        "tags": ["misread"],
        "fill_in": fill_in,
        "read": {
            "labels": reading.labels,
            "steps": reading.steps,
            "all_done": reading.all_done,
            "duration_minutes": reading.duration_minutes,
            "expected_duration_minutes": reading.expected_duration_minutes,
            "blocker_kind": reading.blocker_kind,
            "keys": reading.keys,
            "when": reading.when,
            "needs_reply": reading.needs_reply,
            "clauses": reading.clauses.iter().map(clause).collect::<Vec<_>>(),
        },
        "said": noted["said"],
    })
}
