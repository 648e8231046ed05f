//! Which properties of a page are meant: by the name of the settings, else by what they are called in six languages
//! (`property_words.toml`), Status at last by its kind. Between two that could be meant nothing is guessed.
use super::status_words::plain;
use super::{Page, Value};
use crate::domain::page::PropertyNames;
use serde::Deserialize;
use std::sync::LazyLock;

static WORDS: LazyLock<PropertyWords> =
    LazyLock::new(|| toml::from_str(include_str!("property_words.toml")).expect("this file's tests read the table"));

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PropertyWords {
    status: Vec<String>,
    progress: Vec<String>,
    next_rotation: Vec<String>,
    last_check: Vec<String>,
    quiet: Vec<String>,
}

/// The properties that we know the use of, each by its name on the page.
#[derive(Clone, Debug, Default)]
pub(super) struct FoundProperties {
    pub(super) status: Option<String>,
    pub(super) progress: Option<String>,
    pub(super) next_rotation: Option<String>,
    pub(super) last_check: Option<String>,
    pub(super) quiet: Option<String>,
    /// Whether they tell of Status.
    pub(super) tells_of_status: bool,
    /// What was found by another name, or cannot be used, a sentence each. Names that people gave stand in it.
    pub(super) notes: Vec<String>,
}

/// What is looked for.
struct SoughtProperty<'a> {
    /// The setting that names it.
    setting: &'static str,
    /// The name of the settings.
    name: &'a str,
    /// What else it may be called.
    words: &'a [String],
    /// What it may hold: the first kind of which there is one.
    kinds: &'static [fn(&Value) -> bool],
    /// What it has to be, for people.
    kind: &'static str,
}

impl FoundProperties {
    /// Finds them on a page.
    pub(super) fn of(page: &Page, names: &PropertyNames) -> Self {
        let sought = |setting, name, words, kinds, kind| SoughtProperty {
            setting,
            name,
            words,
            kinds,
            kind,
        };
        let mut notes = Vec::new();
        let status = sought(
            "status",
            &names.status,
            &WORDS.status,
            &[is_status, is_select],
            "a status, or a select",
        );
        let status = status.find(page, &mut notes);
        let tells_of_status = !notes.is_empty();
        let mut find = |sought: SoughtProperty<'_>| sought.find(page, &mut notes);
        let progress = find(sought(
            "progress",
            &names.progress,
            &WORDS.progress,
            &[is_number],
            "a number",
        ));
        let next_rotation = find(sought(
            "next_rotation",
            &names.next_rotation,
            &WORDS.next_rotation,
            &[is_date],
            "a date",
        ));
        let last_check = find(sought(
            "last_check",
            &names.last_check,
            &WORDS.last_check,
            &[is_date],
            "a date",
        ));
        let quiet = find(sought(
            "quiet",
            &names.quiet,
            &WORDS.quiet,
            &[is_checkbox],
            "a checkbox",
        ));
        Self {
            status,
            progress,
            next_rotation,
            last_check,
            quiet,
            tells_of_status,
            notes,
        }
    }
}

impl SoughtProperty<'_> {
    /// Its name on the page; what is worth telling of it goes to the notes.
    fn find(&self, page: &Page, notes: &mut Vec<String>) -> Option<String> {
        if let Some(named) = page.properties.get(self.name) {
            if self.fits(&named.value) {
                return Some(self.name.to_owned());
            }
            notes.push(self.unfit(self.name, &named.value));
            return None;
        }
        let (own, words) = (plain(self.name), self.words);
        let is_called = |name: &str| plain(name) == own || words.contains(&plain(name));
        for kind in self.kinds {
            match one_of(page, |name, value| is_called(name) && kind(value)) {
                Ok(Some(found)) => {
                    notes.push(self.found(&found));
                    return Some(found);
                }
                Ok(None) => {}
                Err(several) => {
                    notes.push(self.doubt(&several));
                    return None;
                }
            }
        }
        // A page has one status as a rule, whatever it is called.
        let by_kind = |_: &str, value: &Value| is_status(value) && self.fits(value);
        match one_of(page, by_kind) {
            Ok(Some(found)) => {
                notes.push(self.found(&found));
                return Some(found);
            }
            Ok(None) => {}
            Err(several) => notes.push(self.doubt(&several)),
        }
        let unfit = one_of(page, |name, value| plain(name) == own && !self.fits(value));
        if let Ok(Some(name)) = unfit
            && let Some(found) = page.properties.get(&name)
        {
            notes.push(self.unfit(&name, &found.value));
        }
        None
    }

    fn fits(&self, value: &Value) -> bool {
        self.kinds.iter().any(|kind| kind(value))
    }

    fn found(&self, name: &str) -> String {
        let Self {
            setting, name: wanted, ..
        } = self;
        format!(
            "the page has no property {wanted}; I take {name} for it (properties.{setting} = {name:?} in \
             config/keyminder.toml says so for good)"
        )
    }

    fn doubt(&self, names: &[String]) -> String {
        let Self { setting, name, .. } = self;
        format!(
            "the page has no property {name}, and {} could each be meant, so I use none of them: name one with \
             properties.{setting} in config/keyminder.toml",
            names.join(" and ")
        )
    }

    fn unfit(&self, name: &str, value: &Value) -> String {
        let Self { setting, kind, .. } = self;
        let why = match value {
            Value::MultiSelect => "can hold several options at once, and which of them counts nobody could tell",
            _ => "is of another kind",
        };
        format!(
            "the page's {name} {why}, so I leave it alone: make it {kind}, or name another property with \
             properties.{setting} in config/keyminder.toml"
        )
    }
}

