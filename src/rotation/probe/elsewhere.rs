//! The address that stands beside a key: where the project, or the environment of this process, says that a key is used at
//! somebody else's, the key may be somebody else's, and is not sent. Which names are addresses stands in
//! `config/makers.toml`; what is no address for certain is taken for one, since a key that was sent is out.
use super::probed::{Elsewhere, Hint};
use crate::rotation::providers::{Gateway, Maker, Provider, Variable, address_words, gateways, maker_of_host, makers};
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};

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

/// Schemes under which an API can be reached; an address of a database has another.
const SCHEMES: [&str; 8] = ["http", "https", "ws", "wss", "socks4", "socks5", "socks5h", "unix"];

/// Values that turn something on or off.
const SWITCHES: [&str; 10] = ["true", "false", "yes", "no", "on", "off", "none", "null", "0", "1"];

/// A variable and where it stands.
pub(super) struct Beside {
    /// Its name as it is written.
    pub(super) name: String,
    /// Its value, which may be a key.
    pub(super) value: SecretString,
    /// It stands in the environment of this process, and not in `.env`.
    pub(super) exported: bool,
}

/// The variable that says that a key of this provider is used at somebody else's address. `goes_to` is the host to which
/// the probe would go.
pub(super) fn used_elsewhere(provider: &Provider, names: &[String], goes_to: &str, env: &[Beside]) -> Option<Hint> {
    let keys = Keys::of(provider, names, env);
    let is_own = |host: &str| {
        let is_makers = keys.maker.is_some_and(|maker| maker.has_host(host));
        host == goes_to || provider.hosts().contains(&host) || is_makers
    };
    let found = env.iter().find(|beside| {
        let value = beside.value.expose_secret();
        // The key's own variable says nothing of where it is used, whatever the shell put there: `$(op read op://...)`.
        let is_key = names.contains(&beside.name) || provider.variable(&beside.name).is_some();
        !is_key && keys.are_said_to_go_by(beside) && !host_of(value).is_some_and(|host| is_own(&host))
    })?;
    // A host is told only where it is one for certain: what stands there may be a key in the wrong line.
    let value = found.value.expose_secret();
    let host = host_of(value).filter(|host| value.contains("://") && host.contains('.'));
    let maker = host.as_deref().and_then(maker_of_host).map(|maker| maker.title.clone());
    let gateway = || {
        keys.gateway_in(&words(&found.name))
            .map(|gateway| gateway.title.clone())
    };
    Some(Hint::Elsewhere(Box::new(Elsewhere {
        key: names.join(" and "),
        address: found.name.clone(),
        exported: found.exported,
        maker: maker.or_else(gateway),
        at: host,
        host: goes_to.to_owned(),
    })))
}

/// The keys of a provider, and under which names addresses of theirs stand.
struct Keys {
    maker: Option<&'static Maker>,
    /// The names of the provider, in words.
    own: Vec<Vec<String>>,
    /// Those of other keys that have a value.
    others: Vec<Vec<String>>,
}

impl Keys {
    fn of(provider: &Provider, names: &[String], env: &[Beside]) -> Self {
        let maker = makers().iter().find(|maker| maker.id == provider.maker);
        let variables = provider.variables.iter().flat_map(Variable::names);
        let variables = variables.chain(names.iter().map(String::as_str));
        let variables = variables.chain(maker.iter().map(|maker| maker.variable.as_str()));
        let called = maker.iter().flat_map(|maker| &maker.names).map(|name| words(name));
        let own: Vec<Vec<String>> = variables.map(|name| words(&stem(name))).chain(called).collect();
        let set = env
            .iter()
            .filter(|beside| !beside.value.expose_secret().trim().is_empty());
        let others = set.filter_map(|beside| Some(words(stem_of_key(&beside.name.to_ascii_uppercase())?)));
        let others = others.filter(|other| !own.contains(other)).collect();
        Self { maker, own, others }
    }

    /// Whether a variable names an address, and that of these keys.
    fn are_said_to_go_by(&self, beside: &Beside) -> bool {
        let name = words(&beside.name);
        // What stands before the maker's name is the project's own: `REACT_APP_OPENAI_BASE_URL`.
        let gateways = gateways().iter().flat_map(|gateway| &gateway.names);
        let called = gateways.map(|called| words(called));
        let named = called.chain(self.own.iter().cloned());
        let Some(start) = named.filter_map(|words| place(&name, &words)).min() else {
            return false;
        };
        if name[0] == "KEYMINDER" || !is_address(&name[start..], beside.value.expose_secret()) {
            return false;
        }
        let longest = self.own.iter().filter(|own| holds(&name, own)).map(Vec::len).max();
        // The longest name of a key that the address begins with has it.
        let is_anothers = |length: usize| {
            let others = self.others.iter();
            others
                .into_iter()
                .any(|other| other.len() > length && name.starts_with(other))
        };
        longest.is_some_and(|length| !is_anothers(length)) || self.gateway_in(&name).is_some()
    }

    /// The gateway to which such a name belongs, where these keys may go through one.
    fn gateway_in(&self, name: &[String]) -> Option<&'static Gateway> {
        self.maker.filter(|maker| maker.models)?;
        let is_named = |gateway: &&Gateway| gateway.names.iter().any(|called| holds(name, &words(called)));
        let has_key = |gateway: &&Gateway| gateway.own_key && self.others.iter().any(|other| name.starts_with(other));
        gateways().iter().find(|gateway| is_named(gateway) && !has_key(gateway))
    }
}

/// Whether words stand side by side in a name.
fn holds(name: &[String], words: &[String]) -> bool {
    place(name, words).is_some()
}

/// Where they do; no words stand nowhere.
fn place(name: &[String], words: &[String]) -> Option<usize> {
    if words.is_empty() {
        return None;
    }
    name.windows(words.len()).position(|part| part == words)
}

/// The words of a name, in capitals.
fn words(name: &str) -> Vec<String> {
    name.split(['_', '-', '.'])
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_uppercase)
        .collect()
}

/// Whether a variable of such a name with such a value names an address to which keys may go.
fn is_address(name: &[String], value: &str) -> bool {
    let known = address_words();
    let is_in = |list: &[String], word: &String| list.iter().any(|known| known.eq_ignore_ascii_case(word));
    let value = value.trim();
    let is_switch = SWITCHES.iter().any(|switch| value.eq_ignore_ascii_case(switch));
    if value.is_empty() || is_switch || name.iter().any(|word| is_in(&known.others, word)) {
        return false;
    }
    if let Some((scheme, _)) = value.split_once("://") {
        return SCHEMES.iter().any(|known| scheme.eq_ignore_ascii_case(known)) || scheme.contains('$');
    }
    // `OPENAI_URL_2`: a number says which one.
    let is_number = |word: &&String| word.trim_start_matches('V').bytes().all(|byte| byte.is_ascii_digit());
    let last = name.iter().rev().find(|word| !is_number(word));
    !value.starts_with('/') && last.is_some_and(|word| is_in(&known.ends, word))
}

/// What stands before the end of a key's name, in capitals; `None` where it does not end as keys do.
fn stem_of_key(name: &str) -> Option<&str> {
    KEY_ENDS.iter().find_map(|end| name.strip_suffix(end))
}

/// `OPENAI` of `OPENAI_API_KEY`, `GROQ` of `API_Groq`.
fn stem(variable: &str) -> String {
    let name = variable.to_ascii_uppercase();
    let stem = stem_of_key(&name).unwrap_or(&name);
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

#[cfg(test)]
mod tests;
