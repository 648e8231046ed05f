//! A client of Notion's API for bots that must not say anything twice.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use notion_client_free::ids::PageId;
//! use notion_client_free::{Client, Connection, Target, TextRun, WriteError};
//!
//! let token = std::env::var("NOTION_TOKEN")?.into();
//! let notion = Client::new(Connection::new(token))?;
//! let page = PageId::parse("https://www.notion.so/Guide-2f1c7a904b3d80e29a51c0ffee11aa01").ok_or("no page id")?;
//! for comment in notion.comments(page.as_str()).await?.comments {
//!     println!("{} wrote {} characters", comment.author, comment.text().expose().chars().count());
//! }
//! match notion.create_comment(Target::Page(page), &[TextRun::plain("Read it all.")]).await {
//!     Ok(comment) => println!("posted as {}", comment.id),
//!     Err(WriteError::NotDone { error }) => println!("certainly not posted: {error}"),
//!     Err(WriteError::Unknown { error, .. }) => println!("look before you post again: {error}"),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! What holds for every call:
//!
//! * **A read** is repeated until its answer can be trusted or there is no point. A list says whether it was read to
//!   its end ([`Listing::complete`]); only then may anything be called absent.
//! * **Sizes** are bounded: 4 MB of one answer are read, 16 MB of one list in one go. What was cut says so
//!   ([`Listing::cut`]) and can be gone on with ([`Client::comments_from`]).
//! * **A write** ends in one of three ways: it happened (`Ok`), certainly not ([`WriteError::NotDone`]), or nobody
//!   knows ([`WriteError::Unknown`]). Notion has no idempotency keys, so a POST that adds a comment is never repeated
//!   here; a write that sets a value is.
//! * **The pace** is shared by all clones of a [`Client`]: writes go before reads, and `Retry-After` silences them all.
//! * **An [`Error`]** says what was being done and how to mend it. It holds no body and no message of Notion's, which
//!   may echo what was sent.
//! * **What people wrote** is [`UserText`], which shows lengths in `Debug` and nothing else: texts, titles, names, options.
//!   What the rest of an object holds of it is there to be searched ([`Page::written`], [`UserText::expose_unseen`]).
//! * **Half an emoji** (`\ud83d` alone), which no JSON reader takes, is read as U+FFFD: one text hides no other.
//! * **Fields, kinds and enum values** that are not known here are passed over or named, never an error.
//!
//! "Recorded" in these pages means: seen in recordings of the real service under API version 2026-03-11.

mod answer;
mod block;
mod blocks;
mod client;
mod comments;
mod data_source;
mod error;
pub mod ids;
mod listing;
mod markdown;
mod named;
mod pace;
mod pages;
mod rate;
mod raw_block;
mod rich_text;
pub mod signature;
mod text_run;
pub mod transport;
mod unseen;
mod user_text;
mod users;
mod well_formed;

#[cfg(test)]
mod tests;

pub use block::{Block, BlockKind};
pub use blocks::{Blocks, Unread};
pub use client::{Client, Connection, WriteTurn};
pub use comments::{CommentParent, DisplayName, Listing, NameKind, RawComment, Target};
pub use data_source::{DataSource, PropertySchema, Schema, StatusGroup, StatusOption};
pub use error::{AddressError, Error, Kind, WriteError};
pub use listing::Cut;
pub use markdown::Markdown;
pub use named::Named;
pub use pages::{Page, Property, PropertyValue, Value};
pub use rate::Budget;
pub use raw_block::RawBlock;
pub use rich_text::{RichText, RichTextItem};
pub use text_run::{MAX_ITEMS, TextRun, TextStyle, fit_into_items};
pub use transport::Transport;
pub use unseen::texts;
pub use user_text::UserText;
pub use users::{Me, Owner, User, UserKind};
