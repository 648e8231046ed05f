//! Keys that stand in `.env` under names which no provider lists: `VITE_GROQ_API_KEY`, `BYBIT_TESTNET_API_KEY`,
//! `OPENAI_API_KEY_2`, and under any name at all where the beginning of the value tells whose it is.
use super::makers::maker_of_value;
use super::provider::{Provider, Variable};
use crate::rotation::dotenv::EnvFile;
use crate::rotation::env_entry::EnvEntry;
use secrecy::{ExposeSecret, SecretString};

/// What tools that build for browsers and machines put before a name. It is the same key for them.
const TOOLS: [&str; 16] = [
    "VITE",
    "NEXT",
    "NUXT",
    "REACT",
    "EXPO",
    "VUE",
    "GATSBY",
    "SVELTE",
    "ASTRO",
    "STORYBOOK",
    "PUBLIC",
    "APP",
    "TF",
    "VAR",
    "MY",
    "SERVER",
];

/// What tells one key of a provider from another one.
const PLACES: [&str; 28] = [
    "TESTNET",
    "MAINNET",
    "DEMO",
    "SANDBOX",
    "TEST",
    "LIVE",
    "PROD",
    "PRODUCTION",
    "DEV",
    "DEVELOPMENT",
    "STAGING",
    "STAGE",
    "LOCAL",
    "QA",
    "UAT",
    "CI",
    "EU",
    "US",
    "NL",
    "TR",
    "KZ",
    "OLD",
    "NEW",
    "BACKUP",
    "SPARE",
    "PRIMARY",
    "SECONDARY",
    "MAIN",
];

/// Those among them that have addresses of their own.
const ENVIRONMENTS: [&str; 3] = ["TESTNET", "DEMO", "SANDBOX"];

/// A name beside those that a provider lists.
struct OtherName {
    provider: usize,
    variable: usize,
    /// What stands in it beside a name of the provider's; of a key that is known by its value the whole name.
    rest: String,
    /// Whether `rest` tells one key from another, and not only for whom it is.
    tells_apart: bool,
    name: String,
    value: SecretString,
}

/// Adds the keys of a file to the providers: under another name of a key that is there already, or as a provider of its own
/// with the same console and the same call, so that each key has its own dates and its own rotation.
pub(super) fn add(providers: &mut Vec<Provider>, env: &EnvFile) {
    let mut others: Vec<OtherName> = env.entries().filter_map(|entry| other_name(providers, entry)).collect();
    // The last value of a name is the one that counts.
    let names: Vec<String> = others.iter().map(|other| other.name.clone()).collect();
    let mut at = 0;
    others.retain(|other| {
        at += 1;
        !names[at..].contains(&other.name)
    });
    let mut groups: Vec<Vec<OtherName>> = Vec::new();
    for other in others {
        let same = |group: &&mut Vec<OtherName>| group[0].provider == other.provider && group[0].rest == other.rest;
        match groups.iter_mut().find(same) {
            // Two names of one part of a key, such as HF_TOKEN_2 and HUGGINGFACE_API_KEY_2, are two keys.
            Some(group) if group.iter().any(|known| known.variable == other.variable) => {
                let rest = other.name.clone();
                groups.push(vec![OtherName { rest, ..other }]);
            }
            Some(group) => group.push(other),
            None => groups.push(vec![other]),
        }
    }
    for group in groups {
        let known = &mut providers[group[0].provider];
        match relation(known, &group, env) {
            // It is changed together with the listed one.
            Relation::Twin => {}
            Relation::Only => {
                for other in group {
                    known.variables[other.variable].aliases.push(other.name);
                }
            }
            Relation::Another => {
                let own = of_its_own(known, &group);
                if !providers.iter().any(|other| other.id == own.id) {
                    providers.push(own);
                }
            }
        }
    }
    for provider in providers {
        name_what_is_there(provider, env);
    }
}

/// What people are told to change is the variable that is there, and not the one that the guide would have.
fn name_what_is_there(provider: &mut Provider, env: &EnvFile) {
    for variable in provider
        .variables
        .iter()
        .filter(|variable| env.get(&variable.name).is_none())
    {
        let Some(present) = variable.aliases.iter().find(|alias| env.get(alias).is_some()) else {
            continue;
        };
        for step in provider.instructions.values_mut().flatten() {
            *step = step.replace(&variable.name, present);
        }
    }
}

fn other_name(providers: &[Provider], entry: &EnvEntry) -> Option<OtherName> {
    let name = entry.name.as_str();
    let value = entry.value.expose_secret();
    if value.is_empty() || providers.iter().any(|provider| provider.variable(name).is_some()) {
        return None;
    }
    let found = |(provider, variable, rest, tells_apart): (usize, usize, String, bool)| OtherName {
        provider,
        variable,
        rest,
        tells_apart,
        name: name.to_owned(),
        value: entry.value.clone(),
    };
    by_name(providers, name)
        .or_else(|| by_value(providers, name, value))
        .map(found)
}

