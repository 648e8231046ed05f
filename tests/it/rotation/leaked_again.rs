//! Keys that leak while others are rotated or after it, marks that are taken back, and what is no key to be marked.
use super::Folder;
use super::leaks::{put, stands};
use super::whole_turn::{Values, World, lines};
use serde_json::Value;
use std::time::Duration;

/// The second key leaks while the first one is being rotated, and a third one takes its place.
fn leaked_while_rotating() -> (World, [Values; 3]) {
    let (world, keys) = World::with(&["groq"]);
    let first = keys[0].clone();
    world.run(&["rotate", "start", "groq"], 0);
    let (second, third) = (world.issue("groq"), world.issue("groq"));
    put(&world, &[&second]);
    let said = world.run(&["leak", "groq"], 0);
    assert!(
        said.contains("keyminder rotate status groq") && !said.contains("rotate start groq"),
        "{said}"
    );
    put(&world, &[&third]);
    world.delete("groq", &first);
    (world, [first, second, third])
}

#[test]
fn a_key_that_leaked_while_another_was_rotated_keeps_its_clock() {
    let (world, [_, second, _]) = leaked_while_rotating();
    std::fs::write(world.folder.path("deploy.sh"), lines(&second, "")).unwrap();
    let said = world.run(&["rotate", "finish", "groq", "--wait"], 0);
    assert!(
        said.contains("old_still_alive") && said.contains("deploy.sh") && !said.contains("done"),
        "{said}"
    );
    world.run(&["rotate", "finish", "groq", "--wait"], 1);
    let status = world.run(&["rotate", "status"], 0);
    assert!(
        status.contains("deploy.sh") && !status.contains("no reader left") && !status.contains("done"),
        "{status}"
    );
    assert!(status.contains("the old key is alive: delete it"), "{status}");
    assert!(world.run(&["rotate", "list"], 0).contains("old_still_alive"));
    let monitor = world.run(&["monitor", "--plugin"], 2);
    assert!(monitor.contains("the old key is alive"), "{monitor}");
    // The key that took its place is not to be rotated.
    let said = world.run(&["leak"], 0);
    assert!(
        said.contains("delete the old key at https://console.groq.com/keys, then: keyminder rotate finish groq"),
        "{said}"
    );
    world.delete("groq", &second);
    let said = world.run(&["rotate", "finish", "groq", "--wait"], 0);
    assert!(said.contains("groq: retired"), "{said}");
    assert!(world.run(&["leak"], 0).contains("No key counts as exposed"));
}

#[test]
fn a_rotation_that_is_over_tells_of_the_key_that_leaked_after_it() {
    let (world, keys) = World::with(&["groq"]);
    world.run(&["rotate", "start", "groq"], 0);
    let (second, third) = (world.issue("groq"), world.issue("groq"));
    world.delete("groq", &keys[0]);
    world.finish("groq", &second, 0);
    world.run(&["rotate", "finish", "groq", "--wait"], 0);
    world.run(&["leak", "groq"], 0);
    let said = world.run(&["rotate", "finish", "groq"], 1);
    assert!(said.contains("begin again: keyminder rotate start groq"), "{said}");
    put(&world, &[&third]);
    std::fs::write(world.folder.path("deploy.sh"), lines(&second, "")).unwrap();
    let said = world.run(&["rotate", "finish", "groq"], 1);
    assert!(
        said.contains("delete at https://console.groq.com/keys the key that was exposed") && said.contains("deploy.sh"),
        "{said}"
    );
    let status = world.run(&["rotate", "status"], 0);
    assert!(
        status.contains("deploy.sh") && !status.contains("no reader left"),
        "{status}"
    );
    world.delete("groq", &second);
    for _ in 0..3 {
        world.keyminder(&["rotate", "finish", "groq"]).output().unwrap();
        std::thread::sleep(Duration::from_millis(150));
    }
    let said = world.run(&["rotate", "finish", "groq"], 0);
    assert!(said.contains("Next: done"), "{said}");
}

