//! What `explain` and `run --dry-run` work with: they decide as the bot does, and write nothing.
use super::CommandResult;
use super::own_secrets::secrets_elsewhere;
use super::tools::Rulebook;
use crate::clock;
use crate::config::Settings;
use crate::domain::decide::Playbook;
use crate::domain::effect::{Effect, NewEffect};
use crate::domain::ids::{CommentId, PageId};
use crate::domain::page::PageState;
use crate::domain::redact::SharedRedactor;
use crate::domain::reply;
use crate::intake::{self, Ingest};
use crate::rotation::providers::Providers;
use crate::rotation::{Project, live_redactor};
use crate::store::Store;
use crate::store::sqlite::SqliteStore;
use anyhow::Context as _;
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

/// The project as it is, opened to be read.
pub(super) struct Preview {
    pub(super) settings: Settings,
    pub(super) project: Project,
    pub(super) playbook: Arc<Playbook>,
    pub(super) ingest: Ingest,
    /// The bot's state, where there is one.
    pub(super) store: Option<SqliteStore>,
}

/// A page as the bot's state holds it.
pub(super) struct StoredPage {
    /// `None`: the bot never read the page.
    pub(super) state: Option<PageState>,
    /// The comments that the bot has seen.
    pub(super) seen: BTreeSet<CommentId>,
    /// When the bot first looked at the page.
    pub(super) first_look: Option<DateTime<Utc>>,
}

impl Preview {
    /// Opens the project of these settings; needs a tokio runtime.
    pub(super) async fn open(settings: Settings) -> CommandResult<Self> {
        let project = Project::open_to_read(&settings)?;
        let listed = Providers::load(&settings)?;
        // The names of `.env` are read as the bot reads them.
        let providers = project.read_env().map(|env| listed.with_names_of(&env));
        let rulebook = Rulebook::load(&settings, providers.as_ref().unwrap_or(&listed))?;
        let redactor = live_redactor::redactor(
            &project,
            &secrets_elsewhere(&settings),
            &rulebook.identifiers,
            &rulebook.patterns,
        )?;
        let file = Path::new(&settings.state);
        let store = if file.exists() {
            SqliteStore::open_to_read(file)
                .await
                .inspect_err(|fault| eprintln!("keyminder: {fault}; I go on as if the bot knew nothing"))
                .ok()
        } else {
            None
        };
        Ok(Self {
            ingest: rulebook.ingest(&settings, &project, SharedRedactor::new(redactor))?,
            project,
            playbook: rulebook.playbook,
            store,
            settings,
        })
    }

    /// A page as the bot knows it.
    pub(super) async fn page(&self, page: &PageId) -> CommandResult<StoredPage> {
        let Some(store) = &self.store else {
            return Ok(StoredPage {
                state: None,
                seen: BTreeSet::new(),
                first_look: None,
            });
        };
        let first_look = store.recall(&intake::first_look_fact(page)).await?;
        Ok(StoredPage {
            state: state(store, page).await?,
            seen: store
                .comments(page)
                .await?
                .into_iter()
                .map(|row| row.comment.id)
                .collect(),
            first_look: first_look.and_then(|at| at.parse().ok()),
        })
    }

    /// The page that a description belongs to, with its state, if the bot has read it.
    pub(super) async fn described(&self, description: &str) -> CommandResult<Option<(PageId, PageState)>> {
        let Some(store) = &self.store else {
            return Ok(None);
        };
        for page in store.pages().await? {
            if let Some(state) = state(store, &page).await?
                && self
                    .playbook
                    .description(&state)
                    .is_some_and(|found| found.id == description)
            {
                return Ok(Some((page, state)));
            }
        }
        Ok(None)
    }
}

async fn state(store: &SqliteStore, page: &PageId) -> CommandResult<Option<PageState>> {
    let Some((_, json)) = store.page(page).await? else {
        return Ok(None);
    };
    let mut state: PageState =
        serde_json::from_value(json).with_context(|| format!("the state of page {page} cannot be read"))?;
    state.clamp_to(clock::now());
    Ok(Some(state))
}

/// An effect in one line.
pub(super) fn effect_line(wanted: &NewEffect) -> String {
    match &wanted.effect {
        Effect::PostReply { runs, .. } => format!("reply: {}", reply::plain(runs).replace('\n', " / ")),
        Effect::GatherEvidence { check, .. } => format!("look: {}", check.kind()),
        Effect::ProbeKeys { variables } if variables.is_empty() => "probe every key".to_owned(),
        Effect::ProbeKeys { variables } => format!("probe {}", variables.join(", ")),
        Effect::LookUpKeys { .. } => "look the dates of keys up".to_owned(),
        Effect::MoveRotation { moves } => {
            let titles: Vec<&str> = moves.iter().map(|one| one.title.as_str()).collect();
            format!("move the next rotation: {}", titles.join(", "))
        }
        Effect::SetStatus { to } => format!("set Status: {to:?}"),
        Effect::CheckBox { checked, .. } => (if *checked { "tick a box" } else { "untick a box" }).to_owned(),
        Effect::BackUpEnv { .. } => "back `.env` up".to_owned(),
        Effect::MaskBlock { .. } => "mask a key on the page".to_owned(),
        Effect::MarkExposed { all: true, .. } => "mark every key of `.env` as exposed".to_owned(),
        Effect::WatchExposed { .. } => "look how the exposed keys stand".to_owned(),
        Effect::MarkExposed { variables, former, .. } => {
            let former = former.iter().map(|name| format!("the former {name}"));
            let names: Vec<String> = variables.iter().cloned().chain(former).collect();
            format!("mark as exposed: {}", names.join(", "))
        }
        Effect::UnmarkExposed { all: true, .. } => "take the mark of every key back".to_owned(),
        Effect::UnmarkExposed { variables, .. } => format!("mark as exposed no longer: {}", variables.join(", ")),
        Effect::UpdateReply { .. } | Effect::SetProperty { .. } | Effect::WriteSchedule { .. } => {
            wanted.effect.kind().replace('_', " ")
        }
    }
}
