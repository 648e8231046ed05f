//! `probe` and `monitor` as a person and as cron call them, against stand-ins of the providers on loopback.
#![allow(
    clippy::unwrap_used,
    reason = "clippy counts the helpers of an integration test as production"
)]

use crate::rotation::Folder;
use keyminder_sandbox::providers::{Key, KeyState, StandIns, router};
use serde_json::Value;
use std::collections::BTreeMap;
use std::process::Output;
use std::sync::{Arc, Mutex};

/// A folder with keys of some providers, and the stand-ins that issued them.
struct World {
    folder: Folder,
    stand_ins: StandIns,
    values: BTreeMap<String, String>,
    url: String,
}

impl World {
    fn new(providers: &[&str]) -> Self {
        let stand_ins = StandIns::default();
        let values: BTreeMap<String, String> = providers
            .iter()
            .flat_map(|id| stand_ins.issue(id, &mut fastrand::Rng::new()).unwrap())
            .collect();
        let lines: Vec<String> = values.iter().map(|(name, value)| format!("{name}={value}\n")).collect();
        let folder = Folder::with_env(&lines.concat());
        let url = served(router(stand_ins.clone()));
        Self {
            folder,
            stand_ins,
            values,
            url,
        }
    }

    /// Runs the program; whatever it prints holds no key.
    fn run(&self, args: &[&str]) -> Output {
        let mut command = self.folder.keyminder(args);
        let output = command
            .env("KEYMINDER_PROBE_URL", &self.url)
            .env("KEYMINDER_NOTION_URL", &self.url)
            .output()
            .unwrap();
        let printed = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert!(
            self.values.values().all(|value| !printed.contains(value.as_str())),
            "{printed}"
        );
        output
    }

    fn set(&self, provider: &str, state: KeyState) {
        let made = keyminder_sandbox::providers::invent(provider, &mut fastrand::Rng::new()).unwrap();
        let values = made
            .into_keys()
            .map(|name| (name.clone(), self.values[&name].clone()))
            .collect();
        self.stand_ins.put(Key::new(provider, values, state));
    }

    fn json(&self, args: &[&str]) -> Value {
        serde_json::from_slice(&self.run(args).stdout).unwrap()
    }
}

/// Serves on a port of its own until the test program ends; gives the URL.
fn served(app: axum::Router) -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    listener.set_nonblocking(true).unwrap();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async move { axum::serve(tokio::net::TcpListener::from_std(listener).unwrap(), app).await })
    });
    url
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn probe_tells_each_verdict_and_fails_on_a_dead_key() {
    let world = World::new(&["bybit", "notion", "huggingface", "groq", "mistral"]);
    let output = world.run(&["probe"]);
    assert_eq!((output.status.code(), text(&output).lines().count()), (Some(0), 5));
    world.set("groq", KeyState::Deleted);
    let output = world.run(&["probe"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output).contains("API_Groq\tGroq\tinvalid"));
    assert_eq!(world.run(&["probe", "bybit", "NOTION_TOKEN"]).status.code(), Some(0));
    assert_eq!(world.run(&["probe", "COLOUR"]).status.code(), Some(2));
    let probed = world.json(&["probe", "--json", "bybit"]);
    assert_eq!(probed["keys"][0]["key"], "BYBIT_API_KEY");
    assert_eq!(
        (
            probed["keys"][0]["verdict"].as_str(),
            probed["keys"][0]["alive"].as_bool()
        ),
        (Some("valid"), Some(true))
    );
    assert_eq!(probed["keys"][0]["fingerprint"].as_str().unwrap().len(), 12);
    assert!(probed["keys"][0]["expires_at"].is_string());
}

