//! Depth 2: the whole bot as a process, against the sandbox and the stand-ins over HTTP.
use super::transcript::{Act, Given, Transcript};
use super::view::View;
use super::world::{World, full_name, markdown};
use crate::child::{self, Bot, all, call, plain};
use keyminder::domain::classify::Reading;
use keyminder::domain::ids::PageId;
use keyminder::domain::redact::{KnownValues, Patterns, Redactor};
use keyminder::intake::read_guide;
use keyminder::notion::connect;
use keyminder::store::Store as _;
use keyminder::store::sqlite::SqliteStore;
use keyminder_sandbox::{Options, Running, providers, serve};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const HOUR_MS: u64 = 3_600_000;

/// The whole bot, and all that it talks to.
pub struct Whole {
    sandbox: Running,
    /// How far the sandbox's clock is behind, for comments of long ago.
    behind_ms: Arc<AtomicU64>,
    page: String,
    settings: BTreeMap<String, String>,
    bot: Option<(Bot, SqliteStore)>,
    /// The blocks of the page's boxes, in the order of their numbers.
    boxes: Vec<String>,
    /// Who wrote what, in order.
    said: Vec<(String, String)>,
}

impl Whole {
    pub async fn new(world: &World, transcript: &Transcript) -> Self {
        let behind_ms = Arc::new(AtomicU64::new(0));
        let behind = Arc::clone(&behind_ms);
        let clock = move || {
            let now = SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .unwrap_or_default()
                .as_millis();
            u64::try_from(now).unwrap_or_default() - behind.load(Ordering::Relaxed)
        };
        let options = Options {
            clock: Arc::new(clock),
            pages: if transcript.page.starts_with("ACT_") {
                Vec::new()
            } else {
                vec![markdown(&transcript.page)]
            },
            providers: Some(providers::router(world.stand_ins.clone())),
            ..Options::default()
        };
        let sandbox = serve(options).await.expect("a free port");
        for values in [&world.old, &world.new] {
            let token = json!({ "token": values["notion"]["NOTION_TOKEN"] });
            call(&sandbox, "POST", "/sandbox/tokens", token).await;
        }
        let pages = sandbox.first_line["pages"].as_array().cloned().unwrap_or_default();
        let named = |page: &&Value| {
            page["title"]
                .as_str()
                .is_some_and(|title| title.starts_with(&transcript.page))
        };
        let page = pages.iter().find(named).or(pages.last()).expect("a page");
        let page = page["id"].as_str().unwrap_or_default().to_owned();
        Self {
            boxes: boxes(&sandbox, &page).await,
            page,
            sandbox,
            behind_ms,
            settings: World::environment(transcript),
            bot: None,
            said: Vec::new(),
        }
    }

    pub async fn given(&mut self, world: &World, given: &Given, transcript: &Transcript) {
        match given {
            Given::StatusOptions(options) => {
                let options: Vec<Value> = options
                    .iter()
                    .map(|(name, group)| json!({ "name": name, "group": group }))
                    .collect();
                call(
                    &self.sandbox,
                    "PUT",
                    "/sandbox/status-options",
                    json!({ "options": options }),
                )
                .await;
            }
            Given::Unshared => {
                let body = json!({ "shared": false });
                call(&self.sandbox, "PUT", "/sandbox/data-source/shared", body).await;
            }
            Given::Outside => {
                let body = json!({ "markdown": markdown(&transcript.page), "database": false });
                let page = call(&self.sandbox, "POST", "/sandbox/pages", body).await;
                page["id"].as_str().unwrap_or_default().clone_into(&mut self.page);
                self.boxes = boxes(&self.sandbox, &self.page).await;
            }
            Given::Somebody { who, kind } => {
                call(
                    &self.sandbox,
                    "PUT",
                    "/sandbox/people",
                    json!({ "name": who, "kind": kind }),
                )
                .await;
            }
            Given::Key {
                provider,
                old: true,
                state,
            } if state == "deleted" && provider != "groq" => {
                let token = json!({ "token": world.old["notion"]["NOTION_TOKEN"] });
                call(&self.sandbox, "DELETE", "/sandbox/tokens", token).await;
            }
            Given::NoEnv
            | Given::New(_)
            | Given::StatusCalled(_)
            | Given::File(_)
            | Given::Key { .. }
            | Given::Date { .. }
            | Given::SlowLooks(_)
            | Given::TakenBack(_) => {}
        }
    }