#[test]
fn an_older_value_that_leaked_is_told_beside_a_newer_one() {
    let (world, keys) = World::with(&["groq"]);
    world.run(&["leak", "groq"], 0);
    let (second, third) = (world.issue("groq"), world.issue("groq"));
    put(&world, &[&second]);
    world.run(&["leak", "groq"], 0);
    put(&world, &[&third]);
    world.delete("groq", &second);
    for _ in 0..3 {
        stands(&world);
        std::thread::sleep(Duration::from_millis(150));
    }
    let is = |standing: &str| vec![("groq".to_owned(), standing.to_owned())];
    assert_eq!(stands(&world), is("old_alive"), "the first one works");
    // Marked again and a false alarm: the clock of the first one goes on.
    world.run(&["leak", "groq"], 0);
    let said = world.run(&["leak", "groq", "--false-alarm"], 0);
    assert!(
        said.contains("API_Groq: counts as exposed no longer") && said.contains("An older value still counts"),
        "{said}"
    );
    assert_eq!(stands(&world), is("old_alive"));
    world.delete("groq", &keys[0]);
    for _ in 0..3 {
        stands(&world);
        std::thread::sleep(Duration::from_millis(150));
    }
    assert_eq!(stands(&world), Vec::new());
}

#[test]
fn a_mark_works_from_whatever_state_the_record_is_in() {
    let folder = Folder::with_env("API_Groq=gsk_made_up_and_long_enough_to_be_one\n");
    folder.run(&["leak", "groq"], 0);
    folder.run(&["leak", "groq", "--false-alarm"], 0);
    let record = folder.read("state/exposures.json");
    let mut kept: Value = serde_json::from_str(&record).unwrap();
    kept["exposures"][0]["ended_at"] = Value::Null;
    std::fs::write(folder.path("state/exposures.json"), kept.to_string()).unwrap();
    let said = folder.run(&["leak", "groq"], 0);
    assert!(said.contains("Groq (API_Groq): exposed just now"), "{said}");
}

#[test]
fn what_stands_in_place_of_a_key_is_no_key_anywhere() {
    let folder = Folder::with_env(
        "STRIPE_API_KEY=sk-xxxx\nMISTRAL_API_KEY=your_key_here\nDB_PASSWORD=changeme\nAPI_Groq=gsk_made_up_long_enough\n",
    );
    for (name, variable) in [
        ("stripe", "STRIPE_API_KEY"),
        ("DB_PASSWORD", "DB_PASSWORD"),
        ("MISTRAL_API_KEY", "MISTRAL_API_KEY"),
    ] {
        let said = folder.run(&["leak", name], 1);
        assert!(
            said.contains(&format!("{variable} holds a placeholder, no key")),
            "{name}: {said}"
        );
    }
    for name in ["stripe", "MISTRAL_API_KEY"] {
        let said = folder.run(&["rotate", "start", name], 1);
        assert!(said.contains("holds a placeholder, no key"), "{said}");
    }
    assert!(!folder.path("backups").exists(), "nothing was begun");
    let all = folder.run(&["leak", "--all"], 0);
    assert!(
        all.contains("API_Groq") && all.contains("hold a placeholder, no key, so it was not marked"),
        "{all}"
    );
    let marked = folder.read("state/exposures.json");
    assert!(!marked.contains("STRIPE") && !marked.contains("DB_"), "{marked}");
    let plan = folder.run(&["rotate", "plan"], 0);
    assert!(!plan.contains("stripe") && !plan.contains("mistral"), "{plan}");
}

#[test]
fn a_key_of_no_provider_is_told_no_rotation() {
    let folder = Folder::with_env("DB_PASSWORD=pq93-fjw0-29fj-wo2f\n");
    let said = folder.run(&["leak", "DB_PASSWORD"], 0);
    assert!(
        said.contains("make a new one where it was made") && !said.contains("rotat"),
        "{said}"
    );
}

