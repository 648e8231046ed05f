//! The ids of Notion's objects, each its own type, always dashed and in lower case: the client's own, so that an id means
//! the same on the wire and in a decision. Nothing else of the client is known in this room.
pub use notion_client_free::ids::{BlockId, CommentId, DiscussionId, PageId, PersonId, normalise};
