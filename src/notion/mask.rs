//! Masking keys in a block of a page: a label in the place of each, and all other text with its formatting as it was.
use super::{Client, WriteError};
use crate::domain::comment::Extent;
use crate::domain::ids::BlockId;
use crate::domain::redact::{Labelled, Redactor, label};
use notion_client_free::{MAX_ITEMS, RichTextItem, fit_into_items, texts};
use serde::Deserialize as _;
use serde_json::{Map, Value as Json, json};
use std::ops::Range;

/// What became of the keys in a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Masked {
    /// It held none, or no longer.
    Clean,
    /// They are labels now.
    Done,
    /// They stand where the API lets nobody write: a title, a link of a bookmark, the name of a file, too many items.
    OutOfReach,
}

/// Masks the keys that a block's text, its caption or its cells hold at this moment. Threads on the text that is
/// written anew lose their place in it; the page's history keeps the former text.
pub async fn mask_block(notion: &Client, id: &BlockId, redactor: &Redactor) -> Result<Masked, WriteError> {
    let read = notion.raw_block(id).await;
    let block = read.map_err(|error| WriteError::NotDone { error })?;
    let changed = match masked_content(&block.content, redactor) {
        Ok(changed) if changed.is_empty() && holds_key(&block.content, redactor) => return Ok(Masked::OutOfReach),
        Ok(changed) if changed.is_empty() => return Ok(Masked::Clean),
        Ok(changed) => changed,
        Err(TooMany) => return Ok(Masked::OutOfReach),
    };
    notion.update_raw_block(id, &block.kind, &changed).await?;
    Ok(Masked::Done)
}

/// More items than a rich text may have.
struct TooMany;

/// The fields of a block's content that have to be written anew.
fn masked_content(content: &Json, redactor: &Redactor) -> Result<Map<String, Json>, TooMany> {
    let mut changed = Map::new();
    for field in ["rich_text", "caption"] {
        if let Some(masked) = masked_items(items(&content[field]), redactor)? {
            changed.insert(field.to_owned(), json!(masked));
        }
    }
    let rows = items(&content["cells"]);
    let masked = rows.iter().map(|row| masked_items(items(row), redactor));
    let masked = masked.collect::<Result<Vec<_>, _>>()?;
    if masked.iter().any(Option::is_some) {
        let rows = rows.iter().zip(masked);
        let rows = rows
            .map(|(row, masked)| masked.unwrap_or_else(|| items(row).iter().map(RichTextItem::as_sendable).collect()));
        changed.insert("cells".to_owned(), rows.map(Json::from).collect());
    }
    Ok(changed)
}

/// Whether there is a key in what a change cannot reach.
fn holds_key(content: &Json, redactor: &Redactor) -> bool {
    let texts = texts(content);
    texts.iter().any(|text| holds_open_key(text, redactor))
}

/// Whether there is anything in a text that may be masked where everybody sees it.
fn holds_open_key(text: &str, redactor: &Redactor) -> bool {
    let found = redactor.labelled_openly(text, Extent::Half);
    found.is_none_or(|found| !found.labels.is_empty())
}

