//! `keyminder audit --retry`: a reply that was given up, refused or called off is tried again.
use super::find::find;
use crate::cli::{CommandResult, Exit};
use crate::config::Settings;
use crate::domain::effect::{Effect, EffectId};
use crate::domain::reply::Reference;
use crate::store::sqlite::SqliteStore;
use crate::store::{Commit, EffectRow, EffectState, Store, retry_fact};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use std::path::Path;

/// Asks for it: of the running bot, or, where none runs, of the next one.
pub(super) async fn retry(settings: &Settings, about: &str) -> CommandResult<Exit> {
    let path = Path::new(&settings.state);
    let store = SqliteStore::open_beside(path).await?;
    let reply = match reply(&store, about, settings.zone).await? {
        Ok(reply) => reply,
        Err(why) => {
            eprintln!("keyminder: {about}: {why}");
            return Ok(Exit::Failed);
        }
    };
    if SqliteStore::is_held(path) {
        store.remember(&retry_fact(&reply), "").await?;
        println!("{about}: the running bot tries it again within seconds");
    } else {
        store.close().await?;
        revive(path, reply).await?;
        println!("{about}: it is due again. No bot runs: start `keyminder run`");
    }
    Ok(Exit::Done)
}

/// The reply that an id or a reference leads to, or why there is nothing to try again.
async fn reply(store: &SqliteStore, about: &str, zone: Tz) -> CommandResult<Result<EffectId, String>> {
    let row = if let Some(row) = find(store, about).await? {
        // The reply to a flood belongs to the comment that speaks for it.
        let answering = row.answered_in.as_ref().unwrap_or(&row.comment.id);
        let reply = store.effect(&EffectId::reply(&row.page, answering.as_str())).await?;
        reply.ok_or("no reply was decided for this comment, so there is nothing to try again")
    } else {
        let reply = parked(store, about).await?;
        reply.ok_or("no comment with this id, and no reply with this reference")
    };
    Ok(match row {
        Ok(row) => refusal(&row, zone).map_or(Ok(row.id), Err),
        Err(why) => Err(why.to_owned()),
    })
}

/// A reply to no comment, an alert for one, has a reference too.
async fn parked(store: &SqliteStore, about: &str) -> CommandResult<Option<EffectRow>> {
    let Some(wanted) = Reference::parse(about) else {
        return Ok(None);
    };
    for page in store.pages().await? {
        let mut rows = store.parked_effects(&page).await?.into_iter();
        let found = rows.find(|row| matches!(&row.effect, Effect::PostReply { reference, .. } if *reference == wanted));
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// Why this reply is not tried again by hand.
fn refusal(row: &EffectRow, zone: Tz) -> Option<String> {
    match (row.state, &row.remote_id) {
        (_, Some(id)) => Some(format!("it is answered already, by the comment {id}")),
        (EffectState::Done, None) => Some("it is answered already".to_owned()),
        (EffectState::Ready | EffectState::Leased | EffectState::Sending | EffectState::Unknown, None) => {
            let next = DateTime::from_timestamp_millis(row.not_before_ms).filter(|at| *at > Utc::now());
            let next = next.map(|at| format!(", not before {}", at.with_timezone(&zone).format("%H:%M:%S")));
            let next = next.unwrap_or_default();
            Some(format!(
                "its reply waits and is tried anyway{next}; `keyminder status` has it"
            ))
        }
        (EffectState::Failed | EffectState::Moot | EffectState::Parked, None) => None,
    }
}

async fn revive(path: &Path, reply: EffectId) -> CommandResult<()> {
    let store = SqliteStore::open(path).await?;
    let commit = Commit {
        at_ms: Utc::now().timestamp_millis(),
        revived: vec![reply],
        ..Commit::default()
    };
    store.commit(commit).await?;
    Ok(store.close().await?)
}
