//! Notion, the outside service, as it is: requests, cursors, the request budget, and what each answer means. It knows
//! the domain's ids and texts, but nothing of store, effects or settings.
//!
//! A read is repeated until it can be trusted or there is no point. A write ends in one of three ways: it happened
//! (`Ok`), certainly not ([`WriteError::NotDone`]), or nobody knows ([`WriteError::Unknown`]); nothing here ever
//! repeats a POST that adds a comment, since Notion has no idempotency keys.
//!
//! The sandbox shares no wire types with this room, so that a field misread here shows there.
mod answer;
mod blocks;
mod board;
mod client;
mod comments;
mod data_source;
mod error;
mod listing;
mod markdown;
mod mask;
mod pace;
mod pages;
mod people;
mod rate;
mod rich_text;
mod runs;
pub mod signature;
mod status_words;
pub mod transport;

#[cfg(test)]
mod tests;

pub use blocks::{Block, BlockKind, Blocks, Unread};
pub use board::Board;
pub use client::{Client, Connection, WriteTurn};
pub use comments::{DisplayName, Listing, NameKind, Target, WireComment};
pub use data_source::{DataSource, PropertySchema, Schema, StatusGroup, StatusOption};
pub use error::{Error, Kind, WriteError};
pub use markdown::Markdown;
pub use mask::Masked;
pub use pages::{Page, Property, PropertyValue, Value};
pub use people::{Me, OwnIds, Owner, User, UserKind};
pub use rate::Budget;
pub use transport::Transport;
