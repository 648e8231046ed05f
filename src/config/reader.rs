//! Reads one setting after the other from environment and file, and collects what is wrong with them. Deserializing by
//! serde would end at the first fault; here people hear of all of them at once.
use super::faults::Faults;
use super::settings::PageSource;
use super::text::text_of;
use super::values::{duration, environment_name, page_source, plain, split};
use crate::domain::toml_fault::line_at;
use crate::outbound::destination;
use secrecy::SecretString;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;
use toml::de::{DeTable, DeValue};

/// Environment names that are no `KEYMINDER_<SECTION>_<KEY>`.
const SHORT_NAMES: [&str; 4] = [
    "KEYMINDER_PROJECT",
    "KEYMINDER_CONFIG",
    "KEYMINDER_PROBE_URL",
    "KEYMINDER_LOG",
];

/// A name with more wrong letters than this is no slip of a known one.
const MOST_WRONG_LETTERS: usize = 4;

/// Environment and file, the names that were asked for, and the faults that were found by then. A setting's name is its
/// path in the file: `poll.active`, or `pages` outside of every section.
pub(super) struct SettingsReader {
    file: String,
    set: BTreeMap<String, SetInFile>,
    environment: BTreeMap<String, String>,
    pub(super) known: BTreeSet<String>,
    faults: Vec<String>,
}

/// A setting as the file has it.
struct SetInFile {
    /// The value as its environment variable would say it.
    text: String,
    /// Counted from 1.
    line: usize,
}

impl SettingsReader {
    /// Opens the settings file; only a file that was asked for by name has to exist.
    pub(super) fn open(file: &Path, asked_for: bool, environment: BTreeMap<String, String>) -> Result<Self, Faults> {
        let name = file.display().to_string();
        let source = match text_of(file) {
            Ok(source) => source,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && !asked_for => String::new(),
            Err(error) => return Err(Faults(vec![format!("{name}: cannot be read ({})", error.kind())])),
        };
        let set = set_in_file(&source).map_err(|error| {
            let line = line_at(&source, error.span().map_or(0, |span| span.start));
            // The file's own words could hold a secret, so only the place and the parser's message are told.
            Faults(vec![format!("{name}:{line}: is not valid TOML ({})", error.message())])
        })?;
        Ok(Self {
            file: name,
            set,
            environment,
            known: BTreeSet::new(),
            faults: Vec::new(),
        })
    }

    /// All faults at once: bad values, unknown keys, unknown environment names.
    pub(super) fn finish(mut self) -> Result<(), Faults> {
        self.unknown_keys();
        self.unknown_names();
        if self.faults.is_empty() {
            Ok(())
        } else {
            Err(Faults(self.faults))
        }
    }

    fn unknown_keys(&mut self) {
        let unknown: Vec<String> = self
            .set
            .keys()
            .filter(|name| !self.known.contains(*name))
            .cloned()
            .collect();
        for name in unknown {
            let hint = self.nearest(&name).map(|near| format!("; did you mean {near}?"));
            self.fault(&name, &format!("no such setting{}", hint.unwrap_or_default()));
        }
    }

    fn unknown_names(&mut self) {
        let names: BTreeSet<String> = self.known.iter().map(|name| environment_name(name)).collect();
        for name in self.environment.keys() {
            let known = names.contains(name) || SHORT_NAMES.contains(&name.as_str());
            if name.starts_with("KEYMINDER_") && !known {
                self.faults.push(format!(
                    "environment: {name} is no setting of keyminder; remove it or mend its name"
                ));
            }
        }
    }

    fn nearest(&self, name: &str) -> Option<&String> {
        let wrong_letters = |known: &String| strsim::levenshtein(name, known);
        let near = self.known.iter().min_by_key(|known| wrong_letters(known))?;
        (wrong_letters(near) <= MOST_WRONG_LETTERS).then_some(near)
    }

    /// Notes what is wrong with a setting, at the place where its value stands: its environment variable, or its line.
    pub(super) fn fault(&mut self, name: &str, what: &str) {
        let variable = environment_name(name);
        let place = if self.environment.contains_key(&variable) {
            format!("environment: {variable}")
        } else {
            let line = self.set.get(name).map_or(1, |set| set.line);
            format!("{}:{line}: {name}", self.file)
        };
        self.faults.push(format!("{place}: {what}"));
    }

    /// Notes what is wrong with an environment variable that is no setting.
    pub(super) fn environment_fault(&mut self, what: &str) {
        self.faults.push(format!("environment: {what}"));
    }

    /// An environment variable as it is, also one that is no setting of ours.
    pub(super) fn variable(&self, name: &str) -> Option<&str> {
        self.environment.get(name).map(String::as_str)
    }

    /// All of the environment.
    pub(super) fn whole_environment(&self) -> Vec<(String, SecretString)> {
        let all = self.environment.iter();
        all.map(|(name, value)| (name.clone(), value.as_str().into())).collect()
    }

    /// The value as text: environment first, then file.
    fn value(&mut self, name: &str) -> Option<String> {
        self.known.insert(name.to_owned());
        let in_environment = self.environment.get(&environment_name(name));
        let text = in_environment.or_else(|| self.set.get(name).map(|set| &set.text));
        text.cloned()
    }

