//! The bot, wired: the only place where its rooms meet. `run` and `demo` both start it here.
use super::greet::Greeting;
use super::supervise;
use super::token::{self, Follower};
use super::upkeep::Upkeep;
use crate::config::{self, Faults, Settings};
use crate::domain::classify::{Classifier, KeyName, KeyNames};
use crate::domain::decide::{Names, Playbook};
use crate::domain::ids::PageId;
use crate::effects::{Boards, Hands, Keys, Worker};
use crate::evidence::{LookSettings, Looker};
use crate::health::Health;
use crate::intake::{Context, Intake, People};
use crate::monitor::heartbeat::{Heartbeat, TokenSign};
use crate::notion::{Client, OwnIds};
use crate::pipeline::{Door, Pipeline};
use crate::replies::OwnReplies;
use crate::rotation::Project;
use crate::rotation::known::Following;
use crate::rotation::probe::{ProbeSettings, Prober};
use crate::rotation::providers::Providers;
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
/// How long each part has to end; with the two seconds of the store below the ten after which service managers kill.
const WORKER_ENDS: Duration = Duration::from_secs(5);
const PIPELINE_ENDS: Duration = Duration::from_secs(2);

/// What is known before anything is asked.
pub(super) struct Tools {
    pub(super) settings: Settings,
    pub(super) keys: Arc<Keys>,
    pub(super) playbook: Arc<Playbook>,
    pub(super) classifier: Arc<Classifier>,
    pub(super) key_names: KeyNames,
    pub(super) redactor: Following,
}

/// A running bot.
pub(super) struct Bot {
    pub(super) tools: Arc<Tools>,
    pub(super) store: Arc<dyn Store>,
    pub(super) notion: Client,
    pub(super) door: Door,
    pub(super) stop: watch::Sender<bool>,
    health: Health,
    context: Arc<Context>,
    /// Names pages that are to be read at once.
    bell: Arc<Mutex<mpsc::Receiver<PageId>>>,
    follower: Arc<Mutex<Follower>>,
    worker: JoinHandle<()>,
    pipeline: JoinHandle<()>,
    /// Why worker or pipeline cannot go on.
    ended: mpsc::Receiver<anyhow::Error>,
}

impl Tools {
    /// Opens the project and loads everything that decisions go by.
    pub(super) fn load(settings: Settings, project: Arc<Project>) -> anyhow::Result<Self> {
        let providers = providers(&settings)?;
        let prober = Prober::new(ProbeSettings {
            probe_url: settings.probe_url.clone(),
            notion_url: settings.notion.url.clone(),
            ..ProbeSettings::default()
        })?;
        let looker = Looker::new(
            Arc::clone(&project),
            Arc::clone(&providers),
            prober.clone(),
            LookSettings::from(&settings),
        );
        let names = names(&providers);
        let redactor = Following::new(
            Arc::clone(&project),
            names.identifiers.clone(),
            super::redact::patterns(&settings.project)?,
        );
        let playbook = Arc::new(config::playbook(&settings, names)?);
        let classifier = classifier(&settings)?;
        let key_names = key_names(&providers);
        let keys = Arc::new(Keys {
            project,
            providers,
            prober,
            looker,
        });
        Ok(Self {
            settings,
            keys,
            playbook,
            classifier,
            key_names,
            redactor,
        })
    }
}

/// The built-in providers with the project's own over them.
pub(super) fn providers(settings: &Settings) -> anyhow::Result<Arc<Providers>> {
    let file = settings.project.join("config/providers.toml");
    let Ok(text) = std::fs::read_to_string(&file) else {
        return Ok(Providers::builtin());
    };
    let own = Providers::with_file(&text, "config/providers.toml");
    let own = own.map_err(|faults| Faults(faults.iter().map(ToString::to_string).collect()))?;
    Ok(Arc::new(own))
}

/// The rules that are built in, with those of the project in `config/rules` over them.
pub(super) fn classifier(settings: &Settings) -> anyhow::Result<Arc<Classifier>> {
    let files = super::classify::rule_files(&settings.project)?;
    if files.is_empty() {
        return Ok(Classifier::builtin());
    }
    let own = Classifier::from_files(&files);
    let own = own.map_err(|faults| Faults(faults.iter().map(ToString::to_string).collect()))?;
    Ok(Arc::new(own))
}

/// The keys that comments may name: the variables of all providers, and what people call their services.
pub(super) fn key_names(providers: &Providers) -> KeyNames {
    let names = providers.all().iter().flat_map(|provider| {
        let title = provider.title.to_lowercase();
        let services: Vec<String> = if title == provider.id {
            vec![title]
        } else {
            vec![title, provider.id.clone()]
        };
        let pair = provider.variables.len() > 1;
        provider.variables.iter().map(move |variable| KeyName {
            variable: variable.name.clone(),
            services: services.clone(),
            secret_half: pair && !variable.identifier,
        })
    });
    KeyNames::new(names.collect())
}

pub(super) fn names(providers: &Providers) -> Names {
    let mut names = Names::default();
    for provider in providers.all() {
        names
            .manage_urls
            .insert(provider.title.clone(), provider.manage_url.clone());
        for variable in &provider.variables {
            names.providers.insert(variable.name.clone(), provider.title.clone());
            if variable.identifier {
                names.identifiers.push(variable.name.clone());
            }
        }
    }
    names
}

