//! The filter that asks a data source for the rows that are in progress, whatever Status and its options are called there.
use super::found_properties::FoundProperties;
use super::status_property::StatusProperty;
use super::{Named, Page, Property, PropertySchema, Schema, UserText, Value};
use crate::domain::effect::Status;
use crate::domain::ids::PageId;
use crate::domain::page::PropertyNames;
use serde_json::{Value as Json, json};

/// The filter, by what the schema tells; `None`: no row can say that it is in progress.
pub fn rows_in_progress(schema: &Named<PropertySchema>, names: &PropertyNames) -> Option<Json> {
    let row = row_of(schema);
    let name = FoundProperties::of(&row, names).status?;
    let status = StatusProperty::of(&row, &name, Some(schema), names)?;
    let kind = if status.is_select { "select" } else { "status" };
    let meant = status
        .meanings
        .iter()
        .filter(|(_, means)| **means == Status::InProgress);
    let options: Vec<Json> = meant
        .map(|(option, _)| json!({ "property": name, kind: { "equals": option } }))
        .collect();
    (!options.is_empty()).then(|| json!({ "or": options }))
}

/// A row that has nothing in it, as Status is looked for on a page.
fn row_of(schema: &Named<PropertySchema>) -> Page {
    let property = |(name, property): (UserText, &PropertySchema)| {
        let value = match property.kind {
            Schema::Status(_) => Value::Status(None),
            Schema::Select(_) => Value::Select(None),
            _ => return None,
        };
        let id = property.id.clone();
        Some((name.expose().to_owned(), Property { id, value }))
    };
    Page {
        id: PageId::from_wire(""),
        title: UserText::default(),
        written: UserText::default(),
        in_trash: false,
        is_locked: false,
        data_source: None,
        last_edited: None,
        properties: schema.named().filter_map(property).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> PropertyNames {
        let of = str::to_owned;
        PropertyNames {
            status: of("Status"),
            progress: of("Progress"),
            next_rotation: of("Next rotation"),
            last_check: of("Last check"),
            quiet: of("Quiet"),
            not_started: of("Not started"),
            in_progress: of("In Progress"),
            blocked: of("Blocked"),
            done: of("Done"),
        }
    }

    fn filter(name: &str, kind: Schema) -> Option<Json> {
        let property = PropertySchema {
            id: "x".to_owned(),
            kind,
        };
        rows_in_progress(&std::iter::once((name.to_owned(), property)).collect(), &names())
    }

    #[test]
    fn only_the_options_that_mean_in_progress_are_asked_for() {
        let options = |names: &[&str]| names.iter().map(|name| UserText::plain(*name)).collect();
        assert_eq!(
            filter("Fase", Schema::Select(options(&["Nieuw", "Bezig", "Klaar"]))),
            Some(json!({ "or": [{ "property": "Fase", "select": { "equals": "Bezig" } }] }))
        );
        assert_eq!(filter("Fase", Schema::Select(options(&["Rood", "Blauw"]))), None);
        assert_eq!(filter("Aantal", Schema::Number { percent: false }), None);
    }
}
