//! The form of `providers.toml`, and what is said when a table in it is wrong.
use super::answer::{AnswerRule, JsonKind, JsonTest, Then};
use super::capture::CapturePlan;
use super::hosts::{is_of_the_wire, split_url, unsafe_host};
use super::provider::{Method, Provider, Request, Signer, TimeEndpoint, Variable};
use crate::domain::schedule::Priority;
use crate::domain::toml_fault;
use crate::domain::verdict::{Verdict, VerdictReason};
use regex::Regex;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;
use toml::{Table, Value};

/// Something in a file of providers that a person must mend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderFault {
    /// The file, and the provider in it where that is known.
    pub place: String,
    /// What is wrong, and how to mend it.
    pub problem: String,
}

impl fmt::Display for ProviderFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.problem)
    }
}

impl std::error::Error for ProviderFault {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Spec {
    id: String,
    title: String,
    variables: Vec<VariableSpec>,
    #[serde(default = "medium")]
    priority: Priority,
    #[serde(default = "ninety")]
    every_days: u32,
    #[serde(default)]
    fresh_key_grace_s: u64,
    fresh_s: Option<u64>,
    request: RequestSpec,
    #[serde(default)]
    environments: BTreeMap<String, String>,
    environment: Option<String>,
    clock: Option<TimeEndpoint>,
    signer: Option<Signer>,
    rules: Vec<RuleSpec>,
    #[serde(default)]
    capture: CapturePlan,
    manage_url: String,
    #[serde(default)]
    prefixes: Vec<String>,
    #[serde(default)]
    called: Vec<String>,
    instructions: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VariableSpec {
    name: String,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default)]
    identifier: bool,
    format: Option<String>,
    other_kind: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RequestSpec {
    method: Method,
    url: Option<String>,
    path: Option<String>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleSpec {
    r#if: Conditions,
    verdict: Verdict,
    because: Option<VerdictReason>,
    #[serde(default)]
    then: Then,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Conditions {
    status: Option<OneOrMany<u16>>,
    #[serde(default)]
    json: BTreeMap<String, Value>,
    text: Option<String>,
    #[serde(default)]
    header: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany<T> {
    One(T),
    Many(Vec<T>),
}

fn medium() -> Priority {
    Priority::Medium
}

fn ninety() -> u32 {
    90
}

/// Reads the built-in text and, on top of it, a project's own.
pub(super) fn read(builtin: &str, own: Option<(&str, &str)>) -> Result<Vec<Provider>, Vec<ProviderFault>> {
    let mut tables = tables(builtin, "the built-in providers.toml")?;
    let known = tables.clone();
    let file = own.map_or("the built-in providers.toml", |(_, file)| file);
    if let Some((text, file)) = own {
        for table in self::tables(text, file)? {
            lay_over(&mut tables, table);
        }
    }
    let mut providers = Vec::new();
    let mut faults = Vec::new();
    for table in tables {
        let id = id_of(&table).unwrap_or("?").to_owned();
        let changed = !known.contains(&table);
        match build(table) {
            Ok(provider) => providers.push(provider),
            Err(problem) => faults.push(ProviderFault {
                place: format!("{file}, provider `{id}`"),
                problem,
            }),
        }
        if let (true, Some(_), Some(provider)) = (changed, own, providers.last_mut().filter(|p| p.id == id)) {
            provider.users_own = !goes_where(provider, &known);
            let unsafe_host = || provider.hosts().into_iter().find_map(unsafe_host);
            if let Some(problem) = provider.users_own.then(unsafe_host).flatten() {
                faults.push(ProviderFault {
                    place: format!("{file}, provider `{id}`"),
                    problem,
                });
            }
        }
    }
    if faults.is_empty() { Ok(providers) } else { Err(faults) }
}

fn tables(text: &str, file: &str) -> Result<Vec<Table>, Vec<ProviderFault>> {
    let fault = |problem: String| {
        vec![ProviderFault {
            place: file.to_owned(),
            problem,
        }]
    };
    let mut table: Table = text
        .parse()
        .map_err(|error: toml::de::Error| fault(format!("not valid TOML: {}", toml_fault::in_words(text, &error))))?;
    let list = table.remove("provider");
    if let Some(other) = table.keys().next() {
        return Err(fault(format!(
            "unknown key `{other}`; every provider is a [[provider]] table"
        )));
    }
    let Some(Value::Array(list)) = list else {
        return Ok(Vec::new());
    };
    let mut tables = Vec::new();
    for entry in list {
        match entry {
            Value::Table(table) if id_of(&table).is_some() => tables.push(table),
            _ => return Err(fault("a [[provider]] without an `id`".to_owned())),
        }
    }
    Ok(tables)
}

fn id_of(table: &Table) -> Option<&str> {
    table.get("id")?.as_str().filter(|id| !id.is_empty())
}

/// Overrides the table of the same id key by key, or adds it.
fn lay_over(tables: &mut Vec<Table>, table: Table) {
    match tables.iter_mut().find(|known| id_of(known) == id_of(&table)) {
        Some(known) => known.extend(table),
        None => tables.push(table),
    }
}

/// Whether a provider sends what the built-in table of its id sends, by the same call, and where that sends it.
fn goes_where(provider: &Provider, known: &[Table]) -> bool {
    let builtin = known.iter().find(|table| id_of(table) == Some(&provider.id)).cloned();
    let Some(Ok(builtin)) = builtin.map(build) else {
        return false;
    };
    let hosts: Vec<&String> = builtin.environments.values().chain([&builtin.request.base]).collect();
    let mut names = provider
        .variables
        .iter()
        .flat_map(|variable| variable.aliases.iter().chain([&variable.name]));
    // Another path or method may be a call that is not harmless.
    let same_call = provider.request.path == builtin.request.path && provider.request.method == builtin.request.method;
    same_call
        && provider
            .environments
            .values()
            .chain([&provider.request.base])
            .all(|base| hosts.contains(&base))
        && names.all(|name| builtin.variable(name).is_some())
}

fn build(table: Table) -> Result<Provider, String> {
    let spec: Spec = Value::Table(table)
        .try_into()
        .map_err(|error: toml::de::Error| error.message().to_owned())?;
    let request = request(spec.request, spec.environment.as_deref(), &spec.environments)?;
    let environments = spec
        .environments
        .into_iter()
        .map(|(name, base)| split_url(&base).map(|(base, path)| (name, format!("{base}{path}"))))
        .collect::<Result<_, String>>()?;
    let variables: Vec<Variable> = spec.variables.into_iter().map(variable).collect::<Result<_, _>>()?;
    if spec.clock.as_ref().is_some_and(|clock| !clock.path.starts_with('/')) {
        return Err("clock.path must begin with /".to_owned());
    }
    if variables.is_empty() {
        return Err("`variables` is empty: name at least one variable of .env".to_owned());
    }
    if !spec.instructions.contains_key("en") {
        return Err("instructions.en is missing: the steps for people".to_owned());
    }
    if let Some(problem) = spec.capture.fault() {
        return Err(problem);
    }
    let rules = spec
        .rules
        .into_iter()
        .enumerate()
        .map(|(at, spec)| rule(spec).map_err(|problem| format!("rule {}: {problem}", at + 1)));
    Ok(Provider {
        rules: rules.collect::<Result<_, _>>()?,
        maker: spec.id.clone(),
        id: spec.id,
        title: spec.title,
        variables,
        priority: spec.priority,
        every_days: spec.every_days,
        fresh_key_grace: Duration::from_secs(spec.fresh_key_grace_s),
        fresh: spec.fresh_s.map(Duration::from_secs),
        request,
        environments,
        environment: spec.environment,
        clock: spec.clock,
        signer: spec.signer,
        manage_url: spec.manage_url,
        instructions: spec.instructions,
        prefixes: spec.prefixes,
        called: spec.called,
        users_own: false,
        capture: spec.capture,
    })
}

fn variable(spec: VariableSpec) -> Result<Variable, String> {
    let pattern = |name: &str, text: &Option<String>| text.as_deref().map(|text| regex(name, text)).transpose();
    let format = pattern("format", &spec.format)?;
    let other_kind = pattern("other_kind", &spec.other_kind)?;
    Ok(Variable {
        name: spec.name,
        aliases: spec.aliases,
        identifier: spec.identifier,
        format,
        other_kind,
    })
}

/// `url` whole, or `path` below the expected environment.
fn request(
    spec: RequestSpec,
    expected: Option<&str>,
    environments: &BTreeMap<String, String>,
) -> Result<Request, String> {
    let url = match (spec.url, spec.path, expected) {
        (Some(url), None, _) => url,
        (None, Some(path), Some(expected)) => {
            let base = environments
                .get(expected)
                .ok_or(format!("environment `{expected}` is not in `environments`"))?;
            format!("{base}{path}")
        }
        _ => return Err("request needs `url`, or `path` together with `environment` and `environments`".to_owned()),
    };
    let (base, path) = split_url(&url)?;
    if let Some(name) = spec.headers.keys().find(|name| is_of_the_wire(name)) {
        return Err(format!(
            "the header `{name}` says where or how a request goes; it may not be set"
        ));
    }
    Ok(Request {
        method: spec.method,
        base,
        path,
        headers: spec.headers,
    })
}

fn rule(spec: RuleSpec) -> Result<AnswerRule, String> {
    let statuses = match spec.r#if.status {
        None => Vec::new(),
        Some(OneOrMany::One(status)) => vec![status],
        Some(OneOrMany::Many(statuses)) => statuses,
    };
    let json: Vec<_> = spec
        .r#if
        .json
        .into_iter()
        .map(|(pointer, value)| Ok((pointer, test(value)?)))
        .collect::<Result<_, String>>()?;
    if spec.verdict == Verdict::Valid && json.is_empty() {
        return Err("a rule for valid needs a `json` condition: a portal answers 200 too".to_owned());
    }
    let text = spec
        .r#if
        .text
        .as_deref()
        .map(|pattern| regex("text", pattern))
        .transpose()?;
    let headers: Vec<_> = spec
        .r#if
        .header
        .into_iter()
        .map(|(name, pattern)| Ok((name.to_ascii_lowercase(), regex("header", &pattern)?)))
        .collect::<Result<_, String>>()?;
    if statuses.is_empty() && json.is_empty() && text.is_none() && headers.is_empty() {
        return Err("no condition: it would fit every answer".to_owned());
    }
    Ok(AnswerRule {
        statuses,
        json,
        text,
        headers,
        verdict: spec.verdict,
        because: spec.because,
        then: spec.then,
    })
}

/// A value or a list of them; `{ re = ".." }`; `{ type = "array" }`.
fn test(value: Value) -> Result<JsonTest, String> {
    let json = |value: Value| serde_json::to_value(value).map_err(|error| error.to_string());
    match value {
        Value::Array(values) => Ok(JsonTest::OneOf(values.into_iter().map(json).collect::<Result<_, _>>()?)),
        Value::Table(table) => match table.iter().next() {
            Some((key, Value::String(pattern))) if key == "re" => Ok(JsonTest::Matches(regex("re", pattern)?)),
            Some((key, kind)) if key == "type" => kind
                .clone()
                .try_into::<JsonKind>()
                .map(JsonTest::Is)
                .map_err(|_| "type: string, array or boolean".to_owned()),
            _ => Err("a json condition is a value, a list, { re = \"..\" } or { type = \"..\" }".to_owned()),
        },
        value => Ok(JsonTest::OneOf(vec![json(value)?])),
    }
}

fn regex(key: &str, pattern: &str) -> Result<Regex, String> {
    Regex::new(pattern).map_err(|_| format!("{key} = `{pattern}` is not a valid regular expression"))
}
