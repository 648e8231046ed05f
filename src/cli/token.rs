//! The bot's own token: where it comes from, and its swap while the bot works.
//!
//! A token from `.env` is rotated like every key there: when a new one stands in the file, it is tried on everything
//! that the bot does, and used from then on. One from elsewhere is never swapped; a different one in `.env` is told.
use super::own_secrets::{TOKEN, in_file};
use super::tools::Tools;
use crate::cli::CommandResult;
use crate::config::{PageSource, Settings};
use crate::domain::event::Event;
use crate::domain::ids::{PageId, PersonId};
use crate::monitor::heartbeat::TokenSign;
use crate::notion::{self, Client, Error, Kind, Me, OwnIds};
use crate::pipeline::{PipelineHandle, PipelineInput};
use crate::rotation::probe::consent;
use crate::rotation::{EnvStamp, Project};
use crate::store::{AuditRow, Store, StoreError};
use chrono::Utc;
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::Instant;

/// The one place from which a token is swapped.
const IN_ENV: &str = "NOTION_TOKEN in .env";
/// Small facts by which the store is asked.
const OWN_IDS: &str = "own_ids";
/// A token that was refused is tried again this often: a page may have been shared with it meanwhile.
const TRY_AGAIN: Duration = Duration::from_secs(30);

/// The bot's token: a file, then the environment, then `.env`. Says which.
pub(super) fn token(settings: &Settings, project: &Project) -> CommandResult<(SecretString, &'static str)> {
    if let Some(file) = &settings.notion.token_file {
        return Ok((in_file(&settings.project, file)?, "notion.token_file"));
    }
    if let Some(token) = &settings.environment_token {
        return Ok((token.clone(), "NOTION_TOKEN in the environment"));
    }
    in_env(project).map(|token| (token, IN_ENV)).ok_or_else(|| {
        anyhow::anyhow!(
            "there is no Notion token: set NOTION_TOKEN in the environment or in .env, or notion.token_file, to the \
             token of an internal connection (notion.so/profile/integrations); the environment of this command has none"
        )
        .into()
    })
}

fn in_env(project: &Project) -> Option<SecretString> {
    let env = project.read_env().ok()?;
    env.get(TOKEN)
        .filter(|token| !token.expose_secret().is_empty())
        .cloned()
}

/// A client that uses this token. Fails where somebody has yet to agree to its host.
pub(super) fn client(settings: &Settings, token: SecretString) -> anyhow::Result<Client> {
    let Settings { notion, effects, .. } = settings;
    if let Some(consent) = consent::lacking_for_notion(&notion.url, &settings.state_dir()) {
        anyhow::bail!(consent::notion_in_words(&consent));
    }
    notion::connect(&notion.url, token, notion.requests_per_minute, effects.call_timeout)
}

/// The ids that were ours at earlier starts; nothing is kept.
pub(super) async fn known_own_ids(store: &dyn Store) -> Result<Vec<PersonId>, StoreError> {
    let known = store.recall(OWN_IDS).await?.unwrap_or_default();
    Ok(known.split_whitespace().map(PersonId::from_wire).collect())
}

/// Our present id and all former ones: replies under an older token are still ours.
pub(super) async fn own_ids(store: &dyn Store, me: &PersonId) -> Result<Vec<PersonId>, StoreError> {
    let mut ids = known_own_ids(store).await?;
    if !ids.contains(me) {
        ids.push(me.clone());
        let text: Vec<&str> = ids.iter().map(PersonId::as_str).collect();
        store.remember(OWN_IDS, &text.join(" ")).await?;
    }
    Ok(ids)
}

/// Follows the token in `.env`.
pub(super) struct TokenFollower {
    pub(super) tools: Arc<Tools>,
    pub(super) notion: Client,
    pub(super) store: Arc<dyn Store>,
    pub(super) own: OwnIds,
    pub(super) pipeline: PipelineHandle,
    /// Wakes the intake: pages rest while the token is refused.
    pub(super) ring: mpsc::Sender<PageId>,
    /// The token that is used now.
    pub(super) present: SecretString,
    /// Another token that was seen there, and when it is tried next.
    pub(super) candidate: Option<(SecretString, Instant)>,
    /// A pipe as it was looked at last.
    pub(super) seen: Option<EnvStamp>,
    pub(super) sign: TokenSign,
}

impl TokenFollower {
    /// What `status` tells of it.
    pub(super) fn sign(&self) -> &TokenSign {
        &self.sign
    }

