//! What the bot on paper reads of a page and of the providers' table.
#![allow(
    clippy::unwrap_used,
    reason = "clippy counts the helpers of an integration test as production"
)]
use super::world::markdown;
use keyminder::domain::comment::RawText;
use keyminder::domain::decide::{KeyManual, Names};
use keyminder::domain::ids::{BlockId, PageId};
use keyminder::domain::page::Guide;
use keyminder::domain::reply::Run;
use keyminder::intake::page_blocks;
use keyminder::notion::{self, Block};
use keyminder::rotation::live_redactor::LiveRedactor;
use keyminder::rotation::providers::Providers;
use keyminder_sandbox::{Rate, Request, Sandbox};
use secrecy::SecretString;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub fn names() -> Names {
    let mut names = Names::default();
    for provider in Providers::builtin().all() {
        let manual = KeyManual {
            title: provider.title.clone(),
            manage_url: provider.manage_url.clone(),
            steps: provider.instructions.clone(),
        };
        names.manuals.insert(provider.id.clone(), manual);
        names
            .manage_urls
            .insert(provider.title.clone(), provider.manage_url.clone());
        for variable in &provider.variables {
            names.providers.insert(variable.name.clone(), provider.title.clone());
            names.ids.insert(variable.name.clone(), provider.id.clone());
            if variable.identifier {
                names.identifiers.push(variable.name.clone());
            }
        }
    }
    // Two keys of a provider that the scratch `.env` holds none of.
    let two = ["OPENAI_API_KEY", "OPENAI_API_KEY_2"].map(str::to_owned);
    names.siblings.insert(two[0].clone(), two.to_vec());
    names
}

/// A page's guide and boxes, from its Markdown, as the sandbox gives its blocks.
pub fn page(name: &str, redactor: &LiveRedactor) -> (Guide, BTreeMap<BlockId, bool>) {
    let token = SecretString::from("t");
    let sandbox = Sandbox::new(Arc::new(|| 1_800_000_000_000), 11, Rate::off(), &token);
    let page = sandbox.add_page(&markdown(name)).unwrap().to_string();
    let mut found = Vec::new();
    gather(&sandbox, &page, 0, &mut found);
    let ticked = |block: &Block| match block.kind {
        notion::BlockKind::ToDo { checked } => Some((block.id.clone(), checked)),
        _ => None,
    };
    let boxes = found.iter().filter_map(ticked).collect();
    let redactor = redactor.shared().current();
    let blocks = page_blocks(&found, &redactor, &BTreeSet::new());
    let title = asked(&sandbox, &format!("/v1/blocks/{page}"))["child_page"]["title"].clone();
    let title = redactor.redact(&RawText::new(title.as_str().unwrap())).text;
    (Guide::parse(&title, "https://www.notion.so/11", &blocks), boxes)
}

fn asked(sandbox: &Sandbox, path: &str) -> Value {
    let answer = sandbox.handle(&Request {
        method: "GET".into(),
        path: path.to_owned(),
        authorization: Some("Bearer t".into()),
        version: Some("2026-03-11".into()),
        ..Request::default()
    });
    serde_json::from_str(&answer.body).unwrap()
}

/// The blocks in reading order, each followed by what lies in it.
fn gather(sandbox: &Sandbox, parent: &str, depth: usize, found: &mut Vec<Block>) {
    let listed = asked(sandbox, &format!("/v1/blocks/{parent}/children"));
    assert_eq!(listed["has_more"], false, "{parent}: more than one answer holds");
    for block in listed["results"].as_array().unwrap() {
        let mut block: Block = serde_json::from_value(block.clone()).unwrap();
        block.depth = depth;
        let inner = block.has_children.then(|| block.id.as_str().to_owned());
        found.push(block);
        if let Some(inner) = inner {
            gather(sandbox, &inner, depth + 1, found);
        }
    }
}

/// A reply as Notion shows it: a mention has an @.
pub fn shown_runs(runs: &[Run]) -> String {
    let shown = |run: &Run| {
        if run.mention.is_some() {
            format!("@{}", run.text)
        } else {
            run.text.clone()
        }
    };
    runs.iter().map(shown).collect()
}

/// The one page of a transcript.
pub fn page_id() -> PageId {
    PageId::from_wire("page")
}
