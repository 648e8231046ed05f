//! The table of providers as people write it, and what is said when it is wrong.
use super::*;
use Priority::{High, Low, Medium};

fn values(pairs: &[(&str, &str)]) -> BTreeMap<String, SecretString> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).into()))
        .collect()
}

#[test]
fn the_built_in_table_holds_the_guides_five_and_eleven_more() {
    let providers = Providers::builtin();
    assert_eq!(providers.all().len(), 16);
    let guide = [
        "BYBIT_API_KEY",
        "BYBIT_API_SECRET",
        "NOTION_TOKEN",
        "HUGGINGFACE_TOKEN",
        "API_Groq",
        "API_Mistral",
    ];
    let priorities: Vec<Priority> = guide
        .iter()
        .map(|name| providers.of_variable(name).unwrap().priority)
        .collect();
    assert_eq!(priorities, [High, High, Medium, Medium, Low, Low]);
    assert!(providers.of_variable("API_GROQ").is_none(), "names differ by case");
    assert!(
        providers
            .get("bybit")
            .unwrap()
            .variable("BYBIT_API_KEY")
            .unwrap()
            .identifier
    );
    for provider in providers.all() {
        assert!(
            provider
                .rules
                .iter()
                .any(|rule| rule.verdict == crate::domain::verdict::Verdict::Valid),
            "{}",
            provider.id
        );
        assert!(
            provider.manage_url.starts_with("https://") && !provider.steps("nl").is_empty(),
            "{}",
            provider.id
        );
        assert!(!provider.users_own);
    }
}

#[test]
fn a_project_overrides_single_keys_and_adds_providers() {
    let own = r#"
        [[provider]]
        id = "bybit"
        environment = "testnet"
        [[provider]]
        id = "acme"
        title = "Acme"
        variables = [{ name = "ACME_KEY" }]
        request = { method = "GET", url = "https://api.acme.example/me" }
        rules = [{ if = { status = 200, json = { "/me" = { type = "string" } } }, verdict = "valid" }]
        manage_url = "https://acme.example/keys"
        instructions.en = ["Make a new one"]
    "#;
    let providers = Providers::with_file(own, "config/providers.toml").unwrap_or_else(|faults| panic!("{faults:?}"));
    let bybit = providers.get("bybit").unwrap();
    assert_eq!(bybit.request.base, "https://api-testnet.bybit.com");
    assert!(!bybit.users_own, "one of Bybit's own hosts needs no consent");
    assert!(providers.get("acme").unwrap().users_own);
    assert_eq!(providers.all().len(), 17);
}

#[test]
fn all_faults_are_told_at_once() {
    let own = r#"
        [[provider]]
        id = "groq"
        request = { method = "GET", url = "https://127.0.0.1/models" }
        [[provider]]
        id = "mistral"
        request = { method = "GET", url = "http://api.mistral.ai/v1/models" }
        [[provider]]
        id = "slack"
        rules = [{ if = { status = 200 }, verdict = "valid" }]
        [[provider]]
        id = "xai"
        colour = "red"
    "#;
    let Err(faults) = Providers::with_file(own, "config/providers.toml") else {
        panic!("must be refused")
    };
    let said: Vec<String> = faults.iter().map(Fault::to_string).collect();
    for (provider, part) in [
        ("groq", "bare address"),
        ("mistral", "https://"),
        ("slack", "json"),
        ("xai", "colour"),
    ] {
        assert!(
            said.iter()
                .any(|fault| fault.contains(provider) && fault.contains(part)),
            "{provider}: {said:?}"
        );
    }
    assert_eq!(faults.len(), 4);
    for bad in ["provider = [", "[[provider]]\ntitle = \"x\"", "[providers]"] {
        assert!(Providers::with_file(bad, "p.toml").is_err(), "{bad}");
    }
}

#[test]
fn a_key_under_two_names_is_one_key() {
    let providers = Providers::builtin();
    let hugging = providers.get("huggingface").unwrap();
    let names = |pairs: &[(&str, &str)]| -> Vec<Vec<String>> {
        hugging
            .instances(&values(pairs))
            .into_iter()
            .map(|key| key.names)
            .collect()
    };
    assert_eq!(
        names(&[("HF_TOKEN", "a"), ("HUGGINGFACE_TOKEN", "a")]),
        [["HUGGINGFACE_TOKEN", "HF_TOKEN"]]
    );
    assert_eq!(names(&[("HF_TOKEN", "a"), ("HUGGINGFACE_TOKEN", "b")]).len(), 2);
    assert_eq!(names(&[("HF_TOKEN", "")]).len(), 0);
    let bybit = providers
        .get("bybit")
        .unwrap()
        .instances(&values(&[("BYBIT_API_KEY", "a")]));
    assert!(bybit[0].values.is_none(), "half a pair is no key");
}
