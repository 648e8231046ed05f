//! What a demo runs on: sandbox, stand-ins, scratch project, the bot. People act through the sandbox's control API.
use super::page_view::{PageView, id, items};
use crate::cli::CommandResult;
use crate::cli::ProjectArgs;
use crate::cli::bot::Bot;
use crate::cli::greet;
use crate::cli::tools::Tools;
use crate::config::Settings;
use crate::domain::ids::{CommentId, PageId};
use crate::domain::reply::Reference;
use crate::rotation::live_redactor::LiveRedactor;
use crate::rotation::{Keyring, Project};
use crate::store::{AuditQuery, AuditRow, Store};
use crate::telemetry::{self, Format};
use anyhow::Context as _;
use keyminder_sandbox::providers::{self, StandIns};
use keyminder_sandbox::{Options, Running, serve};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::Child;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// The sandbox is in this process: it answers at once or not at all.
const GREETING: Duration = Duration::from_secs(5);
const PROVIDERS: [&str; 5] = ["bybit", "notion", "huggingface", "groq", "mistral"];

/// A demo that runs: the sandbox, the stand-ins, the scratch project and the bot.
pub(super) struct Demo {
    pub(super) project: PathBuf,
    pub(super) url: String,
    pub(super) page: PageId,
    pub(super) page_url: String,
    pub(super) redactor: LiveRedactor,
    store: Arc<dyn Store>,
    sandbox: Running,
    pub(super) stand_ins: StandIns,
    http: reqwest::Client,
    bot: JoinHandle<CommandResult<()>>,
    stop: watch::Sender<bool>,
    pub(super) keys: Arc<Keyring>,
    /// What the command of the last step said.
    pub(super) output: CommandOutput,
    /// The keys that stand in `.env` at first, by provider: variable to value.
    pub(super) old: BTreeMap<String, BTreeMap<String, String>>,
    /// The keys that replace them.
    pub(super) new: BTreeMap<String, BTreeMap<String, String>>,
    /// New keys that were given up.
    pub(super) spoiled: BTreeMap<String, BTreeMap<String, String>>,
    /// A program that has an old key in its environment.
    pub(super) program: Option<Child>,
    /// The comment written last.
    pub(super) last: Option<CommentId>,
    /// The number of the audit's last row that was shown.
    audited: i64,
    reply_times: Vec<Duration>,
    /// The demo's own requests for the page; the journal counts them among the bot's.
    own_requests: Cell<usize>,
}

/// What a command said.
#[derive(Default)]
pub(super) struct CommandOutput {
    /// The lines that it printed.
    pub(super) lines: Vec<String>,
    /// Whether it refused; a line says why.
    pub(super) refused: bool,
}

/// What the demo cost.
pub(super) struct DemoFigures {
    pub(super) requests: usize,
    pub(super) probes: usize,
    pub(super) replies: usize,
    pub(super) reply_times: Vec<Duration>,
}

impl Demo {
    /// Sets everything up and starts the bot.
    pub(super) async fn start() -> CommandResult<Self> {
        let stand_ins = StandIns::default();
        let options = Options {
            providers: Some(providers::router(stand_ins.clone())),
            ..Options::default()
        };
        let sandbox = serve(options).await.context("the sandbox cannot listen on 127.0.0.1")?;
        let mut rng = fastrand::Rng::new();
        let mut issue = |provider: &&str| Some(((*provider).to_owned(), stand_ins.issue(provider, &mut rng)?));
        let old: BTreeMap<_, _> = PROVIDERS.iter().filter_map(&mut issue).collect();
        let new: BTreeMap<_, _> = PROVIDERS.iter().filter_map(&mut issue).collect();
        let project = scratch(&old)?;
        let page = sandbox.first_line["pages"][0].clone();
        let settings = settings(&project, &sandbox, page["id"].as_str().unwrap_or_default())?;
        let files = Arc::new(Project::open(&settings)?);
        let greeting = greet::greet(&settings, &files, GREETING)?;
        let tools = Tools::load(settings, files)?;
        let http = crate::outbound::client(reqwest::Client::builder())?;
        let (redactor, keys) = (tools.redactor.clone(), Arc::clone(&tools.keys));
        telemetry::init(redactor.shared(), Format::Human, "error")?;
        tell_tokens(&http, &sandbox, &old, &new).await?;
        let bot = Bot::start(tools, greeting, None).await?;
        let (store, stop) = (Arc::clone(&bot.store), bot.stop.clone());
        Ok(Self {
            project,
            url: sandbox.url.clone(),
            page: PageId::from_wire(page["id"].as_str().unwrap_or_default()),
            page_url: page["url"].as_str().unwrap_or_default().to_owned(),
            redactor,
            store,
            sandbox,
            stand_ins,
            http,
            bot: tokio::spawn(bot.work()),
            stop,
            keys,
            output: CommandOutput::default(),
            old,
            new,
            spoiled: BTreeMap::new(),
            program: None,
            last: None,
            audited: 0,
            reply_times: Vec::new(),
            own_requests: Cell::new(0),
        })
    }

    /// The keys that will be put into `.env`.
    pub(super) fn new_values(&self) -> BTreeMap<String, String> {
        self.new
            .values()
            .flatten()
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    }

    pub(super) async fn control_api(
        &self,
        method: reqwest::Method,
        path: &str,
        body: Option<Value>,
    ) -> CommandResult<Value> {
        call(&self.http, method, &format!("{}/sandbox/{path}", self.url), body).await
    }

