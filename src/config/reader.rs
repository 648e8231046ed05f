//! Reads one setting after the other from environment and file, and collects what is wrong with them.
use super::values::{
    broken, distance, duration, environment_name, is_loopback, line_of, page_source, path, plain, split, system_zone,
};
use super::{Effects, Faults, MayAct, PageSource};
use crate::domain::ids::PersonId;
use crate::domain::page::PropertyNames;
use chrono_tz::Tz;
use secrecy::SecretString;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

/// Environment names that are no `KEYMINDER_<SECTION>_<KEY>`.
const SHORT_NAMES: [&str; 6] = [
    "KEYMINDER_PROJECT",
    "KEYMINDER_CONFIG",
    "KEYMINDER_STATE",
    "KEYMINDER_PAGES",
    "KEYMINDER_PROBE_URL",
    "KEYMINDER_LOG",
];

pub(super) struct Reader {
    file: String,
    source: String,
    table: toml::Table,
    environment: BTreeMap<String, String>,
    pub(super) known: BTreeSet<(String, String)>,
    faults: Vec<String>,
}

impl Reader {
    /// Opens the settings file; only a file that was asked for by name has to exist.
    pub(super) fn open(file: &Path, asked_for: bool, environment: BTreeMap<String, String>) -> Result<Self, Faults> {
        let name = file.display().to_string();
        let source = match std::fs::read_to_string(file) {
            Ok(source) => source,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && !asked_for => String::new(),
            Err(error) => return Err(Faults(vec![format!("{name}: cannot be read ({})", error.kind())])),
        };
        let table = source
            .parse::<toml::Table>()
            .map_err(|error| Faults(vec![broken(&name, &source, &error)]))?;
        Ok(Self {
            file: name,
            source,
            table,
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
        let mut unknown = Vec::new();
        for (section, value) in &self.table {
            match value {
                toml::Value::Table(keys) => {
                    for key in keys.keys() {
                        if !self.known.contains(&(section.clone(), key.clone())) {
                            unknown.push((section.clone(), key.clone()));
                        }
                    }
                }
                _ if self.known.contains(&(String::new(), section.clone())) => {}
                _ => unknown.push((String::new(), section.clone())),
            }
        }
        for (section, key) in unknown {
            let name = path(&section, &key);
            let hint = self
                .nearest(&name)
                .map(|near| format!("; did you mean {near}?"))
                .unwrap_or_default();
            self.fault(&section, &key, &format!("no such setting{hint}"));
        }
    }

    fn unknown_names(&mut self) {
        let names: BTreeSet<String> = self
            .known
            .iter()
            .map(|(section, key)| environment_name(section, key))
            .collect();
        for name in self.environment.keys() {
            let known = names.contains(name) || SHORT_NAMES.contains(&name.as_str());
            if name.starts_with("KEYMINDER_") && !known {
                self.faults.push(format!(
                    "environment: {name} is no setting of keyminder; remove it or mend its name"
                ));
            }
        }
    }

    fn nearest(&self, name: &str) -> Option<String> {
        let (distance, near) = self
            .known
            .iter()
            .map(|(section, key)| path(section, key))
            .map(|known| (distance(name, &known), known))
            .min()?;
        (distance <= 4).then_some(near)
    }

    fn fault(&mut self, section: &str, key: &str, what: &str) {
        let name = path(section, key);
        let from_environment = self.environment.contains_key(&environment_name(section, key));
        let place = if from_environment {
            format!("environment: {}", environment_name(section, key))
        } else {
            format!("{}:{}: {name}", self.file, line_of(&self.source, section, key))
        };
        self.faults.push(format!("{place}: {what}"));
    }

    /// The value as text: environment first, then file.
    fn value(&mut self, section: &str, key: &str) -> Option<String> {
        self.known.insert((section.to_owned(), key.to_owned()));
        if let Some(value) = self.environment.get(&environment_name(section, key)) {
            return Some(value.clone());
        }
        let value = match section {
            "" => self.table.get(key)?,
            _ => self.table.get(section)?.get(key)?,
        };
        Some(plain(value))
    }

    fn parsed<T>(
        &mut self,
        section: &str,
        key: &str,
        default: T,
        parse: impl Fn(&str) -> Option<T>,
        wanted: &str,
    ) -> T {
        let Some(text) = self.value(section, key) else {
            return default;
        };
        parse(&text).unwrap_or_else(|| {
            self.fault(section, key, &format!("{text:?} is not {wanted}"));
            default
        })
    }

    pub(super) fn text(&mut self, section: &str, key: &str, default: &str) -> String {
        self.value(section, key).unwrap_or_else(|| default.to_owned())
    }

    pub(super) fn optional(&mut self, section: &str, key: &str) -> Option<String> {
        self.value(section, key).filter(|text| !text.is_empty())
    }

    pub(super) fn secret(&mut self, section: &str, key: &str) -> Option<SecretString> {
        self.optional(section, key).map(SecretString::from)
    }

    pub(super) fn list(&mut self, section: &str, key: &str) -> Vec<String> {
        split(&self.text(section, key, ""))
    }

    pub(super) fn number(&mut self, section: &str, key: &str, default: u32) -> u32 {
        self.parsed(section, key, default, |text| text.parse().ok(), "a whole number")
    }

    pub(super) fn flag(&mut self, section: &str, key: &str, default: bool) -> bool {
        self.parsed(section, key, default, |text| text.parse().ok(), "true or false")
    }

    pub(super) fn duration(&mut self, section: &str, key: &str, default: &str) -> Duration {
        let default = duration(default).unwrap_or_default();
        self.parsed(
            section,
            key,
            default,
            duration,
            "a duration; write 500ms, 5s, 2m, 1h or 1d",
        )
    }

    pub(super) fn durations(&mut self, section: &str, key: &str, default: &str) -> Vec<Duration> {
        let all = |text: &str| {
            split(text)
                .iter()
                .map(|part| duration(part))
                .collect::<Option<Vec<_>>>()
        };
        let default = all(default).unwrap_or_default();
        self.parsed(
            section,
            key,
            default,
            |text| all(text).filter(|list| !list.is_empty()),
            "a list such as 0s,60s,600s",
        )
    }

    pub(super) fn choice<T: Copy>(&mut self, section: &str, key: &str, choices: &[(&str, T)]) -> T {
        let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
        let find = |text: &str| {
            choices
                .iter()
                .find(|(name, _)| *name == text)
                .map(|(_, choice)| *choice)
        };
        self.parsed(
            section,
            key,
            choices[0].1,
            find,
            &format!("one of {}", names.join(", ")),
        )
    }

    pub(super) fn url(&mut self, section: &str, key: &str, default: &str) -> String {
        let clean = |text: &str| {
            let url = text.trim_end_matches('/').trim_end_matches("/v1").to_owned();
            (url.starts_with("https://") || is_loopback(&url)).then_some(url)
        };
        self.parsed(
            section,
            key,
            default.to_owned(),
            clean,
            "an https:// address (http:// only for 127.0.0.1)",
        )
    }

    pub(super) fn zone(&mut self) -> Tz {
        let default = self
            .environment
            .get("TZ")
            .map(|zone| zone.trim_start_matches(':').to_owned())
            .or_else(system_zone)
            .and_then(|zone| zone.parse().ok())
            .unwrap_or(Tz::UTC);
        self.parsed(
            "project",
            "zone",
            default,
            |text| text.parse().ok(),
            "a zone such as Europe/Amsterdam",
        )
    }

    pub(super) fn state(&mut self, project: &Path) -> String {
        let state = self.environment.get("KEYMINDER_STATE").cloned();
        let state = state.unwrap_or_else(|| self.text("", "state", "state/keyminder.db"));
        if state.starts_with("postgres") {
            state
        } else {
            project.join(state).display().to_string()
        }
    }

    pub(super) fn pages(&mut self) -> Vec<PageSource> {
        let listed = self.list("", "pages");
        let listed = self
            .environment
            .get("KEYMINDER_PAGES")
            .map_or(listed, |pages| split(pages));
        let mut sources = Vec::new();
        for text in listed {
            match page_source(&text) {
                Some(source) => sources.push(source),
                None => self.fault(
                    "",
                    "pages",
                    &format!("{text:?} is no Notion page: give its URL or its 32-digit id"),
                ),
            }
        }
        sources
    }

    pub(super) fn people(&mut self, section: &str, key: &str) -> Vec<PersonId> {
        self.list(section, key)
            .iter()
            .map(|id| PersonId::from_wire(id))
            .collect()
    }

    pub(super) fn may_act(&mut self) -> MayAct {
        match self.text("people", "may_act", "members").as_str() {
            "members" => MayAct::Members,
            "everyone" => MayAct::Everyone,
            _ => MayAct::Listed(self.people("people", "may_act")),
        }
    }

    pub(super) fn effects(&mut self) -> Effects {
        let effects = Effects {
            call_timeout: self.duration("effects", "call_timeout", "10s"),
            lease: self.duration("effects", "lease", "30s"),
            quiet: self.duration("effects", "quiet", "90s"),
            max_sends: self.number("effects", "max_sends", 5).max(1),
            workers: self.number("effects", "workers", 4).clamp(1, 64) as usize,
        };
        if effects.lease < effects.call_timeout + Duration::from_secs(5) {
            self.fault(
                "effects",
                "lease",
                "must be at least call_timeout + 5s, or a slow call outlives its lease",
            );
        }
        effects
    }

    pub(super) fn properties(&mut self) -> PropertyNames {
        let mut name = |key: &str, default: &str| self.text("properties", key, default);
        PropertyNames {
            status: name("status", "Status"),
            progress: name("progress", "Progress"),
            next_rotation: name("next_rotation", "Next rotation"),
            last_check: name("last_check", "Last check"),
            quiet: name("quiet", "Quiet"),
            not_started: name("not_started", "Not started"),
            in_progress: name("in_progress", "In Progress"),
            blocked: name("blocked", "Blocked"),
            done: name("done", "Done"),
        }
    }

    pub(super) fn probe_url(&mut self) -> Option<String> {
        let url = self
            .environment
            .get("KEYMINDER_PROBE_URL")?
            .trim_end_matches('/')
            .to_owned();
        if !is_loopback(&url) {
            self.faults.push(format!(
                "environment: KEYMINDER_PROBE_URL={url} must be on 127.0.0.1: keys are sent to it"
            ));
        }
        Some(url)
    }

    pub(super) fn environment_token(&self) -> Option<SecretString> {
        self.environment
            .get("NOTION_TOKEN")
            .filter(|token| !token.is_empty())
            .cloned()
            .map(SecretString::from)
    }
}
