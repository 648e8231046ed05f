//! A block of a page's body, and the object that the API shows of it.
use super::ids::Id;
use super::wire::{minute, partial_user};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A block of a page's body.
#[derive(Clone, Serialize, Deserialize)]
pub struct Block {
    pub id: Id,
    pub page: Id,
    /// The block it lies in; the page when there is none.
    pub within: Option<Id>,
    pub kind: String,
    pub value: Value,
    pub children: Vec<Id>,
    /// The open and resolved discussions on it, oldest first.
    pub discussions: Vec<Id>,
    pub in_trash: bool,
    pub created_ms: u64,
    pub edited_ms: u64,
    pub created_by: Id,
    pub edited_by: Id,
}

impl Block {
    /// Whether blocks lie in it. Of a block that it does not give away the API says so as well.
    fn has_children(&self) -> bool {
        !self.children.is_empty() || self.original().is_some() || self.kind == "unsupported"
    }

    /// Of a synced copy, the block whose content it shows.
    pub fn original(&self) -> Option<Id> {
        Id::of(self.value.pointer("/synced_from/block_id")?)
    }

    /// The block object, without `request_id`.
    pub fn json(&self) -> String {
        let parent = match self.within {
            Some(block) => json!({ "type": "block_id", "block_id": block }),
            None => json!({ "type": "page_id", "page_id": self.page }),
        };
        format!(
            "{{\"object\":\"block\",\"id\":\"{}\",\"parent\":{parent},\"created_time\":\"{}\",\"last_edited_time\":\"{}\",\
             \"created_by\":{},\"last_edited_by\":{},\"has_children\":{},\"in_trash\":{},\"type\":\"{}\",\"{}\":{}}}",
            self.id,
            minute(self.created_ms),
            minute(self.edited_ms),
            partial_user(self.created_by),
            partial_user(self.edited_by),
            self.has_children(),
            self.in_trash,
            self.kind,
            self.kind,
            self.value,
        )
    }
}