fn items(list: &Json) -> &[Json] {
    list.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// Rich text without its keys; `None` if it holds none.
fn masked_items(items: &[Json], redactor: &Redactor) -> Result<Option<Vec<Json>>, TooMany> {
    let read: Vec<RichTextItem> = items
        .iter()
        .map(|item| RichTextItem::deserialize(item).unwrap_or_default())
        .collect();
    let text: String = read.iter().map(RichTextItem::words).collect();
    // What is left out of a text may not be left out of a page.
    let Some(Labelled {
        labels: spans,
        cut: None,
    }) = redactor.labelled_openly(&text, Extent::Half)
    else {
        return Err(TooMany);
    };
    let linked = |item: &RichTextItem| item.links().any(|url| holds_open_key(url, redactor));
    if spans.is_empty() && !read.iter().any(linked) {
        return Ok(None);
    }
    let mut masked = Vec::with_capacity(items.len());
    let mut at = 0;
    for (item, json) in read.iter().zip(items) {
        let range = at..at + item.words().len();
        at = range.end;
        let touched = spans
            .iter()
            .any(|(start, end, _)| *start < range.end && range.start < *end);
        if !touched && !linked(item) {
            masked.push(RichTextItem::as_sendable(json));
            continue;
        }
        let link = if linked(item) {
            Json::Null
        } else {
            json["text"]["link"].clone()
        };
        let left = cut(&text, range, &spans);
        masked.extend(fit_into_items(&left).map(|part| {
            let mut written = json!({ "type": "text", "text": { "content": part, "link": link } });
            written["annotations"] = json["annotations"].clone();
            written
        }));
    }
    if masked.len() > MAX_ITEMS {
        Err(TooMany)
    } else {
        Ok(Some(masked))
    }
}

/// A range of the text with a label where a key begins in it, and nothing where one goes on in it.
fn cut(text: &str, range: Range<usize>, spans: &[(usize, usize, &str)]) -> String {
    let mut left = String::new();
    let mut at = range.start;
    for (start, end, name) in spans {
        if *end <= range.start || *start >= range.end {
            continue;
        }
        if *start >= range.start {
            left.push_str(&text[at..*start]);
            left.push_str(&label(name));
        }
        at = (*end).min(range.end);
    }
    left.push_str(&text[at..range.end]);
    left
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::redact::{KnownValues, Patterns};

    fn redactor() -> Redactor {
        Redactor::new(Patterns::builtin(), KnownValues::default())
    }

    /// A made-up key of a provider's form.
    fn key() -> String {
        let tail: String = (0..52).map(|_| fastrand::alphanumeric()).collect();
        format!("gsk_{tail}")
    }

    fn item(content: &str) -> Json {
        json!({
            "type": "text", "plain_text": content, "href": null, "text": { "content": content, "link": null },
            "annotations": { "bold": true, "color": "default" },
        })
    }

    /// The text of the items that are written; `None` if nothing is.
    fn words(masked: Option<Vec<Json>>) -> Option<Vec<String>> {
        let content = |item: &Json| item["text"]["content"].as_str().unwrap_or("-").to_owned();
        masked.map(|items| items.iter().map(content).collect())
    }

    fn mask(items: &[Json]) -> Option<Vec<Json>> {
        masked_items(items, &redactor()).ok().unwrap()
    }

    #[test]
    fn only_the_key_goes_and_the_rest_keeps_its_form() {
        let key = key();
        assert_eq!(mask(&[item("no key here")]), None);
        let masked = mask(&[item(&format!("it is {key}, keep it")), item("!")]).unwrap();
        assert_eq!(masked[0]["annotations"]["bold"], true);
        assert_eq!(
            masked[1],
            json!({ "type": "text", "text": item("!")["text"], "annotations": item("!")["annotations"] })
        );
        assert_eq!(
            words(Some(masked)).unwrap(),
            ["it is [redacted: Groq key], keep it", "!"]
        );
    }

    #[test]
    fn a_key_over_two_items_leaves_one_label() {
        let key = key();
        let (head, tail) = key.split_at(20);
        let masked = words(mask(&[item(head), item(&format!("{tail} end"))]));
        assert_eq!(masked.unwrap(), ["[redacted: Groq key]", " end"]);
    }

    #[test]
    fn a_link_with_a_key_is_dropped_and_a_mention_is_sent_back_as_it_may_be() {
        let key = key();
        let mut linked = item("here");
        linked["href"] = json!(format!("https://example.org/?k={key}"));
        linked["text"]["link"] = json!({ "url": linked["href"] });
        let mention = json!({
            "type": "mention", "plain_text": "@Ana", "annotations": {},
            "mention": { "type": "user", "user": { "id": "u", "object": "user", "name": "Ana" } },
        });
        let preview = json!({
            "type": "mention", "plain_text": "a page", "href": "https://example.org", "annotations": {},
            "mention": { "type": "link_preview", "link_preview": { "url": "https://example.org" } },
        });
        let masked = mask(&[linked, mention, preview]).unwrap();
        assert_eq!(masked[0]["text"], json!({ "content": "here", "link": null }));
        assert_eq!(masked[1]["mention"], json!({ "user": { "id": "u" } }));
        assert_eq!(
            masked[2]["text"],
            json!({ "content": "a page", "link": { "url": "https://example.org" } })
        );
    }

    #[test]
    fn cells_and_captions_are_reached_and_titles_are_not() {
        let key = key();
        let row = json!({ "cells": [[item("name")], [item(&key)]] });
        let masked = masked_content(&row, &redactor()).ok().unwrap();
        assert_eq!(masked["cells"][1][0]["text"]["content"], "[redacted: Groq key]");
        assert_eq!(masked["cells"][0][0]["text"]["content"], "name");
        let picture = json!({ "caption": [item(&key)], "type": "external" });
        assert!(
            masked_content(&picture, &redactor())
                .ok()
                .unwrap()
                .contains_key("caption")
        );
        let child = json!({ "title": key });
        let file = json!({ "type": "external", "external": { "url": "https://example.org" }, "name": key });
        let mention = json!({ "rich_text": [{ "type": "mention", "plain_text": key, "mention": { "type": "page" } }] });
        for content in [child, file, mention] {
            let masked = masked_content(&content, &redactor()).ok().unwrap();
            assert!(
                masked.is_empty() && holds_key(&content, &redactor()),
                "{}",
                content["type"]
            );
        }
    }

    proptest::proptest! {
        /// Whatever stands around a key, masking takes it away, keeps the rest, and finds nothing the second time.
        #[test]
        fn masking_is_idempotent(before in "[a-z é🔐,.]{0,40}", after in "[,.;]? [a-z 🔐]{0,40}", at in 0_usize..56) {
            let text = format!("{before} {}{after}", key());
            let cut = text.floor_char_boundary(before.len() + at);
            let parts = [item(&text[..cut]), item(&text[cut..])];
            let once = mask(&parts).expect("a key");
            let joined = words(Some(once.clone())).unwrap().concat();
            proptest::prop_assert_eq!(joined, format!("{before} [redacted: Groq key]{after}"));
            let read: Vec<Json> = once.iter().map(|written| item(written["text"]["content"].as_str().unwrap())).collect();
            proptest::prop_assert_eq!(mask(&read), None);
        }
    }
}
