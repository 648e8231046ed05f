//! Probes over real HTTP on loopback: the recorded classification and signing cases, and the rules of every probe.
use super::*;
use crate::domain::verdict::{Life, Verdict};
use crate::rotation::providers::Providers;
use crate::rotation::signer;
use chrono::Utc;
use keyminder_sandbox::providers::{Key, KeyState, Script, StandIns, invent, router};
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

mod beside;
mod hosts;

/// Stand-ins on a port of their own.
pub(super) async fn stand_ins() -> (StandIns, String) {
    let state = StandIns::default();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let app = router(state.clone());
    tokio::spawn(async move { axum::serve(listener, app).await });
    (state, url)
}

fn asking(url: &str) -> Prober {
    let settings = ProbeSettings {
        probe_url: Some(url.to_owned()),
        notion_url: url.to_owned(),
        retry_delay: Duration::from_millis(1),
        patience: Duration::from_millis(100),
        ..ProbeSettings::default()
    };
    Prober::new(settings).unwrap()
}

fn invented(provider: &str) -> BTreeMap<String, String> {
    invent(provider, &mut fastrand::Rng::new()).unwrap()
}

fn secret(values: &BTreeMap<String, String>) -> BTreeMap<String, SecretString> {
    values
        .iter()
        .map(|(name, value)| (name.clone(), value.clone().into()))
        .collect()
}

async fn probe(prober: &Prober, provider: &str, values: &BTreeMap<String, String>) -> Probed {
    let providers = Providers::builtin();
    prober
        .probe(providers.get(provider).unwrap(), &secret(values), Utc::now())
        .await
}

#[derive(Deserialize)]
struct Case {
    provider: String,
    http_status: u16,
    headers: BTreeMap<String, String>,
    body: Value,
    verdict: Verdict,
    /// Verdicts that say the same to whoever holds the key.
    #[serde(default)]
    also: Vec<Verdict>,
}

#[tokio::test]
async fn every_recorded_answer_is_classified_as_recorded() {
    let mut cases: Vec<Case> =
        serde_json::from_str(include_str!("../../../tests/vectors/probe_classification.json")).unwrap();
    assert_eq!(cases.len(), 72);
    // Answers that people met elsewhere, and that say less than they seem to.
    let troubles: Vec<Case> = serde_json::from_str(include_str!("../../../tests/vectors/probe_troubles.json")).unwrap();
    cases.extend(troubles);
    // Answers of each provider, and of strangers in between, as public reports quote them.
    let reported: Vec<Case> = serde_json::from_str(include_str!("../../../tests/vectors/probe_answers.json")).unwrap();
    cases.extend(reported);
    let (state, url) = stand_ins().await;
    let prober = asking(&url);
    let all: Vec<&str> = StandIns::ids().collect();
    for (n, case) in cases.iter().enumerate() {
        let providers = if case.provider == "any" {
            all.clone()
        } else {
            vec![case.provider.as_str()]
        };
        for provider in providers {
            state.unscript(provider);
            let script = Script {
                status: case.http_status,
                headers: case.headers.clone(),
                body: case.body.clone(),
                times: None,
                delay_ms: 0,
            };
            state.script(provider, script);
            let found = probe(&prober, provider, &invented(provider)).await;
            let is_meant = found.verdict == case.verdict || case.also.contains(&found.verdict);
            assert!(
                is_meant,
                "case {n}, {provider}: {} for {}",
                found.verdict.as_str(),
                case.verdict.as_str()
            );
            assert_eq!(found.status_code, Some(case.http_status), "case {n}, {provider}");
        }
    }
}

#[test]
fn signatures_are_the_recorded_ones() {
    let vectors: Vec<BTreeMap<String, String>> =
        serde_json::from_str(include_str!("../../../tests/vectors/bybit_signing.json")).unwrap();
    assert_eq!(vectors.len(), 5);
    for vector in &vectors {
        let at_ms = vector["timestamp_ms"].parse().unwrap();
        let url = reqwest::Url::parse(&vector["url"]).unwrap();
        if vector["method"] == "GET" {
            assert_eq!(
                url.query().unwrap_or(""),
                vector["payload"],
                "what is signed goes on the wire as it is"
            );
        }
        let signed = signer::bybit_v5(
            &vector["api_secret"],
            at_ms,
            &vector["api_key"],
            &vector["recv_window"],
            &vector["payload"],
        );
        assert_eq!(signed, vector["signature_hex"], "{}", vector["name"]);
    }
}

#[tokio::test]
async fn each_provider_knows_its_live_and_its_deleted_keys() {
    let (state, url) = stand_ins().await;
    let prober = asking(&url);
    for provider in StandIns::ids() {
        let values = state.issue(provider, &mut fastrand::Rng::new()).unwrap();
        let found = probe(&prober, provider, &values).await;
        assert_eq!(found.verdict, Verdict::Valid, "{provider}: {:?}", found.hint);
        state.put(Key::new(provider, values.clone(), KeyState::Deleted));
        let life = probe(&prober, provider, &values).await.verdict.life();
        // Binance has one code for three causes.
        assert_eq!(
            life,
            if provider == "binance" {
                Life::Unknown
            } else {
                Life::Dead
            },
            "{provider}"
        );
    }
}