fn is_status(value: &Value) -> bool {
    matches!(value, Value::Status(_))
}

fn is_select(value: &Value) -> bool {
    matches!(value, Value::Select(_))
}

fn is_number(value: &Value) -> bool {
    matches!(value, Value::Number(_))
}

fn is_date(value: &Value) -> bool {
    matches!(value, Value::Date(_))
}

fn is_checkbox(value: &Value) -> bool {
    matches!(value, Value::Checkbox(_))
}

/// The name of the only property that fits, if any does; where several do, their names.
fn one_of(page: &Page, fits: impl Fn(&str, &Value) -> bool) -> Result<Option<String>, Vec<String>> {
    let all = page.properties.named();
    let fitting = all.filter(|(name, property)| fits(name.expose(), &property.value));
    let mut names: Vec<String> = fitting.map(|(name, _)| name.expose().to_owned()).collect();
    if names.len() > 1 {
        return Err(names);
    }
    Ok(names.pop())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::PageId;
    use crate::notion::{Property, UserText};

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

    fn found(properties: &[(&str, Value)]) -> FoundProperties {
        let property = |(name, value): &(&str, Value)| {
            let value = value.clone();
            let id = "id".to_owned();
            ((*name).to_owned(), Property { id, value })
        };
        let page = Page {
            id: PageId::from_wire("page"),
            title: UserText::default(),
            written: UserText::default(),
            in_trash: false,
            is_locked: false,
            data_source: Some("source".to_owned()),
            last_edited: None,
            properties: properties.iter().map(property).collect(),
        };
        FoundProperties::of(&page, &names())
    }

    #[test]
    fn a_word_means_one_property() {
        let all = [
            &WORDS.status,
            &WORDS.progress,
            &WORDS.next_rotation,
            &WORDS.last_check,
            &WORDS.quiet,
        ];
        let mut seen = std::collections::BTreeSet::new();
        for word in all.into_iter().flatten() {
            assert_eq!(plain(word), *word, "as names are compared");
            assert!(seen.insert(word), "{word} stands twice");
        }
    }

    #[test]
    fn a_property_is_found_by_name_then_by_word_then_by_kind() {
        let status = || Value::Status(None);
        for (properties, expected, told) in [
            (vec![("Status", status()), ("Fase", status())], Some("Status"), 0),
            (vec![("STATUS", status())], Some("STATUS"), 1),
            (vec![("Fase", status())], Some("Fase"), 1),
            (vec![("État ✅", Value::Select(None))], Some("État ✅"), 1),
            (
                vec![("Stand", Value::Select(None)), ("Fase", status())],
                Some("Fase"),
                1,
            ),
            (
                vec![("Werkstroom", status()), ("Kleur", Value::Select(None))],
                Some("Werkstroom"),
                1,
            ),
            (vec![("Kleur", Value::Select(None))], None, 0),
            (vec![("Fase", status()), ("Stand", status())], None, 1),
            (vec![("A", status()), ("B", status())], None, 1),
            (vec![("Status", Value::MultiSelect)], None, 1),
            (vec![("Status", Value::MultiSelect), ("Fase", status())], None, 1),
            (vec![("status", Value::MultiSelect)], None, 1),
            (vec![("Status", Value::Number(None))], None, 1),
            (Vec::new(), None, 0),
        ] {
            let found = found(&properties);
            assert_eq!(found.status.as_deref(), expected, "{properties:?}");
            assert_eq!(found.notes.len(), told, "{properties:?}: {:?}", found.notes);
        }
    }

    #[test]
    fn dates_numbers_and_ticks_are_found_in_other_languages() {
        let found = found(&[
            ("Voortgang", Value::Number(None)),
            ("Prochaine rotation", Value::Date(None)),
            ("Última verificação", Value::Date(None)),
            ("Stil", Value::Checkbox(false)),
            ("Deadline", Value::Date(None)),
            ("Punten", Value::Number(None)),
        ]);
        assert_eq!(found.progress.as_deref(), Some("Voortgang"));
        assert_eq!(found.next_rotation.as_deref(), Some("Prochaine rotation"));
        assert_eq!(found.last_check.as_deref(), Some("Última verificação"));
        assert_eq!(found.quiet.as_deref(), Some("Stil"));
        assert_eq!(found.notes.len(), 4, "{:?}", found.notes);
    }
}
