//! A page's blocks, as a guide is read from them.
use crate::comment::CleanText;
use crate::ids::BlockId;

/// A block of a page, redacted, in reading order.
#[derive(Clone, Debug)]
pub struct PageBlock {
    /// Its id in Notion.
    pub id: BlockId,
    /// What it is.
    pub kind: BlockKind,
    /// Its redacted plain text.
    pub text: CleanText,
    /// How deep it lies: 0 directly under the page.
    pub depth: usize,
    /// Whether all its text is bold: such a paragraph is a heading to people.
    pub is_bold: bool,
    /// Whether its first words are bold: what they say stands before the rest as a heading does.
    pub begins_bold: bool,
    /// Whether it holds blocks that nobody here may read.
    pub is_closed: bool,
}

/// The kinds of block that a guide is read from; everything else is `Other`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockKind {
    /// A heading of this level.
    Heading(u8),
    /// A to-do block: a box that can be ticked.
    ToDo {
        /// Whether the box is ticked.
        checked: bool,
    },
    /// A paragraph, a quote.
    Text,
    /// A text with an icon, which may hold blocks.
    Callout,
    /// A text that holds blocks and hides them until it is opened.
    Toggle,
    /// An item of a numbered list.
    Numbered,
    /// An item of a list without numbers.
    Bulleted,
    /// A block of code.
    Code,
    /// A table, whose rows follow.
    Table {
        /// Whether its first row holds the heads of the columns.
        has_head: bool,
    },
    /// A row of a table: a line of text for each cell.
    Row,
    /// A block that shows the same on several pages.
    Synced,
    /// A block that people see and Notion does not give to connections.
    NotGiven,
    /// Any block that a guide is not read from.
    Other,
}

impl BlockKind {
    /// Whether it is an item of a list.
    pub(super) fn is_listed(self) -> bool {
        matches!(self, Self::ToDo { .. } | Self::Numbered | Self::Bulleted)
    }

    /// Whether it is a text that says something, not a heading or a box.
    pub(super) fn is_words(self) -> bool {
        matches!(
            self,
            Self::Text | Self::Callout | Self::Toggle | Self::Numbered | Self::Bulleted
        )
    }
}
