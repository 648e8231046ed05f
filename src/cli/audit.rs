//! `keyminder audit`: what was seen, read, looked at, decided, done and replied, and when. Reads only, beside a
//! running bot; `--retry` alone (`audit/retry.rs`) asks for something.
mod find;
mod misread;
mod retry;

use super::command::page_option;
use super::{CommandResult, Exit, ProjectArgs, table, words};
use crate::config::Settings;
use crate::domain::classify::Reading;
use crate::domain::effect::{Done, Effect, EffectId, Outcome};
use crate::domain::ids::{CommentId, PageId};
use crate::domain::reply::{self, Reference};
use crate::store::sqlite::SqliteStore;
use crate::store::{AuditQuery, AuditRow, CommentRow, EffectRow, EffectState, Store, StoreError};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use find::find;
use serde::Serialize;
use serde_json::{Value, json};
use std::path::Path;

/// Rows of one comment at most; an hourly look for a day makes some fifty.
const ROWS: i64 = 1000;

/// The options of `audit`.
#[derive(clap::Args, Clone, Debug)]
pub struct AuditArgs {
    /// The reference at the end of a reply (k7p2-93qd), or a comment's id; without it: the last comments
    #[arg(value_name = "REF|COMMENT_ID")]
    pub about: Option<String>,
    /// How many comments
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub limit: usize,
    /// Of this page only: its URL or id
    #[arg(long, value_name = "PAGE", value_parser = page_option)]
    pub page: Option<PageId>,
    /// One line for each comment, for programs
    #[arg(long)]
    pub json: bool,
    /// A line for the corpus of comments, labels to be filled in by hand (`fill_in` names what); without a name: each that a person
    /// said was misread
    #[arg(long, value_name = "REF|COMMENT_ID", num_args = 0..=1, conflicts_with_all = ["about", "json"])]
    pub misread: Option<Option<String>>,
    /// A reply that was given up, refused or called off: try it again
    #[arg(long, value_name = "REF|COMMENT_ID", conflicts_with_all = ["about", "json", "page", "misread"])]
    pub retry: Option<String>,
}

/// Runs the command.
pub fn run(place: &ProjectArgs, args: &AuditArgs) -> CommandResult<Exit> {
    let settings = Settings::load(place)?;
    super::runtime()?.block_on(tell(&settings, args))
}

async fn tell(settings: &Settings, args: &AuditArgs) -> CommandResult<Exit> {
    if let Some(about) = &args.retry {
        return retry::retry(settings, about).await;
    }
    let store = SqliteStore::open_beside(Path::new(&settings.state)).await?;
    if let Some(about) = &args.misread {
        return misread::print(&store, about.as_ref(), args.page.clone()).await;
    }
    let wanted = args.about.as_ref();
    let rows = if let Some(about) = wanted {
        let Some(row) = find(&store, about).await? else {
            eprintln!("keyminder: {about}: no comment with this id, and no reply with this reference");
            return Ok(Exit::Failed);
        };
        vec![row]
    } else {
        last(&store, args.page.clone(), args.limit).await?
    };
    for row in rows {
        let told = Story::of(&store, row).await?;
        if args.json {
            println!("{}", serde_json::to_string(&told)?);
        } else if wanted.is_some() {
            told.print(settings.zone);
        } else {
            told.print_line(settings.zone);
        }
    }
    Ok(Exit::Done)
}

/// The comments of a page. One that cannot be read must not hide those of other pages: it is named.
async fn readable(store: &SqliteStore, page: &PageId) -> CommandResult<Vec<CommentRow>> {
    match store.comments(page).await {
        Ok(rows) => Ok(rows),
        Err(fault @ StoreError::Unreadable { .. }) => {
            eprintln!("keyminder: page {page} is left out: {fault}");
            Ok(Vec::new())
        }
        Err(other) => Err(other.into()),
    }
}

