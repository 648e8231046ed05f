//! A block as Notion gives it, for a bot that writes rich text anew and keeps what it does not know.
use crate::answer::About;
use crate::blocks::{block_path, changing};
use crate::client::{Call, Client};
use crate::error::{Error, WriteError};
use crate::ids::BlockId;
use crate::rich_text::RichTextItem;
use reqwest::Method;
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};
use std::fmt;

/// A block's kind and content, unread. `Debug` elides the content: people wrote it.
#[derive(Clone, Deserialize)]
#[serde(from = "Map<String, Json>")]
pub struct RawBlock {
    /// Its kind as Notion names it: `paragraph`, `table_row`.
    pub kind: String,
    /// What stands under the key of that name; `Null` when nothing does.
    pub content: Json,
}

impl From<Map<String, Json>> for RawBlock {
    fn from(mut block: Map<String, Json>) -> Self {
        let kind = block.get("type").and_then(Json::as_str).unwrap_or_default().to_owned();
        Self {
            content: block.remove(&kind).unwrap_or_default(),
            kind,
        }
    }
}

impl fmt::Debug for RawBlock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawBlock")
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// One block as it comes.
    pub async fn raw_block(&self, id: &BlockId) -> Result<RawBlock, Error> {
        let about = About::read_content("read the block", id.as_str());
        self.read(Call::get(block_path(id), about)).await
    }

    /// Sets fields of a block's content, such as `rich_text`, each as a whole; what is not named stays. `kind` must be
    /// the block's own, since Notion changes no kinds. Threads on text that is written anew lose their place in it;
    /// the page's history keeps the former text. Made again when the first try ends without an answer.
    pub async fn update_raw_block(
        &self,
        id: &BlockId,
        kind: &str,
        fields: &Map<String, Json>,
    ) -> Result<(), WriteError> {
        let body = json!({ kind: fields }).to_string().into_bytes();
        let about = changing("change the text of the block", id);
        self.set(Call::with_body(Method::PATCH, block_path(id), body, about))
            .await?;
        Ok(())
    }
}

impl RichTextItem {
    /// An item of an answer as it may be sent back in a request, with its formatting. A mention that only Notion can
    /// make (the preview of a link) becomes its text with that link.
    pub fn as_sendable(item: &Json) -> Json {
        let annotations = &item["annotations"];
        let mention = &item["mention"];
        match item["type"].as_str() {
            Some("equation") => {
                let expression = &item["equation"]["expression"];
                json!({ "type": "equation", "equation": { "expression": expression }, "annotations": annotations })
            }
            Some("mention") => match mention["type"].as_str() {
                Some(kind @ ("user" | "page" | "database")) => {
                    let id = json!({ "id": mention[kind]["id"] });
                    json!({ "type": "mention", "mention": { kind: id }, "annotations": annotations })
                }
                Some("date") => {
                    json!({ "type": "mention", "mention": { "date": mention["date"] }, "annotations": annotations })
                }
                Some(_) | None => {
                    let link = item["href"].as_str().map(|url| json!({ "url": url }));
                    let text = json!({ "content": item["plain_text"], "link": link });
                    json!({ "type": "text", "text": text, "annotations": annotations })
                }
            },
            Some(_) | None => {
                let text = json!({ "content": item["text"]["content"], "link": item["text"]["link"] });
                json!({ "type": "text", "text": text, "annotations": annotations })
            }
        }
    }
}
