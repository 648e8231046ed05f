//! The bot, wired: the only place where its rooms meet. `run` and `demo` both start it here.
use super::greet::Greeting;
use super::supervise;
use super::token::{self, TokenFollower};
use super::tools::Tools;
use super::upkeep::Upkeep;
use crate::cli::{CommandError, CommandResult};
use crate::config::{self, Settings};
use crate::domain::ids::PageId;
use crate::effects::{EffectContext, Worker};
use crate::health::Health;
use crate::intake::{Directory, Intake, IntakeContext};
use crate::monitor::heartbeat::{Heartbeat, TokenSign};
use crate::notion::{Client, OwnIds, PropertyCache, UserText, raw_text};
use crate::pipeline::{Pipeline, PipelineHandle};
use crate::replies::OwnReplies;
use crate::rotation::Project;
use crate::store::Store;
use crate::store::sqlite::SqliteStore;
use chrono::Utc;
use secrecy::SecretString;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;
use tokio::sync::{Mutex, Notify, mpsc, watch};
use tokio::task::{JoinHandle, JoinSet};

/// Pages that may be named before the intake hears of them.
const BELLS: usize = 64;
/// The part of the bot that another install key than before concerns.
const INSTALL_KEY: &str = "install key";
/// How long each part has to end; with the two seconds of the store below the ten after which service managers kill.
const WORKER_ENDS: Duration = Duration::from_secs(5);
const PIPELINE_ENDS: Duration = Duration::from_secs(2);

/// A running bot: its parts, and what is needed to stop them in order.
pub(super) struct Bot {
    pub(super) tools: Arc<Tools>,
    pub(super) store: Arc<dyn Store>,
    pub(super) notion: Client,
    pub(super) pipeline: PipelineHandle,
    pub(super) stop: watch::Sender<bool>,
    health: Health,
    context: Arc<IntakeContext>,
    /// Names pages that are to be read at once.
    bell: Arc<Mutex<mpsc::Receiver<PageId>>>,
    follower: Arc<Mutex<TokenFollower>>,
    worker_task: JoinHandle<()>,
    pipeline_task: JoinHandle<()>,
    /// Why worker or pipeline cannot go on.
    ended: mpsc::Receiver<CommandError>,
}

impl Bot {
    /// Hears who we are, opens the store, starts pipeline and worker. The intake is started by the caller.
    pub(super) async fn start(tools: Tools, greeting: Greeting, only: Option<PageId>) -> CommandResult<Self> {
        let notion = greeting.notion;
        // Whoever asks sees from the first moment on that a bot is there, and what it waits for.
        let store: Arc<dyn Store> = Arc::new(open_store(&tools.settings).await?);
        let starting = Heartbeat {
            warnings: vec!["it has just begun, and waits for Notion's first answer".to_owned()],
            ..Heartbeat::at(Utc::now())
        };
        if let Err(error) = tools.keys.blocking(move |project| starting.write(project)).await {
            tracing::warn!("no sign of life could be given: {error}");
        }
        let me = greeting.me.await??;
        let redactor = tools.redactor.current().await;
        let clean = |name: &Option<UserText>| {
            name.as_ref()
                .map(|name| redactor.redact(&raw_text(name)).text.to_string())
        };
        tracing::info!(
            bot = clean(&me.name),
            workspace = clean(&me.workspace),
            token = greeting.token.1,
            "connected to Notion"
        );
        if let Some(why) = super::tools::why_rules_alone(&tools.settings) {
            tracing::info!("comments are read by the rules alone: {why}");
        }
        marks_go_with_key(&*store, &tools.keys.project).await?;
        let own = OwnIds::new(token::own_ids(&*store, &me.id).await?);
        let tools = Arc::new(tools);
        Ok(Self::assemble(tools, store, notion, own, greeting.token, only))
    }