    /// The value as `parse` reads it; the default where none is set. One that `parse` refuses is a fault.
    pub(super) fn parsed<T>(&mut self, name: &str, default: T, parse: impl Fn(&str) -> Option<T>, wanted: &str) -> T {
        let Some(text) = self.value(name) else {
            return default;
        };
        parse(&text).unwrap_or_else(|| {
            self.fault(name, &format!("{text:?} is not {wanted}"));
            default
        })
    }

    pub(super) fn text(&mut self, name: &str, default: &str) -> String {
        self.value(name).unwrap_or_else(|| default.to_owned())
    }

    pub(super) fn optional(&mut self, name: &str) -> Option<String> {
        self.value(name).filter(|text| !text.is_empty())
    }

    pub(super) fn secret(&mut self, name: &str) -> Option<SecretString> {
        self.optional(name).map(SecretString::from)
    }

    pub(super) fn list(&mut self, name: &str) -> Vec<String> {
        split(&self.text(name, ""))
    }

    pub(super) fn number(&mut self, name: &str, default: u32) -> u32 {
        self.parsed(name, default, |text| text.parse().ok(), "a whole number")
    }

    pub(super) fn flag(&mut self, name: &str, default: bool) -> bool {
        self.parsed(name, default, |text| text.parse().ok(), "true or false")
    }

    pub(super) fn duration(&mut self, name: &str, default: Duration) -> Duration {
        self.parsed(name, default, duration, "a duration; write 500ms, 5s, 2m, 1h or 1d")
    }

    pub(super) fn durations(&mut self, name: &str, default: &[Duration]) -> Vec<Duration> {
        let all = |text: &str| {
            split(text)
                .iter()
                .map(|part| duration(part))
                .collect::<Option<Vec<_>>>()
        };
        let some = |text: &str| all(text).filter(|list| !list.is_empty());
        self.parsed(name, default.to_vec(), some, "a list such as 0s,60s,600s")
    }

    /// One of the choices by its name; the first is the default.
    pub(super) fn choice<T: Copy>(&mut self, name: &str, choices: &[(&str, T)]) -> T {
        let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
        let chosen = |text: &str| Some(choices.iter().find(|(name, _)| *name == text)?.1);
        let wanted = format!("one of {}", names.join(", "));
        self.parsed(name, choices[0].1, chosen, &wanted)
    }

    /// An address of Notion's kind: https or this machine, without `/v1` and without a query.
    pub(super) fn url(&mut self, name: &str, default: &str) -> String {
        let Some(text) = self.value(name) else {
            return default.to_owned();
        };
        let plain = !text.contains(['?', '#']);
        match destination(&text) {
            Ok(_) if plain => text.trim().trim_end_matches('/').trim_end_matches("/v1").to_owned(),
            Ok(_) => {
                self.fault(name, "nothing may stand in it after the path: no ? and no #");
                default.to_owned()
            }
            Err(why) => {
                let wanted = "give an https:// address (http:// only for 127.0.0.1)";
                self.fault(name, &format!("{why}; {wanted}"));
                default.to_owned()
            }
        }
    }

    /// An address that is a secret itself, to which alerts go; a fault does not repeat it.
    pub(super) fn secret_url(&mut self, name: &str) -> Option<SecretString> {
        let text = self.optional(name)?;
        if let Err(why) = destination(&text) {
            let wanted = "an alert goes to https:// (http:// only for 127.0.0.1)";
            self.fault(name, &format!("{why}; {wanted}"));
        }
        Some(SecretString::from(text.trim()))
    }

    pub(super) fn pages(&mut self, name: &str) -> Vec<PageSource> {
        let mut sources = Vec::new();
        for text in self.list(name) {
            match page_source(&text) {
                Some(source) => sources.push(source),
                None => self.fault(
                    name,
                    &format!("{text:?} is no Notion page: give its URL or its 32-digit id"),
                ),
            }
        }
        sources
    }
}

/// Every setting of the file by its name, with the line where it stands.
fn set_in_file(source: &str) -> Result<BTreeMap<String, SetInFile>, toml::de::Error> {
    let mut set = BTreeMap::new();
    let mut add = |name: String, at: usize, value: &DeValue<'_>| {
        let (text, line) = (plain(value), line_at(source, at));
        set.insert(name, SetInFile { text, line });
    };
    for_each(DeTable::parse(source)?.get_ref(), &mut add);
    Ok(set)
}

/// The values of these settings as far as the file can be read at all: to know which files hold keys before anything is
/// said of what is wrong with it.
pub(super) fn recovered(source: &str, names: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for_each(DeTable::parse_recoverable(source).0.get_ref(), &mut |name, _, value| {
        if names.contains(&name.as_str()) {
            found.push(plain(value));
        }
    });
    found
}

fn for_each(table: &DeTable<'_>, add: &mut dyn FnMut(String, usize, &DeValue<'_>)) {
    for (section, value) in table {
        match value.get_ref() {
            DeValue::Table(keys) => {
                for (key, value) in keys {
                    let name = format!("{}.{}", section.get_ref(), key.get_ref());
                    add(name, key.span().start, value.get_ref());
                }
            }
            value => add(section.get_ref().to_string(), section.span().start, value),
        }
    }
}