/// The comments that were seen last, oldest first.
async fn last(store: &SqliteStore, only: Option<PageId>, limit: usize) -> CommandResult<Vec<CommentRow>> {
    let pages = match only {
        Some(page) => vec![page],
        None => store.pages().await?,
    };
    let mut rows = Vec::new();
    for page in pages {
        rows.extend(readable(store, &page).await?);
    }
    // Minutes only, so within one minute the order in which they were seen stays.
    rows.sort_by_key(|row| row.comment.posted_at);
    Ok(rows.split_off(rows.len().saturating_sub(limit)))
}

/// What became of one comment.
#[derive(Serialize)]
struct Story {
    comment_id: CommentId,
    page: PageId,
    author: Option<String>,
    text: String,
    reading: Reading,
    effects: Vec<Caused>,
    evidence: Vec<Value>,
    reply_id: Option<String>,
    reply: Option<String>,
    reference: Reference,
    #[serde(skip)]
    moments: Vec<Moment>,
}

/// An effect that the comment caused.
#[derive(Serialize)]
struct Caused {
    effect: &'static str,
    state: &'static str,
    at: Option<DateTime<Utc>>,
}

/// One line of the story: when, what, in words.
struct Moment {
    at_ms: i64,
    what: &'static str,
    words: String,
}

impl Story {
    async fn of(store: &SqliteStore, row: CommentRow) -> CommandResult<Self> {
        let query = AuditQuery {
            comment: Some(row.comment.id.clone()),
            limit: ROWS,
            ..AuditQuery::default()
        };
        let mut effects = store.effects_of(&row.comment.id).await?;
        // What came of a flood came of the comment that speaks for it.
        let answering = row.answered_in.as_ref();
        if let Some(answering) = answering {
            effects.extend(store.effects_of(answering).await?);
        }
        let answering = answering.unwrap_or(&row.comment.id).clone();
        let mut moments: Vec<Moment> = store.audit(query).await?.iter().flat_map(told).collect();
        moments.extend(effects.iter().map(ended));
        // What was decided in one moment stays in the order in which it was.
        moments.sort_by_key(|moment| moment.at_ms);
        let reply = EffectId::reply(&row.page, answering.as_str());
        let reply = effects.iter().find(|effect| effect.id == reply);
        Ok(Self {
            reply_id: reply.and_then(|reply| reply.remote_id.clone()),
            reply: effects.iter().rev().find_map(words_of),
            effects: effects.iter().map(Caused::of).collect(),
            evidence: effects.iter().filter_map(evidence).collect(),
            reference: Reference::of(&row.comment.id),
            author: row.comment.author_name,
            text: row.comment.text.as_str().to_owned(),
            comment_id: row.comment.id,
            reading: row.reading,
            page: row.page,
            moments,
        })
    }

    fn print(&self, zone: Tz) {
        println!("comment    {}\npage       {}", self.comment_id, self.page);
        println!("author     {}", self.author.as_deref().unwrap_or("unknown"));
        for moment in &self.moments {
            let at = time(moment.at_ms, zone, "%a %-d %b %H:%M:%S");
            let before = format!("{at}  {:<9}", moment.what);
            table::tell(&before, &moment.words.replace('\n', " / "));
        }
        match &self.reply_id {
            Some(id) => println!("reply      {id} · {}", self.reference),
            None => println!("reply      none"),
        }
    }

    fn print_line(&self, zone: Tz) {
        let at = self
            .moments
            .first()
            .map(|moment| time(moment.at_ms, zone, "%-d %b %H:%M"));
        let author = self.author.as_deref().unwrap_or("unknown");
        let text = self.text.replace('\n', " / ");
        let before = format!("{}  {}  ", at.unwrap_or_default(), self.reference);
        table::tell(&before, &format!("{author}: {text}"));
        table::tell("    read     ", &words::reading(&self.reading));
        if let Some(reply) = &self.reply {
            table::tell("    replied  ", &reply.replace('\n', " / "));
        }
    }
}

impl Caused {
    fn of(row: &EffectRow) -> Self {
        Self {
            effect: row.effect.kind(),
            state: words::state(row.state),
            at: DateTime::from_timestamp_millis(row.updated_ms),
        }
    }
}

fn time(at_ms: i64, zone: Tz, format: &str) -> String {
    DateTime::from_timestamp_millis(at_ms)
        .map(|at| at.with_timezone(&zone).format(format).to_string())
        .unwrap_or_default()
}

