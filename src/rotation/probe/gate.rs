//! What stands between a value and the wire, for every probe alike: what is no key is not sent, and no key goes to
//! somebody who is not its maker. Nothing is trimmed silently: a stray blank or quote is a common cause of trouble.
use super::probed::{Elsewhere, Hint, OtherMaker};
use crate::outbound::destination;
use crate::rotation::providers::{AddressVariable, Maker, Provider, maker_of_host, maker_of_value, makers};
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use std::collections::BTreeMap;

/// Words of which texts in place of a key are made; in a key, none stands alone between two signs.
const PLACEHOLDER_WORDS: [&str; 15] = [
    "your",
    "yours",
    "changeme",
    "placeholder",
    "replace",
    "replaceme",
    "insert",
    "example",
    "dummy",
    "todo",
    "fixme",
    "redacted",
    "enter",
    "paste",
    "here",
];

/// What only a text in place of a key holds.
const PLACEHOLDER_SIGNS: [&str; 6] = ["...", "\u{2026}", "<", "${", "{{", "***"];

/// As many equal characters at the end are nobody's key: `sk-xxxxxxxx`.
const REPEATED: usize = 6;

/// How variables of keys end; what stands before is the name under which their addresses stand too.
const KEY_ENDS: [&str; 9] = [
    "_API_KEY",
    "_API_SECRET",
    "_SECRET_KEY",
    "_API_TOKEN",
    "_BOT_TOKEN",
    "_ACCESS_TOKEN",
    "_TOKEN",
    "_SECRET",
    "_KEY",
];

/// How variables end that name the address to which a client of somebody's goes.
const ADDRESS_ENDS: [&str; 10] = [
    "_BASE_URL",
    "_BASEURL",
    "_API_BASE",
    "_API_BASE_URL",
    "_API_URL",
    "_API_ENDPOINT",
    "_ENDPOINT",
    "_API_HOST",
    "_HOST",
    "_URL_BASE",
];

/// Why a value cannot be a key of this provider, and is not sent.
pub(super) fn unfit(provider: &Provider, names: &[String], values: &[SecretString]) -> Option<Hint> {
    provider.variables.iter().zip(values).find_map(|(variable, value)| {
        let value = value.expose_secret();
        let name = || {
            let used = names.iter().find(|name| variable.answers_to(name));
            used.unwrap_or(&variable.name).clone()
        };
        let quoted = |quote: char| value.len() > 1 && value.starts_with(quote) && value.ends_with(quote);
        if value.contains("-----BEGIN") {
            Some(Hint::RsaKey(name()))
        } else if is_placeholder(value) {
            Some(Hint::Placeholder(name()))
        } else if value.contains(|c: char| c.is_whitespace() || c.is_control()) {
            Some(Hint::Blanks(name()))
        } else if quoted('"') || quoted('\'') {
            Some(Hint::Quotes(name()))
        } else if let Some((maker, prefix)) = other_maker(provider, value) {
            Some(Hint::OtherMaker(Box::new(OtherMaker {
                variable: name(),
                maker: maker.title.clone(),
                prefix: prefix.to_owned(),
                host: provider.host().to_owned(),
                belongs_in: maker.variable.clone(),
            })))
        } else if variable.format.as_ref().is_some_and(|format| !format.is_match(value)) {
            Some(Hint::Format(name()))
        } else {
            None
        }
    })
}

/// The variable of `.env` that says that a key of this provider is used at somebody else's address: then the key may be
/// somebody else's. `goes_to` is the host to which the probe would go.
pub(super) fn used_elsewhere(
    provider: &Provider,
    names: &[String],
    goes_to: &str,
    env: &BTreeMap<String, SecretString>,
) -> Option<Hint> {
    let maker = makers().iter().find(|maker| maker.id == provider.id);
    let is_own = |host: &str| {
        host == goes_to || provider.hosts().contains(&host) || maker.is_some_and(|maker| maker.has_host(host))
    };
    let (variable, value) = env.iter().find(|(name, value)| {
        is_address_of(name, maker, names, env) && {
            let value = value.expose_secret();
            !value.trim().is_empty() && !host_of(value).is_some_and(|host| is_own(&host))
        }
    })?;
    // A host is told only where it is one for certain: what stands there may be a key in the wrong line.
    let host =
        host_of(value.expose_secret()).filter(|host| value.expose_secret().contains("://") && host.contains('.'));
    Some(Hint::Elsewhere(Box::new(Elsewhere {
        key: names.join(" and "),
        address: variable.clone(),
        maker: host.as_deref().and_then(maker_of_host).map(|maker| maker.title.clone()),
        at: host,
        host: goes_to.to_owned(),
    })))
}

fn is_address_of(name: &str, maker: Option<&Maker>, keys: &[String], env: &BTreeMap<String, SecretString>) -> bool {
    let is_set = |name: &str| env.get(name).is_some_and(|value| !value.expose_secret().is_empty());
    let known = maker
        .into_iter()
        .flat_map(|maker| &maker.addresses)
        .any(|address| match address {
            AddressVariable::Always(address) => address == name,
            AddressVariable::Unless { name: address, unless } => address == name && !is_set(unless),
        });
    let name = name.to_ascii_uppercase();
    known
        || keys.iter().any(|key| {
            name.strip_prefix(&stem(key))
                .is_some_and(|end| ADDRESS_ENDS.contains(&end))
        })
}

/// `OPENAI` of `OPENAI_API_KEY`, `GROQ` of `API_Groq`.
fn stem(variable: &str) -> String {
    let name = variable.to_ascii_uppercase();
    let stem = KEY_ENDS.iter().find_map(|end| name.strip_suffix(end)).unwrap_or(&name);
    stem.strip_prefix("API_").unwrap_or(stem).to_owned()
}

/// The host of an address, or of a host alone.
fn host_of(value: &str) -> Option<String> {
    let value = value.trim();
    let url = if value.contains("://") {
        Url::parse(value)
    } else {
        Url::parse(&format!("https://{value}"))
    };
    let host = url.ok()?.host_str()?.trim_end_matches('.').to_owned();
    Some(host).filter(|host| !host.is_empty())
}

fn other_maker<'v>(provider: &Provider, value: &'v str) -> Option<(&'static Maker, &'v str)> {
    let (maker, prefix) = maker_of_value(value)?;
    let own = maker.id == provider.id || provider.prefixes.iter().any(|own| value.starts_with(own.as_str()));
    (!own).then(|| (maker, &value[..prefix.len()]))
}

/// Whether a value stands in place of a key that somebody has yet to put there.
fn is_placeholder(value: &str) -> bool {
    let words = value.split(|c: char| !c.is_alphanumeric());
    let is_word = |word: &str| PLACEHOLDER_WORDS.iter().any(|known| word.eq_ignore_ascii_case(known));
    let repeated = |text: &str| {
        let mut characters = text.chars();
        characters.next().is_some_and(|first| characters.all(|c| c == first))
    };
    let last = value.rsplit(['-', '_', '.']).next().unwrap_or_default();
    PLACEHOLDER_SIGNS.iter().any(|sign| value.contains(sign))
        || words.into_iter().any(is_word)
        || last.chars().count() >= REPEATED && repeated(last)
        || repeated(value)
}

/// The host to which a base address goes.
pub(super) fn host_of_base(base: &str) -> String {
    destination(base)
        .map(|url| url.host_str().unwrap_or_default().to_owned())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests;