/// A name that a provider lists, with words around it that say for whom or where: the one that leaves the fewest over.
fn by_name(providers: &[Provider], name: &str) -> Option<(usize, usize, String, bool)> {
    let mut best: Option<(usize, usize, Vec<&str>)> = None;
    for (at, provider) in providers.iter().enumerate() {
        for (nth, variable) in provider.variables.iter().enumerate() {
            for rest in variable.names().filter_map(|own| beside(name, own)) {
                if best.as_ref().is_none_or(|(.., known)| rest.len() < known.len()) {
                    best = Some((at, nth, rest));
                }
            }
        }
    }
    let (at, nth, rest) = best?;
    // Where we do not know the address of such an environment, its keys are not asked about at another one.
    let is_elsewhere =
        |word: &&str| ENVIRONMENTS.contains(word) && !providers[at].environments.contains_key(&word.to_lowercase());
    if rest.iter().any(is_elsewhere) {
        return None;
    }
    let tells_apart = rest.iter().any(|word| !TOOLS.contains(word));
    Some((at, nth, rest.join("_"), tells_apart))
}

/// The words of a name around those of another one; `None` where the other one is not in it, or where they say more than for
/// whom or where the key is.
fn beside<'n>(name: &'n str, own: &str) -> Option<Vec<&'n str>> {
    let mut own = own.split('_').peekable();
    let mut rest = Vec::new();
    for word in name.split('_') {
        if own.peek() == Some(&word) {
            own.next();
        } else {
            rest.push(word);
        }
    }
    let is_number = |word: &str| !word.is_empty() && word.len() < 3 && word.bytes().all(|byte| byte.is_ascii_digit());
    let may_stand = |word: &&str| TOOLS.contains(word) || PLACES.contains(word) || is_number(word);
    (own.peek().is_none() && !rest.is_empty() && rest.iter().all(may_stand)).then_some(rest)
}

/// Whose a value is, where its maker's keys have a beginning of their own and one variable holds them.
fn by_value(providers: &[Provider], name: &str, value: &str) -> Option<(usize, usize, String, bool)> {
    let (maker, prefix) = maker_of_value(value)?;
    // A beginning alone is no key: a placeholder has it too.
    let format = |provider: &Provider| {
        let variable = &provider.variables[0];
        variable.format.as_ref().is_none_or(|format| format.is_match(value))
    };
    let is_its = |provider: &Provider| provider.id == maker.id && provider.variables.len() == 1 && format(provider);
    let at = providers.iter().position(is_its)?;
    (!prefix.is_empty()).then(|| (at, 0, name.to_owned(), false))
}

/// What a key under such names is to the one under listed names.
enum Relation {
    /// The same value.
    Twin,
    /// The only one, and the names only say for whom it is.
    Only,
    /// A key of its own.
    Another,
}

fn relation(provider: &Provider, group: &[OtherName], env: &EnvFile) -> Relation {
    let is_equal = |other: &OtherName| {
        let names = provider.variables[other.variable].names();
        let mut listed = names.filter_map(|name| env.get(name));
        listed.any(|value| value.expose_secret() == other.value.expose_secret())
    };
    let mut names = provider.variables.iter().flat_map(Variable::names);
    if group.iter().all(is_equal) {
        Relation::Twin
    } else if names.all(|name| env.get(name).is_none()) && !group[0].tells_apart {
        Relation::Only
    } else {
        Relation::Another
    }
}

/// A provider for a key that differs from the listed one.
fn of_its_own(provider: &Provider, group: &[OtherName]) -> Provider {
    let rest = &group[0].rest;
    let mut own = provider.clone();
    own.id = format!("{}-{}", provider.id, rest.to_lowercase().replace('_', "-"));
    own.title = format!("{} ({rest})", provider.title);
    own.maker.clone_from(&provider.maker);
    for (nth, variable) in own.variables.iter_mut().enumerate() {
        let listed = std::mem::take(&mut variable.name);
        variable.aliases.clear();
        let present = group.iter().find(|other| other.variable == nth);
        variable.name = match present {
            Some(other) => other.name.clone(),
            None => sibling(&group[0].name, &provider.variables[group[0].variable].name, &listed),
        };
        for step in own.instructions.values_mut().flatten() {
            *step = step.replace(&listed, &variable.name);
        }
    }
    let environment = rest
        .split('_')
        .map(str::to_lowercase)
        .find(|word| provider.environments.contains_key(word));
    if let Some(environment) = environment {
        own.request.base.clone_from(&provider.environments[&environment]);
        own.environment = Some(environment);
    }
    own
}

/// The name beside this one of a pair: `BYBIT_TESTNET_API_SECRET` beside `BYBIT_TESTNET_API_KEY`.
fn sibling(name: &str, own: &str, listed: &str) -> String {
    let (mut own, mut listed) = (own.split('_').peekable(), listed.split('_'));
    let mut words: Vec<&str> = Vec::new();
    for word in name.split('_') {
        if own.peek() == Some(&word) {
            own.next();
            words.extend(listed.next());
        } else {
            words.push(word);
        }
    }
    words.extend(listed);
    words.join("_")
}

#[cfg(test)]
#[path = "other_names_tests.rs"]
mod tests;
