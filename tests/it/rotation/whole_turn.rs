//! A whole turn over HTTP, with stand-ins for the providers: new key tested, old one proven dead, rolled back.
use super::{Folder, said};
use keyminder_sandbox::providers::{Key, KeyState, Script, StandIns, router};
use std::collections::BTreeMap;
use std::process::Command;

pub(super) struct World {
    pub(super) folder: Folder,
    providers: StandIns,
    url: String,
    _runtime: tokio::runtime::Runtime,
}

pub(super) type Values = BTreeMap<String, String>;

/// As they stand in `.env`.
pub(super) fn lines(values: &Values, tail: &str) -> String {
    values.iter().fold(String::new(), |text, (name, value)| {
        text + name + "=" + value + tail + "\n"
    })
}

impl World {
    /// A project with a live key of each of these providers.
    pub(super) fn with(providers: &[&str]) -> (Self, Vec<Values>) {
        let stand_ins = StandIns::default();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let app = router(stand_ins.clone());
        runtime.spawn(async move { axum::serve(listener, app).await });
        let mut rng = fastrand::Rng::new();
        let keys: Vec<Values> = providers
            .iter()
            .map(|id| stand_ins.issue(id, &mut rng).unwrap())
            .collect();
        let env: String = keys.iter().map(|key| lines(key, " # keep")).collect();
        let folder = Folder::with_env(&env);
        (
            Self {
                folder,
                providers: stand_ins,
                url,
                _runtime: runtime,
            },
            keys,
        )
    }

    pub(super) fn issue(&self, provider: &str) -> Values {
        self.providers.issue(provider, &mut fastrand::Rng::new()).unwrap()
    }

    pub(super) fn delete(&self, provider: &str, values: &Values) {
        self.providers
            .put(Key::new(provider, values.clone(), KeyState::Deleted));
    }

    pub(super) fn keyminder(&self, args: &[&str]) -> Command {
        let mut command = self.folder.keyminder(args);
        command
            .env("KEYMINDER_PROBE_URL", &self.url)
            .env("KEYMINDER_NOTION_URL", &self.url);
        command.env("KEYMINDER_ROTATION_PROOF_AT", "0ms,100ms,200ms");
        command
    }

    #[track_caller]
    pub(super) fn run(&self, args: &[&str], code: i32) -> String {
        let output = self.keyminder(args).output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{args:?}: {}", said(&output));
        said(&output)
    }

    /// Gives a new value by a file, as a person would by stdin.
    #[track_caller]
    fn finish(&self, provider: &str, values: &Values, code: i32) -> String {
        std::fs::write(self.folder.path("new-value"), lines(values, "")).unwrap();
        let said = self.run(&["rotate", "finish", provider, "--from", "new-value"], code);
        std::fs::remove_file(self.folder.path("new-value")).unwrap();
        said
    }
}

#[test]
fn a_pair_is_rotated_and_the_old_one_proven_dead() {
    let (world, keys) = World::with(&["bybit", "groq"]);
    let before = world.folder.read(".env");
    world.run(&["rotate", "start", "BYBIT_API_SECRET"], 0);
    std::fs::write(
        world.folder.path("deploy.sh"),
        format!("export SECRET={}\n", keys[0]["BYBIT_API_SECRET"]),
    )
    .unwrap();
    let new = world.issue("bybit");

    let alive = world.finish("bybit", &new, 1);
    assert!(
        alive.contains("old_still_alive") && alive.contains("deploy.sh, line 1"),
        "{alive}"
    );
    let mut wanted = before;
    for (name, old) in &keys[0] {
        wanted = wanted.replace(old.as_str(), &new[name]);
    }
    assert_eq!(world.folder.read(".env"), wanted, "nothing but the pair changed");

    world.delete("bybit", &keys[0]);
    let proven = world.run(&["rotate", "finish", "bybit", "--wait"], 0);
    assert!(
        proven.matches("old key is invalid").count() == 3 && proven.contains("retired"),
        "{proven}"
    );
    let record = world.run(&["rotate", "report", "--estimate", "2h"], 0);
    assert!(
        record.contains("| ana |") && record.contains("the guide says 2 h"),
        "{record}"
    );
    assert!(
        world
            .folder
            .read("config/rotation_schedule.json")
            .contains("\"state\": \"retired\"")
    );
    world.run(&["rotate", "finish", "bybit"], 0);

    let refused = world.run(&["rotate", "rollback", "bybit"], 5);
    assert!(refused.contains("is invalid"), "{refused}");
    assert_eq!(world.folder.read(".env"), wanted, "a dead key is not brought back");
    for said in [&alive, &proven, &record, &refused] {
        assert!(
            keys[0]
                .values()
                .chain(new.values())
                .all(|value| !said.contains(value.as_str())),
            "{said}"
        );
    }
}