#[tokio::test]
async fn bybit_tells_environment_secret_clock_and_rights() {
    let (state, url) = stand_ins().await;
    let prober = asking(&url);
    let values = invented("bybit");
    let testnet = Key {
        environment: "testnet".to_owned(),
        ..Key::new("bybit", values.clone(), KeyState::Live)
    };
    state.put(testnet);
    let found = probe(&prober, "bybit", &values).await;
    assert_eq!(
        (found.verdict, found.environment.as_deref()),
        (Verdict::WrongEnvironment, Some("testnet"))
    );

    let values = state.issue("bybit", &mut fastrand::Rng::new()).unwrap();
    let mut mixed = values.clone();
    mixed.insert(
        "BYBIT_API_SECRET".to_owned(),
        invented("bybit")["BYBIT_API_SECRET"].clone(),
    );
    assert_eq!(
        probe(&prober, "bybit", &mixed).await.verdict,
        Verdict::SignatureMismatch
    );

    let found = probe(&prober, "bybit", &values).await;
    assert!(found.captures.expires_at.is_some() && found.captures.ips.is_empty());
    assert!(found.captures.permissions.contains(&"Spot.SpotTrade".to_owned()));

    state.set_clock_offset_ms(-60_000);
    let before = state.journal().len();
    let found = probe(&prober, "bybit", &values).await;
    assert_eq!(found.verdict, Verdict::Valid);
    assert!((-61_000..=-59_000).contains(&found.clock_offset_ms.unwrap()));
    assert_eq!(state.journal().len() - before, 3, "refused, time, accepted");
    assert_eq!(probe(&prober, "bybit", &values).await.verdict, Verdict::Valid);
    assert_eq!(state.journal().len() - before, 4, "the offset is measured once");
}

#[tokio::test]
async fn a_bound_key_has_no_expiry() {
    let (state, url) = stand_ins().await;
    let values = invented("bybit");
    let details = json!({"result": {"expiredAt": "1970-01-01T00:00:00Z", "deadlineDay": -2, "ips": ["203.0.113.7"]}});
    state.put(Key {
        details,
        ..Key::new("bybit", values.clone(), KeyState::Live)
    });
    let found = probe(&asking(&url), "bybit", &values).await;
    assert_eq!(
        (found.captures.expires_at, found.captures.ips),
        (None, vec!["203.0.113.7".to_owned()])
    );
}

#[tokio::test]
async fn what_a_provider_repeats_of_a_key_is_nowhere() {
    let (state, url) = stand_ins().await;
    let values = state.issue("github", &mut fastrand::Rng::new()).unwrap();
    let token = values["GITHUB_TOKEN"].clone();
    for echo in [token.clone(), token[8..20].to_owned()] {
        let headers = BTreeMap::from([("x-oauth-scopes".to_owned(), format!("repo, {echo}"))]);
        let body = json!({"login": token, "message": token});
        state.script(
            "github",
            Script {
                status: 200,
                headers,
                body,
                times: Some(1),
                delay_ms: 0,
            },
        );
        let found = probe(&asking(&url), "github", &values).await;
        assert_eq!(found.verdict, Verdict::Valid);
        let shown = format!("{found:?}{}", serde_json::to_string(&found).unwrap());
        assert!(!shown.contains(&echo), "{shown}");
    }
}

#[tokio::test]
async fn what_cannot_be_a_key_is_not_sent() {
    let (state, url) = stand_ins().await;
    let prober = asking(&url);
    let name = |value: &str| BTreeMap::from([("API_Groq".to_owned(), value.to_owned())]);
    let good = invented("groq")["API_Groq"].clone();
    let variable = || "API_Groq".to_owned();
    for (value, hint) in [
        (format!(" {good}"), Hint::Blanks(variable())),
        (format!("\"{good}\""), Hint::Quotes(variable())),
        ("-----BEGIN RSA".to_owned(), Hint::RsaKey(variable())),
        (
            invented("xai")["XAI_API_KEY"].clone(),
            Hint::OtherMaker(Box::new(OtherMaker {
                variable: variable(),
                maker: "xAI".to_owned(),
                prefix: "xai-".to_owned(),
                host: "api.groq.com".to_owned(),
                belongs_in: "XAI_API_KEY".to_owned(),
            })),
        ),
        ("short".to_owned(), Hint::Format(variable())),
    ] {
        let found = probe(&prober, "groq", &name(&value)).await;
        assert_eq!((found.verdict, found.hint), (Verdict::Malformed, Some(hint)));
    }
    assert_eq!(probe(&prober, "groq", &name("")).await.verdict, Verdict::Missing);
    let half = BTreeMap::from([("BYBIT_API_KEY".to_owned(), invented("bybit")["BYBIT_API_KEY"].clone())]);
    let found = probe(&prober, "bybit", &half).await;
    assert_eq!(found.hint, Some(Hint::VariableMissing("BYBIT_API_SECRET".to_owned())));
    assert!(state.journal().is_empty());
}

