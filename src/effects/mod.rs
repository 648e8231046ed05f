//! Effects done: an effect in, an outcome out. One variant, one file, the same name.
mod back_up_env;
mod check_box;
mod gather_evidence;
mod mark_exposed;
mod mask_block;
mod post_reply;
mod probe_keys;
mod set_property;
mod set_status;
mod update_reply;
mod worker;
mod write_schedule;

pub use worker::Worker;

use crate::clock;
use crate::config::Settings;
use crate::domain::effect::{Done, Effect, Outcome};
use crate::domain::ids::PageId;
use crate::domain::page::PropertyNames;
use crate::evidence::Looker;
use crate::notion::{Board, Client, Error, Kind, OwnIds, Page, WriteError};
use crate::replies::OwnReplies;
use crate::rotation::known::Following;
use crate::rotation::probe::Prober;
use crate::rotation::project::Project;
use crate::rotation::providers::Providers;
use crate::store::{Leased, Store};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::HashMap;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// How long a call waits before it is tried again when nobody said how long.
const TRY_AGAIN: Duration = Duration::from_secs(5);
/// How long the bot, or a page, pauses after Notion refused it.
const PAUSE: Duration = Duration::from_mins(1);

/// What effects are done with.
pub struct Hands {
    /// Notion.
    pub notion: Client,
    /// What must survive.
    pub store: Arc<dyn Store>,
    /// The bot's own ids, the present one and all former ones.
    pub own: OwnIds,
    /// The boards of the pages, as they were last read.
    pub boards: Boards,
    /// Our own replies, as the pages show them.
    pub replies: OwnReplies,
    /// The keys of the project.
    pub keys: Arc<Keys>,
    /// What keys look like.
    pub redactor: Following,
    /// How long things may take.
    pub times: crate::config::Effects,
    /// Whether a reply may have been given up; true until that was looked at once.
    pub parked: AtomicBool,
    /// Whether Notion took a reply after others had been given up.
    pub writes_again: AtomicBool,
}

/// The keys of the project and what looks at them.
pub struct Keys {
    /// The project's files.
    pub project: Arc<Project>,
    /// Whose keys they are.
    pub providers: Arc<Providers>,
    /// Asks the providers.
    pub prober: Prober,
    /// Looks for evidence.
    pub looker: Looker,
}

/// The boards of the pages; shared with the intake, which reads them anew now and then.
#[derive(Clone)]
pub struct Boards {
    names: PropertyNames,
    known: Arc<Mutex<HashMap<PageId, Board>>>,
}

impl Boards {
    /// No board is known yet.
    pub fn new(settings: &Settings) -> Self {
        Self {
            names: settings.properties.clone(),
            known: Arc::default(),
        }
    }

    /// How properties are called.
    pub fn names(&self) -> &PropertyNames {
        &self.names
    }

    /// Reads the board of a page that was just read, and keeps it.
    pub async fn read(&self, notion: &Client, page: &Page) -> Result<Board, Error> {
        let last = self.known(&page.id);
        let board = Board::read(notion, page, &self.names, last.as_ref()).await?;
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(page.id.clone(), board.clone());
        Ok(board)
    }

    fn known(&self, page: &PageId) -> Option<Board> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(page).cloned()
    }

    async fn of(&self, notion: &Client, page: &PageId) -> Result<Board, Error> {
        if let Some(board) = self.known(page) {
            return Ok(board);
        }
        let page = notion.page(page).await?;
        self.read(notion, &page).await
    }
}

/// Does an effect. A reply begins its call before `until`, or not at all: after that its lease could end under it.
pub async fn perform(hands: &Hands, leased: &Leased, until: Instant) -> Outcome {
    match &leased.effect {
        Effect::PostReply {
            comment,
            also,
            place,
            runs,
            reference,
        } => {
            let reply = post_reply::Reply {
                comment: comment.as_ref(),
                also,
                place,
                runs,
                reference,
                until,
            };
            post_reply::perform(hands, leased, &reply).await
        }
        Effect::UpdateReply { reply, runs, reference } => {
            update_reply::perform(hands, leased, reply, runs, reference).await
        }
        Effect::CheckBox { block, checked } => check_box::perform(hands, block, *checked).await,
        Effect::SetStatus { to } => set_status::perform(hands, &leased.page, *to).await,
        Effect::SetProperty { property, value } => set_property::perform(hands, &leased.page, *property, value).await,
        Effect::BackUpEnv { at, cycle, .. } => back_up_env::perform(&hands.keys, *at, *cycle).await,
        Effect::ProbeKeys { variables } => probe_keys::perform(hands, &leased.page, variables).await,
        Effect::WriteSchedule { rotated_at, .. } => write_schedule::perform(&hands.keys, *rotated_at).await,
        Effect::MarkExposed { variables } => mark_exposed::perform(&hands.keys, variables).await,
        Effect::MaskBlock { block } => mask_block::perform(hands, &leased.page, block, leased.tries).await,
        Effect::GatherEvidence { check, cycle } => gather_evidence::perform(&hands.keys, check, cycle).await,
    }
}

fn changed() -> Outcome {
    Outcome::Done { result: Done::Changed }
}

fn skipped(why: impl Into<String>) -> Outcome {
    Outcome::Done {
        result: Done::Skipped { why: why.into() },
    }
}

fn later(after: Duration, why: String) -> Outcome {
    Outcome::Later { at: in_(after), why }
}

fn in_(time: Duration) -> DateTime<Utc> {
    clock::now() + TimeDelta::from_std(time).unwrap_or_else(|_| TimeDelta::hours(1))
}

/// What becomes of an effect whose page cannot be seen: it waits. `None`: the page is there. Of a page that was taken from
/// us everything on it answers 404, so nothing may be called gone before this was asked.
async fn page_is_away(hands: &Hands, page: &PageId) -> Option<Outcome> {
    match hands.notion.page(page).await {
        Ok(page) if !page.in_trash => None,
        Ok(_) => Some(later(PAUSE, "the page lies in the trash".to_owned())),
        Err(error) if error.kind == Kind::Gone => {
            Some(later(PAUSE, "the page is not shared with the connection".to_owned()))
        }
        Err(error) => Some(certain(&error)),
    }
}

/// What becomes of a write that did not work and can be repeated at will.
fn repeatable(error: &WriteError) -> Outcome {
    match error {
        WriteError::NotDone { error } => certain(error),
        WriteError::Unknown { error, .. } => later(TRY_AGAIN, error.to_string()),
    }
}

/// What becomes of a call that certainly did nothing.
fn certain(error: &Error) -> Outcome {
    let why = error.to_string();
    match &error.kind {
        Kind::Later { after } => later(*after, why),
        Kind::Unauthorized | Kind::PersonalToken | Kind::Forbidden { .. } | Kind::Blocked => later(PAUSE, why),
        Kind::Gone | Kind::Invalid => Outcome::Refused { why },
        Kind::Network { .. } | Kind::Unexpected => later(TRY_AGAIN, why),
    }
}

/// Runs work on files beside the runtime, so that a slow disk holds no comment up.
async fn beside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Outcome> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Outcome::Refused {
        why: "an internal error; the log has its place".to_owned(),
    })
}
