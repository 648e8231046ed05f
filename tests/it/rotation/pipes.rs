//! `.env` as a pipe that a vault fills: keys in it are watched and rotated, and nothing of it is written or copied.
use super::whole_turn::{Values, World, lines};
use super::{files, next_year, said};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// What the vault gives to whoever opens the pipe.
type Vault = Arc<Mutex<String>>;

/// Makes `.env` a pipe.
fn pipe(world: &World) {
    let env = world.folder.path(".env");
    std::fs::remove_file(&env).unwrap();
    let made = std::process::Command::new("mkfifo").arg(&env).status().unwrap();
    assert!(made.success());
}

/// As a vault does: whoever opens the pipe gets the whole file, again and again.
pub(super) fn vault(world: &World, keys: &Values) -> Vault {
    pipe(world);
    let (env, vault) = (world.folder.path(".env"), Arc::new(Mutex::new(lines(keys, ""))));
    let text = Arc::clone(&vault);
    std::thread::spawn(move || {
        while env.exists() {
            let Ok(mut pipe) = std::fs::OpenOptions::new().write(true).open(&env) else {
                break;
            };
            // Who reads may be gone before it is written.
            let _ = std::io::Write::write_all(&mut pipe, text.lock().unwrap().as_bytes());
            drop(pipe);
            // A reader reads to the end before it is filled again.
            std::thread::sleep(Duration::from_millis(30));
        }
    });
    vault
}

/// That no file of the project but the pipe holds a value of this key.
#[track_caller]
fn is_nowhere(world: &World, key: &Values) {
    for (path, _) in files(world.folder.dir.path()) {
        if path.is_file() {
            let bytes = std::fs::read(&path).unwrap();
            let text = String::from_utf8_lossy(&bytes);
            assert!(
                key.values().all(|value| !text.contains(value.as_str())),
                "{}",
                path.display()
            );
        }
    }
}

#[test]
fn a_key_in_a_vault_is_watched_rotated_and_never_copied() {
    let (world, keys) = World::with(&["groq"]);
    let vault = vault(&world, &keys[0]);
    assert!(world.run(&["probe"], 0).contains("valid"));
    assert!(world.run(&["rotate", "plan"], 0).contains("groq"));
    world.run(&["schedule", "set", &next_year("YYYY-03-01")], 0);
    let plugin = world.run(&["monitor", "--plugin"], 0);
    assert!(
        plugin.contains("1 key answers"),
        "neither a backup nor another mode is asked for: {plugin}"
    );
    let refused = world.run(&["backup", "create"], 5);
    assert!(
        refused.contains("Change the value in the vault") && refused.matches("is a pipe").count() == 1,
        "{refused}"
    );

    let started = world.run(&["rotate", "start", "groq"], 0);
    assert!(started.contains("change the value in the vault"), "{started}");
    let waits = world.run(&["rotate", "finish", "groq"], 1);
    assert!(waits.contains("backed_up"), "{waits}");
    let new = world.issue("groq");
    std::fs::write(world.folder.path("new-value"), lines(&new, "")).unwrap();
    let refused = world.run(&["rotate", "finish", "groq", "--from", "new-value"], 5);
    assert!(refused.contains("Change the value in the vault"), "{refused}");
    std::fs::remove_file(world.folder.path("new-value")).unwrap();
    *vault.lock().unwrap() = lines(&new, "");
    let finished = world.run(&["rotate", "finish", "groq"], 0);
    assert!(
        finished.contains("The new key works; the vault behind the pipe holds it."),
        "{finished}"
    );
    assert!(finished.contains("claimed"), "{finished}");
    let dates = world.folder.read("config/rotation_schedule.json");
    assert!(
        dates.contains("last_rotated_at") && dates.contains("\"state\": \"claimed\""),
        "{dates}"
    );
    assert!(
        world
            .run(&["rotate", "report"], 0)
            .contains("The vault alone held the old value.")
    );
    assert!(
        world
            .run(&["rotate", "rollback", "groq"], 5)
            .contains("Change the value in the vault")
    );
    for key in [&keys[0], &new] {
        is_nowhere(&world, key);
    }
}

#[test]
fn a_leak_from_a_vault_is_marked_without_a_backup() {
    let (world, keys) = World::with(&["groq"]);
    let vault = vault(&world, &keys[0]);
    let marked = world.run(&["leak", "groq"], 0);
    assert!(marked.contains("exposed just now"), "{marked}");
    let plan = world.run(&["rotate", "plan"], 0);
    assert!(plan.contains("now: it was exposed"), "{plan}");
    let looked = world.run(&["monitor"], 0);
    assert!(looked.contains("the exposed key stands in .env and works"), "{looked}");
    *vault.lock().unwrap() = lines(&world.issue("groq"), "");
    let looked = world.run(&["monitor"], 0);
    assert!(looked.contains("no longer in .env"), "{looked}");
    // Nobody can ask about what a vault alone held: its owner's word ends the clock.
    *vault.lock().unwrap() = lines(&keys[0], "");
    world.run(&["rotate", "start", "groq"], 0);
    *vault.lock().unwrap() = lines(&world.issue("groq"), "");
    world.run(&["rotate", "finish", "groq"], 0);
    world.run(&["monitor"], 0);
    let status = world.run(&["rotate", "status"], 0);
    assert!(!status.contains("exposed"), "{status}");
    is_nowhere(&world, &keys[0]);
}

#[test]
fn a_vault_that_is_closed_is_told_soon() {
    let (world, _) = World::with(&["groq"]);
    pipe(&world);
    for args in [
        &["probe"][..],
        &["rotate", "plan"],
        &["monitor", "--plugin"],
        &["leak", "groq"],
    ] {
        let began = Instant::now();
        let output = world.keyminder(args).output().unwrap();
        assert!(
            began.elapsed() < Duration::from_secs(4),
            "{args:?} took {:?}",
            began.elapsed()
        );
        let said = said(&output);
        assert!(
            !output.status.success() && said.contains("is the vault open?"),
            "{said}"
        );
        assert!(!said.contains("chmod") && !said.contains("ls -l"), "{said}");
    }
}
