//! Rich text as it comes, and its way to [`RawText`].
use crate::domain::comment::RawText;
use crate::domain::ids::PersonId;
use serde::Deserialize;

/// Items of rich text. They have no `Debug`: they may hold a key.
#[derive(Clone, Default, Deserialize)]
#[serde(transparent)]
pub(super) struct RichText(Vec<Item>);

/// One item.
#[derive(Clone, Default, Deserialize)]
pub(super) struct Item {
    #[serde(default)]
    plain_text: Option<String>,
    #[serde(default)]
    href: Option<String>,
    #[serde(default)]
    text: Option<Text>,
    #[serde(default)]
    mention: Option<Mention>,
}

#[derive(Clone, Deserialize)]
struct Text {
    #[serde(default)]
    link: Option<Link>,
}

#[derive(Clone, Deserialize)]
struct Link {
    #[serde(default)]
    url: Option<String>,
}

#[derive(Clone, Deserialize)]
struct Mention {
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
    /// The joined text. A mention's own words are left out: a person named "Done" completes nothing.
    pub(super) fn to_raw(&self) -> RawText {
        RawText::new(self.words()).with_urls(self.urls())
    }

    /// One text of several, a line each: the cells of a row, a picture's caption.
    pub(super) fn join(parts: &[Self], plain: &[&str], urls: Option<String>) -> RawText {
        let mut lines: Vec<String> = parts.iter().map(Self::words).collect();
        lines.extend(plain.iter().map(|&line| line.to_owned()));
        let urls = parts.iter().flat_map(Self::urls).chain(urls).collect();
        RawText::new(lines.join("\n")).with_urls(urls)
    }

    fn words(&self) -> String {
        let mut text = String::with_capacity(self.0.iter().map(Item::len).sum());
        for item in &self.0 {
            text.push_str(item.words());
        }
        text
    }

    fn urls(&self) -> Vec<String> {
        self.0.iter().flat_map(Item::urls).map(str::to_owned).collect()
    }

    /// The text of the last item.
    pub(super) fn last(&self) -> Option<&str> {
        self.0.last()?.plain_text.as_deref()
    }

    /// The people who are mentioned.
    pub(super) fn people(&self) -> Vec<PersonId> {
        let mentions = self.0.iter().filter_map(|item| item.mention.as_ref());
        let ids = mentions.filter_map(|mention| mention.user.as_ref()?.id.as_deref());
        ids.map(PersonId::from_wire).collect()
    }
}

impl Item {
    /// What is read of it.
    pub(super) fn words(&self) -> &str {
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

    /// The targets of links; usually both places name the same one.
    pub(super) fn urls(&self) -> impl Iterator<Item = &str> {
        let href = self.href.as_deref();
        let link = self.text.as_ref().and_then(|text| text.link.as_ref()?.url.as_deref());
        href.into_iter().chain(link.filter(|link| Some(*link) != href))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    /// The words and the addresses that are read out of items.
    #[track_caller]
    fn check(items: Value, words: &str, urls: &[&str]) {
        let text: RichText = serde_json::from_value(items).unwrap();
        assert_eq!(
            (text.words().as_str(), text.urls()),
            (words, urls.iter().map(|&url| url.to_owned()).collect())
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
        check(mention("user", "@Done"), "@person", &[]);
        check(mention("page", "Step 1 done"), "[page]", &[]);
        check(mention("database", "Done"), "[page]", &[]);
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
