//! The board of a page: which of its properties we write, under which ids and options. Options are found by their
//! configured name, then without case, then by group; an unknown name is never written.
use super::client::Client;
use super::data_source::{DataSource, Schema, StatusOption};
use super::error::Error;
use super::pages::{Page, PropertyValue, Value};
use crate::domain::effect::{Property, Status, Value as Wanted};
use crate::domain::page::PropertyNames;
use std::collections::{BTreeMap, BTreeSet};

/// What we can write on a page.
#[derive(Clone, Debug, Default)]
pub struct Board {
    status: Option<StatusProperty>,
    progress: Option<Progress>,
    dates: BTreeMap<Property, String>,
}

#[derive(Clone, Debug)]
struct StatusProperty {
    id: String,
    is_select: bool,
    options: BTreeMap<Status, String>,
}

#[derive(Clone, Debug)]
struct Progress {
    id: String,
    percent: bool,
}

impl Board {
    /// Reads the board of a page; its data source, where it has one we may read, tells the options.
    pub async fn read(client: &Client, page: &Page, names: &PropertyNames) -> Result<Self, Error> {
        let schema = match &page.data_source {
            Some(id) => match client.data_source(id).await {
                Ok(schema) => Some(schema),
                Err(error) if matches!(error.kind, super::Kind::Gone | super::Kind::Forbidden { .. }) => None,
                Err(error) => return Err(error),
            },
            None => None,
        };
        Ok(Self::of(page, schema.as_ref(), names))
    }

    /// The board of a page with this schema.
    pub fn of(page: &Page, schema: Option<&DataSource>, names: &PropertyNames) -> Self {
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
        Self {
            status: status(page, schema, names),
            progress: progress(page, schema, names),
            dates: dates.into_iter().flatten().collect(),
        }
    }

    /// Where the page stands, if its option means something to us.
    pub fn standing(&self, page: &Page, names: &PropertyNames) -> Option<Status> {
        let name = match &page.properties.get(&names.status)?.value {
            Value::Status(name) | Value::Select(name) => name.as_deref()?,
            Value::Date(_) | Value::Number(_) | Value::Checkbox(_) | Value::Title | Value::Other(_) => return None,
        };
        let options = &self.status.as_ref()?.options;
        options
            .iter()
            .find(|(_, option)| option.eq_ignore_ascii_case(name))
            .map(|(status, _)| *status)
    }

    /// Whether Status can say Blocked.
    pub fn has_blocked(&self) -> bool {
        self.status
            .as_ref()
            .is_some_and(|status| status.options.contains_key(&Status::Blocked))
    }

    /// The properties that can be written.
    pub fn properties(&self) -> BTreeSet<Property> {
        let progress = self.progress.is_some().then_some(Property::Progress);
        self.dates.keys().copied().chain(progress).collect()
    }

    /// What to send in order to move the status; `None`: the page cannot say that.
    pub fn status_value(&self, to: Status) -> Option<(String, PropertyValue)> {
        let status = self.status.as_ref()?;
        let option = status.options.get(&to)?.clone();
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

fn progress(page: &Page, schema: Option<&DataSource>, names: &PropertyNames) -> Option<Progress> {
    let found = page
        .properties
        .get(&names.progress)
        .filter(|found| matches!(found.value, Value::Number(_)))?;
    let kind = schema
        .and_then(|schema| schema.properties.get(&names.progress))
        .map(|property| &property.kind);
    Some(Progress {
        id: found.id.clone(),
        percent: matches!(kind, Some(Schema::Number { percent: true })),
    })
}

fn status(page: &Page, schema: Option<&DataSource>, names: &PropertyNames) -> Option<StatusProperty> {
    let found = page.properties.get(&names.status)?;
    let kind = schema
        .and_then(|schema| schema.properties.get(&names.status))
        .map(|property| &property.kind);
    let (is_select, options) = match (&found.value, kind) {
        (Value::Status(_), Some(Schema::Status(options))) => (false, by_meaning(options, names)),
        (Value::Select(_), Some(Schema::Select(options))) => {
            let options: Vec<StatusOption> = options
                .iter()
                .map(|name| StatusOption {
                    id: String::new(),
                    name: name.clone(),
                    group: None,
                })
                .collect();
            (true, by_meaning(&options, names))
        }
        // Without the schema only the configured names are known; Notion refuses a status that does not exist.
        (Value::Status(_), _) => (false, configured(names)),
        _ => return None,
    };
    Some(StatusProperty {
        id: found.id.clone(),
        is_select,
        options,
    })
}

fn configured(names: &PropertyNames) -> BTreeMap<Status, String> {
    wanted(names)
        .into_iter()
        .map(|(status, name, _)| (status, name.to_owned()))
        .collect()
}

fn wanted(names: &PropertyNames) -> [(Status, &str, Option<&'static str>); 4] {
    [
        (Status::NotStarted, names.not_started.as_str(), Some("to-do")),
        (Status::InProgress, names.in_progress.as_str(), Some("in progress")),
        (Status::Done, names.done.as_str(), Some("complete")),
        // No group means Blocked; it exists by name or not at all.
        (Status::Blocked, names.blocked.as_str(), None),
    ]
}

fn by_meaning(options: &[StatusOption], names: &PropertyNames) -> BTreeMap<Status, String> {
    let mut found = BTreeMap::new();
    for (status, name, group) in wanted(names) {
        let exact = options.iter().find(|option| option.name == name);
        let folded = || options.iter().find(|option| option.name.eq_ignore_ascii_case(name));
        let grouped = || {
            let group = group?;
            options
                .iter()
                .find(|option| option.group.as_deref().is_some_and(|of| of.eq_ignore_ascii_case(group)))
        };
        if let Some(option) = exact.or_else(folded).or_else(grouped) {
            found.insert(status, option.name.clone());
        }
    }
    found
}
