//! Markdown to blocks: as much as a guide needs (headings, paragraphs, code fences, boxes, lists with children, quotes,
//! dividers, and the tags of Notion's own Markdown), and the other way for `GET /v1/pages/{id}/markdown`.
pub mod tags;

use super::items;
use serde_json::{Value, json};
use std::iter::Peekable;
use std::str::Lines;

/// A block that has no place and no id yet.
#[derive(Clone, Debug)]
pub struct BlockDraft {
    /// The block's type: `heading_2`, `to_do`, ...
    pub kind: String,
    /// What stands under the key of that type.
    pub value: Value,
    /// Blocks within it.
    pub children: Vec<BlockDraft>,
}

/// A page as its Markdown file gives it.
#[derive(Clone, Debug, Default)]
pub struct PageSource {
    /// The first heading of level 1, without its marks; `Untitled` when there is none.
    pub title: String,
    /// `Key: value` lines between two `---` at the very top: first values of properties.
    pub properties: Vec<(String, String)>,
    /// The page's body.
    pub blocks: Vec<BlockDraft>,
}

/// Reads a page. Nothing is an error: what is no known form becomes a paragraph.
pub fn parse(text: &str) -> PageSource {
    let (properties, body) = front_matter(text);
    let mut blocks = nested(
        &mut lines_to_drafts(&mut body.lines().peekable()).into_iter().peekable(),
        0,
    );
    let title_at = blocks.iter().position(|block| block.kind == "heading_1");
    let title = title_at.map(|at| plain_text(&blocks.remove(at)));
    PageSource {
        title: title.unwrap_or_else(|| "Untitled".into()),
        properties,
        blocks,
    }
}

fn plain_text(draft: &BlockDraft) -> String {
    draft.value["rich_text"]
        .as_array()
        .map(|items| items::text_of(items))
        .unwrap_or_default()
}

fn front_matter(text: &str) -> (Vec<(String, String)>, &str) {
    let Some((head, body)) = text.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n")) else {
        return (Vec::new(), text);
    };
    let pairs = head.lines().filter_map(|line| line.split_once(':'));
    (
        pairs
            .map(|(key, value)| (key.trim().into(), value.trim().into()))
            .collect(),
        body,
    )
}

/// A draft and how far its line was indented.
type Indented = (usize, BlockDraft);

/// The blocks that lie in a tag.
fn inner(body: &[&str]) -> Vec<BlockDraft> {
    let filled = body.iter().filter(|line| !line.trim().is_empty());
    let least = filled.map(|line| indent_of(line)).min().unwrap_or(0);
    let text = body.join("\n");
    let drafts = lines_to_drafts(&mut text.lines().peekable()).into_iter();
    let moved = drafts.map(|(indent, draft)| (indent.saturating_sub(least), draft));
    nested(&mut moved.peekable(), 0)
}

fn lines_to_drafts(lines: &mut Peekable<Lines<'_>>) -> Vec<Indented> {
    let mut drafts: Vec<Indented> = Vec::new();
    let mut paragraph_open = false;
    while let Some(line) = lines.next() {
        let indent = indent_of(line);
        let bare = line.trim();
        if let Some(language) = bare.strip_prefix("```") {
            drafts.push((indent, code(language, lines, indent)));
            paragraph_open = false;
        } else if bare.is_empty() {
            paragraph_open = false;
        } else if let Some(draft) = tags::tagged(bare, lines).or_else(|| one_line(bare)) {
            drafts.push((indent, draft));
            paragraph_open = false;
        } else if paragraph_open {
            let (_, last) = drafts.last_mut().expect("an open paragraph is the last draft");
            *last = paragraph(&format!("{}\u{1}{bare}", source_of(last)));
        } else {
            drafts.push((indent, paragraph(bare)));
            paragraph_open = true;
        }
    }
    drafts
        .into_iter()
        .map(|(indent, draft)| (indent, settled(draft)))
        .collect()
}

/// While it is open a paragraph keeps its source; a line may end inside `**bold**`.
fn paragraph(source: &str) -> BlockDraft {
    BlockDraft {
        kind: "paragraph".into(),
        value: json!({ "source": source }),
        children: Vec::new(),
    }
}

