//! Blocks: the content of a page in reading order, and the two changes that we make to it.
use super::answer::About;
use super::client::{Call, Client};
use super::error::{Error, Kind, WriteError};
use super::listing::{paged, segment};
use super::pages::{reading, text_at};
use super::rich_text::RichText;
use crate::domain::comment::RawText;
use crate::domain::ids::BlockId;
use reqwest::Method;
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};
use std::collections::HashSet;

/// A block. It has no `Debug`: its text may hold a key.
#[derive(Clone, Deserialize)]
#[serde(from = "Wire")]
pub struct Block {
    /// Its id.
    pub id: BlockId,
    /// What it is.
    pub kind: BlockKind,
    /// Its text; of blocks that we do not know, whatever text they carry.
    pub text: RawText,
    /// How deep it lies: 0 directly under the page.
    pub depth: usize,
    /// Whether there are blocks in it.
    pub has_children: bool,
}

/// What a block is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BlockKind {
    /// A heading of level 1 to 4.
    Heading(u8),
    /// A paragraph.
    Paragraph,
    /// A check-box.
    ToDo {
        /// Whether it is ticked.
        checked: bool,
    },
    /// A point of a list.
    Bulleted,
    /// A numbered point of a list.
    Numbered,
    /// A quotation.
    Quote,
    /// A callout.
    Callout,
    /// Code.
    Code {
        /// Its language as Notion names it: `bash`, `plain text`.
        language: String,
    },
    /// A line across.
    Divider,
    /// Another kind, named as Notion does.
    Other(String),
}

#[derive(Deserialize)]
struct Wire {
    id: String,
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    has_children: bool,
    /// The content stands under the key that `type` names.
    #[serde(flatten)]
    rest: Map<String, Json>,
}

impl From<Wire> for Block {
    fn from(wire: Wire) -> Self {
        let content = wire.rest.get(&wire.kind).unwrap_or(&Json::Null);
        Self {
            id: BlockId::from_wire(&wire.id),
            text: text(content),
            depth: 0,
            has_children: wire.has_children,
            kind: BlockKind::from_wire(wire.kind, content),
        }
    }
}

impl BlockKind {
    fn from_wire(name: String, content: &Json) -> Self {
        match name.as_str() {
            "heading_1" => Self::Heading(1),
            "heading_2" => Self::Heading(2),
            "heading_3" => Self::Heading(3),
            "heading_4" => Self::Heading(4),
            "paragraph" => Self::Paragraph,
            "to_do" => Self::ToDo {
                checked: content["checked"].as_bool().unwrap_or(false),
            },
            "bulleted_list_item" => Self::Bulleted,
            "numbered_list_item" => Self::Numbered,
            "quote" => Self::Quote,
            "callout" => Self::Callout,
            "code" => Self::Code {
                language: content["language"].as_str().unwrap_or_default().to_owned(),
            },
            "divider" => Self::Divider,
            _ => Self::Other(name),
        }
    }

    /// Pages and databases within a page are guides of their own; what else has children belongs to the page.
    fn opens_into_page(&self) -> bool {
        !matches!(self, Self::Other(name) if name == "child_page" || name == "child_database")
    }
}

/// All text of a block: its rich text, or what stands in its place in the rarer kinds.
fn text(content: &Json) -> RawText {
    let mut parts: Vec<RichText> = ["rich_text", "caption"]
        .iter()
        .filter_map(|key| text_at(content, key))
        .collect();
    for cell in content["cells"].as_array().into_iter().flatten() {
        parts.extend(RichText::deserialize(cell).ok());
    }
    let plain = ["title", "expression"].iter().filter_map(|key| content[key].as_str());
    let urls = content["url"].as_str().map(str::to_owned);
    RichText::join(&parts, &plain.collect::<Vec<_>>(), urls)
}

impl Client {
    /// The blocks under a page or a block in reading order, each followed by what is in it, to `depth` levels below
    /// the first. Child pages are named, not entered. A nested part that we may not see is left out.
    pub async fn blocks(&self, parent: &str, depth: usize) -> Result<Vec<Block>, Error> {
        let mut visited = HashSet::from([parent.to_owned()]);
        let mut open = vec![self.children(parent).await?.into_iter()];
        let mut found = Vec::new();
        while let Some(level) = open.last_mut() {
            let Some(mut block) = level.next() else {
                open.pop();
                continue;
            };
            block.depth = open.len() - 1;
            let enter = block.has_children && block.kind.opens_into_page() && block.depth < depth;
            if enter && visited.insert(block.id.as_str().to_owned()) {
                match self.children(block.id.as_str()).await {
                    Ok(children) => open.push(children.into_iter()),
                    Err(error) if matches!(error.kind, Kind::Gone | Kind::Forbidden { .. }) => {}
                    Err(error) => return Err(error),
                }
            }
            found.push(block);
        }
        Ok(found)
    }

    async fn children(&self, parent: &str) -> Result<Vec<Block>, Error> {
        let path = format!("/v1/blocks/{}/children", segment(parent));
        let about = reading("read the content of", parent);
        let listed = self
            .list(|cursor| Call::get(paged(path.clone(), cursor), about))
            .await?;
        Ok(listed.items)
    }

    /// One block, without what is in it.
    pub async fn block(&self, id: &BlockId) -> Result<Block, Error> {
        self.read(Call::get(block_path(id), reading("read the block", id.as_str())))
            .await
    }

    /// Ticks a check-box, or takes the tick away. Its text, and threads on its text, stay as they are.
    pub async fn check_to_do(&self, id: &BlockId, checked: bool) -> Result<(), WriteError> {
        let body = json!({ "to_do": { "checked": checked } });
        self.change(id, "tick the box", body.to_string().into_bytes()).await
    }

    async fn change(&self, id: &BlockId, doing: &'static str, body: Vec<u8>) -> Result<(), WriteError> {
        self.set(Call::with_body(
            Method::PATCH,
            block_path(id),
            body,
            changing(doing, id),
        ))
        .await?;
        Ok(())
    }
}

pub(super) fn block_path(id: &BlockId) -> String {
    format!("/v1/blocks/{}", segment(id.as_str()))
}

pub(super) fn changing<'a>(doing: &'static str, id: &'a BlockId) -> About<'a> {
    About {
        doing,
        id: id.as_str(),
        capability: "Update content",
    }
}
