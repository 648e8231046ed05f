//! The pages as `status` tells of them: what the bot last saw of each, what its state says, what waits there.
use crate::cli::CommandResult;
use crate::cli::{tools, words};
use crate::config::{self, PageSource, Settings};
use crate::domain::decide::{Playbook, step_counts};
use crate::domain::effect::Effect;
use crate::domain::ids::PageId;
use crate::domain::page::{Aside, PageState, SetAside};
use crate::domain::reply::Reference;
use crate::monitor::heartbeat::PageSign;
use crate::rotation::providers::Providers;
use crate::store::sqlite::SqliteStore;
use crate::store::{EffectRow, EffectState, Store, StoreError, UnreadableRow};
use chrono::{DateTime, Utc};
use serde::Serialize;

/// A page: what the bot last saw of it, what its state says, what waits there.
#[derive(Serialize)]
pub(super) struct PageStatus {
    #[serde(rename = "page")]
    pub id: PageId,
    /// When it was last read with success.
    pub read_at: Option<DateTime<Utc>>,
    /// Why it cannot be read now, and since when.
    pub fault: Option<String>,
    pub fault_since: Option<DateTime<Utc>>,
    pub notes: Vec<String>,
    /// Absent when its state cannot be read: [`PageStatus::unreadable`] says why.
    #[serde(flatten)]
    pub state: Option<State>,
    pub effects: Vec<Undone>,
    /// Rows of the state that this program cannot read.
    pub unreadable: Vec<Unread>,
}

/// What the state says of a page.
#[derive(Serialize)]
pub(super) struct State {
    pub title: String,
    pub url: String,
    pub status: Option<String>,
    /// The option that says so, as the page calls it.
    pub option: Option<String>,
    pub proven: u8,
    pub claimed: u8,
    pub steps: u8,
    pub next_rotation: Option<DateTime<Utc>>,
    pub conversations: usize,
    pub blockers: Vec<Obstacle>,
    /// What does not apply, as somebody says.
    pub not_applicable: Vec<NotApplicable>,
    /// Comments that hold a key and still stand there.
    pub posted: usize,
    /// Blocks of the page itself that hold a key.
    pub held: usize,
}

#[derive(Serialize)]
pub(super) struct Obstacle {
    pub name: Option<String>,
    pub step: Option<u8>,
    pub kind: String,
    pub since: DateTime<Utc>,
}

/// A step, or the variable of a key, that does not apply, and who says so.
#[derive(Serialize)]
pub(super) struct NotApplicable {
    pub step: Option<u8>,
    pub key: Option<String>,
    pub name: Option<String>,
}

impl NotApplicable {
    fn of(aside: &SetAside) -> Self {
        let (step, key) = match &aside.what {
            Aside::Step(step) => (Some(*step), None),
            Aside::Key(variable) => (None, Some(variable.clone())),
        };
        let name = aside.name.clone();
        Self { step, key, name }
    }
}

/// An effect that is not done.
#[derive(Serialize)]
pub(super) struct Undone {
    pub effect: &'static str,
    pub state: &'static str,
    /// The reference of the reply, or of the comment that caused it.
    pub reference: Option<String>,
    pub comment: Option<String>,
    /// When it is tried next, at the earliest.
    pub not_before: Option<DateTime<Utc>>,
    pub tries: u32,
    pub why: Option<String>,
}

/// A row that cannot be read.
#[derive(Serialize)]
pub(super) struct Unread {
    pub what: &'static str,
    pub id: String,
    pub why: String,
}

/// The pages with a state, then those that the bot watches, then those that are named and were never read.
pub(super) async fn of(settings: &Settings, signs: &[PageSign], store: &SqliteStore) -> CommandResult<Vec<PageStatus>> {
    let playbook = config::playbook(settings, tools::names(&*Providers::load(settings)?))?;
    let mut ids = store.pages().await?;
    let named = settings.pages.iter().filter_map(|source| match source {
        PageSource::Page(page) => Some(page),
        PageSource::DataSource { .. } => None,
    });
    for page in signs.iter().map(|sign| &sign.page).chain(named) {
        if !ids.contains(page) {
            ids.push(page.clone());
        }
    }
    let mut pages = Vec::with_capacity(ids.len());
    for id in ids {
        let mut page = PageStatus::new(id);
        if let Some(sign) = signs.iter().find(|sign| sign.page == page.id) {
            page = page.seen(sign);
        }
        pages.push(page.stored(&playbook, store).await?);
    }
    Ok(pages)
}

