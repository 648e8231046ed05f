//! Which variables keep a key here, and what is said of them.
use super::*;
use crate::rotation::providers::Providers;

fn elsewhere(provider: &str, key: &str, env: &[(&str, &str)]) -> Option<Hint> {
    let providers = Providers::builtin();
    let provider = providers.get(provider).unwrap();
    let env: Vec<Beside> = env
        .iter()
        .map(|(name, value)| Beside {
            name: (*name).to_owned(),
            value: SecretString::from(*value),
            exported: false,
        })
        .collect();
    used_elsewhere(provider, &[key.to_owned()], provider.host(), &env)
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
            Some("Azure OpenAI"),
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
fn every_name_of_an_address_counts() {
    let names = "OPENAI_URL OPENAI_BASE OPENAI_API_URI OPENAI_PROXY OPENAI_HOST OPENAI_SERVER_URL OPENAI_API_BASE_URL \
        OPENAI_ENDPOINT OPENAI_GATEWAY OPENAI_API_DOMAIN OPENAI_REVERSE_PROXY_URL OPENAI_BASE_URL_2 OPENAI_COMPATIBLE_API \
        OPENAI_CHAT_COMPLETIONS OPEN_AI_URL MY_OPENAI_URL NEXT_PUBLIC_OPENAI_BASE_URL spring.ai.openai.base-url \
        OPENAI_ADDR OPENAI_API_HOSTNAME AZURE_OPENAI_ENDPOINT LITELLM_BASE_URL LITELLM_PROXY_URL LITELLM_API_BASE \
        HELICONE_BASE_URL PORTKEY_GATEWAY_URL CLOUDFLARE_AI_GATEWAY_URL LLM_BASE_URL REACT_APP_OPENAI_BASE_URL \
        MY_APP_OPENAI_API_BASE";
    for name in names.split_whitespace() {
        let Some(Hint::Elsewhere(found)) =
            elsewhere("openai", "OPENAI_API_KEY", &[(name, "https://llm.example.com/v1")])
        else {
            panic!("{name}");
        };
        assert_eq!(
            (found.address.as_str(), found.at.as_deref()),
            (name, Some("llm.example.com"))
        );
    }
    // Of a name that stands there twice, other readers take the first one.
    let twice = [("OPENAI_BASE_URL", "https://llm.example.com"), ("OPENAI_BASE_URL", "")];
    assert!(elsewhere("openai", "OPENAI_API_KEY", &twice).is_some());
}

#[test]
fn a_gateway_is_named() {
    let found = |name| elsewhere("anthropic", "ANTHROPIC_API_KEY", &[(name, "http://localhost:4000")]);
    for (name, title) in [
        ("LITELLM_URL", "LiteLLM"),
        ("HELICONE_HOST", "Helicone"),
        ("PORTKEY_URL", "Portkey"),
    ] {
        let Some(Hint::Elsewhere(found)) = found(name) else {
            panic!("{name}");
        };
        assert_eq!(found.maker.as_deref(), Some(title));
    }
    assert_eq!(
        elsewhere("github", "GITHUB_TOKEN", &[("LITELLM_URL", "http://localhost:4000")]),
        None
    );
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
            "openai",
            "OPENAI_API_KEY",
            &[
                ("LLM_BASE_URL", "https://llm.example.com"),
                ("LLM_API_KEY", "k"),
                ("OPENAI_EMBEDDING_BASE_URL", "https://embed.example.com"),
                ("OPENAI_EMBEDDING_API_KEY", "k"),
                ("OPENAI_WEBHOOK_URL", "https://mine.example.com/hook"),
                ("OPENAI_BASE_MODEL", "gpt-4.1"),
                ("OPENAI_BASE_PATH", "/v1"),
                ("OPENAI_USE_PROXY", "true"),
                ("OPENAI_DATABASE_URL", "postgres://db/openai"),
                ("OPENAI_ORG_ID", "org-1"),
                ("HELICONE_API_KEY", "k"),
                ("LITELLM_LOG", "debug"),
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
    let key: String = std::iter::repeat_with(fastrand::alphanumeric).take(48).collect();
    let key = format!("sk-{key}");
    let Some(Hint::Elsewhere(found)) = elsewhere("openai", "OPENAI_API_KEY", &[("OPENAI_BASE_URL", &key)]) else {
        panic!("it was sent");
    };
    assert_eq!(found.at, None);
}

#[test]
fn the_keys_own_variable_is_no_address_of_its_own() {
    for (provider, key, value) in [
        ("openai", "OPENAI_API_KEY", "$(op read op://Vault/OpenAI/credential)"),
        ("openai", "OPENAI_API_KEY", "op://Vault/OpenAI/credential"),
        ("groq", "GROQ_API_KEY", "ref+vault://secret/groq#key"),
        (
            "mistral",
            "MISTRAL_API_KEY",
            "$(vault read https://vault.example.com/mistral)",
        ),
    ] {
        assert_eq!(elsewhere(provider, key, &[(key, value)]), None, "{key}={value}");
    }
    // An address that another tool keeps may be anybody's.
    let kept = [("OPENAI_BASE_URL", "$(op read op://Vault/OpenAI/address)")];
    assert!(elsewhere("openai", "OPENAI_API_KEY", &kept).is_some());
}
