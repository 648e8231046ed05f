//! The tags of Notion's own Markdown: toggles, callouts, columns, tabs, tables, synced blocks, and what the API does not
//! give away. What lies in a tag is indented or not; a table may also be written with pipes.
use super::super::items;
use super::{BlockDraft, inner};
use serde_json::{Value, json};
use std::iter::Peekable;
use std::str::Lines;

/// The block that a line begins with a tag, with all that lies in it; `None`: it begins none.
pub fn tagged<'a>(line: &'a str, lines: &mut Peekable<Lines<'a>>) -> Option<BlockDraft> {
    if line.starts_with('|') {
        return Some(piped(line, lines));
    }
    let (name, attributes) = opened(line)?;
    let is_known = matches!(
        name,
        "details"
            | "callout"
            | "columns"
            | "column"
            | "tab"
            | "table"
            | "synced_block"
            | "synced_block_reference"
            | "unknown"
    );
    if !is_known {
        return None;
    }
    let body = if line.ends_with("/>") {
        Vec::new()
    } else {
        body(name, line, lines)
    };
    Some(match name {
        "table" => table(&body, attribute(attributes, "header-row") == Some("true")),
        "details" => toggle(body),
        "callout" => callout(body, attribute(attributes, "icon").unwrap_or("💡")),
        "columns" => holding("column_list", json!({}), &body),
        "column" => holding("column", json!({}), &body),
        "tab" => holding("tab", json!({}), &body),
        "synced_block" => {
            let name = attribute(attributes, "url").unwrap_or_default();
            holding("synced_block", json!({ "synced_from": null, "url": name }), &body)
        }
        "synced_block_reference" => {
            let name = attribute(attributes, "url").unwrap_or_default();
            holding(
                "synced_block",
                json!({ "synced_from": { "type": "block_id", "url": name } }),
                &[],
            )
        }
        _ => {
            let kind = attribute(attributes, "alt").unwrap_or("form");
            holding("unsupported", json!({ "block_type": kind }), &[])
        }
    })
}

/// The name of the tag that a line opens, and what stands behind the name.
fn opened(line: &str) -> Option<(&str, &str)> {
    let tag = line.strip_prefix('<')?.split('>').next()?.trim_end_matches('/');
    let end = tag.find(char::is_whitespace).unwrap_or(tag.len());
    let (name, attributes) = tag.split_at(end);
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    is_name.then_some((name, attributes))
}

fn attribute<'a>(attributes: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = attributes.split_once(&format!("{name}=\""))?;
    rest.split_once('"').map(|(value, _)| value)
}

/// The lines up to the one that closes the tag.
fn body<'a>(name: &str, line: &'a str, lines: &mut Peekable<Lines<'a>>) -> Vec<&'a str> {
    let (opening, closing) = (format!("<{name}"), format!("</{name}>"));
    let behind = line.split_once('>').map_or("", |(_, behind)| behind);
    if let Some(within) = behind.strip_suffix(&closing) {
        return vec![within];
    }
    let mut body: Vec<&str> = Some(behind).filter(|behind| !behind.is_empty()).into_iter().collect();
    let mut open = 1;
    for line in lines {
        let bare = line.trim();
        if opened(bare).is_some_and(|(inner, _)| inner == name)
            && bare.starts_with(&opening)
            && !bare.ends_with("/>")
            && !bare.ends_with(&closing)
        {
            open += 1;
        }
        if bare == closing {
            open -= 1;
            if open == 0 {
                break;
            }
        }
        body.push(line);
    }
    body
}

fn holding(kind: &str, value: Value, body: &[&str]) -> BlockDraft {
    BlockDraft {
        kind: kind.to_owned(),
        value,
        children: inner(body),
    }
}

fn text_value(text: &str) -> Value {
    json!({ "rich_text": items::from_markdown(text.trim()), "color": "default" })
}

