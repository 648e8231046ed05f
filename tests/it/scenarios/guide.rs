//! What the bot on paper reads of a page and of the providers' table.
use super::world::markdown;
use keyminder::domain::comment::RawText;
use keyminder::domain::decide::{KeyManual, Names};
use keyminder::domain::ids::{BlockId, PageId};
use keyminder::domain::page::{BlockKind, Guide, PageBlock};
use keyminder::domain::reply::Run;
use keyminder::rotation::live_redactor::LiveRedactor;
use keyminder::rotation::providers::Providers;
use std::collections::BTreeMap;

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

/// A page's guide and boxes, from its Markdown.
pub fn page(name: &str, redactor: &LiveRedactor) -> (Guide, BTreeMap<BlockId, bool>) {
    let markdown = markdown(name);
    let body = markdown
        .strip_prefix("---\n")
        .and_then(|rest| rest.split_once("---\n"))
        .map_or(&*markdown, |it| it.1);
    let (mut title, mut code) = (String::new(), false);
    let (mut blocks, mut boxes) = (Vec::new(), BTreeMap::new());
    for (at, line) in body.lines().map(str::trim).enumerate() {
        if line.starts_with("```") {
            code = !code;
        }
        if let Some(text) = line.strip_prefix("# ").filter(|_| !code) {
            text.clone_into(&mut title);
            continue;
        }
        let level = line.chars().take_while(|c| *c == '#').count();
        let box_of = |mark: &str| {
            line.strip_prefix(mark).map(|text| {
                (
                    BlockKind::ToDo {
                        checked: mark.contains('x'),
                    },
                    text,
                )
            })
        };
        let (kind, text) = match line {
            _ if code || line.starts_with("```") => (BlockKind::Code, line),
            _ if level > 0 => (
                BlockKind::Heading(u8::try_from(level).unwrap_or(3)),
                line[level..].trim(),
            ),
            _ => box_of("- [ ] ")
                .or_else(|| box_of("- [x] "))
                .unwrap_or((BlockKind::Text, line)),
        };
        let item = line.split_once(". ").filter(|(number, _)| number.parse::<u8>().is_ok());
        let (kind, text) = match (kind, item, line.strip_prefix("- ")) {
            (BlockKind::Text, Some((_, text)), _) => (BlockKind::Numbered, text),
            (BlockKind::Text, None, Some(text)) => (BlockKind::Bulleted, text),
            (kind, _, _) => (kind, text),
        };
        let id = BlockId::from_wire(&format!("block-{at}"));
        if let BlockKind::ToDo { checked } = kind {
            boxes.insert(id.clone(), checked);
        }
        let text = redactor
            .shared()
            .current()
            .redact(&RawText::new(text.replace("**", "").replace('`', "")))
            .text;
        blocks.push(PageBlock {
            id,
            kind,
            text,
            depth: 0,
            is_bold: line.starts_with("**") && line.ends_with("**"),
            is_closed: false,
        });
    }
    let title = redactor.shared().current().redact(&RawText::new(title)).text;
    (Guide::parse(&title, "https://www.notion.so/11", &blocks), boxes)
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
