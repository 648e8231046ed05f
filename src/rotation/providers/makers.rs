//! Whose a key is, as `config/makers.toml` knows it: by how it begins, and by the addresses that stand beside it.
use regex::Regex;
use serde::Deserialize;
use std::sync::LazyLock;

const FILE: &str = include_str!("../../../config/makers.toml");

/// Who makes keys: a provider of ours, or somebody else whose keys can be told.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Maker {
    /// The id of the provider of this name, where there is one.
    pub id: String,
    /// The name that people read.
    pub title: String,
    /// The variable where such a key belongs.
    pub variable: String,
    /// How its keys begin.
    pub prefixes: Vec<String>,
    /// What its keys look like as a whole: a regular expression.
    pub form: Option<String>,
    /// The domains under which it takes its keys.
    pub hosts: Vec<String>,
    /// How else it is called in names of variables, in capitals.
    #[serde(default)]
    pub names: Vec<String>,
    /// Whether it answers to models, so that gateways pass its keys on.
    #[serde(default)]
    pub models: bool,
    /// Where these facts are from.
    pub source: String,
}

/// Who passes the keys of makers of models on, or gives out its own in their place.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gateway {
    /// The name that people read.
    pub title: String,
    /// How it is called in names of variables, in capitals.
    pub names: Vec<String>,
    /// Whether its address says nothing where a key of its own stands beside it.
    #[serde(default)]
    pub own_key: bool,
    /// Where these facts are from.
    pub source: String,
}

/// Which variables name an address, by the words of their names in small letters.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddressWords {
    /// The last word of a name is one of these.
    pub ends: Vec<String>,
    /// None of the words is one of these: they name other addresses than the one that keys go to.
    pub others: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MakersFile {
    addresses: AddressWords,
    gateway: Vec<Gateway>,
    maker: Vec<Maker>,
}

fn file() -> &'static MakersFile {
    static MAKERS: LazyLock<MakersFile> =
        LazyLock::new(|| toml::from_str(FILE).expect("the embedded makers.toml is read by a test"));
    &MAKERS
}

/// All makers that are known.
pub fn makers() -> &'static [Maker] {
    &file().maker
}

/// All gateways that are known.
pub fn gateways() -> &'static [Gateway] {
    &file().gateway
}

/// Which variables name an address.
pub fn address_words() -> &'static AddressWords {
    &file().addresses
}

/// Whose a value is, by how it begins or by its whole form, with the beginning by which it is known; `None` where it is
/// nobody's.
pub fn maker_of_value(value: &str) -> Option<(&'static Maker, &str)> {
    let begins = |maker: &'static Maker| maker.prefixes.iter().map(move |prefix| (maker, prefix.len()));
    let known = makers().iter().flat_map(begins);
    let by_beginning = known
        .filter(|(maker, length)| {
            let begins = value.get(..*length);
            begins.is_some_and(|begins| maker.prefixes.iter().any(|prefix| prefix == begins))
        })
        .max_by_key(|(_, length)| *length);
    let of_form = |maker: &&Maker| {
        let form = maker.form.as_deref().and_then(|form| Regex::new(form).ok());
        form.is_some_and(|form| form.is_match(value))
    };
    let (maker, length) = by_beginning.or_else(|| {
        // The signs before the random part are all that may be told.
        let length = value.find(['-', '_']).map_or(0, |at| at + 1);
        makers().iter().find(of_form).map(|maker| (maker, length))
    })?;
    Some((maker, &value[..length]))
}

/// Whose a host is.
pub fn maker_of_host(host: &str) -> Option<&'static Maker> {
    makers().iter().find(|maker| maker.has_host(host))
}

impl Maker {
    /// Whether a host is one of this maker's domains, or below one.
    pub fn has_host(&self, host: &str) -> bool {
        self.hosts.iter().any(|own| {
            host.strip_suffix(own.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::Providers;
    use super::*;

    #[test]
    fn every_provider_has_its_maker_and_goes_to_its_hosts() {
        for provider in Providers::builtin().all() {
            let maker = makers().iter().find(|maker| maker.id == provider.id);
            let maker = maker.unwrap_or_else(|| panic!("{} is not in makers.toml", provider.id));
            assert!(
                provider.hosts().iter().all(|host| maker.has_host(host)),
                "{}",
                provider.id
            );
            assert!(provider.variable(&maker.variable).is_some(), "{}", maker.variable);
        }
    }

    #[test]
    fn no_beginning_is_claimed_twice_and_each_has_a_source() {
        let mut all: Vec<&String> = makers().iter().flat_map(|maker| &maker.prefixes).collect();
        let claimed = all.len();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), claimed);
        let sources = makers().iter().map(|maker| &maker.source);
        let sources = sources.chain(gateways().iter().map(|gateway| &gateway.source));
        assert!(sources.into_iter().all(|source| !source.is_empty()));
        let forms = makers().iter().filter_map(|maker| maker.form.as_deref());
        assert!(forms.into_iter().all(|form| Regex::new(form).is_ok()));
    }

    #[test]
    fn a_domain_is_not_the_end_of_another_name() {
        let of = |host| maker_of_host(host).map(|maker| maker.id.as_str());
        assert_eq!(of("api.openai.com"), Some("openai"));
        assert_eq!(of("openai.com"), Some("openai"));
        assert_eq!(of("notopenai.com"), None);
        assert_eq!(of("openai.com.evil.example"), None);
        assert_eq!(of("x.ai"), Some("xai"));
        assert_eq!(of("perplex.ai"), None);
    }
}