impl PageStatus {
    fn new(id: PageId) -> Self {
        Self {
            id,
            read_at: None,
            fault: None,
            fault_since: None,
            notes: Vec::new(),
            state: None,
            effects: Vec::new(),
            unreadable: Vec::new(),
        }
    }

    /// What the bot says of it, when there is nothing else.
    pub(super) fn without_state(sign: &PageSign) -> Self {
        Self::new(sign.page.clone()).seen(sign)
    }

    fn seen(self, sign: &PageSign) -> Self {
        Self {
            read_at: sign.read_at,
            fault: sign.fault.clone(),
            fault_since: sign.fault_since,
            notes: sign.notes.clone(),
            ..self
        }
    }

    async fn stored(mut self, playbook: &Playbook, store: &SqliteStore) -> Result<Self, StoreError> {
        self.unreadable = store.unreadable(&self.id).await?.into_iter().map(Unread::of).collect();
        let known = match store.page(&self.id).await {
            Ok(Some((_, json))) => serde_json::from_value::<PageState>(json).ok(),
            Ok(None) => Some(PageState::default()),
            Err(StoreError::Unreadable { .. }) => None,
            Err(other) => return Err(other),
        };
        self.notes.extend(known.iter().flat_map(|state| state.notes.clone()));
        self.state = known.map(|state| State::of(playbook, &state));
        let mut effects = store.parked_effects(&self.id).await?;
        effects.extend(store.open_effects(&self.id).await?);
        effects.sort_by_key(|row| row.state != EffectState::Parked && row.state != EffectState::Unknown);
        self.effects = effects.iter().map(Undone::of).collect();
        Ok(self)
    }
}

impl State {
    fn of(playbook: &Playbook, state: &PageState) -> Self {
        let step_counts = step_counts(playbook, state);
        let blockers = state.blockers.iter().map(|blocker| Obstacle {
            name: blocker.name.clone(),
            step: blocker.step,
            kind: words::name(&blocker.kind),
            since: blocker.since,
        });
        Self {
            title: state.guide.title.clone(),
            url: state.guide.url.clone(),
            status: state.status.known.as_ref().map(words::name),
            option: state.shown.clone().filter(|option| !option.is_empty()),
            proven: step_counts.proven,
            claimed: step_counts.claimed,
            steps: step_counts.total,
            next_rotation: state.due.as_ref().map(|due| due.at),
            conversations: state.conversations.len(),
            blockers: blockers.collect(),
            not_applicable: state.set_aside.iter().map(NotApplicable::of).collect(),
            posted: state.posted.len(),
            held: state.held.iter().map(|held| held.blocks.len()).sum(),
        }
    }
}

impl Undone {
    fn of(row: &EffectRow) -> Self {
        let outcome = row.outcome.as_ref();
        let outcome = outcome.and_then(|outcome| serde_json::to_value(outcome).ok());
        let reference = match &row.effect {
            Effect::PostReply { reference, .. } | Effect::UpdateReply { reference, .. } => Some(reference.to_string()),
            _ => row.comment.as_ref().map(|comment| Reference::of(comment).to_string()),
        };
        Self {
            effect: row.effect.kind(),
            state: words::state(row.state),
            reference,
            comment: row.comment.as_ref().map(ToString::to_string),
            not_before: DateTime::from_timestamp_millis(row.not_before_ms),
            tries: row.tries,
            why: outcome.and_then(|outcome| outcome["why"].as_str().map(str::to_owned)),
        }
    }
}

impl Unread {
    fn of(row: UnreadableRow) -> Self {
        Self {
            what: row.what,
            id: row.id,
            why: row.why,
        }
    }
}
