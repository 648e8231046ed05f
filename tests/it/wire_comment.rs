//! A comment as Notion gives it, for tests that take comments in without a server.
use chrono::{DateTime, Utc};
use keyminder::config::Backlog;
use keyminder::domain::asks::AskReader;
use keyminder::domain::classify::{Classifier, KeyNames};
use keyminder::domain::ids::BlockId;
use keyminder::domain::leaks::LeakReader;
use keyminder::domain::redact::SharedRedactor;
use keyminder::intake::{CommentMarks, Ingest, NamesOfPages};
use keyminder::notion::RawComment;
use keyminder::rotation::providers::{Provider, Providers};
use serde_json::json;
use std::sync::{Arc, OnceLock};

/// A comment under the page, or in a thread on a block.
pub fn wire_comment(
    id: &str,
    thread: &str,
    block: Option<&BlockId>,
    who: &str,
    at: DateTime<Utc>,
    text: &str,
) -> RawComment {
    let parent = match block {
        Some(block) => json!({ "type": "block_id", "block_id": block }),
        None => json!({ "type": "page_id" }),
    };
    let comment = json!({
        "id": id,
        "discussion_id": thread,
        "parent": parent,
        "created_by": { "id": who },
        "created_time": at,
        "rich_text": [{ "type": "text", "text": { "content": text }, "plain_text": text }],
    });
    serde_json::from_value(comment).expect("a comment")
}

/// Reads leaks with what is built in; compiled once for all tests.
pub fn leaks() -> Arc<LeakReader> {
    static READER: OnceLock<Arc<LeakReader>> = OnceLock::new();
    let providers = Providers::builtin();
    let of = |provider: &Provider| -> Vec<(String, String)> {
        let variables = provider.variables.iter();
        variables
            .map(|variable| (variable.name.clone(), provider.title.clone()))
            .collect()
    };
    let read = || Arc::new(LeakReader::builtin(&providers.all().iter().flat_map(of).collect()));
    Arc::clone(READER.get_or_init(read))
}

/// Takes comments in with what is built in.
pub fn ingest(redactor: SharedRedactor, backlog: Backlog) -> Ingest {
    Ingest {
        redactor,
        marks: CommentMarks::new(ring::hmac::Key::new(ring::hmac::HMAC_SHA256, b"invented")),
        classifier: Classifier::builtin(),
        leaks: leaks(),
        keys: KeyNames::default(),
        asks: AskReader::builtin(),
        names: NamesOfPages::default(),
        backlog,
    }
}
