//! Older versions of the API on the way in and out: before `2026-03-11` what is `in_trash` is called `archived` too, and an
//! append says `after`. Objects are answered in their newest form otherwise.
use serde_json::{Value, json};

/// The version that the rest of the sandbox speaks.
const NEWEST: &str = "2026-03-11";

/// A body as the newest version has it.
pub fn brought_up(version: &str, mut body: Value) -> Value {
    let Some(fields) = body.as_object_mut().filter(|_| version != NEWEST) else {
        return body;
    };
    if let Some(archived) = fields.remove("archived") {
        fields.entry("in_trash").or_insert(archived);
    }
    if let Some(after) = fields.remove("after") {
        let position = json!({ "type": "after_block", "after_block": { "id": after } });
        fields.entry("position").or_insert(position);
    }
    body
}

/// An answer as that version has it (recorded: `archived` comes beside `in_trash`).
pub fn brought_down(version: &str, answer: String) -> String {
    if version == NEWEST || !answer.contains("\"in_trash\"") {
        return answer;
    }
    let Ok(mut value) = serde_json::from_str::<Value>(&answer) else {
        return answer;
    };
    name_archived(&mut value);
    value.to_string()
}

fn name_archived(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(name_archived),
        Value::Object(fields) => {
            if let Some(in_trash) = fields.get("in_trash").cloned() {
                fields.insert("archived".to_owned(), in_trash);
            }
            fields.values_mut().for_each(name_archived);
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
