//! Providers whose keys may live at one of several hosts.
use super::*;

#[tokio::test]
async fn a_key_that_one_host_does_not_know_is_dead_only_when_all_were_asked() {
    let (state, url) = stand_ins().await;
    let prober = asking(&url);
    let once = |status, body: Value| Script {
        status,
        headers: BTreeMap::new(),
        body,
        times: Some(1),
        delay_ms: 0,
    };
    for silence in [
        once(503, Value::from("")),
        once(200, Value::from("<html>sign in</html>")),
        once(401, Value::from("")),
        once(200, json!({"retCode": "?"})),
    ] {
        let unknown = json!({"retCode": 10003, "retMsg": "API key is invalid.", "result": {}});
        state.script("bybit", once(200, unknown));
        state.script("bybit", silence);
        let found = probe(&prober, "bybit", &invented("bybit")).await;
        assert_eq!(found.verdict.life(), Life::Unknown);
        let Some(Hint::HostsSilent(hosts)) = found.hint else {
            panic!("which host was silent is told");
        };
        assert_eq!(hosts.len(), 1);
    }
    let found = probe(&prober, "bybit", &invented("bybit")).await;
    assert_eq!(found.verdict, Verdict::Invalid, "all were asked, and all said no");
}
