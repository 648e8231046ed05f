//! Which properties of a page we write, under which ids and options. Without the schema of its data
//! source nothing is guessed: a status that does not exist is refused, an option of a select would be created, and a
//! share written into a percentage is off by a hundred.
use super::status_words::{self, WordMeaning};
use super::{
    Client, Error, Kind, Named, Page, PropertySchema, PropertyValue, Schema, StatusOption, UserText, Value, raw_text,
};
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
struct StatusProperty {
    id: String,
    is_select: bool,
    /// Where it can be moved.
    writable: BTreeMap<Status, String>,
    /// What its options mean.
    meanings: BTreeMap<String, Status>,
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
        let date = |property, name: &str| {
            let found = page
                .properties
                .get(name)
                .filter(|found| matches!(found.value, Value::Date(_)))?;
            Some((property, found.id.clone()))
        };
        let dates = [
            date(Property::NextRotation, &names.next_rotation),
            date(Property::LastCheck, &names.last_check),
        ];
        let known = schema.as_deref();
        let status = status(page, known, names);
        let notes = if page.data_source.is_some() && schema.is_none() {
            vec![UNSHARED.to_owned()]
        } else {
            gaps(status.as_ref(), names)
        };
        Self {
            status,
            progress: progress(page, known, names),
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
    pub fn notes(&self) -> &[String] {
        &self.notes
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
    let value = &page.properties.get(&names.status)?.value;
    Some(value).filter(|value| matches!(value, Value::Status(_) | Value::Select(_)))
}

/// The option that a Status shows, if it shows one.
fn option(status: &Value) -> Option<&UserText> {
    match status {
        Value::Status(name) | Value::Select(name) => name.as_ref(),
        Value::Date(_) | Value::Number(_) | Value::Checkbox(_) | Value::Title | Value::Other => None,
    }
}

const UNSHARED: &str = "the page is shared with the connection, but the database that it is in is not, so I leave Status and \
                        Progress alone: open the database as a full page, \u{2022}\u{2022}\u{2022}, Connections, and add \
                        the connection";

/// What the page's Status lacks. The bot goes on without it.
fn gaps(status: Option<&StatusProperty>, names: &PropertyNames) -> Vec<String> {
    let Some(status) = status else {
        return vec![
            "the page has no Status that I can read (is it outside a database, or is the property called otherwise? see \
             [properties]); I go on without it"
                .to_owned(),
        ];
    };
    let missing = wanted(names)
        .into_iter()
        .filter(|(of, _)| !status.writable.contains_key(of));
    let told = missing.map(|(of, name)| match of {
        Status::Blocked => format!(
            "the page's Status has no option {name}; add one, or name yours under [properties]; until then blocked pages \
             stay {}",
            names.in_progress
        ),
        Status::NotStarted | Status::InProgress | Status::Done => {
            format!("the page's Status has no option that means {name}; add one, or name yours under [properties]")
        }
    });
    told.collect()
}

fn progress(page: &Page, schema: Option<&Properties>, names: &PropertyNames) -> Option<ProgressProperty> {
    let found = page
        .properties
        .get(&names.progress)
        .filter(|found| matches!(found.value, Value::Number(_)))?;
    let Schema::Number { percent } = schema?.get(&names.progress)?.kind else {
        return None;
    };
    Some(ProgressProperty {
        id: found.id.clone(),
        percent,
    })
}

fn status(page: &Page, schema: Option<&Properties>, names: &PropertyNames) -> Option<StatusProperty> {
    let found = page.properties.get(&names.status)?;
    let kind = schema
        .and_then(|schema| schema.get(&names.status))
        .map(|property| &property.kind);
    let (is_select, options) = match (&found.value, kind) {
        (Value::Status(_), Some(Schema::Status(options))) => (false, Some(options.clone())),
        (Value::Select(_), Some(Schema::Select(options))) => (true, Some(options.iter().map(ungrouped).collect())),
        (Value::Status(_) | Value::Select(_), None) => (false, None),
        _ => return None,
    };
    let (writable, meanings) = match options {
        Some(options) => (writable(&options, names), meanings(&options, names)),
        None => (BTreeMap::new(), configured(names)),
    };
    Some(StatusProperty {
        id: found.id.clone(),
        is_select,
        writable,
        meanings,
    })
}

fn ungrouped(name: &UserText) -> StatusOption {
    StatusOption {
        id: String::new(),
        name: name.clone(),
        group: None,
    }
}

fn wanted(names: &PropertyNames) -> [(Status, &str); 4] {
    [
        (Status::NotStarted, &names.not_started),
        (Status::InProgress, &names.in_progress),
        (Status::Blocked, &names.blocked),
        (Status::Done, &names.done),
    ]
}

/// What the configured names mean: all that can be read without the schema.
fn configured(names: &PropertyNames) -> BTreeMap<String, Status> {
    wanted(names).map(|(status, name)| (name.to_owned(), status)).into()
}

/// What each option means, where it means one of ours.
fn meanings(options: &[StatusOption], names: &PropertyNames) -> BTreeMap<String, Status> {
    let read = |option: &StatusOption| match meaning(option, names) {
        WordMeaning::Of(status) => Some((option.name.expose().to_owned(), status)),
        WordMeaning::Other => None,
        WordMeaning::Unknown => Some((option.name.expose().to_owned(), group(option)?)),
    };
    options.iter().filter_map(read).collect()
}

/// What an option means by its name: the configured ones first, then the words of six languages.
fn meaning(option: &StatusOption, names: &PropertyNames) -> WordMeaning {
    let own = wanted(names).into_iter().find(|(_, name)| is_called(option, name));
    if let Some((status, _)) = own {
        return WordMeaning::Of(status);
    }
    match status_words::meaning(option.name.expose()) {
        // "Open" among those in progress is no fresh start. Blocked has no group of its own.
        WordMeaning::Of(status) if status != Status::Blocked && group(option).is_some_and(|group| group != status) => {
            WordMeaning::Unknown
        }
        meaning => meaning,
    }
}

fn is_called(option: &StatusOption, name: &str) -> bool {
    option.name.expose().to_lowercase() == name.to_lowercase()
}

fn group(option: &StatusOption) -> Option<Status> {
    let group = option.group.as_ref()?;
    status_words::group(group.name.expose(), group.place, group.of)
}

/// The option for each status: by the configured name, then without case, then by what it means; else the first of the
/// group whose name says nothing else.
fn writable(options: &[StatusOption], names: &PropertyNames) -> BTreeMap<Status, String> {
    let mut found = BTreeMap::new();
    for (status, name) in wanted(names) {
        let exact = options.iter().find(|option| option.name.expose() == name);
        let folded = || options.iter().find(|option| is_called(option, name));
        let meant = || {
            options
                .iter()
                .find(|option| meaning(option, names) == WordMeaning::Of(status))
        };
        let default = || {
            let of_group = |option: &&StatusOption| group(option) == Some(status);
            let mut unknown = options.iter().filter(of_group);
            unknown.find(|option| meaning(option, names) == WordMeaning::Unknown)
        };
        if let Some(option) = exact.or_else(folded).or_else(meant).or_else(default) {
            found.insert(status, option.name.expose().to_owned());
        }
    }
    found
}

#[cfg(test)]
mod tests;