fn toggle(mut body: Vec<&str>) -> BlockDraft {
    let summary = body.iter().position(|line| line.trim().starts_with("<summary>"));
    let summary = summary.map_or("", |at| body.remove(at));
    let summary = summary
        .trim()
        .trim_start_matches("<summary>")
        .trim_end_matches("</summary>");
    holding("toggle", text_value(summary), &body)
}

/// The first line is its text, the others lie in it.
fn callout(mut body: Vec<&str>, icon: &str) -> BlockDraft {
    let text = if body.is_empty() { "" } else { body.remove(0) };
    let mut value = text_value(text);
    value["icon"] = json!({ "type": "emoji", "emoji": icon });
    holding("callout", value, &body)
}

/// `<tr>` and `<td>`, each on its line or several on one.
fn table(body: &[&str], has_head: bool) -> BlockDraft {
    let text = body.join("\n");
    let between = |text: &str, tag: &str| -> Vec<String> {
        let (open, close) = (format!("<{tag}"), format!("</{tag}>"));
        let parts = text
            .split(&close)
            .filter_map(|part| Some(part.rsplit_once(&open)?.1.split_once('>')?.1.to_owned()));
        parts.collect()
    };
    let rows = text.split("</tr>").filter(|row| row.contains("<td"));
    table_of(rows.map(|row| between(row, "td")).collect(), has_head)
}

/// `| a | b |`; a second line of dashes says that the first one holds the heads.
fn piped(line: &str, lines: &mut Peekable<Lines<'_>>) -> BlockDraft {
    let cells = |line: &str| -> Vec<String> {
        let bare = line.trim().trim_start_matches('|').trim_end_matches('|');
        bare.split('|').map(|cell| cell.trim().to_owned()).collect()
    };
    let mut rows = vec![cells(line)];
    let mut has_head = false;
    while let Some(line) = lines.next_if(|line| line.trim().starts_with('|')) {
        let is_rule = line.chars().all(|c| "|-: ".contains(c) || c.is_whitespace());
        if is_rule && rows.len() == 1 {
            has_head = true;
        } else {
            rows.push(cells(line));
        }
    }
    table_of(rows, has_head)
}

fn table_of(rows: Vec<Vec<String>>, has_head: bool) -> BlockDraft {
    let width = rows.iter().map(Vec::len).max().unwrap_or(0);
    let row = |cells: Vec<String>| {
        let cells: Vec<Value> = cells
            .iter()
            .map(|cell| json!(items::from_markdown(cell.trim())))
            .collect();
        BlockDraft {
            kind: "table_row".to_owned(),
            value: json!({ "cells": cells }),
            children: Vec::new(),
        }
    };
    BlockDraft {
        kind: "table".to_owned(),
        value: json!({ "table_width": width, "has_column_header": has_head, "has_row_header": false }),
        children: rows.into_iter().map(row).collect(),
    }
}

/// What opens a block in a page's Markdown and has no words of its own, and what closes it.
pub fn around(kind: &str, value: &Value) -> Option<(String, &'static str)> {
    let (open, close) = match kind {
        "column_list" => ("<columns>".to_owned(), "</columns>"),
        "column" => ("<column>".to_owned(), "</column>"),
        "tab" => ("<tab>".to_owned(), "</tab>"),
        "table" => (
            format!("<table header-row=\"{}\">", value["has_column_header"]),
            "</table>",
        ),
        "toggle" => ("<details>".to_owned(), "</details>"),
        "callout" => {
            let icon = value["icon"]["emoji"].as_str().unwrap_or("💡");
            (format!("<callout icon=\"{icon}\">"), "</callout>")
        }
        "synced_block" if value["synced_from"].is_null() => ("<synced_block>".to_owned(), "</synced_block>"),
        "synced_block" => ("<synced_block_reference>".to_owned(), "</synced_block_reference>"),
        _ => return None,
    };
    Some((open, close))
}
