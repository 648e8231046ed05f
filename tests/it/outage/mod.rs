//! The day when something breaks: one endpoint fails, a page is taken away, a store is lost, the bot is told to stop.
//! Nothing is lost, nothing is said twice, and it is told what does not work.
mod bursts;
mod endpoints;
mod gone;
mod parked;
mod seen;
mod stop;
mod store_lost;

use crate::child::{self, Bot, call, comment, replies};
use keyminder_sandbox::{Options, Running, serve};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

/// A sandbox with a page, and a project whose bot watches it.
pub struct World {
    pub sandbox: Running,
    pub folder: tempfile::TempDir,
    pub page: String,
    pub settings: BTreeMap<String, String>,
}

impl World {
    pub async fn new() -> Self {
        let sandbox = serve(Options::default()).await.expect("a free port");
        let page = child::first_page(&sandbox);
        let settings = child::settings([
            ("KEYMINDER_POLL_BACKLOG", "answer"),
            ("KEYMINDER_POLL_IDLE", "1s"),
            // Time limits of a test: what is not known is known soon.
            ("KEYMINDER_EFFECTS_CALL_TIMEOUT", "500ms"),
            ("KEYMINDER_EFFECTS_QUIET", "700ms"),
            ("KEYMINDER_EFFECTS_LEASE", "5600ms"),
        ]);
        Self {
            sandbox,
            folder: child::project("TZ=UTC\n"),
            page,
            settings,
        }
    }

    pub fn set(&mut self, name: &str, value: &str) {
        self.settings.insert(name.to_owned(), value.to_owned());
    }

    pub fn start(&self) -> Bot {
        Bot::start(self.folder.path(), &self.sandbox, &self.page, &self.settings)
    }

    pub fn state(&self) -> PathBuf {
        self.folder.path().join("state/keyminder.db")
    }

    /// Replaces the sandbox's faults.
    pub async fn faults(&self, rules: Value) {
        call(
            &self.sandbox,
            "PUT",
            "/sandbox/faults",
            json!({ "seed": 7, "rules": rules }),
        )
        .await;
    }

    pub async fn share(&self, shared: bool) {
        let path = format!("/sandbox/pages/{}/shared", self.page);
        call(&self.sandbox, "PUT", &path, json!({ "shared": shared })).await;
    }

    /// So many questions, each of which gets an answer of its own, by two people in turn.
    pub async fn ask(&self, comments: usize) -> Vec<String> {
        let mut written = Vec::new();
        for number in 0..comments {
            let author = ["Ana Silva", "Bram de Vries"][number % 2];
            let text = ["What is next?", "Step 1 is done", "How long does step 4 take?"][number % 3];
            written.push(comment(&self.sandbox, &self.page, author, text).await);
        }
        written
    }

    pub async fn replies(&self, comments: &[String]) -> Vec<usize> {
        replies(&self.sandbox, &self.page, comments).await
    }

    /// Waits until each of these has an answer, and proves that none has two, nor ever had.
    pub async fn until_answered(&self, bot: &mut Bot, comments: &[String]) {
        self.until(bot, "each comment has its answer", async || {
            !self.replies(comments).await.contains(&0)
        })
        .await;
        let found = self.replies(comments).await;
        assert!(
            found.iter().all(|count| *count == 1),
            "answers of each comment: {found:?}"
        );
    }

    /// Waits until each has exactly one answer for a while: a twin may have come and gone.
    pub async fn until_answered_at_last(&self, bot: &mut Bot, comments: &[String]) {
        tokio::time::sleep(Duration::from_secs(4)).await;
        self.until(bot, "each comment has one answer", async || {
            self.replies(comments).await.iter().all(|count| *count == 1)
        })
        .await;
    }

    pub async fn until(&self, bot: &mut Bot, what: &str, holds: impl AsyncFn() -> bool) {
        bot.until(self.folder.path(), what, holds).await;
    }

    /// Waits until the bot has asked for something so often since now.
    pub async fn until_asked(&self, bot: &mut Bot, path: &str, times: usize) {
        let after = child::newest(&self.sandbox).await;
        self.until(bot, path, async || {
            let entries = child::journal(&self.sandbox, after).await;
            let asked = |entry: &&Value| {
                entry["who"] == "bot" && entry["path"].as_str().is_some_and(|asked| asked.starts_with(path))
            };
            entries.iter().filter(asked).count() >= times
        })
        .await;
    }

    /// Everything that the bot has logged.
    pub fn log(&self) -> String {
        child::log(self.folder.path())
    }

    pub fn tail(&self) -> String {
        child::tail(self.folder.path())
    }

    /// What a command says of this project.
    pub fn command(&self, args: &[&str]) -> (String, Option<i32>) {
        use secrecy::ExposeSecret as _;
        let mut command = std::process::Command::new(child::program());
        command.args(args).arg("--project").arg(self.folder.path()).env_clear();
        command.env("NOTION_TOKEN", self.sandbox.token.expose_secret());
        command
            .env("KEYMINDER_NOTION_URL", &self.sandbox.url)
            .env("KEYMINDER_PAGES", &self.page);
        let output = command.output().expect("the program starts");
        let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        (text.concat(), output.status.code())
    }
}