fn source_of(draft: &BlockDraft) -> String {
    draft.value["source"].as_str().unwrap_or_default().to_owned()
}

fn settled(draft: BlockDraft) -> BlockDraft {
    if draft.value.get("source").is_none() {
        return draft;
    }
    let text = source_of(&draft).replace('\u{1}', " ");
    let value = json!({ "rich_text": items::from_markdown(&text), "color": "default", "icon": null });
    BlockDraft { value, ..draft }
}

fn indent_of(line: &str) -> usize {
    line.chars()
        .take_while(|letter| letter.is_whitespace())
        .map(|letter| if letter == '\t' { 4 } else { 1 })
        .sum()
}

fn code<'a>(language: &str, lines: &mut impl Iterator<Item = &'a str>, indent: usize) -> BlockDraft {
    let body: Vec<&str> = lines
        .take_while(|line| line.trim() != "```")
        .map(|line| &line[line.bytes().take(indent).take_while(u8::is_ascii_whitespace).count()..])
        .collect();
    let language = match language.trim() {
        "" | "text" => "plain text",
        "sh" => "shell",
        other => other,
    };
    let value = json!({ "rich_text": items::plain(&body.join("\n")), "caption": [], "language": language });
    BlockDraft {
        kind: "code".into(),
        value,
        children: Vec::new(),
    }
}

fn one_line(line: &str) -> Option<BlockDraft> {
    let draft = |kind: &str, text: &str, extra: Value| {
        let mut value = json!({ "rich_text": items::from_markdown(text.trim()), "color": "default" });
        if let (Some(value), Value::Object(extra)) = (value.as_object_mut(), extra) {
            value.extend(extra);
        }
        Some(BlockDraft {
            kind: kind.into(),
            value,
            children: Vec::new(),
        })
    };
    if line.len() >= 3 && line.bytes().all(|byte| byte == b'-') {
        return Some(BlockDraft {
            kind: "divider".into(),
            value: json!({}),
            children: Vec::new(),
        });
    }
    let level = line.bytes().take_while(|byte| *byte == b'#').count();
    if level > 0 && line[level..].starts_with(' ') {
        let (text, is_toggle) = match line[level..].strip_suffix("{toggle=\"true\"}") {
            Some(text) => (text, true),
            None => (&line[level..], false),
        };
        let kind = format!("heading_{}", level.min(4));
        return draft(&kind, text, json!({ "is_toggleable": is_toggle }));
    }
    if let Some(item) = line.strip_prefix("- ").or_else(|| line.strip_prefix("* ")) {
        for (sign, checked) in [("[ ] ", false), ("[x] ", true), ("[X] ", true)] {
            if let Some(text) = item.strip_prefix(sign) {
                return draft("to_do", text, json!({ "checked": checked }));
            }
        }
        return draft("bulleted_list_item", item, Value::Null);
    }
    if let Some(text) = line.strip_prefix("> ") {
        return draft("quote", text, Value::Null);
    }
    let (number, text) = line.split_once(". ")?;
    let counted = !number.is_empty() && number.len() < 4 && number.bytes().all(|byte| byte.is_ascii_digit());
    if counted {
        draft("numbered_list_item", text, Value::Null)
    } else {
        None
    }
}

fn nested(lines: &mut std::iter::Peekable<impl Iterator<Item = Indented>>, from: usize) -> Vec<BlockDraft> {
    let mut blocks: Vec<BlockDraft> = Vec::new();
    while let Some((indent, _)) = lines.peek() {
        if *indent < from {
            break;
        }
        let may_hold = blocks.last().is_some_and(|block| {
            block.kind.ends_with("list_item") || block.kind == "to_do" || block.value["is_toggleable"] == true
        });
        match blocks.last_mut() {
            Some(last) if may_hold && *indent >= from + 2 => last.children.extend(nested(lines, from + 2)),
            _ => blocks.extend(lines.next().map(|(_, draft)| draft)),
        }
    }
    blocks
}

