//! When a provider ends a key by itself: that is told of the very key that it is about, and of no other one.
use super::next_year;
use super::pipes::vault;
use super::whole_turn::{Values, World, lines};
use chrono::{DateTime, TimeDelta, Utc};
use keyminder_sandbox::providers::{Key, KeyState};
use serde_json::json;

fn in_days(days: i64) -> DateTime<Utc> {
    Utc::now() + TimeDelta::days(days)
}

/// A project with a key of Bybit's and a date far away.
fn world() -> (World, Values) {
    let (world, keys) = World::with(&["bybit"]);
    let key = keys[0].clone();
    std::fs::write(world.folder.path(".env"), lines(&key, "")).unwrap();
    (world, key)
}

/// The provider tells such an end, or none, of a key from now on.
fn ends(world: &World, key: &Values, at: Option<DateTime<Utc>>, made: Option<DateTime<Utc>>) {
    let told = |at: Option<DateTime<Utc>>| at.map(|at| at.to_rfc3339()).unwrap_or_default();
    let details = json!({"result": {"expiredAt": told(at), "createdAt": told(made)}});
    let known = Key::new("bybit", key.clone(), KeyState::Live);
    world.providers.put(Key { details, ..known });
}

fn due(world: &World) -> String {
    let plan = world.folder.json(&["rotate", "plan"]);
    plan["keys"][0]["due"].as_str().unwrap().to_owned()
}

#[test]
fn the_end_of_one_key_is_none_of_the_next_one() {
    let (world, _) = world();
    world.run(&["rotate", "start", "bybit"], 0);
    let (second, third) = (world.issue("bybit"), world.issue("bybit"));
    ends(&world, &second, Some(in_days(3)), Some(in_days(-8)));
    ends(&world, &third, None, None);
    world.finish("bybit", &second, 0);
    world.run(&["schedule", "set", &next_year("YYYY-12-20")], 0);
    assert!(due(&world).contains("as the provider ends it on"), "{}", due(&world));
    // By hand, and of this one no end is told.
    std::fs::write(world.folder.path(".env"), lines(&third, "")).unwrap();
    assert!(!due(&world).contains("ends it"), "{}", due(&world));
    let said = world.run(&["monitor"], 0);
    assert!(!said.contains("the provider ends"), "{said}");
    let kept = std::fs::read_to_string(world.folder.path("state/key_ends.json")).unwrap_or_default();
    assert!(!kept.contains("BYBIT"), "{kept}");
    // The one that ends is back.
    std::fs::write(world.folder.path(".env"), lines(&second, "")).unwrap();
    assert!(due(&world).contains("ends it on"), "{}", due(&world));
}

#[test]
fn a_key_that_answers_outlived_an_end_in_the_past() {
    let (world, key) = world();
    ends(&world, &key, None, None);
    let schedule = json!({"next_rotation_date": "2099-12-20T09:00:00", "rotation_frequency": "4 weeks", "automated": false,
        "keys": {"bybit": {"vars": ["BYBIT_API_KEY"], "provider_expires_at": "2020-01-01T00:00:00Z"}}});
    std::fs::create_dir_all(world.folder.path("config")).unwrap();
    std::fs::write(world.folder.path("config/rotation_schedule.json"), schedule.to_string()).unwrap();
    // Before anybody asked, it is what is known.
    assert!(due(&world).contains("ends it"), "{}", due(&world));
    let said = world.run(&["monitor"], 0);
    assert!(!said.contains("the rotation of") && !said.contains("overdue"), "{said}");
    assert!(
        due(&world).starts_with("due in") && !due(&world).contains("ends it"),
        "{}",
        due(&world)
    );
    let shown = world.folder.json(&["schedule", "show"]);
    assert!(shown["next_at"].as_str().unwrap().starts_with("2099"), "{shown}");
}

#[test]
fn a_key_of_an_unknown_life_is_due_when_its_end_is_heard_of() {
    let (world, key) = world();
    world.run(&["schedule", "set", &next_year("YYYY-12-20")], 0);
    ends(&world, &key, Some(in_days(3)), None);
    for _ in 0..2 {
        let said = world.run(&["monitor"], 0);
        assert!(
            said.contains("warning: the rotation of BYBIT_API_KEY is due today"),
            "{said}"
        );
        assert!(
            due(&world).starts_with("due today, as the provider ends it"),
            "{}",
            due(&world)
        );
    }
}

/// What a pipe gave is told apart as well.
#[test]
fn a_vault_that_gives_another_key_gives_none_of_its_ends() {
    let (world, key) = world();
    world.run(&["schedule", "set", &next_year("YYYY-12-20")], 0);
    ends(&world, &key, Some(in_days(3)), Some(in_days(-8)));
    let vault = vault(&world, &key);
    world.run(&["monitor"], 0);
    assert!(due(&world).contains("ends it"), "{}", due(&world));
    *vault.lock().unwrap() = lines(&world.issue("bybit"), "");
    assert!(!due(&world).contains("ends it"), "{}", due(&world));
}
