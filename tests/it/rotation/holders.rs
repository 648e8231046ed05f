//! Who still holds the old key: told by name and place before anybody deletes it, and gone when it is gone.
use super::whole_turn::{Values, World};
use super::{Folder, said};
use std::process::{Child, Command};

/// A program that has a value in its environment for as long as the test lasts.
struct RunningHolder(Child);

impl RunningHolder {
    fn with(name: &str, value: &str) -> Self {
        let mut sleep = Command::new("sleep");
        Self(sleep.arg("120").env_clear().env(name, value).spawn().unwrap())
    }
}

impl Drop for RunningHolder {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

fn groq() -> (World, String) {
    let (world, keys) = World::with(&["groq"]);
    let old = keys[0]["API_Groq"].clone();
    std::fs::write(world.folder.path(".env"), format!("API_Groq={old}\n")).unwrap();
    (world, old)
}

fn key(value: &str) -> Values {
    Values::from([("API_Groq".to_owned(), value.to_owned())])
}

#[track_caller]
fn has(said: &str, wanted: &[&str]) {
    for wanted in wanted {
        assert!(said.contains(wanted), "{wanted:?} is not in:\n{said}");
    }
}

/// A running program keeps the old key until it is restarted.
#[test]
fn a_program_is_named_before_the_deletion_and_gone_after() {
    let (world, old) = groq();
    let program = RunningHolder::with("GROQ_KEY", &old);
    let name = format!("sleep (pid {}, since ", program.0.id());
    let begun = world.run(&["rotate", "start", "groq"], 0);
    has(
        &begun,
        &[&name, "runs with this key: restart it once the new one is in .env"],
    );
    let new = world.issue("groq");
    let finished = world.finish("groq", &new, 0);
    has(
        &finished,
        &[
            &name,
            "still holds the old API_Groq as GROQ_KEY: restart it, then delete the old key",
            "only then delete the old key at",
        ],
    );
    let status = world.run(&["rotate", "status"], 0);
    has(&status, &[&name, "restart or change"]);
    has(&world.run(&["rotate", "finish", "groq"], 1), &[&name]);
    has(
        &world.run(&["monitor"], 0),
        &[&name, "the old key of API_Groq still works"],
    );
    let json = world.keyminder(&["rotate", "status", "--json"]).output().unwrap();
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    let holder = &json["held_by"]["groq"]["holders"][0];
    assert_eq!(
        (&holder["place"], &holder["pid"]),
        (&"program".into(), &program.0.id().into())
    );
    for said in [begun, finished, status, json.to_string()] {
        assert!(!said.contains(&old) && !said.contains(&new["API_Groq"]), "{said}");
    }

    drop(program);
    let status = world.run(&["rotate", "status"], 0);
    has(
        &status,
        &["no reader left", "restart what reads .env, delete the old key at"],
    );
    world.delete("groq", &key(&old));
    let retired = world.run(&["rotate", "finish", "groq", "--wait"], 0);
    assert!(
        retired.contains("retired") && !retired.contains("still holds"),
        "{retired}"
    );
}

#[test]
fn nobody_looks_where_a_setting_forbids_it() {
    let (world, old) = groq();
    let program = RunningHolder::with("API_Groq", &old);
    std::fs::write(world.folder.path("deploy.sh"), format!("KEY={old}\n")).unwrap();
    world.run(&["rotate", "start", "groq"], 0);
    std::fs::write(world.folder.path("new-value"), &world.issue("groq")["API_Groq"]).unwrap();
    for args in [
        &["rotate", "finish", "groq", "--from", "new-value"][..],
        &["rotate", "status"],
    ] {
        let output = world
            .keyminder(args)
            .env("KEYMINDER_ROTATION_LOOK_FOR_HOLDERS", "false")
            .output()
            .unwrap();
        let said = said(&output);
        for word in ["sleep", "deploy.sh", "no reader left"] {
            assert!(!said.contains(word), "{said}");
        }
    }
    drop(program);
}

/// The old key is dead by now, and whoever holds it has nothing.
#[test]
fn a_dead_key_that_something_holds_is_told() {
    let (world, old) = groq();
    world.run(&["rotate", "start", "groq"], 0);
    world.delete("groq", &key(&old));
    world.finish("groq", &world.issue("groq"), 0);
    let program = RunningHolder::with("API_Groq", &old);
    let retired = world.run(&["rotate", "finish", "groq", "--wait"], 0);
    has(
        &retired,
        &[
            "retired",
            &format!("sleep (pid {}, ", program.0.id()),
            "as API_Groq: restart it\n",
        ],
    );
}

/// What is exported wins over `.env`.
#[test]
fn an_exported_key_is_compared_with_env() {
    let (world, old) = groq();
    let with = |args: &[&str], value: &str| said(&world.keyminder(args).env("API_Groq", value).output().unwrap());
    has(
        &with(&["rotate", "start", "groq"], &old),
        &["this shell exports this key", "unset API_Groq"],
    );
    let new = world.issue("groq")["API_Groq"].clone();
    std::fs::write(world.folder.path("new-value"), &new).unwrap();
    let finished = with(&["rotate", "finish", "groq", "--from", "new-value"], &old);
    has(
        &finished,
        &[
            "this shell exports the old value of API_Groq",
            "wins over .env",
            "only then delete",
        ],
    );
    for args in [
        &["monitor"][..],
        &["monitor", "--plugin"],
        &["probe"],
        &["rotate", "status"],
    ] {
        let said = with(args, &old);
        assert!(said.contains("API_Groq") && said.contains("export"), "{args:?}: {said}");
        assert!(!said.contains(&old), "{said}");
        let said = with(args, &new);
        assert!(!said.contains("export"), "{args:?}: {said}");
    }
    // Another value, neither the old one nor the new one.
    let other = world.issue("groq")["API_Groq"].clone();
    for args in [&["rotate", "finish", "groq"][..], &["rotate", "status"]] {
        has(
            &with(args, &other),
            &["API_Groq is exported here with another value than .env holds"],
        );
    }
}

/// People change one file, and the program reads another one.
#[test]
fn a_file_that_wins_over_env_is_named() {
    let (world, old) = groq();
    let other = world.issue("groq")["API_Groq"].clone();
    std::fs::write(world.folder.path(".env.local"), format!("# mine\nAPI_Groq={other}\n")).unwrap();
    std::fs::write(world.folder.path(".env.production"), format!("API_Groq={old}\n")).unwrap();
    std::fs::write(world.folder.path(".env.example"), "API_Groq=your_key_here\n").unwrap();
    let local = ".env.local, line 2, sets API_Groq to another value than .env: Next.js, Vite, Bun, Rails and Symfony read it before .env";
    let begun = world.run(&["rotate", "start", "groq"], 0);
    has(
        &begun,
        &[
            local,
            ".env.production, line 1, sets API_Groq too: Next.js",
            ".env.production, line 1, holds this key too",
        ],
    );
    let finished = world.finish("groq", &world.issue("groq"), 0);
    has(
        &finished,
        &[
            local,
            ".env.production, line 1, still holds the old value of API_Groq: change it there",
        ],
    );
    has(&world.run(&["rotate", "status"], 0), &[local, ".env.production line 1"]);
    for said in [begun, finished] {
        assert!(!said.contains(".env.example"), "{said}");
    }
}

/// Equal values are one key, under whatever name.
#[test]
fn other_names_of_the_same_value_are_changed_together() {
    let (world, old) = groq();
    let env = |value: &str| format!("API_Groq={value}\nVITE_GROQ='{value}'\n# API_Groq={old} old\nOTHER=1\n");
    for by_hand in [false, true] {
        std::fs::write(world.folder.path(".env"), env(&old)).unwrap();
        let begun = world.run(&["rotate", "start", "groq"], 0);
        has(
            &begun,
            &[
                ".env, line 2: VITE_GROQ holds the same value as API_Groq: it is changed together with it",
                ".env, line 3, a comment, holds this key too",
            ],
        );
        let new = world.issue("groq");
        let finished = if by_hand {
            let edited = env(&old).replacen(&old, &new["API_Groq"], 1);
            std::fs::write(world.folder.path(".env"), edited).unwrap();
            world.run(&["rotate", "finish", "groq"], 0)
        } else {
            world.finish("groq", &new, 0)
        };
        has(
            &finished,
            &[
                "VITE_GROQ held the same value and has the new one too",
                ".env, line 3, a comment, still holds the old value",
            ],
        );
        assert_eq!(world.folder.read(".env"), env(&new["API_Groq"]));
        world.run(&["rotate", "rollback", "groq"], 0);
        assert_eq!(world.folder.read(".env"), env(&old), "both names come back");
    }
    world.run(&["rotate", "start", "groq"], 0);
    world.finish("groq", &world.issue("groq"), 0);
    world.delete("groq", &key(&old));
    let retired = world.run(&["rotate", "finish", "groq", "--wait"], 0);
    has(
        &retired,
        &[
            "retired",
            ".env, line 3, a comment, still holds the old value of API_Groq: delete it",
        ],
    );
}

/// A name that stands for another one follows it by itself, and is no secret that the terminal would hide.
#[test]
fn a_name_that_refers_to_the_key_counts_with_it() {
    for reference in ["${API_Groq}", "$API_Groq", "\"${API_Groq}\""] {
        let (world, old) = groq();
        let env = |value: &str| format!("API_Groq={value}\nGROQ_API_KEY={reference}\n");
        std::fs::write(world.folder.path(".env"), env(&old)).unwrap();
        let probed = world.keyminder(&["probe", "--json"]).output().unwrap();
        let probed: serde_json::Value = serde_json::from_slice(&probed.stdout).unwrap();
        assert_eq!(probed["keys"].as_array().map(Vec::len), Some(1), "{probed}");
        let begun = world.run(&["rotate", "start", "groq"], 0);
        has(&begun, &["groq: the old value is safe", "API_Groq"]);
        let new = world.issue("groq");
        let finished = world.finish("groq", &new, 0);
        assert!(!finished.contains("redacted"), "{finished}");
        assert_eq!(world.folder.read(".env"), env(&new["API_Groq"]));
        world.delete("groq", &key(&old));
        has(&world.run(&["rotate", "finish", "groq", "--wait"], 0), &["retired"]);
    }
}

#[test]
fn a_profile_is_named_below_the_home_folder() {
    let (world, old) = groq();
    let home = Folder::with_env("");
    std::fs::write(home.path(".bashrc"), format!("# mine\nexport API_Groq={old}\n")).unwrap();
    world.run(&["rotate", "start", "groq"], 0);
    world.finish("groq", &world.issue("groq"), 0);
    let output = world
        .keyminder(&["rotate", "status"])
        .env("HOME", home.dir.path())
        .output()
        .unwrap();
    has(
        &said(&output),
        &["~/.bashrc, line 2, still holds the old value of API_Groq: change it there"],
    );
}

/// What was copied along with the old key stands nowhere else.
#[test]
fn the_key_alone_is_looked_for_too() {
    for (front, behind) in [("", "\\"), ("", ")"), ("", "#mine"), ("Bearer ", "")] {
        let (world, old) = groq();
        std::fs::write(world.folder.path(".env"), format!("API_Groq={front}{old}{behind}\n")).unwrap();
        std::fs::write(world.folder.path("compose.yml"), format!("KEY: {old}\n")).unwrap();
        world.run(&["rotate", "start", "groq"], 0);
        let finished = world.finish("groq", &world.issue("groq"), 0);
        has(&finished, &["compose.yml"]);
        let status = world.run(&["rotate", "status"], 0);
        has(&status, &["compose.yml"]);
        assert!(!status.contains("no reader left"), "{front}..{behind}: {status}");
    }
}