    fn assemble(
        tools: Arc<Tools>,
        store: Arc<dyn Store>,
        notion: Client,
        own: OwnIds,
        token: (SecretString, &'static str),
        only: Option<PageId>,
    ) -> Self {
        let settings = &tools.settings;
        let bell = Arc::new(Notify::new());
        let health = Health::default();
        health.part(INSTALL_KEY, tools.keys.project.lost_key().map(str::to_owned));
        let project = tools.keys.project.id.clone();
        let (deciding, pipeline) = Pipeline::new(
            Arc::clone(&store),
            tools.playbook.clone(),
            project.clone(),
            health.clone(),
            Arc::clone(&bell),
        );
        let properties = PropertyCache::new(settings.properties.clone());
        let replies = OwnReplies::new(notion.budget().server_now.unwrap_or_else(Utc::now));
        let effects = EffectContext {
            notion: notion.clone(),
            store: Arc::clone(&store),
            own: own.clone(),
            properties: properties.clone(),
            replies: replies.clone(),
            keys: Arc::clone(&tools.keys),
            collector: tools.collector.clone(),
            redactor: tools.redactor.clone(),
            times: settings.effects,
            parked: AtomicBool::new(true),
            writes_again: AtomicBool::new(false),
        };
        let requests_per_minute = settings.notion.requests_per_minute;
        let worker = Worker {
            context: Arc::new(effects),
            pipeline: pipeline.clone(),
            bell,
            owner: format!("{}-{}", std::process::id(), fastrand::u32(..)),
            project,
            requests_per_minute,
            health: health.clone(),
        };
        let sources = only.map_or_else(|| settings.pages.clone(), |page| vec![config::PageSource::Page(page)]);
        let context = Arc::new(IntakeContext {
            notion: notion.clone(),
            store: Arc::clone(&store),
            pipeline: pipeline.clone(),
            redactor: tools.redactor.clone(),
            ingest: tools.ingest.clone(),
            properties,
            people: Directory::new(own.clone(), settings.people.clone()),
            replies,
            health: health.clone(),
            playbook: tools.playbook.clone(),
            poll: settings.poll.clone(),
            requests_per_minute,
            sources,
        });
        let (ring, pages_bell) = mpsc::channel(BELLS);
        let follower = TokenFollower {
            tools: Arc::clone(&tools),
            notion: notion.clone(),
            store: Arc::clone(&store),
            own,
            pipeline: pipeline.clone(),
            ring,
            candidate: None,
            seen: None,
            sign: TokenSign::new(token.1, Utc::now()),
            present: token.0,
        };
        let (stop, stopped) = watch::channel(false);
        let (end, ended) = mpsc::channel(2);
        let pipeline_task = spawn_part(end.clone(), async move { Ok(deciding.work().await?) });
        let works = health.clone();
        let worker_task = spawn_part(end, async move {
            supervise::keep("worker", &works, || worker.clone().work(stopped.clone())).await
        });
        Self {
            tools,
            store,
            notion,
            pipeline,
            stop,
            health,
            context,
            bell: Arc::new(Mutex::new(pages_bell)),
            follower: Arc::new(Mutex::new(follower)),
            worker_task,
            pipeline_task,
            ended,
        }
    }

    /// Polls until told to stop, then lets what is in hand end, and leaves. An error says why it cannot go on.
    pub(super) async fn work(mut self) -> CommandResult<()> {
        let mut stopped = self.stop.subscribe();
        let intake = supervise::keep("intake", &self.health, || {
            let (context, bell) = (Arc::clone(&self.context), Arc::clone(&self.bell));
            async move {
                Intake::new(context)
                    .work(&mut *bell.lock().await)
                    .await
                    .map(|never| match never {})
            }
        });
        let upkeep = supervise::keep("upkeep", &self.health, || {
            let upkeep = Upkeep {
                tools: Arc::clone(&self.tools),
                notion: self.notion.clone(),
                store: Arc::clone(&self.store),
                pipeline: self.pipeline.clone(),
                health: self.health.clone(),
            };
            let follower = Arc::clone(&self.follower);
            async move {
                upkeep
                    .work(&mut *follower.lock().await)
                    .await
                    .map(|never| match never {})
            }
        });
        let worked = tokio::select! {
            biased;
            _ = stopped.wait_for(|stopped| *stopped) => Ok(()),
            Some(cause) = self.ended.recv() => Err(cause),
            worked = intake => worked,
            worked = upkeep => worked,
        };
        let left = self.leave().await;
        worked.and(left)
    }

    /// Looks at every page once.
    pub(super) async fn look_once(&self) -> CommandResult<()> {
        Ok(Intake::new(Arc::clone(&self.context)).look_once().await?)
    }

    /// Lets the effects in hand end, commits their outcomes, closes the store. What does not end in time is cut off: it is
    /// in the store, and read back at the next start.
    pub(super) async fn leave(self) -> CommandResult<()> {
        let Self {
            store,
            pipeline,
            stop,
            context,
            follower,
            worker_task,
            pipeline_task,
            mut ended,
            ..
        } = self;
        let _ = stop.send(true);
        in_time(worker_task, WORKER_ENDS).await;
        // The pipeline ends once nobody holds a handle to it.
        drop((pipeline, context, follower));
        in_time(pipeline_task, PIPELINE_ENDS).await;
        // What was acknowledged is safe all the same: the next start reads the log.
        if let Err(why) = store.close().await {
            tracing::warn!("the store's log stays beside its file, copy both: {why}");
        }
        ended.try_recv().map_or(Ok(()), Err)
    }
}

/// Runs a part that nothing can replace; its cause is told when it cannot go on.
fn spawn_part(
    end: mpsc::Sender<CommandError>,
    part: impl Future<Output = CommandResult<()>> + Send + 'static,
) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut running = JoinSet::new();
        running.spawn(part);
        let cause = match running.join_next().await {
            Some(Ok(Ok(()))) | None => return,
            Some(Ok(Err(cause))) => cause,
            Some(Err(panic)) => anyhow::anyhow!("an internal error ({panic}); the log has its place").into(),
        };
        // Whoever listened may have left already.
        let _ = end.send(cause).await;
    })
}

async fn in_time(mut part: JoinHandle<()>, most: Duration) {
    if tokio::time::timeout(most, &mut part).await.is_err() {
        part.abort();
    }
}

/// Comments are known by marks under the install key. Under another one every comment would seem edited, and be answered
/// again: what the marks were is forgotten first.
async fn marks_go_with_key(store: &dyn Store, project: &Project) -> CommandResult<()> {
    const KEY_OF_MARKS: &str = "key_of_marks";
    let known = store.recall(KEY_OF_MARKS).await?;
    let is_another = known
        .as_ref()
        .map_or(project.lost_key().is_some(), |known| known != project.key_id());
    if is_another {
        store.forget_marks().await?;
    }
    if known.as_deref() != Some(project.key_id()) {
        store.remember(KEY_OF_MARKS, project.key_id()).await?;
    }
    if project.lost_key().is_some() {
        project.accept_key()?;
    }
    Ok(())
}

async fn open_store(settings: &Settings) -> CommandResult<SqliteStore> {
    Ok(SqliteStore::open(Path::new(&settings.state)).await?)
}
