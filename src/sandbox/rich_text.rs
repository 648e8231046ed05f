//! Rich text: checked as the API checks it, filled up to the form that answers have, and read from inline Markdown.
use super::ids::Id;
use super::wire::Failure;
use super::world::World;
use serde_json::{Map, Value, json};

/// Most UTF-16 units of one item (documented; observed to count UTF-16).
const MAX_UNITS: usize = 2000;
/// Most items of one array (documented).
const MAX_ITEMS: usize = 100;

/// How a run of text looks.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Look {
    bold: bool,
    italic: bool,
    strikethrough: bool,
    code: bool,
}

/// The items of a request, checked and completed. `path` names the array in a refusal: `body.rich_text`.
pub fn completed(world: &World, items: &Value, path: &str) -> Result<Vec<Value>, Failure> {
    let Some(items) = items.as_array() else {
        return Err(Failure::should_be(path, "an array", items));
    };
    if items.len() > MAX_ITEMS {
        return Err(Failure::should_be(&format!("{path}.length"), "≤ `100`", items.len()));
    }
    items
        .iter()
        .enumerate()
        .map(|(at, item)| complete(world, item, &format!("{path}[{at}]")))
        .collect()
}

fn complete(world: &World, item: &Value, path: &str) -> Result<Value, Failure> {
    let annotations = annotations(item, path)?;
    if let Some(text) = item.get("text") {
        return text_item(text, annotations, path);
    }
    if let Some(mention) = item.get("mention") {
        return mention_item(world, mention, &annotations, path);
    }
    if let Some(expression) = item.pointer("/equation/expression").and_then(Value::as_str) {
        let equation = json!({ "expression": expression });
        return Ok(
            json!({ "type": "equation", "equation": equation, "annotations": annotations,
            "plain_text": expression, "href": null }),
        );
    }
    Err(Failure::should_be(&format!("{path}.text"), "defined", "undefined"))
}

fn annotations(item: &Value, path: &str) -> Result<Value, Failure> {
    let mut all = plain_annotations();
    let Some(given) = item.get("annotations") else {
        return Ok(all);
    };
    let Some(given) = given.as_object() else {
        return Err(Failure::should_be(&format!("{path}.annotations"), "an object", given));
    };
    for (name, value) in given {
        let fits = match all.get(name) {
            Some(known) => known.is_boolean() == value.is_boolean() && known.is_string() == value.is_string(),
            None => false,
        };
        if !fits {
            return Err(Failure::should_be(
                &format!("{path}.annotations.{name}"),
                "not present",
                value,
            ));
        }
        all[name.as_str()] = value.clone();
    }
    Ok(all)
}

fn plain_annotations() -> Value {
    json!({ "bold": false, "italic": false, "strikethrough": false, "underline": false, "code": false, "color": "default" })
}

fn text_item(text: &Value, annotations: Value, path: &str) -> Result<Value, Failure> {
    let Some(content) = text.get("content").and_then(Value::as_str) else {
        return Err(Failure::should_be(
            &format!("{path}.text.content"),
            "a string",
            "undefined",
        ));
    };
    at_most_2000(content, &format!("{path}.text.content"))?;
    let url = match text.get("link") {
        None | Some(Value::Null) => None,
        Some(link) => Some(
            link.get("url")
                .and_then(Value::as_str)
                .ok_or_else(|| Failure::should_be(&format!("{path}.text.link"), "an object or `null`", link))?,
        ),
    };
    if let Some(url) = url {
        at_most_2000(url, &format!("{path}.text.link.url"))?;
    }
    Ok(text_value(content, annotations, url))
}

fn at_most_2000(text: &str, path: &str) -> Result<(), Failure> {
    let units = text.encode_utf16().count();
    if units > MAX_UNITS {
        return Err(Failure::should_be(&format!("{path}.length"), "≤ `2000`", units));
    }
    Ok(())
}

fn text_value(content: &str, annotations: Value, url: Option<&str>) -> Value {
    let link = url.map(|url| json!({ "url": url }));
    let text = json!({ "content": content, "link": link });
    let mut item = Map::new();
    item.insert("type".into(), "text".into());
    item.insert("text".into(), text);
    item.insert("annotations".into(), annotations);
    item.insert("plain_text".into(), content.into());
    item.insert("href".into(), url.into());
    Value::Object(item)
}

fn mention_item(world: &World, mention: &Value, annotations: &Value, path: &str) -> Result<Value, Failure> {
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
    Ok(json!({ "type": "mention", "mention": mention, "annotations": annotations, "plain_text": plain, "href": href }))
}

fn unresolved(path: &str, kind: &str) -> Failure {
    Failure::should_be(
        &format!("{path}.mention.{kind}.id"),
        &format!("a {kind} of this workspace"),
        "another id",
    )
}

/// A plain text as items, cut where one item would grow too long.
pub fn plain(text: &str) -> Vec<Value> {
    let mut items = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (head, tail) = rest.split_at(cut(rest));
        items.push(text_value(head, plain_annotations(), None));
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
pub fn from_markdown(text: &str) -> Vec<Value> {
    let mut runs = Vec::new();
    inline(text, Look::default(), None, &mut runs);
    runs
}

fn inline(text: &str, look: Look, url: Option<&str>, runs: &mut Vec<Value>) {
    let mut plain = String::new();
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        if let Some((mark, inner, after)) = marked(rest) {
            flush(&mut plain, look, url, runs);
            match mark {
                Mark::Bold => inline(inner, Look { bold: true, ..look }, url, runs),
                Mark::Italic => inline(inner, Look { italic: true, ..look }, url, runs),
                Mark::Struck => inline(
                    inner,
                    Look {
                        strikethrough: true,
                        ..look
                    },
                    url,
                    runs,
                ),
                Mark::Code => runs.push(run(inner, Look { code: true, ..look }, url)),
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

fn flush(plain: &mut String, look: Look, url: Option<&str>, runs: &mut Vec<Value>) {
    if !plain.is_empty() {
        runs.push(run(plain, look, url));
        plain.clear();
    }
}

fn run(content: &str, look: Look, url: Option<&str>) -> Value {
    let mut annotations = plain_annotations();
    annotations["bold"] = look.bold.into();
    annotations["italic"] = look.italic.into();
    annotations["strikethrough"] = look.strikethrough.into();
    annotations["code"] = look.code.into();
    text_value(content, annotations, url)
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

/// The plain text of items, joined without separator.
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
        let runs: Vec<String> = from_markdown(markdown)
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
        assert_eq!(text_of(&items[1..]), "🔐");
        assert!(at_most_2000(&"é".repeat(2000), "body").is_ok());
        assert!(at_most_2000(&"🔐".repeat(1001), "body").is_err());
    }
}
