//! What the bot on paper reads of a page and of the providers' table.
use super::world::markdown;
use keyminder::domain::decide::{KeyManual, Names};
use keyminder::domain::ids::{BlockId, PageId};
use keyminder::domain::page::Guide;
use keyminder::domain::redact::Redactor;
use keyminder::domain::reply::Run;
use keyminder::intake::read_guide;
use keyminder::notion::connect;
use keyminder::rotation::providers::Providers;
use keyminder_sandbox::{Options, Rate, serve};
use std::collections::BTreeMap;
use std::time::Duration;

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

/// A page's guide and boxes, as they are read of its Markdown.
pub fn page(name: &str, redactor: &Redactor) -> (Guide, BTreeMap<BlockId, bool>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let options = Options {
        rate: Rate::off(),
        ..Options::default()
    };
    runtime.expect("a runtime").block_on(async {
        let sandbox = serve(options).await.expect("a free port");
        let notion = connect(&sandbox.url, sandbox.token.clone(), 0, Duration::from_secs(20)).expect("a client");
        let page = sandbox.sandbox.add_page(&markdown(name)).expect("a page");
        let page = PageId::from_wire(&page.to_string());
        let read = read_guide(&notion, &page, redactor).await;
        read.expect("a page that can be read")
    })
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
