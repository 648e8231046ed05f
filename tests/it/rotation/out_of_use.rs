//! Keys that are in use no more: what is said of them is what the newest look saw, by the name and the age that each has now.
use super::leaked_again::said_of_old_keys;
use super::leaks::{put, stands};
use super::whole_turn::World;

/// What is said of a leak after a rollback leads nobody to delete the key in use.
#[test]
fn the_newer_key_that_leaked_is_called_so() {
    let (world, keys) = World::with(&["groq"]);
    world.run(&["rotate", "start", "groq"], 0);
    let new = world.issue("groq");
    world.finish("groq", &new, 0);
    world.run(&["rotate", "rollback", "groq"], 0);
    let said = world.run(&["leak", "groq", "--old"], 0);
    assert!(said.contains("delete the newer key at"), "{said}");
    let first = said.lines().next().unwrap();
    assert!(
        first.contains("whether the newer key is alive") && !first.contains("a new key is in"),
        "{said}"
    );
    assert_eq!(stands(&world), [("groq".to_owned(), "old_alive".to_owned())]);
    let said = said_of_old_keys(&world);
    let [line] = &said[..] else { panic!("{said:?}") };
    assert!(
        line.contains("the key before it is in .env again, the newer key is alive: delete it"),
        "{line}"
    );
    // A third one takes the place of both: they are old keys now.
    world.run(&["leak", "groq", "--old", "--false-alarm"], 0);
    world.run(&["rotate", "start", "groq"], 0);
    world.finish("groq", &world.issue("groq"), 0);
    let said = said_of_old_keys(&world);
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(
        said.iter()
            .all(|line| line.contains("the old key of API_Groq still works")),
        "{said:?}"
    );
    world.delete("groq", &new);
    assert_eq!(said_of_old_keys(&world).len(), 1);
    world.delete("groq", &keys[0]);
    assert_eq!(said_of_old_keys(&world), Vec::<String>::new());
}

/// What an earlier look saw may be so no more.
#[test]
fn an_old_key_is_asked_about_before_it_is_said_to_work() {
    let (world, keys) = World::with(&["groq"]);
    world.run(&["rotate", "start", "groq"], 0);
    world.finish("groq", &world.issue("groq"), 0);
    world.delete("groq", &keys[0]);
    assert_eq!(said_of_old_keys(&world), Vec::<String>::new());
    // Replaced once more within the rotation: what was seen beside the second key counts no more.
    let (world, keys) = World::with(&["groq"]);
    world.run(&["rotate", "start", "groq"], 0);
    world.finish("groq", &world.issue("groq"), 0);
    assert_eq!(said_of_old_keys(&world).len(), 1);
    put(&world, &[&world.issue("groq")]);
    world.delete("groq", &keys[0]);
    world.run(&["rotate", "finish", "groq", "--wait"], 0);
    assert_eq!(said_of_old_keys(&world), Vec::<String>::new());
    // Without a backup nobody can ask: it is said so.
    let (world, _) = World::with(&["groq"]);
    world.run(&["rotate", "start", "groq"], 0);
    world.finish("groq", &world.issue("groq"), 0);
    std::fs::remove_dir_all(world.folder.path("backups/api_keys")).unwrap();
    let said = said_of_old_keys(&world);
    assert!(
        said[0].contains("worked when it last answered, and was not asked now"),
        "{said:?}"
    );
}