    pub async fn start(&mut self, world: &World) {
        let after = child::newest(&self.sandbox).await;
        let mut bot = Bot::start(world.dir(), &self.sandbox, &self.page, &self.settings);
        child::until_asked(&self.sandbox, &mut bot, after, &[self.comments(), self.comments()]).await;
        let store = SqliteStore::open_beside(&world.dir().join("state/keyminder.db"))
            .await
            .expect("the store");
        self.bot = Some((bot, store));
        self.settle(after, &[]).await;
    }

    fn comments(&self) -> String {
        format!("/v1/comments?block_id={}&page_size=100", self.page)
    }

    /// Waits until the bot has seen what happened after an entry of the journal, and has come to rest.
    async fn settle(&mut self, after: u64, first: &[String]) {
        let own = [self.comments(), self.comments()];
        let paths: Vec<String> = first.iter().cloned().chain(own).collect();
        let Some((bot, store)) = &mut self.bot else { return };
        child::until_asked(&self.sandbox, bot, after, &paths).await;
        child::until_quiet(bot, store, &PageId::from_wire(&self.page)).await;
    }

    /// What a person does; the reading of the comment, if one was written.
    pub async fn act(&mut self, world: &World, who: &str, act: &Act) -> Option<Reading> {
        let author = full_name(who);
        let mut first = Vec::new();
        let mut written = None;
        match act {
            Act::Say { hours_ago, step, text } => {
                self.behind_ms
                    .store(hours_ago.unsigned_abs() * HOUR_MS, Ordering::Relaxed);
                let mut body = json!({ "author": author, "text": world.filled(text) });
                match step {
                    Some(step) => {
                        let block = self.heading(*step).await;
                        first.push(format!("/v1/pages/{}/markdown", self.page));
                        first.push(format!("/v1/comments?block_id={block}&page_size=100"));
                        body["block_id"] = json!(block);
                    }
                    None => body["page_id"] = json!(self.page),
                }
                let posted = call(&self.sandbox, "POST", "/sandbox/comments", body).await;
                self.behind_ms.store(0, Ordering::Relaxed);
                let id = posted["id"].as_str().unwrap_or_default().to_owned();
                self.said.push((who.to_owned(), id.clone()));
                written = Some(id);
            }
            Act::Edit { text } => {
                let id = self.last(who);
                let body = json!({ "author": author, "text": world.filled(text) });
                call(&self.sandbox, "PATCH", &format!("/sandbox/comments/{id}"), body).await;
                written = Some(id);
            }
            Act::Delete => {
                first.push(format!("/v1/comments/{}", self.last(who)));
                call(
                    &self.sandbox,
                    "DELETE",
                    &format!("/sandbox/comments/{}", self.last(who)),
                    Value::Null,
                )
                .await;
            }
            Act::Resolve => {
                first.push(format!("/v1/comments/{}", self.last(who)));
                let comment = call(
                    &self.sandbox,
                    "GET",
                    &format!("/v1/comments/{}", self.last(who)),
                    Value::Null,
                )
                .await;
                let thread = comment["discussion_id"].as_str().unwrap_or_default().to_owned();
                call(
                    &self.sandbox,
                    "POST",
                    &format!("/sandbox/discussions/{thread}/resolve"),
                    Value::Null,
                )
                .await;
            }
            Act::Tick { number, ticked } => {
                let block = self.criteria().await[usize::from(*number) - 1]["id"]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned();
                let body = json!({ "author": author, "to_do": { "checked": ticked } });
                call(&self.sandbox, "PATCH", &format!("/sandbox/blocks/{block}"), body).await;
                first = self.page_read();
            }
            Act::SetStatus(status) => {
                let body = json!({ "author": author, "Status": status });
                call(
                    &self.sandbox,
                    "POST",
                    &format!("/sandbox/pages/{}/properties", self.page),
                    body,
                )
                .await;
                first = self.page_read();
            }
            Act::Rename(title) => {
                let body = json!({ "author": author, "Name": title });
                let path = format!("/sandbox/pages/{}/properties", self.page);
                call(&self.sandbox, "POST", &path, body).await;
                first = self.page_read();
            }
            Act::Quiet(_) | Act::Return => unreachable!("only on paper"),
        }
        // Only what is asked after the act can have seen it.
        let after = child::newest(&self.sandbox).await;
        self.settle(after, &first).await;
        let written = written?;
        let (_, store) = self.bot.as_ref()?;
        let rows = store
            .comments(&PageId::from_wire(&self.page))
            .await
            .expect("the store is readable");
        rows.into_iter()
            .find(|row| row.comment.id.as_str() == written)
            .map(|row| row.reading)
    }

