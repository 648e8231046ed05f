//! Holds JSON against what recordings of the real API showed.
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

const SHAPES: &str = include_str!("../../wire/shapes.txt");

/// Holds answers against the recorded shapes.
pub struct Judge {
    shapes: BTreeMap<&'static str, BTreeMap<&'static str, Rule>>,
    /// Objects that had a recorded shape.
    pub judged: usize,
    /// What differed, a line each.
    pub differences: BTreeSet<String>,
}

/// What a key was seen to be.
struct Rule {
    always: bool,
    types: Vec<&'static str>,
}

impl Judge {
    /// Knows the table in `tests/wire`.
    pub fn new() -> Judge {
        let lines = SHAPES.lines().filter(|line| !line.starts_with('#'));
        let shape = |keys: &'static str| {
            let rule = |pair: &'static str| {
                let (key, types) = pair.split_once(':').expect("key:types");
                let always = !key.ends_with('?');
                (
                    key.trim_end_matches('?'),
                    Rule {
                        always,
                        types: types.split('|').collect(),
                    },
                )
            };
            keys.split_whitespace().map(rule).collect()
        };
        let shapes = lines
            .filter_map(|line| line.split_once(" ="))
            .map(|(kind, keys)| (kind, shape(keys)))
            .collect();
        Judge {
            shapes,
            judged: 0,
            differences: BTreeSet::new(),
        }
    }

    /// Judges an object and all within it.
    pub fn object(&mut self, object: &Map<String, Value>, context: &str, path: &str) {
        let kind = kind_of(object, context);
        self.compare(object, &kind, path);
        for (key, value) in object {
            let here = format!("{path}.{key}");
            let is_map = key == "properties" && matches!(kind.as_str(), "page" | "data_source");
            let context = match key.as_str() {
                "rich_text" | "title" | "caption" | "description" => "rich_text".to_owned(),
                "parent" => "parent".to_owned(),
                "properties" if kind == "page" => "property".to_owned(),
                "properties" if is_map => "schema_property".to_owned(),
                other => format!("{kind}.{other}"),
            };
            let inner: Vec<&Value> = match value {
                Value::Object(map) if is_map => map.values().collect(),
                Value::Array(items) => items.iter().collect(),
                other => vec![other],
            };
            for object in inner.into_iter().filter_map(Value::as_object) {
                self.object(object, &context, &here);
            }
        }
    }

    fn compare(&mut self, object: &Map<String, Value>, kind: &str, path: &str) {
        let Some(shape) = self.shapes.get(kind) else { return };
        self.judged += 1;
        for (key, rule) in shape {
            match object.get(*key) {
                None if rule.always => drop(self.differences.insert(format!("{path} {kind} lacks {key}"))),
                Some(value) if *key != "next_cursor" && !rule.types.contains(&type_of(value)) => {
                    self.differences
                        .insert(format!("{path} {kind}.{key} is {}", type_of(value)));
                }
                None | Some(_) => {}
            }
        }
        let is_top = path.ends_with(':');
        for key in object.keys().filter(|key| !shape.contains_key(key.as_str())) {
            if !(is_top && key == "request_id") {
                self.differences
                    .insert(format!("{path} {kind} has {key}, never recorded"));
            }
        }
    }
}

fn kind_of(object: &Map<String, Value>, context: &str) -> String {
    let text = |key: &str| object.get(key).and_then(Value::as_str).unwrap_or("None");
    match text("object") {
        "user" if !object.contains_key("type") => "user/partial".into(),
        kind @ ("block" | "user" | "list") => format!("{kind}/{}", text("type")),
        "None" if matches!(context, "rich_text" | "property" | "schema_property" | "parent") => {
            format!("{context}/{}", text("type"))
        }
        "None" => context.into(),
        kind => kind.into(),
    }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
