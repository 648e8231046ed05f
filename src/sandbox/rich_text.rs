//! Rich text: checked as the API checks it, filled up to the form that answers have, and read from inline Markdown.
use super::ids::Id;
use super::wire::Failure;
use super::world::World;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::borrow::Cow;

/// Most UTF-16 units of one item (documented; observed to count UTF-16).
const MAX_UNITS: usize = 2000;
/// Most items of one array (documented).
const MAX_ITEMS: usize = 100;

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
    annotations: Look,
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
struct Look {
    bold: bool,
    italic: bool,
    strikethrough: bool,
    underline: bool,
    code: bool,
    color: Cow<'static, str>,
}

impl Default for Look {
    fn default() -> Look {
        let color = Cow::Borrowed("default");
        Look {
            bold: false,
            italic: false,
            strikethrough: false,
            underline: false,
            code: false,
            color,
        }
    }
}

/// The items of a request, checked and completed. `path` names the array in a refusal: `body.rich_text`.
pub fn completed(world: &World, items: &Value, path: &str) -> Result<Vec<Item>, Failure> {
    let Some(items) = items.as_array() else {
        return Err(Failure::should_be(path, "an array", items));
    };
    if items.len() > MAX_ITEMS {
        return Err(Failure::should_be(&format!("{path}.length"), "≤ `100`", items.len()));
    }
    let each = items.iter().enumerate();
    each.map(|(at, item)| complete(world, item, &format!("{path}[{at}]")))
        .collect()
}

fn complete(world: &World, item: &Value, path: &str) -> Result<Item, Failure> {
    let look = look(item, path)?;
    if let Some(text) = item.get("text") {
        return checked_text(text, look, path);
    }
    if let Some(mention) = item.get("mention") {
        return mentioned(world, mention, look, path);
    }
    if let Some(expression) = item.pointer("/equation/expression").and_then(Value::as_str) {
        let equation = Some(json!({ "expression": expression }));
        return Ok(Item {
            kind: "equation".into(),
            text: None,
            equation,
            ..text_item(expression, look, None)
        });
    }
    Err(Failure::should_be(&format!("{path}.text"), "defined", "undefined"))
}

fn look(item: &Value, path: &str) -> Result<Look, Failure> {
    let mut look = Look::default();
    let Some(given) = item.get("annotations") else {
        return Ok(look);
    };
    let Some(given) = given.as_object() else {
        return Err(Failure::should_be(&format!("{path}.annotations"), "an object", given));
    };
    for (name, value) in given {
        let place = match name.as_str() {
            "bold" => &mut look.bold,
            "italic" => &mut look.italic,
            "strikethrough" => &mut look.strikethrough,
            "underline" => &mut look.underline,
            "code" => &mut look.code,
            "color" if value.is_string() => {
                look.color = value.as_str().unwrap_or_default().to_owned().into();
                continue;
            }
            _ => {
                return Err(Failure::should_be(
                    &format!("{path}.annotations.{name}"),
                    "not present",
                    value,
                ));
            }
        };
        *place = value
            .as_bool()
            .ok_or_else(|| Failure::should_be(&format!("{path}.annotations.{name}"), "a boolean", value))?;
    }
    Ok(look)
}

fn checked_text(text: &Value, look: Look, path: &str) -> Result<Item, Failure> {
    let Some(content) = text.get("content").and_then(Value::as_str) else {
        return Err(Failure::should_be(
            &format!("{path}.text.content"),
            "a string",
            "undefined",
        ));
    };
    at_most_2000(content, path, "text.content")?;
    let url = match text.get("link") {
        None | Some(Value::Null) => None,
        Some(link) => Some(link.get("url").and_then(Value::as_str).ok_or_else(|| {
            Failure::should_be(&format!("{path}.text.link"), "an object with `url`, or `null`", link)
        })?),
    };
    at_most_2000(url.unwrap_or_default(), path, "text.link.url")?;
    Ok(text_item(content, look, url))
}

fn at_most_2000(text: &str, path: &str, field: &str) -> Result<(), Failure> {
    let units = text.encode_utf16().count();
    if units > MAX_UNITS {
        return Err(Failure::should_be(&format!("{path}.{field}.length"), "≤ `2000`", units));
    }
    Ok(())
}

fn text_item(content: &str, annotations: Look, url: Option<&str>) -> Item {
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

fn mentioned(world: &World, mention: &Value, look: Look, path: &str) -> Result<Item, Failure> {
    let id = |kind: &str| {
        mention
            .get(kind)
            .map(|of| of.get("id").and_then(Value::as_str).and_then(Id::parse))
    };
    let (mention, plain, href) = if let Some(user) = id("user") {
        let user = user
            .and_then(|id| world.user(id))
            .ok_or_else(|| unresolved(path, "user"))?;
        let plain = format!("@{}", user.name);
        (
            json!({ "type": "user", "user": world.user_value(user, true) }),
            plain,
            None,
        )
    } else if let Some(page) = id("page") {
        let page = page
            .and_then(|id| world.pages.get(&id))
            .ok_or_else(|| unresolved(path, "page"))?;
        (
            json!({ "type": "page", "page": { "id": page.id } }),
            page.title_text(),
            Some(page.url()),
        )
    } else if let Some(start) = mention.pointer("/date/start").and_then(Value::as_str) {
        let date = json!({ "start": start, "end": mention.pointer("/date/end"), "time_zone": null });
        (json!({ "type": "date", "date": date }), start.to_owned(), None)
    } else {
        return Err(Failure::should_be(
            &format!("{path}.mention.user"),
            "defined",
            "undefined",
        ));
    };
    let item = text_item(&plain, look, href.as_deref());
    Ok(Item {
        kind: "mention".into(),
        text: None,
        mention: Some(mention),
        ..item
    })
}

fn unresolved(path: &str, kind: &str) -> Failure {
    Failure::should_be(
        &format!("{path}.mention.{kind}.id"),
        &format!("a {kind} of this workspace"),
        "another id",
    )
}

/// A plain text as items, cut where one item would grow too long.
pub fn plain(text: &str) -> Vec<Item> {
    let mut items = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (head, tail) = rest.split_at(cut(rest));
        items.push(text_item(head, Look::default(), None));
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
    inline(text, &Look::default(), None, &mut runs);
    runs
}

fn inline(text: &str, look: &Look, url: Option<&str>, runs: &mut Vec<Item>) {
    let mut plain = String::new();
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        if let Some((mark, inner, after)) = marked(rest) {
            flush(&mut plain, look, url, runs);
            let same = look.clone();
            match mark {
                Mark::Bold => inline(inner, &Look { bold: true, ..same }, url, runs),
                Mark::Italic => inline(inner, &Look { italic: true, ..same }, url, runs),
                Mark::Struck => inline(
                    inner,
                    &Look {
                        strikethrough: true,
                        ..same
                    },
                    url,
                    runs,
                ),
                Mark::Code => runs.push(text_item(inner, Look { code: true, ..same }, url)),
                Mark::Link(target) => inline(inner, look, Some(target), runs),
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
    flush(&mut plain, look, url, runs);
}

fn flush(plain: &mut String, look: &Look, url: Option<&str>, runs: &mut Vec<Item>) {
    if !plain.is_empty() {
        runs.push(text_item(plain, look.clone(), url));
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
        assert!(at_most_2000(&"é".repeat(2000), "body", "x").is_ok());
        assert!(at_most_2000(&"🔐".repeat(1001), "body", "x").is_err());
    }
}
