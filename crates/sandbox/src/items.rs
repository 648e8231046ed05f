//! Items of rich text in the form that answers have, and how a plain or Markdown text becomes some.
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::borrow::Cow;

/// Most UTF-16 units of one item (documented; observed to count UTF-16).
pub const MAX_UNITS: usize = 2000;

/// One item, complete as in an answer. A struct rather than JSON: replies are written thousands of times a second.
#[derive(Clone, Serialize, Deserialize)]
pub struct Item {
    #[serde(rename = "type")]
    kind: Cow<'static, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mention: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    equation: Option<Value>,
    annotations: Annotations,
    /// What a reader sees.
    pub plain_text: String,
    href: Option<String>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Text {
    content: String,
    link: Option<Link>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Link {
    url: String,
}

/// How a run of text looks.
#[expect(clippy::struct_excessive_bools, reason = "the six annotations of the API")]
#[derive(Clone, Serialize, Deserialize)]
pub struct Annotations {
    pub bold: bool,
    pub italic: bool,
    pub strikethrough: bool,
    pub underline: bool,
    pub code: bool,
    pub color: Cow<'static, str>,
}

impl Default for Annotations {
    fn default() -> Annotations {
        let color = Cow::Borrowed("default");
        Annotations {
            bold: false,
            italic: false,
            strikethrough: false,
            underline: false,
            code: false,
            color,
        }
    }
}

impl Item {
    /// A run of text, with the address that it links to.
    pub fn text(content: &str, annotations: Annotations, url: Option<&str>) -> Item {
        let link = url.map(|url| Link { url: url.to_owned() });
        Item {
            kind: "text".into(),
            text: Some(Text {
                content: content.to_owned(),
                link,
            }),
            mention: None,
            equation: None,
            annotations,
            plain_text: content.to_owned(),
            href: url.map(str::to_owned),
        }
    }

    /// A mention (of a user, a page or a date), shown as `plain`.
    pub fn mention(mention: Value, plain: &str, annotations: Annotations, href: Option<&str>) -> Item {
        Item {
            kind: "mention".into(),
            text: None,
            mention: Some(mention),
            ..Item::text(plain, annotations, href)
        }
    }

    /// A formula in its source form.
    pub fn equation(expression: &str, annotations: Annotations) -> Item {
        Item {
            kind: "equation".into(),
            text: None,
            equation: Some(json!({ "expression": expression })),
            ..Item::text(expression, annotations, None)
        }
    }
}

/// A plain text as items, cut where one item would grow too long.
pub fn plain(text: &str) -> Vec<Item> {
    let mut items = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (head, tail) = rest.split_at(cut(rest));
        items.push(Item::text(head, Annotations::default(), None));
        rest = tail;
    }
    items
}

/// Where the longest piece ends that fits one item; never inside a character.
fn cut(text: &str) -> usize {
    let mut units = 0;
    for (at, letter) in text.char_indices() {
        units += letter.len_utf16();
        if units > MAX_UNITS {
            return at;
        }
    }
    text.len()
}

/// Inline Markdown as items: `**bold**`, `*italic*`, `~~struck~~`, `` `code` `` and `[text](url)`.
/// Underscores never emphasise: the texts here are full of names such as `BYBIT_API_KEY`.
pub fn from_markdown(text: &str) -> Vec<Item> {
    let mut runs = Vec::new();
    inline(text, &Annotations::default(), None, &mut runs);
    runs
}

fn inline(text: &str, annotations: &Annotations, url: Option<&str>, runs: &mut Vec<Item>) {
    let mut plain = String::new();
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        if let Some((mark, inner, after)) = marked(rest) {
            flush(&mut plain, annotations, url, runs);
            let same = annotations.clone();
            match mark {
                Mark::Bold => inline(inner, &Annotations { bold: true, ..same }, url, runs),
                Mark::Italic => inline(inner, &Annotations { italic: true, ..same }, url, runs),
                Mark::Struck => inline(
                    inner,
                    &Annotations {
                        strikethrough: true,
                        ..same
                    },
                    url,
                    runs,
                ),
                Mark::Code => runs.push(Item::text(inner, Annotations { code: true, ..same }, url)),
                Mark::Link(target) => inline(inner, annotations, Some(target), runs),
            }
            rest = after;
            continue;
        }
        let escaped = rest
            .strip_prefix('\\')
            .and_then(|tail| tail.chars().next())
            .filter(char::is_ascii_punctuation);
        let (shown, taken) = match escaped {
            Some(shown) => (shown, 2),
            None => (letter, letter.len_utf8()),
        };
        plain.push(shown);
        rest = &rest[taken..];
    }
    flush(&mut plain, annotations, url, runs);
}