/// What a reply, or an edit of one, says.
fn words_of(row: &EffectRow) -> Option<String> {
    match &row.effect {
        Effect::PostReply { runs, .. } | Effect::UpdateReply { runs, .. } => Some(reply::plain(runs)),
        _ => None,
    }
}

/// What a look of this comment saw.
fn evidence(row: &EffectRow) -> Option<Value> {
    match row.outcome.as_ref()? {
        Outcome::Done {
            result: Done::Seen { evidence },
        } => Some(json!(evidence)),
        Outcome::Done {
            result: Done::Probed { keys },
        } => Some(json!({ "probed": keys })),
        _ => None,
    }
}

/// A row of the audit in words; what effects came to is told by themselves.
fn told(row: &AuditRow) -> Vec<Moment> {
    let facts = &row.facts;
    let moment = |what, words| Moment {
        at_ms: row.at_ms,
        what,
        words,
    };
    match row.kind.as_str() {
        "seen" | "edited" => {
            let what = if row.kind == "seen" { "wrote" } else { "edited" };
            let text = facts["text"].as_str().unwrap_or_default().to_owned();
            let reading = serde_json::from_value(facts["reading"].clone());
            let reading = reading
                .map(|reading: Reading| words::reading(&reading))
                .unwrap_or_default();
            vec![moment(what, text), moment("read", reading)]
        }
        "gone" => facts
            .as_str()
            .map(|how| moment("gone", how.to_owned()))
            .into_iter()
            .collect(),
        "key_posted" => vec![moment("found", posted(facts))],
        "leak_told" => vec![moment("leak", leaked(facts))],
        "misread" => vec![moment("misread", facts["said"].as_str().unwrap_or_default().to_owned())],
        "waits" => vec![moment("waited", waited(facts))],
        _ => Vec::new(),
    }
}

/// The keys that are said to have leaked; none stands for all.
fn leaked(facts: &Value) -> String {
    let names = facts.as_array().into_iter().flatten().filter_map(Value::as_str);
    let names = names.collect::<Vec<_>>().join(", ");
    if names.is_empty() {
        "every key of .env".to_owned()
    } else {
        names
    }
}

fn posted(facts: &Value) -> String {
    let one = |key: &Value| {
        format!(
            "{} characters of {}",
            key["chars"],
            key["label"].as_str().unwrap_or("a key")
        )
    };
    facts
        .as_array()
        .into_iter()
        .flatten()
        .map(one)
        .collect::<Vec<_>>()
        .join("; ")
}

fn waited(facts: &Value) -> String {
    let effect = facts["effect"]["effect"].as_str().unwrap_or("?").replace('_', " ");
    format!(
        "{effect}: {}",
        facts["outcome"]["why"].as_str().unwrap_or("no reason given")
    )
}

/// An effect as it stands.
fn ended(row: &EffectRow) -> Moment {
    let result = json!(row.outcome)["result"].take();
    let (what, words) = match (&row.effect, result["what"].as_str()) {
        (_, Some("probed")) => ("checked", words::probed(&result["keys"])),
        (_, Some("seen")) => ("checked", words::evidence(&result["evidence"])),
        (Effect::PostReply { runs, .. }, _) if row.state == EffectState::Done => ("replied", reply::plain(runs)),
        (Effect::PostReply { runs, .. }, _) => ("unsaid", reply::plain(runs)),
        (Effect::UpdateReply { runs, .. }, _) => ("reworded", reply::plain(runs)),
        (effect, _) => {
            let did = words::did(&json!({ "effect": effect }));
            ("did", did.unwrap_or_else(|| effect.kind().replace('_', " ")))
        }
    };
    let why = json!(row.outcome)["why"]
        .as_str()
        .map(|why| format!(", {why}"))
        .unwrap_or_default();
    let words = match row.state {
        EffectState::Done => words,
        other => format!("{words} ({}{why})", words::state(other)),
    };
    Moment {
        at_ms: row.updated_ms,
        what,
        words,
    }
}
