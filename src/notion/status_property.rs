//! The Status of a page: which option means what, in which language it may be, and which of them can be written.
use super::Named;
use super::status_words::{self, WordMeaning};
use super::{Page, PropertySchema, Schema, StatusOption, UserText, Value};
use crate::domain::effect::Status;
use crate::domain::page::PropertyNames;
use std::collections::BTreeMap;

/// The Status of a page: where it can be moved, and what its options mean.
#[derive(Clone, Debug)]
pub(super) struct StatusProperty {
    pub(super) id: String,
    pub(super) is_select: bool,
    /// Where it can be moved.
    pub(super) writable: BTreeMap<Status, String>,
    /// What its options mean.
    pub(super) meanings: BTreeMap<String, Status>,
    /// What several options mean alike, each with their names: none of them is written.
    doubts: Vec<(Status, Vec<String>)>,
}

impl StatusProperty {
    /// The Status of this name, as far as the schema tells of it.
    pub(super) fn of(
        page: &Page,
        name: &str,
        schema: Option<&Named<PropertySchema>>,
        names: &PropertyNames,
    ) -> Option<Self> {
        let found = page.properties.get(name)?;
        let kind = schema
            .and_then(|schema| schema.get(name))
            .map(|property| &property.kind);
        let (is_select, options) = match (&found.value, kind) {
            (Value::Status(_), Some(Schema::Status(options))) => (false, Some(options.clone())),
            (Value::Select(_), Some(Schema::Select(options))) => (true, Some(options.iter().map(ungrouped).collect())),
            (Value::Status(_) | Value::Select(_), None) => (false, None),
            _ => return None,
        };
        let options = options.unwrap_or_default();
        let meanings = if kind.is_some() {
            meanings(&options, names)
        } else {
            configured(names)
        };
        let mut status = Self {
            id: found.id.clone(),
            is_select,
            writable: BTreeMap::new(),
            meanings,
            doubts: Vec::new(),
        };
        status.choose(&options, names);
        Some(status)
    }

    /// The option for each status: by the configured name, then without case, then by what it means; else the first of the
    /// group whose name says nothing else. A select has no groups, whose order could tell which of several is the usual one.
    fn choose(&mut self, options: &[StatusOption], names: &PropertyNames) {
        for (status, name) in wanted(names) {
            let exact = options.iter().find(|option| option.name.expose() == name);
            let called = exact.or_else(|| options.iter().find(|option| is_called(option, name)));
            let says_it = |option: &&StatusOption| meaning(option, names) == WordMeaning::Of(status);
            let meant: Vec<&StatusOption> = options.iter().filter(says_it).collect();
            if called.is_none() && self.is_select && meant.len() > 1 {
                let names = meant.iter().map(|option| option.name.expose().to_owned());
                self.doubts.push((status, names.collect()));
                continue;
            }
            let default = || {
                let of_group = |option: &&StatusOption| group(option) == Some(status);
                let mut unknown = options.iter().filter(of_group);
                unknown.find(|option| meaning(option, names) == WordMeaning::Unknown)
            };
            if let Some(option) = called.or(meant.first().copied()).or_else(default) {
                self.writable.insert(status, option.name.expose().to_owned());
            }
        }
    }

    /// What it lacks, a sentence each. The bot goes on without it.
    pub(super) fn gaps(&self, names: &PropertyNames) -> Vec<String> {
        let missing = wanted(names)
            .into_iter()
            .filter(|(of, _)| !self.writable.contains_key(of));
        missing.map(|(of, name)| self.gap(of, name, names)).collect()
    }

    fn gap(&self, of: Status, name: &str, names: &PropertyNames) -> String {
        if let Some((_, several)) = self.doubts.iter().find(|(status, _)| *status == of) {
            return format!(
                "the options {} of the page's Status could each mean {name}, so I set none of them: name one under [properties]",
                several.join(" and ")
            );
        }
        match of {
            Status::Blocked => format!(
                "the page's Status has no option {name}; add one, or name yours under [properties]; until then blocked \
                 pages stay {}",
                names.in_progress
            ),
            Status::NotStarted | Status::InProgress | Status::Done => {
                format!("the page's Status has no option that means {name}; add one, or name yours under [properties]")
            }
        }
    }
}

fn ungrouped(name: &UserText) -> StatusOption {
    StatusOption {
        id: String::new(),
        name: name.clone(),
        group: None,
    }
}

/// What the settings call each status.
pub(super) fn wanted(names: &PropertyNames) -> [(Status, &str); 4] {
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