#[test]
fn monitor_has_a_code_a_table_and_a_memory() {
    let world = World::new(&["groq", "mistral"]);
    assert_eq!(
        world.run(&["monitor", "--plugin"]).status.code(),
        Some(1),
        "no backup, no schedule"
    );
    assert_eq!(world.run(&["backup", "create"]).status.code(), Some(0));
    std::fs::create_dir_all(world.folder.path("config")).unwrap();
    let schedule =
        r#"{"next_rotation_date": "2099-12-20T09:00:00", "rotation_frequency": "4 weeks", "automated": false}"#;
    std::fs::write(world.folder.path("config/rotation_schedule.json"), schedule).unwrap();
    let env = std::fs::File::open(world.folder.path(".env")).unwrap();
    env.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))
        .unwrap();
    let output = world.run(&["monitor", "--plugin"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    assert!(text(&output).starts_with("ROTATION OK - 2 keys answer | groq_days="));
    assert_eq!(text(&world.run(&["monitor", "--quiet"])), "");
    assert!(world.folder.read("state/monitor.json").contains("ran_at"));

    world.set("mistral", KeyState::Deleted);
    let output = world.run(&["monitor", "--plugin"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output).contains("API_Mistral is refused by its provider (invalid)"));
    assert_eq!(world.run(&["monitor"]).status.code(), Some(0), "it could report");
    let seed = world.json(&["monitor", "--json", "--seed-format"]);
    assert_eq!(seed["api_status"]["mistral"]["status"], "failed");
    assert_eq!(seed["api_status"]["groq"]["status"], "active");
    assert_eq!(world.json(&["monitor", "--json"])["level"], "critical");
    let file = world.folder.path("keys.prom");
    world.run(&["monitor", "--prometheus", file.to_str().unwrap()]);
    assert!(world.folder.read("keys.prom").contains("verdict=\"invalid\"} 1"));
}

/// A key that answers has not ended, and was not made tomorrow, whatever its provider or an old note says.
#[test]
fn dates_that_cannot_be_are_told_nowhere() {
    let world = World::new(&["bybit"]);
    let details =
        serde_json::json!({"result": {"expiredAt": "2020-01-01T00:00:00Z", "createdAt": "2099-01-01T00:00:00Z"}});
    let key = Key::new("bybit", world.values.clone(), KeyState::Live);
    world.stand_ins.put(Key { details, ..key });
    std::fs::create_dir_all(world.folder.path("config")).unwrap();
    let schedule = r#"{"next_rotation_date": "2099-12-20T09:00:00", "rotation_frequency": "4 weeks", "automated": false,
        "keyminder": {"version": 1, "keys": {"bybit": {"provider_expires_at": "2020-01-01T00:00:00Z"}}}}"#;
    std::fs::write(world.folder.path("config/rotation_schedule.json"), schedule).unwrap();
    assert!(world.json(&["probe", "--json"])["keys"][0]["expires_at"].is_null());
    let file = world.folder.path("keys.prom");
    world.run(&["monitor", "--prometheus", file.to_str().unwrap()]);
    let report = world.json(&["monitor", "--json"]);
    let key = &report["keys"][0];
    assert_eq!(key["verdict"], "valid");
    for fact in ["expires_at", "expires_in_days", "last_rotated_at", "age_days"] {
        assert!(key[fact].is_null(), "{fact}: {report}");
    }
    let series = world.folder.read("keys.prom");
    for name in ["expiry", "last_rotated"] {
        let told = |line: &str| line.starts_with("keyrotation_key_") && line.contains(name);
        assert!(!series.lines().any(told), "{series}");
    }
}

