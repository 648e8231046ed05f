//! Names of the real world, and which key each of them holds.
use super::super::Providers;
use super::*;
use std::collections::BTreeMap;

fn made_up(prefix: &str, length: usize) -> String {
    let letters = "q7Zm2Kx9Wd4Rt8Yb3Nf6";
    prefix
        .chars()
        .chain(letters.chars().cycle())
        .take(prefix.len() + length)
        .collect()
}

/// The providers of a file with these lines, and whose each of its names is.
fn whose(lines: &[(&str, String)]) -> BTreeMap<String, String> {
    let text: Vec<String> = lines.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let text = text.join("\n");
    let env = EnvFile::parse(text.as_bytes()).unwrap();
    let providers = Providers::builtin().with_names_of(&env);
    let owner = |name: &str| providers.of_variable(name).map(|provider| provider.id.clone());
    lines
        .iter()
        .filter_map(|(name, _)| Some(((*name).to_owned(), owner(name)?)))
        .collect()
}

#[test]
fn the_names_that_projects_give_are_known() {
    let groq = || made_up("gsk_", 52);
    let bybit = || (made_up("", 18), made_up("Z", 36));
    let cases: Vec<(&str, String, &str)> = vec![
        ("HUGGINGFACEHUB_API_TOKEN", made_up("hf_", 34), "huggingface"),
        ("GOOGLE_GENERATIVE_AI_API_KEY", made_up("AIzaSy", 33), "gemini"),
        ("GITHUB_PAT", made_up("ghp_", 36), "github"),
        ("NOTION_KEY", made_up("ntn_", 46), "notion"),
        ("OPEN_ROUTER_API_KEY", made_up("sk-or-v1-", 64), "openrouter"),
        ("GROK_API_KEY", made_up("xai-", 80), "xai"),
        ("VITE_GROQ_API_KEY", groq(), "groq"),
        ("NEXT_PUBLIC_MISTRAL_API_KEY", made_up("", 32), "mistral"),
        ("REACT_APP_OPENAI_API_KEY", made_up("sk-proj-", 60), "openai"),
        ("EXPO_PUBLIC_STRIPE_SECRET_KEY", made_up("sk_live_", 24), "stripe"),
        ("TF_VAR_GITHUB_TOKEN", made_up("ghp_", 36), "github"),
        ("BYBIT_TESTNET_API_KEY", bybit().0, "bybit-testnet"),
        ("BYBIT_API_KEY_2", bybit().0, "bybit-2"),
        ("OPENAI_API_KEY_PROD", made_up("sk-proj-", 60), "openai-prod"),
        ("PROD_SLACK_BOT_TOKEN", made_up("xoxb-", 40), "slack-prod"),
        ("VITE_GROQ", groq(), "groq"),
        ("LLM_KEY", made_up("sk-ant-", 90), "anthropic"),
        ("MY_HF", made_up("hf_", 34), "huggingface"),
    ];
    for (name, value, id) in cases {
        let found = whose(&[(name, value)]);
        assert_eq!(found.get(name).map(String::as_str), Some(id), "{name}");
    }
    for (name, value) in [
        ("BYBIT_API_KEY_URL", "https://example.com"),
        ("GROQ_MODEL", "llama-3"),
        ("OPENAI_API_KEY_FILE", "/run/secrets/openai"),
        ("COOKIE_SECRET", "x8Hq2LmZ9pWd4RtY"),
        ("NOTE", "sk-ant-"),
    ] {
        assert!(whose(&[(name, value.to_owned())]).is_empty(), "{name}");
    }
}

#[test]
fn one_key_under_two_names_is_one_and_two_keys_are_two() {
    let key = made_up("gsk_", 52);
    let other = made_up("gsk_A", 51);
    let one = whose(&[
        ("API_Groq", key.clone()),
        ("VITE_GROQ", key.clone()),
        ("GROQ_API_KEY_2", key.clone()),
    ]);
    assert_eq!(one.len(), 1, "the other names follow the listed one: {one:?}");
    let two = whose(&[
        ("API_Groq", key),
        ("VITE_GROQ", other.clone()),
        ("GROQ_API_KEY_2", other),
    ]);
    assert_eq!(two["API_Groq"], "groq");
    assert_eq!(two["VITE_GROQ"], "groq-vite-groq");
    assert_eq!(two["GROQ_API_KEY_2"], "groq-2");
}

#[test]
fn a_pair_of_another_environment_stays_together_and_is_asked_there() {
    let text = "BYBIT_API_KEY=aaaaaaaaaaaaaaaaab\nBYBIT_TESTNET_API_KEY=cccccccccccccccccd\n";
    let env = EnvFile::parse(text.as_bytes()).unwrap();
    let providers = Providers::builtin().with_names_of(&env);
    let testnet = providers.get("bybit-testnet").unwrap();
    let names: Vec<&str> = testnet
        .variables
        .iter()
        .map(|variable| variable.name.as_str())
        .collect();
    assert_eq!(names, ["BYBIT_TESTNET_API_KEY", "BYBIT_TESTNET_API_SECRET"]);
    assert_eq!(testnet.request.base, "https://api-testnet.bybit.com");
    assert!(
        testnet
            .steps("en")
            .iter()
            .any(|step| step.contains("BYBIT_TESTNET_API_SECRET"))
    );
    assert_eq!(providers.get("bybit").unwrap().environment.as_deref(), Some("mainnet"));
}

#[test]
fn instructions_name_the_variable_that_is_there() {
    let env = EnvFile::parse(format!("GROQ_API_KEY={}\n", made_up("gsk_", 52)).as_bytes()).unwrap();
    let providers = Providers::builtin().with_names_of(&env);
    let steps = providers.get("groq").unwrap().steps("en").join("\n");
    assert!(steps.contains("GROQ_API_KEY") && !steps.contains("API_Groq"), "{steps}");
}
