//! Whose a key is, as `config/makers.toml` knows it: by how it begins, and by the addresses that stand beside it.
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
    /// The domains under which it takes its keys.
    pub hosts: Vec<String>,
    /// Variables that move the calls of its clients elsewhere.
    #[serde(default)]
    pub addresses: Vec<AddressVariable>,
    /// Where these facts are from.
    pub source: String,
}

/// A variable that names another address.
#[derive(Deserialize)]
#[serde(untagged)]
pub enum AddressVariable {
    /// The variable's name.
    Always(String),
    /// One that counts only where another variable has no value.
    Unless {
        /// The variable's name.
        name: String,
        /// The variable of a key that the address belongs to.
        unless: String,
    },
}

#[derive(Deserialize)]
struct MakersFile {
    maker: Vec<Maker>,
}

/// All makers that are known.
pub fn makers() -> &'static [Maker] {
    static MAKERS: LazyLock<Vec<Maker>> = LazyLock::new(|| {
        let file: MakersFile = toml::from_str(FILE).expect("the embedded makers.toml is read by a test");
        file.maker
    });
    &MAKERS
}

/// Whose a value is by its beginning, with that beginning; `None` where it is nobody's.
pub fn maker_of_value(value: &str) -> Option<(&'static Maker, &'static str)> {
    let known = makers()
        .iter()
        .flat_map(|maker| maker.prefixes.iter().map(move |prefix| (maker, prefix.as_str())));
    known
        .filter(|(_, prefix)| value.starts_with(prefix))
        .max_by_key(|(_, prefix)| prefix.len())
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
        assert!(makers().iter().all(|maker| !maker.source.is_empty()));
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
