//! Whatever else people wrote into an object of Notion's: names of files, targets of links, values of properties, icons,
//! options. Nobody has to know all kinds of it: every text is taken but the words of Notion's own.
use crate::rich_text::RichText;
use serde::Deserialize as _;
use serde_json::Value as Json;

/// Keys whose values are Notion's own words: ids, kinds, colours, times.
const OWN_WORDS: [&str; 9] = [
    "id",
    "type",
    "object",
    "color",
    "request_id",
    "created_time",
    "last_edited_time",
    "expiry_time",
    "time_zone",
];

/// All texts in `json`, wherever they stand, the names of its keys not among them. Rich text is one text, with the targets
/// of its links behind it.
pub fn texts(json: &Json) -> Vec<String> {
    let mut found = Vec::new();
    walk(json, &mut found);
    found.retain(|text| !text.is_empty());
    found
}

fn walk(json: &Json, found: &mut Vec<String>) {
    match json {
        Json::String(text) => found.push(text.clone()),
        Json::Array(items) if items.iter().any(|item| item.get("plain_text").is_some()) => {
            if let Ok(text) = RichText::deserialize(json) {
                let (words, unseen) = text.text().into_parts();
                found.push(words);
                found.extend(unseen);
            }
        }
        Json::Array(items) => items.iter().for_each(|item| walk(item, found)),
        Json::Object(fields) => {
            // A file that Notion keeps: its address is signed anew every hour, and the signature is no key of anybody's.
            let signed = fields.contains_key("expiry_time");
            for (name, value) in fields {
                match value.as_str().filter(|_| signed && name == "url") {
                    Some(url) => found.extend(url.split('?').next().map(str::to_owned)),
                    None if OWN_WORDS.contains(&name.as_str()) && value.is_string() => {}
                    None => walk(value, found),
                }
            }
        }
        Json::Null | Json::Bool(_) | Json::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(json: &Json, expected: &[&str]) {
        assert_eq!(texts(json), expected);
    }

    #[test]
    fn every_text_is_found_and_the_words_of_notion_are_not() {
        check(
            &json!({ "id": "a", "type": "select", "select": { "id": "b", "name": "Red", "color": "red" } }),
            &["Red"],
        );
        check(
            &json!({ "people": [{ "object": "user", "name": "Ana", "person": { "email": "a@b" } }] }),
            &["Ana", "a@b"],
        );
        check(
            &json!({ "formula": { "type": "string", "string": "x" }, "number": 3, "checkbox": true }),
            &["x"],
        );
        check(&json!({ "type": { "odd": "words" } }), &["words"]);
        let halves = json!([{ "plain_text": "one " }, { "plain_text": "text", "href": "https://a" }]);
        check(
            &json!({ "rollup": { "array": [{ "rich_text": halves }] } }),
            &["one text", "https://a"],
        );
    }

    #[test]
    fn the_signature_of_a_file_is_not_searched_and_its_name_is() {
        let file = json!({ "url": "https://f/name.pdf?X-Amz-Signature=abc", "expiry_time": "2026-12-01T00:00:00Z" });
        check(
            &json!({ "type": "file", "file": file, "name": "name.pdf" }),
            &["https://f/name.pdf", "name.pdf"],
        );
        let link = json!({ "external": { "url": "https://f/?k=v" } });
        check(&link, &["https://f/?k=v"]);
    }
}