#[test]
fn a_leaked_key_that_is_restored_is_to_be_rotated_again() {
    let (world, keys) = World::with(&["groq"]);
    world.run(&["leak", "groq"], 0);
    world.run(&["rotate", "start", "groq"], 0);
    let second = world.issue("groq");
    world.finish("groq", &second, 0);
    world.delete("groq", &keys[0]);
    let said = world.run(&["rotate", "finish", "groq", "--wait"], 0);
    assert!(said.contains("Next: done"), "{said}");
    put(&world, &[&keys[0]]);
    let status = world.run(&["rotate", "status"], 0);
    assert!(status.contains("begin again: keyminder rotate start groq"), "{status}");
}

/// What is left behind a key by the line that it was copied from is no part of it.
#[test]
fn a_key_with_a_mark_behind_it_is_asked_about_without_it() {
    for (front, behind) in [
        ("", ";"),
        ("", ","),
        ("", "#mine"),
        ("", "\""),
        ("\"Bearer ", "\""),
        ("", ";export A=b"),
    ] {
        let (world, keys) = World::with(&["groq"]);
        let key = &keys[0]["API_Groq"];
        let env = format!("API_Groq={front}{key}{behind}\n");
        std::fs::write(world.folder.path(".env"), &env).unwrap();
        let is = |standing: &str| vec![("groq".to_owned(), standing.to_owned())];
        world.run(&["leak", "groq"], 0);
        assert_eq!(stands(&world), is("in_use_alive"), "{env}");
        let said = world.run(&["monitor"], 0);
        let wanted = if front.is_empty() {
            "behind the key"
        } else {
            "in front of the key"
        };
        assert!(said.contains(wanted) && !said.contains(key.as_str()), "{said}");
        assert_eq!(world.folder.read(".env"), env, "nothing is written");
        world.run(&["rotate", "start", "groq"], 0);
        let new = world.issue("groq");
        let said = world.finish("groq", &new, 0);
        assert!(
            said.contains("old_still_alive") && !said.contains("claimed"),
            "{env}: {said}"
        );
        assert_eq!(stands(&world), is("old_alive"), "{env}");
        world.delete("groq", &keys[0]);
        let said = world.run(&["rotate", "finish", "groq", "--wait"], 0);
        assert!(said.contains("groq: retired"), "{env}: {said}");
        assert_eq!(stands(&world), Vec::new(), "{env}");
    }
}

/// The mark is taken away, and the key is the same: nobody is told to delete it as an old one.
#[test]
fn a_key_whose_line_is_mended_is_no_new_key() {
    let (world, keys) = World::with(&["groq"]);
    let key = &keys[0]["API_Groq"];
    std::fs::write(world.folder.path(".env"), format!("API_Groq={key};\n")).unwrap();
    world.run(&["leak", "groq"], 0);
    world.run(&["rotate", "start", "groq"], 0);
    put(&world, &[&keys[0]]);
    assert_eq!(stands(&world), [("groq".to_owned(), "in_use_alive".to_owned())]);
    world.finish("groq", &keys[0], 5);
    let said = world.run(&["rotate", "finish", "groq"], 1);
    assert!(said.contains("Next: create the new key"), "{said}");
}

#[test]
fn an_exposed_value_is_known_under_another_name() {
    let (world, keys) = World::with(&["groq"]);
    let key = &keys[0]["API_Groq"];
    world.run(&["leak", "groq"], 0);
    for name in ["GROQ_API_KEY", "OUR_OWN_NAME"] {
        std::fs::write(world.folder.path(".env"), format!("A=b\n{name}={key}\n")).unwrap();
        assert_eq!(
            stands(&world),
            [("groq".to_owned(), "in_use_alive".to_owned())],
            "{name}"
        );
        let said = world.run(&["leak"], 0);
        assert!(!said.contains("gone from .env"), "{said}");
    }
    std::fs::write(world.folder.path(".env"), format!("GROQ_API_KEY={key}\n")).unwrap();
    let plan = world.folder.json(&["rotate", "plan"]);
    assert_eq!(plan["keys"][0]["exposed"], true, "{plan}");
}