#[test]
fn an_edit_by_hand_is_noticed_tested_and_can_be_rolled_back() {
    let (world, keys) = World::with(&["groq", "mistral"]);
    let (old, env) = (keys[0]["API_Groq"].clone(), world.folder.read(".env"));
    world.run(&["rotate", "start", "groq"], 0);
    assert!(
        world
            .run(&["rotate", "finish", "groq"], 1)
            .contains("create the new key")
    );
    let new = world.issue("groq");
    std::fs::write(world.folder.path(".env"), env.replace(&old, &new["API_Groq"])).unwrap();
    assert!(world.run(&["rotate", "status"], 0).contains("the new value is in .env"));
    assert!(world.run(&["rotate", "finish", "groq"], 1).contains("old_still_alive"));
    let edited = world.folder.read(".env");
    std::fs::write(world.folder.path(".env"), &env).unwrap();
    assert!(
        world
            .run(&["rotate", "finish", "groq"], 1)
            .contains("did an editor save it?")
    );
    assert!(world.run(&["rotate", "status"], 0).contains("put the new value into"));
    std::fs::write(world.folder.path(".env"), edited).unwrap();
    world.run(&["rotate", "finish", "groq"], 1);
    let back = world.run(&["rotate", "rollback", "groq"], 0);
    assert!(back.contains("is back"), "{back}");
    assert_eq!(world.folder.read(".env"), env);
    assert!(world.run(&["rotate", "plan"], 0).contains("rolled_back"));
}

#[test]
fn a_working_key_stays_where_the_old_one_cannot_be_asked() {
    let (world, keys) = World::with(&["groq"]);
    let (old, env) = (keys[0]["API_Groq"].clone(), world.folder.read(".env"));
    world.run(&["rotate", "start", "groq"], 0);
    let new = env.replace(&old, &world.issue("groq")["API_Groq"]);
    std::fs::write(world.folder.path(".env"), &new).unwrap();
    let down = Script {
        status: 503,
        headers: BTreeMap::new(),
        body: serde_json::Value::Null,
        times: None,
        delay_ms: 0,
    };
    world.providers.script("groq", down);
    let told = world.run(&["rotate", "rollback", "groq"], 5);
    assert!(told.contains("nobody knows whether it works"), "{told}");
    assert_eq!(world.folder.read(".env"), new, "what may work stays");
    let by_hand = told.split_once("the same: keyminder ").unwrap().1;
    let args: Vec<&str> = by_hand.split_whitespace().collect();
    world.run(&args, 0);
    assert_eq!(world.folder.read(".env"), env, "the way that it names works");
}

#[test]
fn what_is_not_good_enough_is_never_written() {
    let (world, keys) = World::with(&["bybit"]);
    let env = world.folder.read(".env");
    world.run(&["rotate", "start"], 0);
    assert!(world.finish("bybit", &keys[0], 5).contains("the old one"));
    let mut mighty = Key::new("bybit", world.issue("bybit"), KeyState::Live);
    mighty.details = serde_json::json!({"result": {"permissions": {"Wallet": ["Withdraw"]}}});
    world.providers.put(mighty.clone());
    assert!(world.finish("bybit", &mighty.values, 5).contains("may withdraw"));
    let mut testnet = Key::new("bybit", world.issue("bybit"), KeyState::Live);
    testnet.environment = "testnet".to_owned();
    world.providers.put(testnet.clone());
    assert!(world.finish("bybit", &testnet.values, 5).contains("testnet"));
    let unsafe_values: Values = keys[0]
        .keys()
        .map(|name| (name.clone(), "with'quote".to_owned()))
        .collect();
    world.finish("bybit", &unsafe_values, 5);
    assert_eq!(world.folder.read(".env"), env);
}

#[test]
fn a_rotation_killed_at_any_step_goes_on() {
    let mut points = 0;
    for point in 1..60 {
        let (world, keys) = World::with(&["groq"]);
        world.run(&["rotate", "start", "groq"], 0);
        let new = world.issue("groq");
        let old_env = world.folder.read(".env");
        let new_env = old_env.replace(&keys[0]["API_Groq"], &new["API_Groq"]);
        std::fs::write(world.folder.path("new-value"), &new["API_Groq"]).unwrap();
        let finish = ["rotate", "finish", "groq", "--from", "new-value"];
        let killed = world
            .keyminder(&finish)
            .env("DEBUG_KILL_AT_POINT", point.to_string())
            .output()
            .unwrap();
        let env = world.folder.read(".env");
        assert!(env == old_env || env == new_env, "{env}");
        if killed.status.code().is_some() {
            break;
        }
        points = point;
        world.delete("groq", &keys[0]);
        world.run(&finish, 1);
        assert_eq!(world.folder.read(".env"), new_env);
        world.run(&["rotate", "finish", "groq", "--wait"], 0);
        world.run(&["backup", "verify"], 0);
    }
    assert!(points >= 8, "only {points} points");
}