#[test]
fn a_plugin_that_cannot_tell_says_unknown() {
    let world = World::new(&["groq"]);
    std::fs::create_dir_all(world.folder.path("config")).unwrap();
    std::fs::write(world.folder.path("config/providers.toml"), "[[provider]]\nid = \"x\"\n").unwrap();
    let output = world.run(&["monitor", "--plugin"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(text(&output).starts_with("ROTATION UNKNOWN - "));
    assert!(text(&output).contains("config/providers.toml"));
    std::fs::remove_file(world.folder.path("config/providers.toml")).unwrap();
    let mut command = world.folder.keyminder(&["monitor", "--plugin"]);
    let nowhere = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let output = command
        .env("KEYMINDER_PROBE_URL", format!("http://{nowhere}"))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(3), "{}", text(&output));
}

#[test]
fn alerts_go_out_once_and_the_ping_tells_the_end() {
    let world = World::new(&["groq"]);
    let got = Arc::new(Mutex::new(Vec::new()));
    let kept = got.clone();
    let hook = served(axum::Router::new().fallback(move |request: axum::extract::Request| {
        kept.lock().unwrap().push(request.uri().path().to_owned());
        async {}
    }));
    let run = || {
        let mut command = world.folder.keyminder(&["monitor", "--alert", "--quiet"]);
        command.env("KEYMINDER_PROBE_URL", &world.url);
        command
            .env("KEYMINDER_ALERTS_WEBHOOK", format!("{hook}/hook"))
            .env("KEYMINDER_ALERTS_PING", format!("{hook}/ping"));
        let output = command.output().unwrap();
        assert!(
            !String::from_utf8_lossy(&output.stderr).contains("failed"),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        std::mem::take(&mut *got.lock().unwrap())
    };
    // No backup, no schedule, and .env open to others.
    assert_eq!(run(), ["/ping/start", "/hook", "/hook", "/hook", "/ping/1"]);
    assert_eq!(run(), ["/ping/start", "/ping/1"]);
    assert_eq!(world.run(&["backup", "create"]).status.code(), Some(0));
    assert_eq!(run(), ["/ping/start", "/hook", "/ping/1"], "one recovery");
}

/// A provider's own end of a key makes it due before that, whatever the schedule says; another key has another end.
#[test]
fn a_key_is_due_before_its_provider_ends_it() {
    let world = World::new(&["bybit"]);
    let in_days = |days: i64| chrono::Utc::now() + chrono::TimeDelta::days(days);
    let ends_in = |days: i64, life: i64| {
        let details = serde_json::json!({"result": {"expiredAt": in_days(days), "createdAt": in_days(days - life)}});
        let key = Key::new("bybit", world.values.clone(), KeyState::Live);
        world.stand_ins.put(Key { details, ..key });
        world.json(&["monitor", "--json"])
    };
    let plan = || world.json(&["rotate", "plan", "--json"])["keys"][0].clone();
    let due_in = |at: &serde_json::Value| {
        let at = at.as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().unwrap();
        (at - chrono::Utc::now()).num_hours()
    };
    std::fs::create_dir_all(world.folder.path("config")).unwrap();
    let path = world.folder.path("config/rotation_schedule.json");
    let schedule =
        r#"{"next_rotation_date": "2099-12-20T09:00:00", "rotation_frequency": "4 weeks", "automated": false}"#;
    std::fs::write(&path, schedule).unwrap();
    assert!(due_in(&plan()["due_at"]) > 24 * 365, "nobody told of an end yet");
    // Of a life of eleven days a fifth is two days and five hours.
    let report = ends_in(3, 11);
    let due = due_in(&plan()["due_at"]);
    assert!((18..=19).contains(&due), "{due}: {}", plan());
    assert_eq!(due_in(&report["keys"][0]["next_at"]), due);
    let day = in_days(3).with_timezone(&chrono_tz::Europe::Amsterdam).format("%-d %b");
    let why = format!("as the provider ends it on {day}");
    assert!(plan()["due"].as_str().unwrap().ends_with(&why), "{}", plan());
    let shown = world.json(&["schedule", "show", "--json"]);
    assert_eq!(due_in(&shown["next_at"]), due);
    assert!(text(&world.run(&["schedule"])).contains(&why));
    assert_eq!(
        std::fs::read_to_string(&path).unwrap(),
        schedule,
        "the schedule is its owner's"
    );
    let findings = report["findings"].to_string();
    assert!(!findings.contains("provider_expiry"), "{findings}");
    // A later date does not help.
    world.run(&["schedule", "set", "--later", "10d"]);
    assert_eq!(due_in(&plan()["due_at"]), due);
    // The key that takes its place ends when it does.
    let env: String = world.folder.read(".env").replace("BYBIT_API_KEY=", "BYBIT_API_KEY=x");
    std::fs::write(world.folder.path(".env"), env).unwrap();
    assert!(due_in(&plan()["due_at"]) > 24 * 5, "{}", plan());
}