impl Bot {
    /// Hears who we are, opens the store, starts pipeline and worker. The intake is started by the caller.
    pub(super) async fn start(tools: Tools, greeting: Greeting, only: Option<PageId>) -> anyhow::Result<Self> {
        let notion = greeting.notion;
        // Whoever asks sees from the first moment on that a bot is there, and what it waits for.
        let store: Arc<dyn Store> = Arc::new(open_store(&tools.settings).await?);
        let starting = Heartbeat {
            warnings: vec!["it has just begun, and waits for Notion's first answer".to_owned()],
            ..Heartbeat::at(Utc::now())
        };
        if let Err(error) = starting.write(&tools.keys.project) {
            tracing::warn!("no sign of life could be given: {error}");
        }
        let me = greeting.me.await??;
        tracing::info!(
            bot = me.name,
            workspace = me.workspace,
            token = greeting.token.1,
            "connected to Notion"
        );
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
        let project = tools.keys.project.id.clone();
        let (pipeline, door) = Pipeline::new(
            Arc::clone(&store),
            Arc::clone(&tools.playbook),
            project.clone(),
            health.clone(),
            Arc::clone(&bell),
        );
        let boards = Boards::new(settings);
        let replies = OwnReplies::new(notion.budget().server_now.unwrap_or_else(Utc::now));
        let hands = Hands {
            notion: notion.clone(),
            store: Arc::clone(&store),
            own: own.clone(),
            boards: boards.clone(),
            replies: replies.clone(),
            keys: Arc::clone(&tools.keys),
            redactor: tools.redactor.clone(),
            times: settings.effects,
            parked: AtomicBool::new(true),
            writes_again: AtomicBool::new(false),
        };
        let requests_per_minute = settings.notion.requests_per_minute;
        let worker = Worker {
            hands: Arc::new(hands),
            door: door.clone(),
            bell,
            owner: format!("{}-{}", std::process::id(), fastrand::u32(..)),
            project,
            requests_per_minute,
            health: health.clone(),
        };
        let sources = only.map_or_else(|| settings.pages.clone(), |page| vec![config::PageSource::Page(page)]);
        let context = Arc::new(Context {
            notion: notion.clone(),
            store: Arc::clone(&store),
            door: door.clone(),
            redactor: tools.redactor.clone(),
            classifier: Arc::clone(&tools.classifier),
            keys: tools.key_names.clone(),
            boards,
            people: People::new(own.clone(), settings.people.clone()),
            replies,
            health: health.clone(),
            playbook: Arc::clone(&tools.playbook),
            poll: settings.poll.clone(),
            requests_per_minute,
            sources,
        });
        let (ring, pages_bell) = mpsc::channel(BELLS);
        let follower = Follower {
            tools: Arc::clone(&tools),
            notion: notion.clone(),
            store: Arc::clone(&store),
            own,
            door: door.clone(),
            ring,
            candidate: None,
            sign: TokenSign::new(token.1, Utc::now()),
            present: token.0,
        };
        let (stop, stopped) = watch::channel(false);
        let (end, ended) = mpsc::channel(2);
        let pipeline = spawn_part(end.clone(), async move { Ok(pipeline.work().await?) });
        let works = health.clone();
        let worker = spawn_part(end, async move {
            supervise::keep("worker", &works, || worker.clone().work(stopped.clone())).await
        });
        Self {
            tools,
            store,
            notion,
            door,
            stop,
            health,
            context,
            bell: Arc::new(Mutex::new(pages_bell)),
            follower: Arc::new(Mutex::new(follower)),
            worker,
            pipeline,
            ended,
        }
    }

    /// Polls until told to stop, then lets what is in hand end, and leaves. An error says why it cannot go on.
    pub(super) async fn work(mut self) -> anyhow::Result<()> {
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
                door: self.door.clone(),
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
    pub(super) async fn look_once(&self) -> anyhow::Result<()> {
        Ok(Intake::new(Arc::clone(&self.context)).look_once().await?)
    }

    /// Lets the effects in hand end, commits their outcomes, closes the store. What does not end in time is cut off: it is
    /// in the store, and read back at the next start.
    pub(super) async fn leave(self) -> anyhow::Result<()> {
        let Self {
            store,
            door,
            stop,
            context,
            follower,
            worker,
            pipeline,
            mut ended,
            ..
        } = self;
        let _ = stop.send(true);
        in_time(worker, WORKER_ENDS).await;
        // Whoever holds a door keeps the pipeline waiting.
        drop((door, context, follower));
        in_time(pipeline, PIPELINE_ENDS).await;
        // What was acknowledged is safe all the same: the next start reads the log.
        if let Err(why) = store.close().await {
            tracing::warn!("the store's log stays beside its file, copy both: {why}");
        }
        ended.try_recv().map_or(Ok(()), Err)
    }
}

/// Runs a part that nothing can replace; its cause is told when it cannot go on.
fn spawn_part(
    end: mpsc::Sender<anyhow::Error>,
    part: impl Future<Output = anyhow::Result<()>> + Send + 'static,
) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut running = JoinSet::new();
        running.spawn(part);
        let cause = match running.join_next().await {
            Some(Ok(Ok(()))) | None => return,
            Some(Ok(Err(cause))) => cause,
            Some(Err(panic)) => anyhow::anyhow!("an internal error ({panic}); the log has its place"),
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

async fn open_store(settings: &Settings) -> anyhow::Result<SqliteStore> {
    if settings.state.starts_with("postgres") {
        anyhow::bail!(
            "KEYMINDER_STATE: this program keeps its state in SQLite; give a file instead of a postgres:// address"
        );
    }
    Ok(SqliteStore::open(Path::new(&settings.state)).await?)
}
