//! A leak told by hand: what is marked, what is said, and the clock on it until the old key is proven dead.
use super::Folder;
use super::whole_turn::{Values, World, lines};
use keyminder_sandbox::providers::Script;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

/// The object that a command printed, before what stands on the other stream.
fn told(said: &str) -> Value {
    serde_json::Deserializer::from_str(said)
        .into_iter()
        .next()
        .unwrap()
        .unwrap()
}

/// How the exposed keys stand, as `rotate status --json` tells after a look of the monitor.
pub(super) fn stands(world: &World) -> Vec<(String, String)> {
    world.run(&["monitor", "--json"], 0);
    let status = told(&world.run(&["rotate", "status", "--json"], 0));
    let exposed = status["exposures"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    exposed.map(|key| (text(&key["id"]), text(&key["standing"]))).collect()
}

pub(super) fn put(world: &World, keys: &[&Values]) {
    let env: String = keys.iter().map(|key| lines(key, "")).collect();
    std::fs::write(world.folder.path(".env"), env).unwrap();
}

#[test]
fn the_clock_runs_until_the_old_key_is_proven_dead() {
    let (world, keys) = World::with(&["groq", "mistral"]);
    let said = world.run(&["leak", "groq"], 0);
    for part in [
        "Groq (API_Groq): exposed just now",
        "1. begin its rotation",
        "keyminder rotate start groq",
    ] {
        assert!(said.contains(part), "{part} is not in {said}");
    }
    let alive = |standing: &str| vec![("groq".to_owned(), standing.to_owned())];
    assert_eq!(stands(&world), alive("in_use_alive"));
    // Whatever is not told is unknown, and not called alive or dead.
    let new = world.issue("groq");
    put(&world, &[&new, &keys[1]]);
    let plan = world.run(&["rotate", "plan"], 0);
    assert!(plan.contains("whether the old key is alive is not known yet"), "{plan}");
    assert_eq!(stands(&world), alive("old_alive"));
    let plugin = world.run(&["monitor", "--plugin"], 2);
    assert!(
        plugin.contains("API_Groq") && plugin.contains("the old key is alive"),
        "{plugin}"
    );
    let status = world.run(&["status"], 0);
    assert!(status.contains("exposed    Groq (API_Groq): exposed"), "{status}");
    world.delete("groq", &keys[0]);
    assert_eq!(stands(&world), alive("old_refused"));
    std::thread::sleep(Duration::from_millis(150));
    assert_eq!(stands(&world), alive("old_refused"));
    std::thread::sleep(Duration::from_millis(150));
    assert_eq!(stands(&world), Vec::new(), "proven dead, its clock stopped");
    let quiet = world.run(&["rotate", "status"], 0);
    assert!(!quiet.contains("exposed"), "{quiet}");
}

#[test]
fn it_is_marked_once_and_the_clock_goes_on() {
    let (world, _) = World::with(&["groq", "bybit"]);
    world.run(&["leak", "bybit"], 0);
    let before = world.folder.read("state/exposures.json");
    assert!(
        before.contains("\"variable\": \"BYBIT_API_SECRET\"") && !before.contains("\"variable\": \"BYBIT_API_KEY\""),
        "{before}"
    );
    for name in ["BYBIT_API_SECRET", "BYBIT_API_KEY"] {
        world.run(&["leak", name], 0);
        assert_eq!(world.folder.read("state/exposures.json"), before);
    }
    let plan = world.run(&["rotate", "plan"], 0);
    let first = plan.lines().next().unwrap();
    assert!(
        first.contains("bybit") && first.contains("now: it was exposed"),
        "{plan}"
    );
    let all = told(&world.run(&["leak", "--all", "--json"], 0));
    assert_eq!(all["exposed"].as_array().unwrap().len(), 2);
}

#[test]
fn secrets_of_no_known_provider_are_exposed_too() {
    let value: String = std::iter::repeat_with(fastrand::alphanumeric).take(40).collect();
    let folder = Folder::with_env(&format!("OUR_SERVICE_TOKEN={value}\n"));
    folder.run(&["leak", "our_service_token"], 0);
    let said = folder.run(&["leak", "--all"], 0);
    assert!(said.contains("OUR_SERVICE_TOKEN: exposed just now"), "{said}");
    assert!(
        said.contains("change it where it was made") && !said.contains(&value),
        "{said}"
    );
}

#[test]
fn what_cannot_be_marked_is_said_with_the_names_there_are() {
    let (world, _) = World::with(&["groq"]);
    let said = world.run(&["leak", "grok_key_of_ours"], 2);
    assert!(
        said.contains("no key is called") && said.contains("API_Groq") && said.contains("mistral"),
        "{said}"
    );
    let said = world.run(&["leak", "mistral"], 1);
    assert!(said.contains("is not in .env"), "{said}");
    assert!(world.run(&["leak"], 0).contains("No key counts as exposed"));
    world.run(&["leak", "groq", "--all"], 2);
}

/// A key of Groq's under a name that only its value explains.
fn spare(world: &World) -> String {
    world.issue("groq")["API_Groq"].clone()
}

#[test]
fn a_key_that_left_the_file_is_asked_about_until_it_is_proven_dead() {
    let (world, keys) = World::with(&["groq", "mistral"]);
    world.run(&["leak", "groq"], 0);
    put(&world, &[&keys[1]]);
    let is = |standing: &str| vec![("groq".to_owned(), standing.to_owned())];
    assert_eq!(stands(&world), is("gone_alive"));
    let plan = world.run(&["rotate", "plan"], 0);
    assert!(plan.contains("gone from .env, and alive: delete it"), "{plan}");
    // What may be lifted is no death, however often it is said.
    let restricted = Script {
        status: 400,
        headers: BTreeMap::new(),
        body: json!({"error": {"message": "Organization has been restricted.", "code": "organization_restricted"}}),
        times: None,
        delay_ms: 0,
    };
    world.providers.script("groq", restricted);
    for _ in 0..4 {
        assert_eq!(stands(&world), is("gone_unknown"));
        std::thread::sleep(Duration::from_millis(150));
    }
    world.providers.unscript("groq");
    assert_eq!(stands(&world), is("gone_alive"));
    world.delete("groq", &keys[0]);
    // One refusal is not enough.
    assert_eq!(stands(&world), is("old_refused"));
    std::thread::sleep(Duration::from_millis(150));
    assert_eq!(stands(&world), is("old_refused"));
    std::thread::sleep(Duration::from_millis(150));
    assert_eq!(
        stands(&world),
        Vec::new(),
        "most likely dead: no other key was asked beside it"
    );
}

#[test]
fn a_backup_that_is_away_for_a_while_ends_no_clock() {
    let (world, keys) = World::with(&["groq", "mistral"]);
    world.run(&["leak", "groq"], 0);
    put(&world, &[&world.issue("groq"), &keys[1]]);
    let (backups, away) = (world.folder.path("backups"), world.folder.path("away"));
    std::fs::rename(&backups, &away).unwrap();
    let is = |standing: &str| vec![("groq".to_owned(), standing.to_owned())];
    assert_eq!(stands(&world), is("old_unreadable"));
    std::fs::rename(&away, &backups).unwrap();
    assert_eq!(stands(&world), is("old_alive"));
}

#[test]
fn a_key_that_leaks_again_has_a_clock_again() {
    let (world, keys) = World::with(&["groq", "mistral"]);
    world.run(&["leak", "groq"], 0);
    put(&world, &[&world.issue("groq"), &keys[1]]);
    world.delete("groq", &keys[0]);
    for _ in 0..3 {
        stands(&world);
        std::thread::sleep(Duration::from_millis(150));
    }
    assert_eq!(stands(&world), Vec::new(), "it ended");
    put(&world, &[&keys[0], &keys[1]]);
    let said = world.run(&["leak", "groq"], 0);
    assert!(said.contains("Groq (API_Groq): exposed just now"), "{said}");
    assert_eq!(stands(&world), [("groq".to_owned(), "in_use_refused".to_owned())]);
}

#[test]
fn a_key_of_a_name_of_its_own_is_known_when_its_line_is_gone() {
    let (world, keys) = World::with(&["groq"]);
    let (own, value) = (lines(&keys[0], ""), spare(&world));
    let env = world.folder.path(".env");
    std::fs::write(&env, format!("{own}MY_SPARE={value}\n")).unwrap();
    world.run(&["leak", "MY_SPARE"], 0);
    std::fs::write(&env, &own).unwrap();
    assert_eq!(stands(&world), [("groq-my-spare".to_owned(), "gone_alive".to_owned())]);

    std::fs::write(&env, format!("{own}MY_SPARE={value}\n")).unwrap();
    world.run(&["rotate", "start", "MY_SPARE"], 0);
    std::fs::write(&env, format!("{own}MY_SPARE=op://Vault/Groq/credential\n")).unwrap();
    let said = world.run(&["rotate", "finish", "groq-my-spare"], 0);
    assert!(said.contains("1Password keeps another value now"), "{said}");
    let status = world.run(&["rotate", "status"], 0);
    assert!(status.contains("https://console.groq.com/keys"), "{status}");
    let status = world.run(&["rotate", "finish", "MY_SPARE"], 1);
    assert!(status.contains("old_still_alive"), "{status}");
}

#[test]
fn a_false_alarm_is_taken_back_and_stays_on_record() {
    let folder =
        Folder::with_env("API_Groq=gsk_made_up_and_long_enough_to_be_one\nMISTRAL_API_KEY=made-up-value-of-mistral\n");
    let plan = |folder: &Folder| folder.run(&["rotate", "plan"], 0);
    folder.run(&["schedule", "set", "tomorrow"], 0);
    let before = plan(&folder);
    folder.run(&["leak", "groq", "mistral"], 0);
    assert!(plan(&folder).contains("it was exposed"), "{}", plan(&folder));
    let said = folder.run(&["leak", "groq", "--false-alarm"], 0);
    assert!(
        said.contains("API_Groq: counts as exposed no longer, due tomorrow"),
        "{said}"
    );
    assert_eq!(plan(&folder).matches("now: it was exposed").count(), 1);
    let said = folder.run(&["leak", "groq", "--false-alarm"], 0);
    assert!(said.contains("nothing was changed"), "{said}");
    folder.run(&["leak", "--all", "--false-alarm"], 0);
    assert_eq!(plan(&folder), before);
    let record = folder.read("state/exposures.json");
    assert_eq!(record.matches("taken_back_at").count(), 2, "{record}");
    // Told again, it counts again.
    folder.run(&["leak", "groq"], 0);
    assert!(plan(&folder).contains("it was exposed"));
    folder.run(&["leak", "--false-alarm"], 2);
}

#[test]
fn the_former_value_is_marked_and_not_the_one_in_the_file() {
    let (world, keys) = World::with(&["groq", "mistral"]);
    let said = world.run(&["leak", "groq", "--old"], 1);
    assert!(said.contains("no former value"), "{said}");
    world.run(&["rotate", "start", "groq"], 0);
    let new = world.issue("groq");
    put(&world, &[&new, &keys[1]]);
    let said = world.run(&["leak", "groq", "--old"], 0);
    assert!(said.contains("delete the old key"), "{said}");
    assert_eq!(stands(&world), [("groq".to_owned(), "old_alive".to_owned())]);
    let plan = world.run(&["rotate", "plan"], 0);
    assert!(!plan.contains("now: it was exposed"), "the new key is not due: {plan}");
    world.run(&["leak", "groq", "--old", "--false-alarm"], 0);
    assert_eq!(stands(&world), Vec::new());
    // Once it is proven dead there is nothing to do.
    world.delete("groq", &keys[0]);
    world.run(&["rotate", "finish", "groq", "--wait"], 0);
    let said = world.run(&["leak", "groq", "--old"], 0);
    assert!(said.contains("proven dead before"), "{said}");
}

#[test]
fn all_keys_are_marked_at_once_and_what_cannot_be_is_said() {
    let value: String = std::iter::repeat_with(fastrand::alphanumeric).take(40).collect();
    let folder = Folder::with_env(&format!(
        "OUR_SERVICE_TOKEN={value}\nOTHER_SERVICE_TOKEN={value}2\nSTRIPE_SECRET_KEY=sk_live_xxxxxxxx\nTHIRD_TOKEN: {value}3\n"
    ));
    let said = folder.run(&["leak", "--all"], 0);
    assert!(said.contains("STRIPE_SECRET_KEY holds a placeholder"), "{said}");
    assert!(said.contains("not read in line 4"), "{said}");
    let prints = |file: &str, list: &str| -> BTreeMap<String, Value> {
        let kept: Value = serde_json::from_str(&folder.read(file)).unwrap();
        match &kept[list] {
            Value::Array(rows) => {
                let row = |row: &Value| (row["variable"].as_str().unwrap().to_owned(), row["fingerprint"].clone());
                rows.iter().map(row).collect()
            }
            other => serde_json::from_value(other.clone()).unwrap(),
        }
    };
    let clocks = prints("state/exposures.json", "exposures");
    assert_eq!(clocks.len(), 2);
    assert_eq!(clocks, prints("state/cycle.json", "exposed"));
}

#[test]
fn of_two_keys_of_one_provider_it_is_asked_which_leaked() {
    let value = || -> String { std::iter::repeat_with(fastrand::alphanumeric).take(52).collect() };
    let folder = Folder::with_env(&format!(
        "API_Groq=gsk_{}\nGROQ_API_KEY_PROD=gsk_{}\nAPI_Mistral={}\n",
        value(),
        value(),
        value()
    ));
    let said = folder.run(&["explain", "our Groq key leaked on GitHub"], 0);
    assert!(said.contains("API_Groq or GROQ_API_KEY_PROD"), "{said}");
    assert!(!said.contains("mark as exposed"), "{said}");
    for (text, marked) in [
        (
            "our GROQ_API_KEY_PROD leaked on GitHub",
            "mark as exposed: GROQ_API_KEY_PROD",
        ),
        ("our Groq key (API_Groq) leaked on GitHub", "mark as exposed: API_Groq"),
        ("our Mistral key leaked on GitHub", "mark as exposed: API_Mistral"),
    ] {
        let said = folder.run(&["explain", text], 0);
        assert!(said.contains(marked) && !said.contains("Which of them"), "{said}");
    }
}

#[test]
fn of_several_keys_of_a_provider_one_is_named() {
    let folder = Folder::with_env("API_Groq=made-up-1\nGROQ_API_KEY_2=made-up-2\n");
    for command in [&["leak", "groq"][..], &["leak", "Groq", "--false-alarm"]] {
        let said = folder.run(command, 2);
        assert!(said.contains("keyminder leak API_Groq GROQ_API_KEY_2"), "{said}");
    }
    assert!(folder.run(&["leak"], 0).contains("No key counts as exposed"));
    let said = folder.run(&["leak", "GROQ_API_KEY_2"], 0);
    assert!(said.contains("GROQ_API_KEY_2") && !said.contains("API_Groq"), "{said}");
}
