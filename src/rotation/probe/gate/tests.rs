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
        ("openai", "sk-kimi-", "Kimi"),
        ("openai", "sk-litellm-", "LiteLLM"),
        ("openai", "sk-helicone-", "Helicone"),
        ("openai", "sk-bf-", "Bifrost"),
        ("openai", "sk-cp-", "MiniMax"),
        ("openai", "sk-sp-", "Alibaba Model Studio"),
        ("openai", "vck_", "Vercel AI Gateway"),
        ("openai", "sk_car_", "Cartesia"),
        ("anthropic", "sk-kimi-", "Kimi"),
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
fn a_key_of_somebody_else_is_told_by_its_whole_form() {
    let hex: String = (0..32)
        .map(|_| char::from(b"0123456789abcdef"[fastrand::usize(..16)]))
        .collect();
    let Some(Hint::OtherMaker(other)) = told("openai", &format!("sk-{hex}")) else {
        panic!("it was sent");
    };
    assert_eq!(
        (other.maker.as_str(), other.prefix.as_str()),
        ("DeepSeek or Model Studio", "sk-")
    );
    assert_eq!(told("mistral", &hex), None, "a key of Mistral is as long");
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
        "{{ openai }}",
        "changeme",
        "xxxx",
        "sk-REPLACE-ME-0123456789012345",
        "sk-************************",
        "sk-xxxx",
        "user_provided",
        "none",
        "NULL",
        "votre_cle_ici",
        "votre_cl\u{e9}_ici",
        "tu_clave_aqui",
        "jouw_sleutel_hier",
        "dein_schluessel_hier",
        "DEIN-SCHL\u{dc}SSEL",
        "sua_chave_aqui",
        "put-the-key-in",
        "tbd",
    ] {
        assert_eq!(
            told("openai", value),
            Some(Hint::Placeholder("OPENAI_API_KEY".to_owned())),
            "{value}"
        );
    }
    for value in ["${OPENAI_API_KEY}", "op://Vault/OpenAI/key", "encrypted:BDqmadeup"] {
        assert!(matches!(told("openai", value), Some(Hint::Reference(_))), "{value}");
    }
    let key = format!("sk-{}", random(48));
    for value in [
        format!("{key}\n"),
        format!("{} {}", &key[..20], &key[20..]),
        format!("\t{key}"),
    ] {
        assert_eq!(told("openai", &value), Some(Hint::Blanks("OPENAI_API_KEY".to_owned())));
    }
    for (front, what) in [
        ("Bearer ", "Bearer"),
        ("bearer ", "Bearer"),
        ("https://api.openai.com/", "https://"),
    ] {
        assert_eq!(
            told("openai", &format!("{front}{key}")),
            Some(Hint::InFront("OPENAI_API_KEY".to_owned(), what.to_owned()))
        );
    }
    for (behind, mark) in [
        (";", ";"),
        (",", ","),
        ("\";", "\""),
        ("#mine", "#"),
        ("'", "'"),
        (";export A=b", ";"),
        ("&&", "&"),
    ] {
        assert_eq!(
            told("openai", &format!("{key}{behind}")),
            Some(Hint::Behind("OPENAI_API_KEY".to_owned(), mark.to_owned()))
        );
    }
    for quoted in [format!("'{key}'"), format!("\"{key}")] {
        assert_eq!(told("openai", &quoted), Some(Hint::Quotes("OPENAI_API_KEY".to_owned())));
    }
}
