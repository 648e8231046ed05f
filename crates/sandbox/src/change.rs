//! What a request changed, for the journal and the webhooks.
use super::ids::Id;
use serde_json::Value;
use std::fmt::Write as _;

/// One change, for the journal and the webhooks. It holds no text of a comment.
pub struct Change {
    /// `comment.created`, `page.properties_updated`, ...
    pub event: &'static str,
    pub id: Id,
    pub page: Id,
    /// What the object hangs on: the page, or the block of an inline thread.
    pub parent: Id,
    pub author: Id,
    /// What else the journal says.
    pub detail: Value,
}

impl Change {
    /// The entry of the journal, as JSON.
    pub fn json(&self) -> String {
        let mut out = format!(
            "{{\"event\":\"{}\",\"id\":\"{}\",\"page_id\":\"{}\"",
            self.event, self.id, self.page
        );
        if self.parent != self.page {
            let _ = write!(out, ",\"block_id\":\"{}\"", self.parent);
        }
        for (key, value) in self.detail.as_object().into_iter().flatten() {
            let _ = write!(out, ",\"{key}\":{value}");
        }
        out.push('}');
        out
    }
}
