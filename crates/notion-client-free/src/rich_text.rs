//! Rich text as it comes, and its way to [`UserText`].
use crate::ids::PersonId;
use crate::user_text::UserText;
use serde::Deserialize;
use serde_json::Value as Json;
use std::fmt;

/// Rich text of an answer: items that people wrote. `Debug` shows how many there are and nothing else.
#[derive(Clone, Default, Deserialize)]
#[serde(transparent)]
pub struct RichText(Vec<RichTextItem>);

/// One item of rich text: a stretch of text, a mention, an equation. It has no `Debug`: people wrote it.
#[derive(Clone, Default, Deserialize)]
pub struct RichTextItem {
    #[serde(default)]
    plain_text: Option<String>,
    #[serde(default)]
    href: Option<String>,
    #[serde(default)]
    text: Option<ItemText>,
    #[serde(default)]
    mention: Option<ItemMention>,
}

#[derive(Clone, Deserialize)]
struct ItemText {
    #[serde(default)]
    link: Option<ItemLink>,
}

#[derive(Clone, Deserialize)]
struct ItemLink {
    #[serde(default)]
    url: Option<String>,
}

#[derive(Clone, Deserialize)]
struct ItemMention {
    #[serde(rename = "type", default)]
    kind: MentionKind,
    #[serde(default)]
    user: Option<Mentioned>,
}

#[derive(Clone, Deserialize)]
struct Mentioned {
    id: Option<String>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum MentionKind {
    User,
    Page,
    Database,
    #[default]
    #[serde(other)]
    Other,
}

impl RichText {
    /// The rich text under a key, if there is one that can be read.
    pub(crate) fn at(json: &Json, key: &str) -> Option<Self> {
        let items = json.get(key).filter(|items| items.is_array())?;
        Self::deserialize(items).ok()
    }

    /// The joined text, with nothing between items. A mention's own words are left out: see [`UserText::expose`].
    pub fn text(&self) -> UserText {
        UserText::new(self.words(), self.unseen())
    }

    /// One text of several, a line each: the cells of a row, a picture's caption.
    pub(crate) fn join(parts: &[Self], plain: &[&str], unseen: Vec<String>) -> UserText {
        let mut texts: Vec<String> = parts.iter().map(Self::words).collect();
        texts.extend(plain.iter().map(|&line| line.to_owned()));
        let unseen = parts.iter().flat_map(Self::unseen).chain(unseen).collect();
        UserText::new(texts.join("\n"), unseen)
    }

    fn words(&self) -> String {
        let mut text = String::with_capacity(self.0.iter().map(RichTextItem::len).sum());
        for item in &self.0 {
            text.push_str(item.words());
        }
        text
    }

    /// Where its links lead, and the names that mentions show.
    fn unseen(&self) -> Vec<String> {
        self.0
            .iter()
            .flat_map(RichTextItem::unseen)
            .map(str::to_owned)
            .collect()
    }

    /// The text of the last item as Notion shows it; `None` of an empty text.
    pub fn last_item(&self) -> Option<&str> {
        self.0.last()?.plain_text.as_deref()
    }

    /// The people whom it mentions, in the order of the text.
    pub fn people(&self) -> Vec<PersonId> {
        let mentions = self.0.iter().filter_map(|item| item.mention.as_ref());
        let ids = mentions.filter_map(|mention| mention.user.as_ref()?.id.as_deref());
        ids.map(PersonId::from_wire).collect()
    }
}

impl fmt::Debug for RichText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RichText({} items)", self.0.len())
    }
}

impl RichTextItem {
    /// What is read of it: its text, or `@person` or `[page]` in place of a mention's own words.
    pub fn words(&self) -> &str {
        match self.mention.as_ref().map(|mention| mention.kind) {
            Some(MentionKind::User) => "@person",
            Some(MentionKind::Page | MentionKind::Database) => "[page]",
            // Dates, previews of links and custom emoji say what they show.
            Some(MentionKind::Other) | None => self.plain_text.as_deref().unwrap_or_default(),
        }
    }

    fn len(&self) -> usize {
        self.words().len()
    }

    /// What Notion shows or follows and [`RichTextItem::words`] leaves out: a mention's own words, the targets of links.
    pub fn unseen(&self) -> impl Iterator<Item = &str> {
        let shown = self.plain_text.as_deref();
        let named = shown.filter(|shown| self.mention.is_some() && *shown != self.words());
        named.into_iter().chain(self.links())
    }

    /// Where it leads. An item has two places for that, which usually name the same address; then it is given once.
    pub fn links(&self) -> impl Iterator<Item = &str> {
        let href = self.href.as_deref();
        let link = self.text.as_ref().and_then(|text| text.link.as_ref()?.url.as_deref());
        href.into_iter().chain(link.filter(|link| Some(*link) != href))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    /// The words that are read out of items, and what stands behind them.
    #[track_caller]
    fn check(items: Value, words: &str, unseen: &[&str]) {
        let text: RichText = serde_json::from_value(items).unwrap();
        assert_eq!(
            (text.words().as_str(), text.unseen()),
            (words, unseen.iter().map(|&text| text.to_owned()).collect())
        );
    }

    #[test]
    fn items_are_joined_without_anything_between() {
        let items = json!([{"plain_text": "key "}, {"plain_text": "rotated", "annotations": {"bold": true}}]);
        check(items, "key rotated", &[]);
        check(json!([]), "", &[]);
    }

    #[test]
    fn a_mention_does_not_bring_its_words() {
        let mention = |kind: &str, words: &str| json!([{"plain_text": words, "mention": {"type": kind}}]);
        check(mention("user", "@Done"), "@person", &["@Done"]);
        check(mention("page", "Step 1 done"), "[page]", &["Step 1 done"]);
        check(mention("database", "Done"), "[page]", &["Done"]);
        check(mention("date", "2026-12-01"), "2026-12-01", &[]);
        check(mention("hologram", "words"), "words", &[]);
        check(json!([{"plain_text": "words", "mention": {}}]), "words", &[]);
    }

    #[test]
    fn every_address_is_searched() {
        let item = json!([{"plain_text": "here", "href": "https://a", "text": {"link": {"url": "https://a"}}}]);
        check(item, "here", &["https://a"]);
        let item = json!([{"plain_text": "here", "href": "https://a", "text": {"link": {"url": "https://b"}}}]);
        check(item, "here", &["https://a", "https://b"]);
        check(
            json!([{"plain_text": "x", "text": {"link": null}, "href": null}, {}]),
            "x",
            &[],
        );
    }
}
