//! A block of a page: what it is, and what it says.
use crate::ids::BlockId;
use crate::rich_text::RichText;
use crate::unseen;
use crate::user_text::UserText;
use serde::Deserialize;
use serde_json::{Map, Value as Json};

/// A block of a page.
#[derive(Clone, Debug, Deserialize)]
#[serde(from = "BlockBody")]
pub struct Block {
    /// The id of the block, by which it is read and changed.
    pub id: BlockId,
    /// What it is.
    pub kind: BlockKind,
    /// Its text; of blocks that we do not know, whatever text they carry.
    pub text: UserText,
    /// How deep it lies: 0 directly under the page.
    pub depth: usize,
    /// Whether there are blocks in it.
    pub has_children: bool,
    /// Whether all its text is bold.
    pub is_bold: bool,
    /// Whether its first words are bold.
    pub begins_bold: bool,
}

/// What a block is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BlockKind {
    /// A heading of level 1 to 4.
    Heading(u8),
    /// A paragraph of plain text.
    Paragraph,
    /// A check-box with its text.
    ToDo {
        /// Whether it is ticked.
        checked: bool,
    },
    /// A point of a list.
    Bulleted,
    /// A numbered point of a list.
    Numbered,
    /// A quotation set apart from the text.
    Quote,
    /// A callout with an icon.
    Callout,
    /// A text that hides what is in it until it is opened.
    Toggle,
    /// A table; its rows lie in it.
    Table {
        /// Whether its first row holds the heads of the columns.
        has_head: bool,
    },
    /// A row of a table; its text has a line for each cell.
    Row,
    /// A block that shows the same on several pages.
    Synced {
        /// The block whose content it shows; `None`: it is the original.
        original: Option<BlockId>,
    },
    /// A piece of code, shown as it stands.
    Code,
    /// A line across.
    Divider,
    /// A page or a database within the page: a guide of its own.
    Child,
    /// A kind that people see and the API does not: a form, a transcript, whatever is newer than the API.
    Unsupported,
    /// A kind of which nothing more is known here.
    Other,
}

#[derive(Deserialize)]
struct BlockBody {
    id: String,
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    has_children: bool,
    /// The content stands under the key that `type` names.
    #[serde(flatten)]
    rest: Map<String, Json>,
}

impl From<BlockBody> for Block {
    fn from(body: BlockBody) -> Self {
        let content = body.rest.get(&body.kind).unwrap_or(&Json::Null);
        Self {
            id: BlockId::from_wire(&body.id),
            text: text(content),
            depth: 0,
            has_children: body.has_children,
            is_bold: said(content).next().is_some() && said(content).all(is_bold),
            begins_bold: said(content).next().is_some_and(is_bold),
            kind: BlockKind::from_wire(&body.kind, content),
        }
    }
}

impl Block {
    /// The block whose content this one shows, if it is a copy.
    pub(crate) fn original(&self) -> Option<&BlockId> {
        match &self.kind {
            BlockKind::Synced { original } => original.as_ref(),
            _ => None,
        }
    }
}

impl BlockKind {
    fn from_wire(name: &str, content: &Json) -> Self {
        match name {
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
            "toggle" => Self::Toggle,
            "table" => Self::Table {
                has_head: content["has_column_header"].as_bool().unwrap_or(false),
            },
            "table_row" => Self::Row,
            "synced_block" => Self::Synced {
                original: content["synced_from"]["block_id"].as_str().map(BlockId::from_wire),
            },
            "code" => Self::Code,
            "divider" => Self::Divider,
            "child_page" | "child_database" => Self::Child,
            "unsupported" => Self::Unsupported,
            _ => Self::Other,
        }
    }
}

/// The pieces of a block's text that have words.
fn said(content: &Json) -> impl Iterator<Item = &Json> {
    let items = content["rich_text"].as_array().into_iter().flatten();
    items.filter(|item| item["plain_text"].as_str().is_some_and(|text| !text.trim().is_empty()))
}

fn is_bold(item: &Json) -> bool {
    item["annotations"]["bold"] == true
}

/// The fields whose text is read; all other text of a block is there to be searched.
const READ: [&str; 5] = ["rich_text", "caption", "cells", "title", "expression"];

/// All text of a block: its rich text, or what stands in its place in the rarer kinds.
fn text(content: &Json) -> UserText {
    let mut parts: Vec<RichText> = ["rich_text", "caption"]
        .iter()
        .filter_map(|key| RichText::at(content, key))
        .collect();
    for cell in content["cells"].as_array().into_iter().flatten() {
        parts.extend(RichText::deserialize(cell).ok());
    }
    let plain = ["title", "expression"].iter().filter_map(|key| content[key].as_str());
    let mut rest = content.clone();
    if let Some(fields) = rest.as_object_mut() {
        fields.retain(|name, _| !READ.contains(&name.as_str()));
    }
    RichText::join(&parts, &plain.collect::<Vec<_>>(), unseen::texts(&rest))
}