/// The exposed value is called by the name that holds it now.
#[test]
fn an_exposed_value_under_another_keys_name_is_told_there() {
    let (world, keys) = World::with(&["groq"]);
    let (old, new) = (keys[0]["API_Groq"].clone(), world.issue("groq")["API_Groq"].clone());
    world.run(&["leak", "groq"], 0);
    for (other, id) in [("VITE_GROQ_API_KEY", "groq-vite"), ("GROQ_API_KEY_2", "groq-2")] {
        std::fs::write(world.folder.path(".env"), format!("API_Groq={new}\n{other}={old}\n")).unwrap();
        let said = world.run(&["leak"], 0);
        assert!(said.contains(&format!("({other}): exposed")), "{said}");
        assert!(
            said.contains(&format!("rotate start {id}")) && !said.contains("API_Groq"),
            "{said}"
        );
        assert_eq!(stands(&world), [(id.to_owned(), "in_use_alive".to_owned())]);
        let said = said_of_old_keys(&world);
        assert!(said[0].contains(other) && !said[0].contains("API_Groq"), "{said:?}");
        let plan = world.folder.json(&["rotate", "plan"]);
        let exposed = plan["keys"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|key| key["exposed"] == true);
        let ids: Vec<&str> = exposed.map(|key| key["provider"].as_str().unwrap()).collect();
        assert_eq!(ids, [id], "{plan}");
    }
    std::fs::write(world.folder.path(".env"), "X=1\n").unwrap();
    let said = world.run(&["leak"], 0);
    assert!(
        said.contains("gone from .env") && !said.contains("a new key is in .env"),
        "{said}"
    );
    std::fs::write(
        world.folder.path(".env"),
        format!("API_Groq={new}\nGROQ_API_KEY_2={old}\n"),
    )
    .unwrap();
    world.run(&["leak", "GROQ_API_KEY_2", "--false-alarm"], 0);
    assert!(world.run(&["leak"], 0).contains("No key counts as exposed"));
}

#[test]
fn an_unreadable_record_of_leaks_is_a_finding_of_its_own() {
    let (world, _) = World::with(&["groq"]);
    world.run(&["leak", "groq"], 0);
    std::fs::write(world.folder.path("state/exposures.json"), "{").unwrap();
    let said = world.run(&["monitor", "--plugin"], 2);
    assert!(
        said.contains("state/exposures.json") && said.contains("keyminder leak KEY"),
        "{said}"
    );
}

/// What was exposed is exposed again where it comes back.
#[test]
fn an_exposed_value_that_is_restored_has_its_clock_again() {
    let (world, keys) = World::with(&["groq"]);
    world.run(&["leak", "groq"], 0);
    world.run(&["rotate", "start", "groq"], 0);
    world.finish("groq", &world.issue("groq"), 0);
    world.delete("groq", &keys[0]);
    world.run(&["rotate", "finish", "groq", "--wait"], 0);
    assert!(world.run(&["leak"], 0).contains("No key counts as exposed"));
    let backups = world.folder.json(&["backup", "list"]);
    let first = backups["backups"].as_array().unwrap().last().unwrap()["file"]
        .as_str()
        .unwrap()
        .to_owned();
    let said = world.run(&["backup", "restore", &first], 0);
    assert!(said.contains("in use again: API_Groq. It counts as exposed"), "{said}");
    let said = world.run(&["leak"], 0);
    assert!(said.contains("Groq (API_Groq): exposed just now"), "{said}");
    assert!(world.run(&["rotate", "plan"], 0).contains("now: it was exposed"));
    assert_eq!(stands(&world), [("groq".to_owned(), "in_use_refused".to_owned())]);
}

/// The half of a pair that only names it opens nothing, now or before.
#[test]
fn of_a_former_pair_the_secret_alone_is_marked() {
    let (world, _) = World::with(&["bybit"]);
    world.run(&["backup", "create"], 0);
    put(&world, &[&world.issue("bybit")]);
    world.run(&["leak", "bybit", "--old"], 0);
    let kept = world.folder.read("state/exposures.json");
    assert!(
        kept.contains("\"variable\": \"BYBIT_API_SECRET\"") && !kept.contains("\"variable\": \"BYBIT_API_KEY\""),
        "{kept}"
    );
}

/// A key that another name holds is that one's, and in use.
#[test]
fn a_rollback_leads_nobody_to_delete_what_another_name_holds() {
    let (world, keys) = World::with(&["groq"]);
    let second = world.issue("groq")["API_Groq"].clone();
    let first = &keys[0]["API_Groq"];
    let env = format!("API_Groq={first}\nGROQ_API_KEY_2={second}\n");
    std::fs::write(world.folder.path(".env"), env).unwrap();
    world.run(&["rotate", "start", "groq-2"], 0);
    std::fs::write(world.folder.path("new-value"), format!("GROQ_API_KEY_2={first}\n")).unwrap();
    world.run(&["rotate", "finish", "groq-2", "--from", "new-value"], 0);
    let said = world.run(&["rotate", "rollback", "groq-2"], 0);
    assert!(!said.contains("delete it"), "{said}");
}