/// One block's line in a page's Markdown, without its children. `anchor` puts the text into its discussion's span.
pub fn line(kind: &str, value: &Value, anchor: impl Fn(&str) -> String) -> String {
    let items = value["rich_text"].as_array().map_or(&[][..], Vec::as_slice);
    let text = if kind == "code" {
        items::text_of(items)
    } else {
        anchor(&marked_up(items))
    };
    match kind {
        "heading_1" => format!("# {text}"),
        "heading_2" => format!("## {text}"),
        "heading_3" => format!("### {text}"),
        "heading_4" => format!("#### {text}"),
        "toggle" => format!("<summary>{text}</summary>"),
        "table_row" => {
            let cells = value["cells"].as_array().into_iter().flatten();
            let cells = cells.map(|cell| format!("<td>{}</td>", marked_up(cell.as_array().map_or(&[], Vec::as_slice))));
            format!("<tr>{}</tr>", cells.collect::<String>())
        }
        "unsupported" => format!(
            "<unknown alt=\"{}\"/>",
            value["block_type"].as_str().unwrap_or_default()
        ),
        "to_do" if value["checked"] == true => format!("- [x] {text}"),
        "to_do" => format!("- [ ] {text}"),
        "bulleted_list_item" => format!("- {text}"),
        "numbered_list_item" => format!("1. {text}"),
        "quote" => format!("> {text}"),
        "divider" => "---".into(),
        "code" => format!("```{}\n{text}\n```", value["language"].as_str().unwrap_or_default()),
        _ => text,
    }
}

fn marked_up(items: &[Value]) -> String {
    items
        .iter()
        .map(|item| {
            let text = item["plain_text"].as_str().unwrap_or_default();
            let on = |name: &str| item["annotations"][name] == true;
            let mut text = if on("code") { format!("`{text}`") } else { escaped(text) };
            for (name, sign) in [("bold", "**"), ("italic", "*"), ("strikethrough", "~~")] {
                if on(name) {
                    text = format!("{sign}{text}{sign}");
                }
            }
            match item["href"].as_str() {
                Some(url) => format!("[{text}]({url})"),
                None => text,
            }
        })
        .collect()
}

/// The documented escapes outside code.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        if "\\*~`$[]<>{}|^".contains(letter) {
            out.push('\\');
        }
        out.push(letter);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outline(blocks: &[BlockDraft], depth: usize, out: &mut String) {
        for block in blocks {
            let line = ["  ".repeat(depth), format!("{} {}\n", block.kind, plain_text(block))];
            out.push_str(&line.concat());
            outline(&block.children, depth + 1, out);
        }
    }

    #[test]
    fn a_guide_becomes_blocks() {
        let guide = parse(
            "---\nPriority: High\n---\n# ACT: title\n\nOne **bold\nover** two lines.\n## Step 1: go (5 minutes)\n\
             ```bash\nls -la\n```\n- [x] done\n  - inner\n    deep text\n- [ ] open\n1. first\n   ```sh\n   cd x\n     y\n   ```\n\
             2. second\n---\n> said",
        );
        assert_eq!(guide.title, "ACT: title");
        assert_eq!(guide.properties, [("Priority".to_owned(), "High".to_owned())]);
        let mut out = String::new();
        outline(&guide.blocks, 0, &mut out);
        assert_eq!(
            out,
            "paragraph One bold over two lines.\nheading_2 Step 1: go (5 minutes)\ncode ls -la\nto_do done\n  \
             bulleted_list_item inner\n    paragraph deep text\nto_do open\nnumbered_list_item first\n  code cd x\n  y\n\
             numbered_list_item second\ndivider \nquote said\n"
        );
    }

    #[test]
    fn lines_are_written_back() {
        let guide = parse("## A *b* [c](https://example.org)\n- [x] `d` e\\*f\n");
        let lines: Vec<String> = guide
            .blocks
            .iter()
            .map(|block| line(&block.kind, &block.value, str::to_owned))
            .collect();
        assert_eq!(lines, ["## A *b* [c](https://example.org)", "- [x] `d` e\\*f"]);
    }
}