/// What the monitor says, line by line, of keys that are in use no more.
pub(super) fn said_of_old_keys(world: &World) -> Vec<String> {
    let said = world.run(&["monitor"], 0);
    let of_old = ["old key", "newer key", "exposed"];
    let is_of_old = |line: &&str| of_old.iter().any(|words| line.contains(words));
    said.lines().filter(is_of_old).map(str::to_owned).collect()
}

#[test]
fn one_line_is_said_about_one_key() {
    let (world, keys) = World::with(&["groq"]);
    world.run(&["leak", "groq"], 0);
    put(&world, &[&world.issue("groq")]);
    std::fs::write(world.folder.path("deploy.sh"), lines(&keys[0], "")).unwrap();
    for _ in 0..2 {
        let said = said_of_old_keys(&world);
        let [line] = &said[..] else { panic!("{said:?}") };
        assert!(
            line.contains("the old key is alive: delete it") && line.contains("deploy.sh line 1"),
            "{line}"
        );
    }
    world.delete("groq", &keys[0]);
    let said = said_of_old_keys(&world);
    let [line] = &said[..] else { panic!("{said:?}") };
    assert!(line.contains("its death is being proven"), "{line}");
}

#[test]
fn a_key_under_two_names_is_told_once() {
    let (world, keys) = World::with(&["groq"]);
    let key = &keys[0]["API_Groq"];
    let env = |value: &str| format!("API_Groq={value}\nVITE_GROQ_API_KEY={value}\nNEXT_PUBLIC_GROQ={value}\n");
    std::fs::write(world.folder.path(".env"), env(key)).unwrap();
    world.run(&["rotate", "start"], 0);
    let new = world.issue("groq");
    world.finish("groq", &new, 0);
    assert_eq!(world.folder.read(".env"), env(&new["API_Groq"]));
    let _ = world
        .keyminder(&["rotate", "finish", "VITE_GROQ_API_KEY"])
        .output()
        .unwrap();
    let said = said_of_old_keys(&world);
    assert_eq!(said.len(), 1, "{said:?}");
    world.run(&["leak", "--all"], 0);
    let third = world.issue("groq");
    for value in [&new["API_Groq"], &third["API_Groq"]] {
        std::fs::write(world.folder.path(".env"), env(value)).unwrap();
        let said = said_of_old_keys(&world);
        let of_new = said
            .iter()
            .filter(|line| line.contains("exposed for") || line.contains("exposed just now"));
        assert_eq!(of_new.count(), 1, "{said:?}");
    }
}

/// Each key is called by what it is, so that nobody deletes the one in use.
#[test]
fn a_key_that_was_brought_back_is_no_old_key() {
    let (world, _) = World::with(&["groq"]);
    world.run(&["rotate", "start", "groq"], 0);
    let new = world.issue("groq");
    world.finish("groq", &new, 0);
    assert!(said_of_old_keys(&world)[0].contains("the old key of API_Groq still works"));
    let said = world.run(&["rotate", "rollback", "groq"], 0);
    for part in [
        "The key that was in use before was asked first: valid",
        "The newer key, made for this rotation, is out of use now: delete it at https://console.groq.com/keys",
    ] {
        assert!(said.contains(part), "{said}");
    }
    assert!(!said.to_lowercase().contains("old key"), "{said}");
    let status = world.run(&["rotate", "status"], 0);
    assert!(
        status.contains("the newer key") && !status.contains("old key"),
        "{status}"
    );
    let said = said_of_old_keys(&world);
    let [line] = &said[..] else { panic!("{said:?}") };
    assert!(
        line.contains("the newer key of API_Groq, made for a rotation that was rolled back"),
        "{line}"
    );
}
