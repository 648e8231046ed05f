//! One provider: its variables, the one harmless request, and what people do at its console.
use super::answer::AnswerRule;
use super::capture::CapturePlan;
use crate::domain::schedule::Priority;
use crate::rotation::reference::other_variable;
use regex::Regex;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::time::Duration;

/// Whose keys they are, and all that is known about them.
#[derive(Clone)]
pub struct Provider {
    /// The id in `providers.toml`, e.g. `bybit`.
    pub id: String,
    /// The name that people read.
    pub title: String,
    /// The id of the provider whose keys these are: its own, but for a second key under a name of its own.
    pub maker: String,
    /// The variables of one key, in the order in which `{0}`, `{1}` name them.
    pub variables: Vec<Variable>,
    /// How soon it is rotated in a plan.
    pub priority: Priority,
    /// Days between two rotations.
    pub every_days: u32,
    /// How long a fresh key may be refused before it counts as bad.
    pub fresh_key_grace: Duration,
    /// How long a verdict is used again, where the provider limits the call itself.
    pub fresh: Option<Duration>,
    /// The one harmless call.
    pub request: Request,
    /// Other base URLs on which a key may live, by name; empty for most.
    pub environments: BTreeMap<String, String>,
    /// The environment in which the project's keys are expected.
    pub environment: Option<String>,
    /// Where the provider tells its time.
    pub clock: Option<TimeEndpoint>,
    /// How a request is signed, where a bearer token does not do.
    pub signer: Option<Signer>,
    /// What an answer means; the first that fits holds.
    pub rules: Vec<AnswerRule>,
    /// Where people create and delete keys.
    pub manage_url: String,
    /// What people do, step by step, by language; `en` is always there.
    pub instructions: BTreeMap<String, Vec<String>>,
    /// Beginnings of other makers' keys that this provider takes as well.
    pub prefixes: Vec<String>,
    /// What else people call it, in small letters.
    pub called: Vec<String>,
    /// Whether the request goes where the project's own file says, not where the built-in table does.
    pub users_own: bool,
    pub(in crate::rotation) capture: CapturePlan,
}

/// One variable of a key.
#[derive(Clone)]
pub struct Variable {
    /// The name that the guide uses.
    pub name: String,
    /// Other names of the same thing.
    pub aliases: Vec<String>,
    /// Whether it only names a key and opens nothing alone (Bybit's key id).
    pub identifier: bool,
    /// What a value looks like; checked before any call.
    pub format: Option<Regex>,
    /// What another kind of key of the same maker looks like, of which the call tells nothing.
    pub other_kind: Option<Regex>,
}

/// One harmless authenticated call. `{0}`, `{1}` stand for the values of the variables.
#[derive(Clone, Debug)]
pub struct Request {
    /// GET, or a documented POST without effect.
    pub method: Method,
    /// `https://host`; for a provider with environments that of the expected one.
    pub base: String,
    /// Path and query.
    pub path: String,
    /// Names and templates.
    pub headers: BTreeMap<String, String>,
}

/// The two methods that a probe may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// Asks for something and changes nothing.
    Get,
    /// Only where the provider documents that it changes nothing.
    Post,
}

/// Where a provider tells its time.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeEndpoint {
    /// Below the base URL; needs no key.
    pub path: String,
    /// JSON pointer to milliseconds since 1970.
    pub pointer: String,
}

/// How a request is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signer {
    /// Bybit V5: headers over time, key, window and query.
    BybitV5,
    /// Binance: the signature is the query's last parameter.
    Binance,
}

/// One key of a provider as found in a set of variables.
pub struct Instance {
    /// The names under which it stands, all of them.
    pub names: Vec<String>,
    /// The values in the order of [`Provider::variables`]; `None` where one is missing.
    pub values: Option<Vec<SecretString>>,
}

impl Provider {
    /// The variable of this name or alias.
    pub fn variable(&self, name: &str) -> Option<&Variable> {
        self.variables.iter().find(|variable| variable.answers_to(name))
    }

    /// The host that the request goes to.
    pub fn host(&self) -> &str {
        self.request.base.split("://").nth(1).unwrap_or(&self.request.base)
    }

    /// Every host that a key may be sent to, the usual one first.
    pub fn hosts(&self) -> Vec<&str> {
        let mut hosts = vec![self.host()];
        let others = self.environments.values().filter_map(|base| base.split("://").nth(1));
        for host in others.filter_map(|rest| rest.split('/').next()) {
            if !hosts.contains(&host) {
                hosts.push(host);
            }
        }
        hosts
    }

    /// Whether this is the Notion that `notion.url` names.
    pub fn is_notion(&self) -> bool {
        self.maker == "notion" && !self.users_own
    }

    /// The steps in a language, or in English.
    pub fn steps(&self, language: &str) -> &[String] {
        self.instructions
            .get(language)
            .or_else(|| self.instructions.get("en"))
            .map_or(&[], Vec::as_slice)
    }

    /// The keys of this provider among `values`: one for each distinct set, so that a key under two names is probed
    /// once. Empty when no variable of the provider is there; one without values when a key is incomplete.
    pub fn instances(&self, values: &BTreeMap<String, SecretString>) -> Vec<Instance> {
        let present: Vec<Vec<(&str, &SecretString)>> =
            self.variables.iter().map(|variable| variable.present(values)).collect();
        let mut found: Vec<Instance> = Vec::new();
        for nth in 0..present.iter().map(Vec::len).max().unwrap_or(0) {
            let parts: Vec<_> = present
                .iter()
                .map(|list| list.get(nth).or_else(|| list.first()))
                .collect();
            let names: Vec<String> = parts.iter().flatten().map(|(name, _)| (*name).to_owned()).collect();
            let values: Option<Vec<SecretString>> = parts
                .into_iter()
                .map(|part| part.map(|(_, value)| (*value).clone()))
                .collect();
            match found
                .iter_mut()
                .find(|known| same(known.values.as_deref(), values.as_deref()))
            {
                Some(known) => known.names.extend(
                    names
                        .into_iter()
                        .filter(|name| !known.names.contains(name))
                        .collect::<Vec<_>>(),
                ),
                None => found.push(Instance { names, values }),
            }
        }
        found
    }
}

impl Variable {
    /// Its name and its aliases.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.name.as_str()).chain(self.aliases.iter().map(String::as_str))
    }

    /// Whether this is its name, or an alias of it.
    pub fn answers_to(&self, name: &str) -> bool {
        self.names().any(|own| own == name)
    }

    /// The names of this variable that have a value of their own, the guide's name first: one that stands for another of
    /// them (`${OTHER}`) is that one.
    fn present<'v>(&'v self, values: &'v BTreeMap<String, SecretString>) -> Vec<(&'v str, &'v SecretString)> {
        let follows = |name: &str, value: &str| {
            let other = other_variable(value).filter(|other| *other != name);
            other.is_some_and(|other| self.answers_to(other) && values.contains_key(other))
        };
        self.names()
            .filter_map(|name| Some((name, values.get(name)?)))
            .filter(|(name, value)| !value.expose_secret().is_empty() && !follows(name, value.expose_secret()))
            .collect()
    }
}

fn same(left: Option<&[SecretString]>, right: Option<&[SecretString]>) -> bool {
    let (Some(left), Some(right)) = (left, right) else {
        return false;
    };
    left.len() == right.len()
        && left
            .iter()
            .zip(right)
            .all(|(a, b)| a.expose_secret() == b.expose_secret())
}