    fn page_read(&self) -> Vec<String> {
        vec![
            format!("/v1/pages/{}", self.page),
            format!("/v1/blocks/{}/children?page_size=100", self.page),
        ]
    }

    fn last(&self, who: &str) -> String {
        let said = self.said.iter().rev().find(|(author, _)| author == who);
        said.expect("a comment of that person").1.clone()
    }

    async fn blocks(&self) -> Vec<Value> {
        all(&self.sandbox, &format!("/v1/blocks/{}/children", self.page)).await
    }

    async fn heading(&self, step: u8) -> String {
        let wanted = format!("Step {step}:");
        let blocks = self.blocks().await;
        let is_it = |block: &&Value| text_of(block).starts_with(&wanted);
        blocks.iter().find(is_it).expect("a heading")["id"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// The boxes of the page in the order of their numbers, as they are now.
    async fn criteria(&self) -> Vec<Value> {
        let mut boxes = Vec::new();
        for block in &self.boxes {
            boxes.push(call(&self.sandbox, "GET", &format!("/v1/blocks/{block}"), Value::Null).await);
        }
        boxes
    }

    pub async fn view(&self) -> View {
        let page = call(&self.sandbox, "GET", &format!("/v1/pages/{}", self.page), Value::Null).await;
        let properties = &page["properties"];
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let percent = |share: f64| (0..=100).find(|percent| (share * 100.0 - f64::from(*percent)).abs() < 0.5);
        let boxes = self.criteria().await;
        let boxes = boxes
            .iter()
            .zip(1..)
            .map(|(block, number)| (number, block["to_do"]["checked"] == true));
        let mut said = self.ours(&self.page).await;
        for block in self
            .blocks()
            .await
            .iter()
            .filter(|block| text_of(block).starts_with("Step "))
        {
            said.extend(self.ours(block["id"].as_str().unwrap_or_default()).await);
        }
        View {
            status: text(&properties["Status"]["status"]["name"]),
            progress: properties["Progress"]["number"].as_f64().and_then(percent),
            next_rotation: text(&properties["Next rotation"]["date"]["start"]),
            boxes: boxes.collect(),
            said,
        }
    }

    async fn ours(&self, parent: &str) -> Vec<(String, String)> {
        let comments = all(&self.sandbox, &format!("/v1/comments?block_id={parent}")).await;
        let bot = &self.sandbox.first_line["bot"]["id"];
        let ours = comments.iter().filter(|comment| comment["created_by"]["id"] == *bot);
        ours.map(|comment| {
            (
                comment["id"].as_str().unwrap_or_default().to_owned(),
                plain(&comment["rich_text"]),
            )
        })
        .collect()
    }

    /// What must not be at the end, and the end.
    pub async fn leave(self) -> Vec<String> {
        let Some((bot, store)) = self.bot else {
            return Vec::new();
        };
        let left = child::left(&store, &PageId::from_wire(&self.page)).await;
        drop((bot, store));
        self.sandbox.stop().await.expect("an orderly end");
        left
    }
}

/// The blocks of a page's boxes, in the order in which a guide numbers them.
async fn boxes(sandbox: &Running, page: &str) -> Vec<String> {
    let notion = connect(&sandbox.url, sandbox.token.clone(), 0, Duration::from_secs(20)).expect("a client");
    let redactor = Redactor::new(Patterns::builtin(), KnownValues::default());
    let read = read_guide(&notion, &PageId::from_wire(page), &redactor).await;
    let (guide, _) = read.expect("a page that can be read");
    let boxes = guide.criteria.iter();
    boxes.map(|criterion| criterion.block.as_str().to_owned()).collect()
}

fn text_of(block: &Value) -> String {
    let kind = block["type"].as_str().unwrap_or_default();
    plain(&block[kind]["rich_text"])
}