#[tokio::test]
async fn only_passing_trouble_is_asked_again() {
    let (state, url) = stand_ins().await;
    let prober = asking(&url);
    let values = state.issue("mistral", &mut fastrand::Rng::new()).unwrap();
    let once = |status| Script {
        status,
        headers: BTreeMap::new(),
        body: Value::from(""),
        times: Some(1),
        delay_ms: 0,
    };
    state.script("mistral", once(503));
    state.script("mistral", once(429));
    assert_eq!(probe(&prober, "mistral", &values).await.verdict, Verdict::Valid);
    assert_eq!(state.journal().len(), 3);
    state.script("mistral", once(401));
    let refused = probe(&prober, "mistral", &values).await.verdict;
    assert_eq!(refused, Verdict::Unexpected, "an empty refusal names nobody's key");
    assert_eq!(state.journal().len(), 4, "a refused login is never repeated");
    let late = BTreeMap::from([("Retry-After".to_owned(), "60".to_owned())]);
    state.script(
        "mistral",
        Script {
            headers: late,
            ..once(429)
        },
    );
    assert_eq!(probe(&prober, "mistral", &values).await.verdict, Verdict::RateLimited);
    assert_eq!(state.journal().len(), 5, "a long wait belongs to the next look");
}

#[tokio::test]
async fn no_connection_says_nothing_about_the_key() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    assert_eq!(
        probe(&asking(&url), "groq", &invented("groq")).await.verdict,
        Verdict::NetworkError
    );
}

#[tokio::test]
async fn all_keys_are_probed_once_each_and_none_is_shown() {
    let (state, url) = stand_ins().await;
    let mut rng = fastrand::Rng::new();
    let mut values: BTreeMap<String, String> = StandIns::ids()
        .flat_map(|id| state.issue(id, &mut rng).unwrap())
        .collect();
    values.insert("HF_TOKEN".to_owned(), values["HUGGINGFACE_TOKEN"].clone());
    values.insert("UNRELATED".to_owned(), "x".to_owned());
    let mut heard = 0;
    let found = asking(&url)
        .probe_each(&Providers::builtin(), &secret(&values), Utc::now(), |_| heard += 1)
        .await;
    assert_eq!((found.len(), heard, state.journal().len()), (16, 16, 16));
    assert!(found.iter().all(|found| found.verdict == Verdict::Valid));
    let shown = format!(
        "{found:?}{}{}",
        serde_json::to_string(&found).unwrap(),
        serde_json::to_string(&state.journal()).unwrap()
    );
    for value in values.values().filter(|value| value.len() > 1) {
        assert!(!shown.contains(value.as_str()));
    }
}

#[tokio::test]
async fn a_projects_own_host_gets_no_key_before_somebody_agrees() {
    let own = r#"
        [[provider]]
        id = "groq"
        request = { method = "GET", url = "https://keys.evil.example/models" }
    "#;
    let providers = Providers::with_file(own, "config/providers.toml").unwrap_or_else(|faults| panic!("{faults:?}"));
    let prober = Prober::new(ProbeSettings::default()).unwrap();
    let found = prober
        .probe(providers.get("groq").unwrap(), &secret(&invented("groq")), Utc::now())
        .await;
    assert_eq!(
        found.hint,
        Some(Hint::NotAgreed(
            "API_Groq+GROQ_API_KEY+GROQ_KEY@keys.evil.example".to_owned()
        ))
    );
}

#[tokio::test]
async fn an_answer_that_is_late_or_endless_is_no_verdict_about_the_key() {
    let (state, url) = stand_ins().await;
    let settings = ProbeSettings {
        timeout: Duration::from_millis(50),
        ..asking(&url).shared.settings.clone()
    };
    let hasty = Prober::new(settings).unwrap();
    let values = state.issue("groq", &mut fastrand::Rng::new()).unwrap();
    let answer = |delay_ms, body| Script {
        status: 200,
        headers: BTreeMap::new(),
        body,
        times: None,
        delay_ms,
    };
    state.script("groq", answer(10_000, json!({"data": []})));
    assert_eq!(probe(&hasty, "groq", &values).await.verdict, Verdict::NetworkError);
    state.unscript("groq");
    let endless: Vec<u32> = vec![7; 400_000];
    state.script("groq", answer(0, json!({"data": endless})));
    assert_eq!(probe(&asking(&url), "groq", &values).await.verdict, Verdict::Unexpected);
}