    async fn api(&self, path: &str) -> CommandResult<Value> {
        self.own_requests.set(self.own_requests.get() + 1);
        let request = self.http.get(format!("{}/v1/{path}", self.url));
        let request = request
            .bearer_auth(self.sandbox.token.expose_secret())
            .header("Notion-Version", "2026-03-11");
        Ok(request.send().await?.error_for_status()?.json().await?)
    }

    /// Looks at the page as anybody could.
    pub(super) async fn look_at_page(&self) -> CommandResult<PageView> {
        let page = self.api(&format!("pages/{}", self.page)).await?;
        let blocks = self
            .api(&format!("blocks/{}/children?page_size=100", self.page))
            .await?;
        let comments = self.api(&format!("comments?block_id={}", self.page)).await?;
        let bot = id(&self.sandbox.first_line["bot"]);
        Ok(PageView::of(&page, &blocks, &comments, bot))
    }

    /// Our reply to the comment written last, without its reference.
    pub(super) fn reply(&self, page: &PageView) -> Option<String> {
        let mark = format!(" · {}", Reference::of(self.last.as_ref()?));
        let reply = page.ours().find_map(|said| said.strip_suffix(&mark))?;
        Some(reply.to_owned())
    }

    /// What the audit says since it was last asked.
    pub(super) async fn audit(&mut self) -> CommandResult<Vec<AuditRow>> {
        let rows = self
            .store
            .audit(AuditQuery {
                after: self.audited,
                limit: 500,
                ..AuditQuery::default()
            })
            .await?;
        self.audited = rows.last().map_or(self.audited, |row| row.n);
        Ok(rows)
    }

    /// How long the reply to a comment took.
    pub(super) fn add_reply_time(&mut self, answered: Option<Duration>) {
        self.reply_times.extend(answered);
    }

    /// What the demo cost so far.
    pub(super) async fn figures(&self) -> CommandResult<DemoFigures> {
        let journal = self.control_api(reqwest::Method::GET, "journal", None).await?;
        let bot = |entry: &&Value| entry["who"] == "bot";
        let ours = items(&journal);
        let requests = ours.iter().filter(bot).count();
        Ok(DemoFigures {
            requests: requests.saturating_sub(self.own_requests.get()),
            probes: self.stand_ins.journal().len(),
            replies: self.look_at_page().await?.ours().count(),
            reply_times: self.reply_times.clone(),
        })
    }

    /// Stops the bot and the sandbox, and deletes the scratch project.
    pub(super) async fn stop(mut self) -> CommandResult<()> {
        self.end_program()?;
        let _ = self.stop.send(true);
        self.bot.await??;
        self.sandbox.stop().await?;
        std::fs::remove_dir_all(&self.project)?;
        Ok(())
    }
}

async fn call(http: &reqwest::Client, method: reqwest::Method, url: &str, body: Option<Value>) -> CommandResult<Value> {
    let mut request = http.request(method, url);
    if let Some(body) = body {
        request = request.json(&body);
    }
    let answer = request.send().await?;
    let status = answer.status();
    let body: Value = answer.json().await?;
    if !status.is_success() {
        return Err(anyhow::anyhow!("the sandbox refused {url}: {}", body["message"]).into());
    }
    Ok(body)
}

/// The sandbox is the stand-in for Notion tokens as well: it has to know those that stand in `.env`.
async fn tell_tokens(
    http: &reqwest::Client,
    sandbox: &Running,
    old: &BTreeMap<String, BTreeMap<String, String>>,
    new: &BTreeMap<String, BTreeMap<String, String>>,
) -> CommandResult<()> {
    for values in [old, new] {
        let token = &values["notion"]["NOTION_TOKEN"];
        let url = format!("{}/sandbox/tokens", sandbox.url);
        call(http, reqwest::Method::POST, &url, Some(json!({ "token": token }))).await?;
    }
    Ok(())
}

/// A scratch project with a `.env` of invented keys, 0600.
fn scratch(values: &BTreeMap<String, BTreeMap<String, String>>) -> CommandResult<PathBuf> {
    use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
    let dir = std::env::temp_dir().join(format!("keyminder-demo-{}-{}", std::process::id(), fastrand::u32(..)));
    std::fs::DirBuilder::new().mode(0o700).create(&dir)?;
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(dir.join(".env"))?;
    std::io::Write::write_all(&mut file, env_text(values).as_bytes())?;
    Ok(dir)
}

pub(super) fn env_text(values: &BTreeMap<String, BTreeMap<String, String>>) -> String {
    let mut text = "# keys of the demo, invented for this run\nTZ=Europe/Amsterdam\n".to_owned();
    for (name, value) in values.values().flatten() {
        let _ = writeln!(text, "{name}={value}");
    }
    text
}

fn settings(project: &std::path::Path, sandbox: &Running, page: &str) -> CommandResult<Settings> {
    let providers = sandbox.providers_url.clone().context("the stand-ins do not listen")?;
    let environment = [
        ("KEYMINDER_NOTION_URL", sandbox.url.clone()),
        ("KEYMINDER_PROBE_URL", providers),
        ("KEYMINDER_PAGES", page.to_owned()),
        ("KEYMINDER_POLL_ACTIVE", "200ms".to_owned()),
        ("KEYMINDER_NOTION_REQUESTS_PER_MINUTE", "0".to_owned()),
        ("KEYMINDER_ROTATION_PROOF_AT", "0s,1s,2s".to_owned()),
        ("KEYMINDER_EVIDENCE_FRESH", "1s".to_owned()),
        ("NOTION_TOKEN", sandbox.token.expose_secret().to_owned()),
    ];
    let environment = environment
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    let place = ProjectArgs {
        project: Some(project.to_owned()),
        config: None,
    };
    Ok(Settings::read(&place, environment)?)
}