fn flush(plain: &mut String, annotations: &Annotations, url: Option<&str>, runs: &mut Vec<Item>) {
    if !plain.is_empty() {
        runs.push(Item::text(plain, annotations.clone(), url));
        plain.clear();
    }
}

enum Mark<'a> {
    Bold,
    Italic,
    Struck,
    Code,
    Link(&'a str),
}

/// The mark that `text` begins with, what it encloses, and what follows.
fn marked(text: &str) -> Option<(Mark<'_>, &str, &str)> {
    for (sign, mark) in [
        ("**", Mark::Bold),
        ("~~", Mark::Struck),
        ("`", Mark::Code),
        ("*", Mark::Italic),
    ] {
        if let Some((inner, after)) = enclosed(text, sign) {
            return Some((mark, inner, after));
        }
    }
    let (label, after) = text.strip_prefix('[')?.split_once("](")?;
    let (target, after) = after.split_once(')')?;
    (!label.contains('[') && target.contains(':')).then_some((Mark::Link(target), label, after))
}

fn enclosed<'a>(text: &'a str, sign: &str) -> Option<(&'a str, &'a str)> {
    let (inner, after) = text.strip_prefix(sign)?.split_once(sign)?;
    let tight = !inner.is_empty() && (sign == "`" || inner.trim() == inner);
    tight.then_some((inner, after))
}

/// The plain text of items as JSON, joined without separator.
pub fn text_of(items: &[Value]) -> String {
    items
        .iter()
        .filter_map(|item| item.get("plain_text").and_then(Value::as_str))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(markdown: &str, expected: &str) {
        let runs: Vec<String> = json!(from_markdown(markdown))
            .as_array()
            .unwrap()
            .iter()
            .map(|run| {
                let on = |name: &str| run["annotations"][name] == true;
                let marks = [("bold", 'b'), ("italic", 'i'), ("strikethrough", 's'), ("code", 'c')];
                let marks: String = marks
                    .iter()
                    .filter(|(name, _)| on(name))
                    .map(|(_, sign)| *sign)
                    .collect();
                let link = run["href"].as_str().map(|url| format!("@{url}")).unwrap_or_default();
                format!("{marks}<{}>{link}", run["plain_text"].as_str().unwrap())
            })
            .collect();
        assert_eq!(runs.join(" "), expected);
    }

    #[test]
    fn inline_markdown() {
        check("plain", "<plain>");
        check("a **b *c*** d", "<a > b<b *c> <* d>");
        check("**bold** and `BYBIT_API_KEY`", "b<bold> < and > c<BYBIT_API_KEY>");
        check(
            "see [the *docs*](https://example.org/x)",
            "<see > <the >@https://example.org/x i<docs>@https://example.org/x",
        );
        check(r"2 \* 3 * 4 and ~~old~~", "<2 * 3 * 4 and > s<old>");
        check("API_Groq=[redacted]", "<API_Groq=[redacted]>");
    }

    #[test]
    fn the_limit_counts_utf16() {
        let items = plain(&"🔐".repeat(1001));
        assert_eq!(items.len(), 2);
        assert_eq!(items[1].plain_text, "🔐");
    }
}