    /// One look at `.env`. `true`: what is to be told has changed.
    pub(super) async fn look(&mut self) -> bool {
        // Each reading of a pipe may ask a person.
        let pipe = self.tools.keys.blocking(Project::pipe_stamp).await;
        if pipe.is_some() && self.candidate.is_none() && pipe == self.seen {
            return false;
        }
        self.seen = pipe;
        let found = self.tools.keys.blocking(in_env).await;
        let Some(found) = found.filter(|found| !same(found, &self.present)) else {
            self.candidate = None;
            return self.sign.another.take().is_some();
        };
        if self.sign.from != IN_ENV {
            return self.leave_it(found);
        }
        match &self.candidate {
            Some((seen, due)) if same(seen, &found) => {
                if *due > Instant::now() {
                    return false;
                }
            }
            // Seen for the first time: an editor may still be writing, so the next look decides.
            Some(_) | None => {
                self.candidate = Some((found, Instant::now()));
                return false;
            }
        }
        self.candidate = Some((found.clone(), Instant::now() + TRY_AGAIN));
        match self.accept(&found).await {
            Ok(me) => self.swap(found, &me).await,
            Err(why) => self.refuse(why),
        }
    }

    /// The token in `.env` is a key of the project, not ours.
    fn leave_it(&mut self, found: SecretString) -> bool {
        if self.candidate.as_ref().is_some_and(|(seen, _)| same(seen, &found)) {
            return false;
        }
        self.candidate = Some((found, Instant::now()));
        let from = self.sign.from.clone();
        tracing::info!(
            from,
            "the NOTION_TOKEN in .env is not the bot's own; to use it, put it where the bot's own comes from and restart"
        );
        self.sign.another =
            Some("it is not the bot's own; put it where that comes from and restart to use it".to_owned());
        true
    }

    /// Tries a token on everything that the bot does: who it is, each page, its comments, the right to write some.
    async fn accept(&self, token: &SecretString) -> Result<Me, String> {
        let settings = &self.tools.settings;
        let new = client(settings, token.clone()).map_err(|error| format!("{error:#}"))?;
        let me = new.me().await.map_err(|error| error.to_string())?;
        let mut readable = 0;
        let mut why = None;
        for source in &settings.pages {
            let answer = match source {
                PageSource::Page(page) => reads(&new, page).await,
                PageSource::DataSource { id, .. } => new.data_source(id).await.map(|_| ()),
            };
            match answer {
                Ok(()) => readable += 1,
                // A page that the present token cannot read either speaks against neither.
                Err(error) if is_passing(&error) || self.present_reads(source).await => {
                    return Err(error.to_string());
                }
                Err(error) => why = Some(error.to_string()),
            }
        }
        match why {
            Some(why) if readable == 0 => return Err(why),
            Some(_) | None => {}
        }
        new.may_write_comments().await.map_err(|error| error.to_string())?;
        Ok(me)
    }

    async fn present_reads(&self, source: &PageSource) -> bool {
        match source {
            PageSource::Page(page) => self.notion.page(page).await.is_ok(),
            PageSource::DataSource { id, .. } => self.notion.data_source(id).await.is_ok(),
        }
    }

    /// From now on everything is asked with the new token. Its id is ours before the first comment is written with it.
    async fn swap(&mut self, token: SecretString, me: &Me) -> bool {
        if let Err(error) = own_ids(&*self.store, &me.id).await {
            return self.refuse(format!("its id could not be kept ({error})"));
        }
        self.own.add(&me.id);
        self.notion.swap_token(token.clone());
        self.present = token;
        self.candidate = None;
        self.sign.since = Utc::now();
        self.sign.another = None;
        tracing::info!(
            bot = %me.id,
            "the new NOTION_TOKEN in .env passed its test; it is used from now on"
        );
        self.tell(me).await;
        true
    }

    fn refuse(&mut self, why: String) -> bool {
        if self.sign.another.as_ref() == Some(&why) {
            return false;
        }
        tracing::warn!(
            why,
            "the new NOTION_TOKEN in .env did not pass its test, so the old one is used on; I try again every 30 s"
        );
        self.sign.another = Some(why);
        true
    }

    /// Each page's audit has it, and each page is read at once.
    async fn tell(&self, me: &Me) {
        for source in &self.tools.settings.pages {
            let PageSource::Page(page) = source else { continue };
            let row = AuditRow {
                n: 0,
                at_ms: Utc::now().timestamp_millis(),
                page: page.clone(),
                comment: None,
                kind: "token_swapped".to_owned(),
                facts: serde_json::json!({ "bot": me.id, "from": self.sign.from }),
            };
            let swapped = PipelineInput {
                audit: Some(row),
                ..PipelineInput::new(page.clone(), Event::ClockTicked)
            };
            if let Err(why) = self.pipeline.submit(vec![swapped]).await {
                tracing::warn!(%page, "the page's audit lacks the change of the token: {why}");
            }
            // A full bell rings already.
            let _ = self.ring.try_send(page.clone());
        }
    }
}

async fn reads(notion: &Client, page: &PageId) -> Result<(), Error> {
    notion.page(page).await?;
    notion.comments(page.as_str()).await?;
    Ok(())
}

/// Whether an error passes by itself, and so says nothing about the token.
fn is_passing(error: &Error) -> bool {
    matches!(error.kind, Kind::Later { .. } | Kind::Network { .. } | Kind::Unexpected)
}

fn same(one: &SecretString, other: &SecretString) -> bool {
    one.expose_secret() == other.expose_secret()
}
