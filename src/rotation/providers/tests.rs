//! The table of providers as people write it, and what is said when it is wrong.
use super::*;
use crate::domain::verdict::Verdict;
use Priority::{High, Low, Medium};
use proptest::prelude::*;
use secrecy::SecretString;
use std::collections::BTreeMap;

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
            provider.rules.iter().any(|rule| rule.verdict == Verdict::Valid),
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
fn keys_are_known_by_the_names_that_projects_give_them() {
    let providers = Providers::builtin();
    for (name, id) in [
        ("HUGGINGFACEHUB_API_TOKEN", "huggingface"),
        ("HUGGING_FACE_HUB_TOKEN", "huggingface"),
        ("HF_API_TOKEN", "huggingface"),
        ("GOOGLE_GENERATIVE_AI_API_KEY", "gemini"),
        ("GITHUB_PAT", "github"),
        ("GITHUB_PERSONAL_ACCESS_TOKEN", "github"),
        ("NOTION_KEY", "notion"),
        ("NOTION_SECRET", "notion"),
        ("OPEN_ROUTER_API_KEY", "openrouter"),
        ("GROK_API_KEY", "xai"),
        ("CLAUDE_API_KEY", "anthropic"),
        ("OPENAI_KEY", "openai"),
        ("MISTRAL_KEY", "mistral"),
        ("GROQ_KEY", "groq"),
        ("COHERE_KEY", "cohere"),
        ("STRIPE_SECRET", "stripe"),
        ("SLACK_API_TOKEN", "slack"),
        ("TELEGRAM_TOKEN", "telegram"),
    ] {
        assert_eq!(
            providers.of_variable(name).map(|known| known.id.as_str()),
            Some(id),
            "{name}"
        );
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
    let own = "[[provider]]\nid = \"groq\"\nvariables = [{ name = \"NOTION_TOKEN\" }]";
    let providers = Providers::with_file(own, "config/providers.toml").unwrap_or_else(|faults| panic!("{faults:?}"));
    assert!(providers.get("groq").unwrap().users_own, "another key for a known host");
}

/// The provider that a project's own request makes, or what is wrong with it.
fn own(request: &str) -> Result<Provider, String> {
    let text = format!("[[provider]]\nid = \"groq\"\n{request}\n");
    let providers = Providers::with_file(&text, "config/providers.toml");
    providers
        .map(|providers| providers.get("groq").unwrap().clone())
        .map_err(|faults| faults[0].to_string())
}

#[test]
fn a_host_is_named_as_the_client_reads_it() {
    for (url, host) in [
        ("https://KEYS.Example/x", "keys.example"),
        ("https://keys.example%2eevil.example/x", "keys.example.evil.example"),
        ("https://k\u{0435}ys.example/x", "xn--kys-rdd.example"),
        ("https://keys.example:8443/x", "keys.example:8443"),
    ] {
        let provider = own(&format!("request = {{ method = \"GET\", url = \"{url}\" }}")).unwrap();
        assert!(provider.users_own);
        assert_eq!(provider.host(), host);
    }
}

#[test]
fn no_local_host_gets_a_key_however_it_is_written() {
    for host in [
        "localhost.",
        "127.1",
        "0x7f.0.0.1",
        "\u{2460}\u{2461}\u{2466}.0.0.1",
        "2130706433",
        "metadata.google.internal.",
        "1.1.1.1",
        "[::1]",
        "printer.lan:8080",
    ] {
        let fault = own(&format!("request = {{ method = \"GET\", url = \"https://{host}/x\" }}")).err();
        assert!(
            fault.is_some_and(|fault| fault.contains("local or a bare address")),
            "{host}"
        );
    }
    let two = "environment = \"a\"\nenvironments = { a = \"https://a.example\", b = \"https://10.0.0.1\" }\n\
               request = { method = \"GET\", path = \"/x\" }";
    assert!(own(two).is_err(), "every environment is looked at");
}

#[test]
fn another_call_at_the_same_host_is_the_projects_own() {
    let call =
        |url: &str, method: &str| own(&format!("request = {{ method = \"{method}\", url = \"{url}\" }}")).unwrap();
    let models = "https://api.groq.com/openai/v1/models";
    assert!(!call(models, "GET").users_own);
    assert!(call(models, "POST").users_own);
    assert!(call("https://api.groq.com/openai/v1/delete", "GET").users_own);
    let header =
        format!("request = {{ method = \"GET\", url = \"{models}\", headers = {{ hOst = \"evil.example\" }} }}");
    assert!(own(&header).is_err_and(|fault| fault.contains("hOst")));
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
    let said: Vec<String> = faults.iter().map(ProviderFault::to_string).collect();
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

/// Pieces of real bodies in any place, so that rules and captures meet what they look for where it does not belong.
fn body() -> impl Strategy<Value = serde_json::Value> {
    use serde_json::{Value, json};
    let names = [
        "retCode",
        "result",
        "ok",
        "error",
        "code",
        "object",
        "data",
        "name",
        "valid",
        "expiredAt",
        "ips",
        "permissions",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        prop_oneof![Just(0_i64), Just(10003), Just(-2015), any::<i64>()].prop_map(Value::from),
        prop_oneof![
            Just("user"),
            Just("2027-02-13T08:00:00Z"),
            Just("expired"),
            Just("*"),
            Just("\u{202e}x")
        ]
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((prop::sample::select(names.to_vec()), inner), 0..6).prop_map(|pairs| pairs
                .into_iter()
                .fold(json!({}), |mut object, (name, value)| {
                    object[name] = value;
                    object
                })),
        ]
    })
}

proptest! {
    #[test]
    fn no_answer_panics_and_none_but_json_makes_a_key_work(status in 100_u16..600, json in prop::option::of(body()), text in ".{0,40}") {
        let text = json.as_ref().map_or(text, ToString::to_string);
        let answer = ProviderAnswer { status, headers: BTreeMap::from([("x-ratelimit-remaining".to_owned(), "0".to_owned())]), text, json };
        for provider in Providers::builtin().all() {
            let verdict = answer.rule(&provider.rules).map_or_else(|| answer.by_status(), |rule| rule.verdict);
            let works = matches!(verdict, Verdict::Valid | Verdict::ValidLimited);
            prop_assert!(!works || answer.json.is_some(), "{}", provider.id);
            let captures = provider.capture.read(&answer);
            prop_assert!(captures.expires_at.is_none_or(|at| at.timestamp() > 0));
            prop_assert!(captures.permissions.iter().all(|word| word.chars().all(|c| c.is_alphanumeric() || "._:-/".contains(c))));
        }
    }
}
