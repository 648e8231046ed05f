//! Which hosts a person has agreed to: those of the project's own providers, and the one of `notion.url`. Without that, a
//! file of settings could send any key anywhere. Kept in `state/agreed_providers.json`.
use crate::config::text_of;
use crate::outbound::{authority, destination, is_loopback};
use crate::rotation::Project;
use crate::rotation::atomic_write::write_atomic;
use crate::rotation::providers::{Provider, Variable};
use std::collections::BTreeSet;
use std::io;
use std::path::Path;

const FILE: &str = "agreed_providers.json";

/// Notion itself: nobody has to agree to that.
const NOTION: &str = "api.notion.com";

/// The agreements, each `NAME+NAME@host`.
pub fn read(state_dir: &Path) -> BTreeSet<String> {
    text_of(&state_dir.join(FILE))
        .ok()
        .and_then(|text| serde_json::from_str(&text).ok())
        .unwrap_or_default()
}

/// Adds an agreement.
pub fn add(project: &Project, consent: &str) -> io::Result<()> {
    let mut all = read(&project.state_dir);
    all.insert(consent.to_owned());
    let bytes = serde_json::to_vec_pretty(&all).map_err(io::Error::other)?;
    write_atomic(&project.state_dir.join(FILE), &bytes, 0o600)
}

/// What a provider of the project's own file sends where: every name, and every host that may hear of the key.
pub(super) fn of_provider(provider: &Provider) -> String {
    let names: Vec<&str> = provider.variables.iter().flat_map(Variable::names).collect();
    format!("{}@{}", names.join("+"), provider.hosts().join("+"))
}

/// What `notion.url` sends where; `None` where it is Notion itself or this machine.
pub(super) fn of_notion(url: &str) -> Option<String> {
    let Ok(url) = destination(url) else {
        return Some(format!("NOTION_TOKEN@{url}"));
    };
    let host = authority(&url);
    (host != NOTION && !is_loopback(&url)).then(|| format!("NOTION_TOKEN@{host}"))
}

/// What to do about an agreement for `notion.url` that is lacking.
pub fn notion_in_words(consent: &str) -> String {
    format!(
        "notion.url sends the bot's token to another host than Notion's, and nobody has agreed to that: run \
         `keyminder probe` at a terminal and agree to {consent}, or remove notion.url"
    )
}

/// The agreement that `notion.url` needs and nobody has given yet. It may wait for a disk.
pub fn lacking_for_notion(url: &str, state_dir: &Path) -> Option<String> {
    of_notion(url).filter(|consent| !read(state_dir).contains(consent))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notion_itself_and_this_machine_need_no_agreement() {
        for url in [
            "https://api.notion.com",
            "https://API.notion.com./v1",
            "http://127.0.0.1:8080",
            "http://localhost:1/v1",
            "http://[::1]:2",
        ] {
            assert_eq!(of_notion(url), None, "{url}");
        }
    }

    #[test]
    fn every_other_host_needs_its_own() {
        for (url, consent) in [
            ("https://notion.example.com", "NOTION_TOKEN@notion.example.com"),
            (
                "https://notion.example.com:8443/x",
                "NOTION_TOKEN@notion.example.com:8443",
            ),
            ("https://api.notion.com:8443", "NOTION_TOKEN@api.notion.com:8443"),
            (
                "https://api.notion.com.evil.example",
                "NOTION_TOKEN@api.notion.com.evil.example",
            ),
            ("https://evil-api.notion.com", "NOTION_TOKEN@evil-api.notion.com"),
            ("https://localhost.evil.example", "NOTION_TOKEN@localhost.evil.example"),
        ] {
            assert_eq!(of_notion(url).as_deref(), Some(consent), "{url}");
        }
        let state = tempfile::tempdir().unwrap();
        let agreed = r#"["NOTION_TOKEN@notion.example.com"]"#;
        std::fs::write(state.path().join(FILE), agreed).unwrap();
        let lacking = |url| lacking_for_notion(url, state.path());
        assert_eq!(lacking("https://notion.example.com/v1"), None);
        assert!(
            lacking("https://notion.example.com:8443").is_some(),
            "another port is another server"
        );
        assert!(lacking("https://x.notion.example.com").is_some());
    }
}
