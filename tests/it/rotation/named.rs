//! What the name in a command means, and what is said where it means nothing.
use super::whole_turn::World;
use super::{Folder, said};

#[test]
fn a_secret_that_nobody_can_be_asked_about_is_told_what_to_do() {
    let folder = Folder::with_env(
        "WEATHER_API_KEY=made-up-weather-1\nVAULTED_API_KEY=op://Vault/Weather/credential\nAPI_Groq='made-up-2'\n",
    );
    for command in [
        &["rotate", "start"][..],
        &["rotate", "finish"],
        &["rotate", "instructions"],
        &["schedule", "set", "--every", "60d", "--key"],
    ] {
        let weather = folder.run(&[command, &["WEATHER_API_KEY"]].concat(), 1);
        assert!(
            weather.contains("WEATHER_API_KEY stands in .env") && weather.contains("change it where it was made"),
            "{weather}"
        );
        let vaulted = folder.run(&[command, &["VAULTED_API_KEY"]].concat(), 1);
        assert!(vaulted.contains("1Password keeps its value"), "{vaulted}");
        let nothing = folder.run(&[command, &["nothing"]].concat(), 1);
        assert!(nothing.contains("no variable is called \"nothing\""), "{nothing}");
    }
}

#[test]
fn a_makers_name_means_the_one_key_of_its_that_is_there() {
    let folder = Folder::with_env("BYBIT_TESTNET_API_KEY=made-up-1\nBYBIT_TESTNET_API_SECRET=made-up-2\n");
    let started = folder.run(&["rotate", "start", "bybit"], 0);
    assert!(started.contains("bybit-testnet: the old value is safe"), "{started}");
    assert!(folder.run(&["rotate", "status", "Bybit"], 0).contains("bybit-testnet"));
    let folder = Folder::with_env("GROQ_API_KEY_2=made-up-1\nGROQ_API_KEY_3=made-up-2\n");
    let started = folder.run(&["rotate", "start", "groq"], 1);
    assert!(started.contains("name one of them: groq-2, groq-3"), "{started}");
    let folder = Folder::with_env("GROQ_API_KEY=made-up-1\n");
    folder.run(&["rotate", "start", "groq"], 0);
    std::fs::write(folder.path(".env"), "GROQ_API_KEY_2=made-up-2\n").unwrap();
    let status = folder.run(&["rotate", "status", "groq"], 0);
    assert!(
        status.contains("groq\tbacked_up"),
        "its line is gone and it is meant yet: {status}"
    );
}

#[test]
fn a_status_can_be_that_of_one_key() {
    let (world, _) = World::with(&["groq", "mistral"]);
    world.run(&["rotate", "start", "groq", "mistral"], 0);
    let all = world.run(&["rotate", "status"], 0);
    assert!(all.contains("groq\t") && all.contains("mistral\t"), "{all}");
    let one = world.run(&["rotate", "status", "mistral"], 0);
    assert!(!one.contains("groq\t") && one.contains("mistral\t"), "{one}");
}

#[test]
fn the_record_has_the_date_of_each_key() {
    let (world, keys) = World::with(&["groq", "mistral"]);
    world.run(&["rotate", "start", "groq"], 0);
    world.finish("groq", &world.issue("groq"), 0);
    world.delete("groq", &keys[0]);
    world.run(&["rotate", "finish", "groq", "--wait"], 0);
    let record = world.run(&["rotate", "report"], 0);
    let due = world.run(&["schedule", "show", "--json"], 0);
    let due: serde_json::Value = serde_json::from_str(&due).unwrap();
    let day = due["keys"]["groq"]["next_at"].as_str().unwrap().get(..10).unwrap();
    assert!(
        record.contains(&format!("Next rotation of this key: {day}")),
        "{record} {due}"
    );
}

#[test]
fn a_line_that_is_not_read_is_named_by_every_command_that_reads_it() {
    let (world, _) = World::with(&["groq"]);
    let env = world.folder.read(".env");
    std::fs::write(world.folder.path(".env"), format!("GREETING='tis\n{env}")).unwrap();
    for command in [
        &["probe", "groq"][..],
        &["rotate", "plan"],
        &["rotate", "start", "groq"],
        &["monitor"],
        &["backup", "create"],
    ] {
        let output = world.keyminder(command).output().unwrap();
        assert!(said(&output).contains(".env line 1"), "{command:?}: {}", said(&output));
    }
}

#[test]
fn two_keys_under_two_names_of_one_are_not_made_one() {
    let env = "API_Groq=made-up-value-1\nGROQ_API_KEY=made-up-value-2\n";
    let folder = Folder::with_env(env);
    let said = folder.run(&["rotate", "start", "GROQ_API_KEY"], 5);
    assert!(
        said.contains("API_Groq and GROQ_API_KEY hold two different keys of Groq"),
        "{said}"
    );
    std::fs::write(folder.path(".env"), env.replace("GROQ_API_KEY", "GROQ_API_KEY_2")).unwrap();
    let said = folder.run(&["rotate", "start", "GROQ_API_KEY_2"], 0);
    assert!(said.contains("groq-2:") && !said.contains("groq:"), "{said}");
}

#[test]
fn a_reference_is_told_no_step_that_would_write_it_over() {
    let folder =
        Folder::with_env("MISTRAL_API_KEY=op://Vault/Mistral/credential\nOPENAI_API_KEY=\"$(op read op://V/o/c)\"\n");
    for id in ["mistral", "openai"] {
        let started = folder.run(&["rotate", "start", id], 0);
        for wrong in ["is safe in", "Put it into", "of .env"] {
            assert!(!started.contains(wrong), "{wrong} is in {started}");
        }
        assert!(
            started.contains("another tool keeps the value") && started.contains("1Password keeps its value"),
            "{started}"
        );
    }
}
