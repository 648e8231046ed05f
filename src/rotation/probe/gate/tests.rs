//! What is sent to whom, and what is said of what is not.
use super::*;
use crate::rotation::providers::Providers;

fn random(length: usize) -> String {
    std::iter::repeat_with(fastrand::alphanumeric).take(length).collect()
}

fn told(provider: &str, value: &str) -> Option<Hint> {
    let providers = Providers::builtin();
    let provider = providers.get(provider).unwrap();
    let name = provider.variables[0].name.clone();
    unfit(provider, &[name], &[SecretString::from(value)])
}

fn elsewhere(provider: &str, key: &str, env: &[(&str, &str)]) -> Option<Hint> {
    let providers = Providers::builtin();
    let provider = providers.get(provider).unwrap();
    let env = env
        .iter()
        .map(|(name, value)| ((*name).to_owned(), SecretString::from(*value)));
    used_elsewhere(provider, &[key.to_owned()], provider.host(), &env.collect())
}

#[test]
fn a_key_of_somebody_else_is_told_by_its_beginning() {
    for (provider, prefix, maker) in [
        ("openai", "sk-or-v1-", "OpenRouter"),
        ("openai", "sk-ant-api03-", "Anthropic"),
        ("openai", "sk-lf-", "Langfuse"),
        ("openai", "gsk_", "Groq"),
        ("anthropic", "sk-proj-", "OpenAI"),
        ("mistral", "hf_", "Hugging Face"),
        ("cohere", "pplx-", "Perplexity"),
        ("stripe", "sk-ant-", "Anthropic"),
    ] {
        let value = format!("{prefix}{}", random(40));
        let Some(Hint::OtherMaker(other)) = told(provider, &value) else {
            panic!("{prefix} to {provider}");
        };
        assert_eq!(other.maker, maker);
        assert!(
            prefix.starts_with(&other.prefix),
            "no more than what is known: {}",
            other.prefix
        );
    }
}

#[test]
fn its_own_and_unknown_beginnings_are_sent() {
    for (provider, value) in [
        ("openai", format!("sk-proj-{}", random(60))),
        ("openai", format!("sk-{}", random(48))),
        ("openai", format!("sk-unheard-of-{}", random(48))),
        ("stripe", format!("sk_test_{}", random(24))),
        ("openrouter", format!("sk-or-v1-{}", random(64))),
    ] {
        assert_eq!(told(provider, &value), None, "{provider}");
    }
}

#[test]
fn what_stands_in_place_of_a_key_is_not_sent() {
    for value in [
        "your_key_here",
        "sk-your-openai-key-goes-in-this-line",
        "YOUR_API_KEY",
        "sk-...",
        "sk-\u{2026}",
        "sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "<paste your key>",
        "${OPENAI_API_KEY}",
        "{{ openai }}",
        "changeme",
        "xxxx",
        "sk-REPLACE-ME-0123456789012345",
        "sk-************************",
    ] {
        assert_eq!(
            told("openai", value),
            Some(Hint::Placeholder("OPENAI_API_KEY".to_owned())),
            "{value}"
        );
    }
    let key = format!("sk-{}", random(48));
    for value in [
        format!("{key}\n"),
        format!("{} {}", &key[..20], &key[20..]),
        format!("\t{key}"),
    ] {
        assert_eq!(told("openai", &value), Some(Hint::Blanks("OPENAI_API_KEY".to_owned())));
    }
    assert_eq!(
        told("openai", &format!("'{key}'")),
        Some(Hint::Quotes("OPENAI_API_KEY".to_owned()))
    );
}

#[test]
fn an_address_of_somebody_else_beside_the_key_keeps_it_here() {
    for (provider, key, name, value, maker) in [
        (
            "openai",
            "OPENAI_API_KEY",
            "OPENAI_BASE_URL",
            "https://openrouter.ai/api/v1",
            Some("OpenRouter"),
        ),
        (
            "openai",
            "OPENAI_API_KEY",
            "OPENAI_API_BASE",
            "https://api.groq.com/openai/v1",
            Some("Groq"),
        ),
        (
            "openai",
            "OPENAI_API_KEY",
            "OPENAI_BASE_URL",
            "http://localhost:11434/v1",
            None,
        ),
        ("openai", "OPENAI_API_KEY", "OPENAI_HOST", "llm.example.com", None),
        (
            "openai",
            "OPENAI_API_KEY",
            "AZURE_OPENAI_ENDPOINT",
            "https://x.openai.azure.com",
            None,
        ),
        (
            "openai",
            "OPENAI_API_KEY",
            "openai_base_url",
            "https://api.openai.com.evil.example",
            None,
        ),
        (
            "openai",
            "OPENAI_API_KEY",
            "OPENAI_BASE_URL",
            "https://api.openai.com@evil.example/v1",
            None,
        ),
        ("openai", "OPENAI_API_KEY", "OPENAI_BASE_URL", "${ELSEWHERE}", None),
        ("groq", "API_Groq", "GROQ_BASE_URL", "https://llm.example.com", None),
        ("github", "GITHUB_TOKEN", "GH_HOST", "ghe.example.com", None),
        (
            "github",
            "GH_TOKEN",
            "GITHUB_API_URL",
            "https://ghe.example.com/api/v3",
            None,
        ),
        (
            "huggingface",
            "HF_TOKEN",
            "HF_ENDPOINT",
            "https://hub.example.com",
            None,
        ),
        (
            "binance",
            "BINANCE_API_KEY",
            "BINANCE_BASE_URL",
            "https://api.bybit.com",
            Some("Bybit"),
        ),
    ] {
        let Some(Hint::Elsewhere(found)) = elsewhere(provider, key, &[(name, value)]) else {
            panic!("{name}={value}");
        };
        assert_eq!(
            (found.address.as_str(), found.maker.as_deref()),
            (name, maker),
            "{value}"
        );
    }
}

#[test]
fn its_own_addresses_and_those_of_others_are_no_hindrance() {
    for (provider, key, env) in [
        (
            "openai",
            "OPENAI_API_KEY",
            &[("OPENAI_BASE_URL", "https://eu.api.openai.com/v1")][..],
        ),
        ("openai", "OPENAI_API_KEY", &[("OPENAI_BASE_URL", "")]),
        (
            "openai",
            "OPENAI_API_KEY",
            &[("ANTHROPIC_BASE_URL", "https://x.example"), ("DATABASE_HOST", "db")],
        ),
        (
            "openai",
            "OPENAI_API_KEY",
            &[
                ("AZURE_OPENAI_ENDPOINT", "https://x.openai.azure.com"),
                ("AZURE_OPENAI_API_KEY", "k"),
            ],
        ),
        (
            "bybit",
            "BYBIT_API_KEY",
            &[("BYBIT_BASE_URL", "https://api-testnet.bybit.com")],
        ),
        (
            "github",
            "GITHUB_TOKEN",
            &[("GITHUB_API_URL", "https://api.github.com")],
        ),
        (
            "telegram",
            "TELEGRAM_BOT_TOKEN",
            &[("TELEGRAM_API_URL", "https://api.telegram.org")],
        ),
    ] {
        assert_eq!(elsewhere(provider, key, env), None, "{provider}");
    }
}

#[test]
fn a_key_in_the_line_of_an_address_is_not_told() {
    let key = format!("sk-{}", random(48));
    let Some(Hint::Elsewhere(found)) = elsewhere("openai", "OPENAI_API_KEY", &[("OPENAI_BASE_URL", &key)]) else {
        panic!("it was sent");
    };
    assert_eq!(found.at, None);
}
