//! The program itself as a process of its own, against a sandbox in this one. People act through the control API.
use crate::wire::send;
use keyminder::domain::effect::Effect;
use keyminder::domain::ids::{CommentId, PageId};
use keyminder::domain::reply::Reference;
use keyminder::store::sqlite::SqliteStore;
use keyminder::store::{EffectState, Store};
use keyminder_sandbox::Running;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long anything may take before a test gives up.
const PATIENCE: Duration = Duration::from_secs(40);
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// `keyminder run`, killed when it is dropped.
pub struct Bot(Child);

impl Bot {
    /// Starts it in a project's folder; what it logs goes to `bot.log` there.
    pub fn start(project: &Path, sandbox: &Running, page: &str, settings: &BTreeMap<String, String>) -> Self {
        let log = std::fs::OpenOptions::new()
            .append(true)
            .create(true)
            .open(project.join("bot.log"));
        let mut command = Command::new(program());
        command.args(["run", "--project"]).arg(project).env_clear();
        let own = [
            ("KEYMINDER_NOTION_URL", sandbox.url.clone()),
            ("KEYMINDER_PAGES", page.to_owned()),
            ("KEYMINDER_POLL_ACTIVE", "30ms".to_owned()),
            ("KEYMINDER_NOTION_REQUESTS_PER_MINUTE", "0".to_owned()),
            ("NOTION_TOKEN", sandbox.token.expose_secret().to_owned()),
        ];
        command
            .envs(own)
            .envs(settings)
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        if let Some(url) = &sandbox.providers_url {
            command.env("KEYMINDER_PROBE_URL", url);
        }
        command.stderr(log.expect("a log file"));
        Self(command.spawn().expect("the program starts"))
    }

    /// Its id, as the system counts processes.
    pub fn id(&self) -> u32 {
        self.0.id()
    }

    /// Kills it on the spot, as `kill -9` does.
    pub fn kill(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }

