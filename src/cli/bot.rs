//! The bot, wired: the only place where its rooms meet. `run` and `demo` both start it here.
use super::token::{self, Follower};
use crate::config::{self, Faults, Settings};
use crate::domain::classify::{Classifier, KeyName, KeyNames};
use crate::domain::decide::{Names, Playbook};
use crate::domain::ids::PageId;
use crate::effects::{Boards, Hands, Keys, Worker};
use crate::evidence::{LookSettings, Looker};
use crate::intake::{Context, Intake, IntakeError, People};
use crate::monitor::heartbeat::TokenSign;
use crate::notion::{Client, Me, OwnIds};
use crate::pipeline::{Door, Pipeline};
use crate::rotation::Project;
use crate::rotation::known::Following;
use crate::rotation::probe::{ProbeSettings, Prober};
use crate::rotation::providers::Providers;
use crate::store::sqlite::SqliteStore;
use crate::store::{Store, StoreError};
use chrono::Utc;
use secrecy::SecretString;
use std::path::Path;
use std::sync::Arc;
use tokio::sync::{Notify, mpsc, watch};
use tokio::task::JoinHandle;

/// Pages that may be named before the intake hears of them.
const BELLS: usize = 64;

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
    pub(super) intake: Intake,
    pub(super) door: Door,
    pub(super) stop: watch::Sender<bool>,
    /// Names pages that are to be read at once.
    bell: mpsc::Receiver<PageId>,
    /// Until the upkeep takes it.
    follower: Option<Follower>,
    worker: JoinHandle<Result<(), StoreError>>,
    pipeline: JoinHandle<Result<(), StoreError>>,
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

/// A call to Notion that is under way while everything else is loaded.
pub(super) struct Greeting {
    notion: Client,
    me: JoinHandle<Result<Me, crate::notion::Error>>,
    token: (SecretString, &'static str),
}

/// Says hello to Notion: the first request leaves before rules and prompts are compiled. Needs a tokio runtime.
pub(super) fn greet(settings: &Settings, project: &Project) -> anyhow::Result<Greeting> {
    let token = token::token(settings, project)?;
    let notion = token::client(settings, token.0.clone())?;
    let client = notion.clone();
    let me = tokio::spawn(async move { client.me().await });
    Ok(Greeting { notion, me, token })
}

impl Bot {
    /// Hears who we are, opens the store, starts pipeline and worker. The intake is started by the caller.
    pub(super) async fn start(tools: Tools, greeting: Greeting, only: Option<PageId>) -> anyhow::Result<Self> {
        let notion = greeting.notion;
        let me = greeting.me.await??;
        tracing::info!(
            bot = me.name,
            workspace = me.workspace,
            token = greeting.token.1,
            "connected to Notion"
        );
        let store: Arc<dyn Store> = Arc::new(open_store(&tools.settings).await?);
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
        let project = tools.keys.project.id.clone();
        let (pipeline, door) = Pipeline::new(
            Arc::clone(&store),
            Arc::clone(&tools.playbook),
            project.clone(),
            Arc::clone(&bell),
        );
        let boards = Boards::new(settings);
        let hands = Hands {
            notion: notion.clone(),
            store: Arc::clone(&store),
            own: own.clone(),
            boards: boards.clone(),
            keys: Arc::clone(&tools.keys),
            redactor: tools.redactor.clone(),
            times: settings.effects,
        };
        let requests_per_minute = settings.notion.requests_per_minute;
        let worker = Worker {
            hands: Arc::new(hands),
            door: door.clone(),
            bell,
            owner: format!("{}-{}", std::process::id(), fastrand::u32(..)),
            project,
            requests_per_minute,
        };
        let sources = only.map_or_else(|| settings.pages.clone(), |page| vec![config::PageSource::Page(page)]);
        let intake = Intake::new(Context {
            notion: notion.clone(),
            store: Arc::clone(&store),
            door: door.clone(),
            redactor: tools.redactor.clone(),
            classifier: Arc::clone(&tools.classifier),
            keys: tools.key_names.clone(),
            boards,
            people: People::new(own.clone(), settings.people.clone()),
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
        let pipeline = tokio::spawn(pipeline.work());
        let worker = tokio::spawn(worker.work(stopped));
        Self {
            tools,
            store,
            notion,
            intake,
            door,
            stop,
            bell: pages_bell,
            follower: Some(follower),
            worker,
            pipeline,
        }
    }

    /// Polls until told to stop, then finishes what is in hand and leaves.
    pub(super) async fn work(mut self) -> anyhow::Result<()> {
        let (tools, notion, door) = (Arc::clone(&self.tools), self.notion.clone(), self.door.clone());
        let follower = self.follower.take();
        let upkeep = follower.map(|follower| tokio::spawn(super::upkeep::work(tools, notion, door, follower)));
        let stopped = self.stop.subscribe();
        let worked = self.intake.work(&mut self.bell, stopped).await;
        upkeep.inspect(JoinHandle::abort);
        self.leave().await?;
        Ok(worked?)
    }

    /// Lets the effects in hand end, commits their outcomes, closes.
    pub(super) async fn leave(self) -> anyhow::Result<()> {
        let _ = self.stop.send(true);
        // Whoever holds a door keeps the pipeline waiting.
        drop((self.intake, self.follower));
        self.worker.await??;
        drop(self.door);
        self.pipeline.await??;
        Ok(())
    }

    /// The first look at every page; an error when none can be read.
    pub(super) async fn first_look(&mut self) -> Result<(), IntakeError> {
        self.intake.first_look().await
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
