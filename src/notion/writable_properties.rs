//! Which properties of a page we write, under which ids and options. Without the schema of its data
//! source nothing is guessed: a status that does not exist is refused, an option of a select would be created, and a
//! share written into a percentage is off by a hundred.
use super::found_properties::FoundProperties;
use super::status_property::StatusProperty;
use super::{Client, Error, Kind, Named, Page, PropertySchema, PropertyValue, Schema, UserText, Value, raw_text};
use crate::domain::comment::RawText;
use crate::domain::effect::{Property, Status, Value as Wanted};
use crate::domain::page::PropertyNames;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The properties of a data source, by name.
pub type Properties = Named<PropertySchema>;

/// The properties of a page that we can write, under which ids, and what its Status says.
#[derive(Clone, Debug, Default)]
pub struct WritableProperties {
    schema: Option<Arc<Properties>>,
    /// The schema was not found, once: a 404 may pass.
    missed: bool,
    status: Option<StatusProperty>,
    progress: Option<ProgressProperty>,
    dates: BTreeMap<Property, String>,
    notes: Vec<String>,
}

#[derive(Clone, Debug)]
struct ProgressProperty {
    id: String,
    percent: bool,
}

impl WritableProperties {
    /// Finds them for a page that was just read; its data source, where it has one we may read, tells the options. `last`
    /// is what was found before: while the data source does not answer, its schema is kept.
    pub async fn read(client: &Client, page: &Page, names: &PropertyNames, last: Option<&Self>) -> Result<Self, Error> {
        let Some(id) = &page.data_source else {
            return Ok(Self::of(page, None, names));
        };
        let kept = last.and_then(|last| last.schema.clone());
        let (schema, missed) = match client.data_source(id).await {
            Ok(read) => (Some(Arc::new(read.properties)), false),
            Err(error) if matches!(error.kind, Kind::Gone | Kind::Forbidden { .. }) => {
                let once = last.is_some_and(|last| !last.missed);
                (kept.filter(|_| once), true)
            }
            Err(_) if kept.is_some() => (kept, last.is_some_and(|last| last.missed)),
            Err(error) => return Err(error),
        };
        Ok(Self {
            missed,
            ..Self::of(page, schema, names)
        })
    }

    /// Finds them for a page with this schema.
    pub fn of(page: &Page, schema: Option<Arc<Properties>>, names: &PropertyNames) -> Self {
        let found = FoundProperties::of(page, names);
        let date = |property, name: Option<&String>| Some((property, page.properties.get(name?)?.id.clone()));
        let dates = [
            date(Property::NextRotation, found.next_rotation.as_ref()),
            date(Property::LastCheck, found.last_check.as_ref()),
        ];
        let known = schema.as_deref();
        let status = found
            .status
            .as_ref()
            .and_then(|name| StatusProperty::of(page, name, known, names));
        let progress = found
            .progress
            .as_ref()
            .and_then(|name| progress(page, name, known, names));
        let mut notes = found.notes;
        if page.data_source.is_some() && schema.is_none() {
            notes.push(UNSHARED.to_owned());
        } else if let Some(status) = &status {
            notes.extend(status.gaps(names));
        } else if !found.tells_of_status {
            notes.push(NO_STATUS.to_owned());
        }
        Self {
            status,
            progress,
            dates: dates.into_iter().flatten().collect(),
            notes,
            missed: false,
            schema,
        }
    }

    /// Where the page stands, if its option means something to us.
    pub fn standing(&self, page: &Page, names: &PropertyNames) -> Option<Status> {
        let shown = option(status_of(page, names)?)?;
        self.status.as_ref()?.meanings.get(shown.expose()).copied()
    }

    /// Where Status can be moved, each with the option that says so.
    pub fn statuses(&self) -> BTreeMap<Status, RawText> {
        let writable = self.status.iter().flat_map(|status| &status.writable);
        writable
            .map(|(status, option)| (*status, RawText::new(option)))
            .collect()
    }

    /// The option that Status shows, as the page calls it; empty: none. `None`: there is no Status.
    pub fn shown(&self, page: &Page, names: &PropertyNames) -> Option<RawText> {
        let status = status_of(page, names)?;
        Some(option(status).map_or_else(|| RawText::new(""), raw_text))
    }

    /// The properties that can be written.
    pub fn properties(&self) -> BTreeSet<Property> {
        let progress = self.progress.is_some().then_some(Property::Progress);
        self.dates.keys().copied().chain(progress).collect()
    }

    /// What a person should mend, a sentence each.
    pub fn notes(&self) -> impl Iterator<Item = RawText> {
        self.notes.iter().map(RawText::new)
    }

    /// Whether a person switched the bot off on this page.
    pub fn is_quiet(page: &Page, names: &PropertyNames) -> bool {
        let quiet = FoundProperties::of(page, names).quiet;
        let quiet = quiet.and_then(|name| page.properties.get(&name));
        quiet.is_some_and(|quiet| quiet.value == Value::Checkbox(true))
    }

    /// What to send in order to move the status; `None`: the page cannot say that.
    pub fn status_value(&self, to: Status) -> Option<(String, PropertyValue)> {
        let status = self.status.as_ref()?;
        let option = status.writable.get(&to)?.clone();
        let value = if status.is_select {
            PropertyValue::Select(option)
        } else {
            PropertyValue::Status(option)
        };
        Some((status.id.clone(), value))
    }

    /// What to send in order to set a property; `None`: the page has none of that kind.
    pub fn value(&self, property: Property, value: &Wanted) -> Option<(String, PropertyValue)> {
        match value {
            Wanted::Percent(percent) => {
                let progress = self.progress.as_ref()?;
                let number = f64::from(*percent) / if progress.percent { 100.0 } else { 1.0 };
                Some((progress.id.clone(), PropertyValue::Number(Some(number))))
            }
            Wanted::Date(date) => Some((
                self.dates.get(&property)?.clone(),
                PropertyValue::Date(Some(date.clone())),
            )),
        }
    }
}

/// The page's Status, if it has one.
fn status_of<'a>(page: &'a Page, names: &PropertyNames) -> Option<&'a Value> {
    let name = FoundProperties::of(page, names).status?;
    Some(&page.properties.get(&name)?.value)
}

/// The option that a Status shows, if it shows one.
fn option(status: &Value) -> Option<&UserText> {
    match status {
        Value::Status(name) | Value::Select(name) => name.as_ref(),
        Value::MultiSelect | Value::Date(_) | Value::Number(_) | Value::Checkbox(_) | Value::Title | Value::Other => {
            None
        }
    }
}

const UNSHARED: &str = "the page is shared with the connection, but the database that it is in is not, so I leave Status and \
                        Progress alone: open the database as a full page, \u{2022}\u{2022}\u{2022}, Connections, and add \
                        the connection";

const NO_STATUS: &str = "the page has no Status that I can read (is it outside a database, or is the property called otherwise? see \
                         [properties]); I go on without it";

/// Progress as it is written: a number of that name, or a percentage that is called by another word for it. "Avance" in euros is none.
fn progress(page: &Page, name: &str, schema: Option<&Properties>, names: &PropertyNames) -> Option<ProgressProperty> {
    let Schema::Number { percent } = schema?.get(name)?.kind else {
        return None;
    };
    if !percent && name != names.progress {
        return None;
    }
    Some(ProgressProperty {
        id: page.properties.get(name)?.id.clone(),
        percent,
    })
}

#[cfg(test)]
mod tests;