    /// Tells it to stop, as a service manager does, and waits for its end: how long that took, and how it ended.
    pub async fn stop(&mut self) -> (Duration, Option<i32>) {
        let begun = Instant::now();
        let pid = rustix::process::Pid::from_child(&self.0);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).expect("it is our own child");
        while begun.elapsed() < PATIENCE {
            if let Some(status) = self.ended() {
                return (begun.elapsed(), status.code());
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        (begun.elapsed(), None)
    }

    /// The CPU time that it has used so far.
    #[cfg(target_os = "linux")]
    pub fn cpu(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.0.id())).unwrap_or_default();
        let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or_default().split(' ').collect();
        let ticks = |at: usize| {
            fields
                .get(at)
                .and_then(|ticks| ticks.parse::<u64>().ok())
                .unwrap_or_default()
        };
        // User and system time, in hundredths of a second.
        Duration::from_millis((ticks(11) + ticks(12)) * 10)
    }

    /// Waits until something holds while the bot runs; when it does not, the end of the project's log is told.
    pub async fn until(&mut self, project: &Path, what: &str, holds: impl AsyncFn() -> bool) {
        let begun = Instant::now();
        while !holds().await {
            let in_time = self.ended().is_none() && begun.elapsed() < PATIENCE;
            assert!(in_time, "ended, or not in time: {what}\n{}", tail(project));
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Its end, if it ended by itself.
    pub fn ended(&mut self) -> Option<std::process::ExitStatus> {
        self.0.try_wait().ok().flatten()
    }
}

/// The program under test: this build's, or another one (`KEYMINDER_UNDER_TEST`), to see a test fail on it.
pub fn program() -> std::ffi::OsString {
    std::env::var_os("KEYMINDER_UNDER_TEST").unwrap_or_else(|| env!("CARGO_BIN_EXE_keyminder").into())
}

impl Drop for Bot {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A scratch project with this `.env`, which is ours alone: of one that others may read the daily look tells on the page, and
/// whether that is before a test has counted the bot's comments or after is chance.
pub fn project(env: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let file = folder.path().join(".env");
    std::fs::write(&file, env).expect("a scratch file");
    std::fs::set_permissions(file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).expect("our own file");
    folder
}

/// Settings of a test, as the program's environment has them.
pub fn settings<const N: usize>(own: [(&str, &str); N]) -> BTreeMap<String, String> {
    own.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}

/// Everything that the bot of a project has logged.
pub fn log(project: &Path) -> String {
    std::fs::read_to_string(project.join("bot.log")).unwrap_or_default()
}

/// The last lines that the bot of a project has logged.
pub fn tail(project: &Path) -> String {
    let log = log(project);
    let lines: Vec<&str> = log.lines().collect();
    lines[lines.len().saturating_sub(8)..].join("\n")
}

/// Waits until something holds, and fails after `patience`.
pub async fn until(what: &str, patience: Duration, holds: impl AsyncFn() -> bool) {
    let begun = Instant::now();
    while !holds().await {
        assert!(begun.elapsed() < patience, "not in time: {what}");
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// The id of the sandbox's first page.
pub fn first_page(sandbox: &Running) -> String {
    let id = sandbox.first_line["pages"][0]["id"].as_str();
    id.expect("the sandbox has a page").to_owned()
}

/// A request to the control API or under `/v1`; it must work.
pub async fn call(sandbox: &Running, method: &str, path: &str, body: Value) -> Value {
    let answer = send(sandbox, method, path, &body)
        .await
        .unwrap_or_else(|error| panic!("{method} {path}: {error}"));
    assert!(answer.status < 300, "{method} {path}: {}", answer.body);
    answer.json()
}

/// Every item of a list under `/v1`; the odd size tells our looks from the bot's in the journal.
pub async fn all(sandbox: &Running, path: &str) -> Vec<Value> {
    let mut items = Vec::new();
    let mut cursor = String::new();
    loop {
        let mark = if path.contains('?') { '&' } else { '?' };
        let list = call(
            sandbox,
            "GET",
            &format!("{path}{mark}page_size=99{cursor}"),
            Value::Null,
        )
        .await;
        items.extend(list["results"].as_array().cloned().unwrap_or_default());
        match list["next_cursor"].as_str() {
            Some(next) => cursor = format!("&start_cursor={next}"),
            None => return items,
        }
    }
}

/// The journal after an entry.
pub async fn journal(sandbox: &Running, after: u64) -> Vec<Value> {
    let entries = call(sandbox, "GET", &format!("/sandbox/journal?after={after}"), Value::Null).await;
    entries.as_array().cloned().unwrap_or_default()
}

/// The number of the newest entry of the journal.
pub async fn newest(sandbox: &Running) -> u64 {
    let entries = journal(sandbox, 0).await;
    entries.last().and_then(|entry| entry["n"].as_u64()).unwrap_or_default()
}

/// Waits until the bot has asked for these paths, one after the other, since an entry of the journal.
pub async fn until_asked(sandbox: &Running, bot: &mut Bot, after: u64, paths: &[String]) {
    let begun = Instant::now();
    loop {
        let entries = journal(sandbox, after).await;
        let mut wanted = paths.iter().peekable();
        for entry in entries
            .iter()
            .filter(|entry| entry["who"] == "bot" && entry["method"] == "GET")
        {
            if wanted.peek().is_some_and(|path| entry["path"] == path.as_str()) {
                wanted.next();
            }
        }
        let Some(missing) = wanted.next() else { return };
        assert!(bot.ended().is_none(), "the bot ended while {missing} was waited for");
        assert!(begun.elapsed() < PATIENCE, "the bot never asked for {missing}");
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Waits until nothing is in hand, nothing is due soon, and whoever waits for a look was told so.
pub async fn until_quiet(bot: &mut Bot, store: &SqliteStore, page: &PageId) {
    let begun = Instant::now();
    loop {
        let soon = chrono::Utc::now().timestamp_millis() + 3_000;
        let open = store.open_effects(page).await.expect("the store is readable");
        let waits = |row: &keyminder::store::EffectRow| row.state == EffectState::Ready && row.not_before_ms > soon;
        let state = store.page(page).await.expect("the store is readable");
        let state = state.map_or(Value::Null, |(_, state)| state);
        let conversations = state["conversations"].as_array().cloned().unwrap_or_default();
        let told = conversations.iter().all(|open| open["replied"] == true);
        if told && open.iter().all(waits) {
            return;
        }
        assert!(bot.ended().is_none(), "the bot ended with work in hand");
        let kinds: Vec<&str> = open.iter().map(|row| row.effect.kind()).collect();
        assert!(
            begun.elapsed() < PATIENCE,
            "the bot does not come to rest: {kinds:?}, {conversations:?}"
        );
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// What must not be at the end: effects that nobody did, comments that nobody looked at.
pub async fn left(store: &SqliteStore, page: &PageId) -> Vec<String> {
    let open = store.open_effects(page).await.expect("the store is readable");
    let open = open
        .iter()
        .filter(|row| !matches!(row.effect, Effect::GatherEvidence { .. }));
    let mut left: Vec<String> = open
        .map(|row| format!("{} is {:?}", row.effect.kind(), row.state))
        .collect();
    let rows = store.comments(page).await.expect("the store is readable");
    let waiting = rows
        .iter()
        .filter(|row| row.answer == keyminder::store::AnswerState::Open);
    left.extend(waiting.map(|row| format!("comment {} is open", row.comment.id)));
    let parked = store.waiting(0).await.expect("the store is readable").parked;
    if parked > 0 {
        left.push(format!("{parked} effects are parked"));
    }
    left
}

/// Somebody writes on the page.
pub async fn comment(sandbox: &Running, page: &str, author: &str, text: &str) -> String {
    let body = json!({ "page_id": page, "author": author, "text": text });
    let posted = call(sandbox, "POST", "/sandbox/comments", body).await;
    posted["id"].as_str().unwrap_or_default().to_owned()
}

/// The joined text of a rich text.
pub fn plain(rich_text: &Value) -> String {
    let items = rich_text.as_array().into_iter().flatten();
    items.filter_map(|item| item["plain_text"].as_str()).collect()
}

/// How many comments under the page or block carry the reference of each of these.
pub async fn replies(sandbox: &Running, parent: &str, comments: &[String]) -> Vec<usize> {
    let listed = all(sandbox, &format!("/v1/comments?block_id={parent}")).await;
    let count = |id: &String| {
        let mark = format!(" · {}", Reference::of(&CommentId::from_wire(id)));
        let texts = listed.iter().map(|comment| plain(&comment["rich_text"]));
        texts.filter(|text| text.ends_with(&mark)).count()
    };
    comments.iter().map(count).collect()
}

/// Replies that the bot ever made under `/v1/comments`, twins that were deleted again among them.
pub async fn posts(sandbox: &Running) -> usize {
    let made = |entry: &&Value| {
        entry["who"] == "bot"
            && entry["method"] == "POST"
            && entry["path"] == "/v1/comments"
            && !entry["change"].is_null()
    };
    journal(sandbox, 0).await.iter().filter(made).count()
}
