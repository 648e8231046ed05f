//! Where Notion's shapes become ours: the client itself is the crate `notion_client_free`, and what only this bot needs of
//! Notion stands here. Text that people wrote becomes [`RawText`](crate::domain::comment::RawText) in one place, which
//! only redaction can read; replies become text to be sent; properties get their meaning; keys in blocks become labels.
//!
//! The sandbox shares no types with the client, so that a field misread there shows in the tests.
mod connect;
mod convert;
mod found_properties;
mod mask;
mod own_ids;
mod property_cache;
mod rows_in_progress;
mod status_property;
mod status_words;
mod writable_properties;

/// The id of the title among a page's properties, whatever people call it.
pub const TITLE: &str = "title";

pub use connect::connect;
pub use convert::{anchor, own_reference, raw_text, text_runs};
pub use mask::{Masked, mask_block};
pub use own_ids::OwnIds;
pub use property_cache::PropertyCache;
pub use rows_in_progress::rows_in_progress;
pub use writable_properties::WritableProperties;

pub use notion_client_free::{
    Block, BlockKind, Blocks, Client, Connection, Error, Kind, Listing, Me, NameKind, Named, Page, Property,
    PropertySchema, PropertyValue, RawComment, Schema, StatusGroup, StatusOption, Target, Transport, Unread, User,
    UserKind, UserText, Value, WriteError, transport,
};
