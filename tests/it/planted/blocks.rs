//! The blocks that a planting Notion adds to each page.
use super::Planter;
use serde_json::{Value, json};

impl Planter {
    /// A block of each kind that has text of its own.
    pub(super) fn blocks(&self) -> Vec<Value> {
        let external = |field: &str| json!({ "url": format!("https://x.org/{}", self.key(field)) });
        let kinds = [
            ("paragraph", json!({ "rich_text": self.text("PARAGRAPH") })),
            (
                "image",
                json!({ "type": "external", "caption": self.text("CAPTION"), "external": external("IMAGE_URL") }),
            ),
            (
                "pdf",
                json!({ "type": "external", "caption": [], "external": { "url": "https://x.org/a" }, "name": self.key("PDF_NAME") }),
            ),
            ("bookmark", json!({ "caption": [], "url": self.key("BOOKMARK") })),
            ("embed", json!({ "caption": [], "url": self.key("EMBED") })),
            ("link_preview", json!({ "url": self.key("PREVIEW") })),
            ("equation", json!({ "expression": self.key("EQUATION") })),
            (
                "code",
                json!({ "rich_text": self.text("CODE"), "caption": [], "language": "bash" }),
            ),
            ("table_row", json!({ "cells": [self.text("CELL")] })),
            ("toggle", json!({ "rich_text": self.text("TOGGLE") })),
            (
                "callout",
                json!({ "rich_text": self.text("CALLOUT"), "icon": { "type": "emoji", "emoji": "x" } }),
            ),
            ("child_page", json!({ "title": self.key("CHILD_PAGE") })),
            ("child_database", json!({ "title": self.key("CHILD_DATABASE") })),
        ];
        let block = |(at, (kind, content)): (usize, (&str, Value))| {
            let id = format!("0000dead-4b3d-80e2-9a51-{at:012x}");
            json!({ "object": "block", "id": id, "type": kind, kind: content, "has_children": kind == "toggle", "in_trash": false })
        };
        kinds.into_iter().enumerate().map(block).collect()
    }
}
