//! Troubles that people met with other tools, each with what is right.
use super::whole_turn::{Values, World};
use super::{Folder, next_year, said};
use keyminder_sandbox::providers::{Key, KeyState};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// A value of a form that no scanner takes for a real one.
fn made_up(prefix: &str, length: usize) -> String {
    let letters = "q7Zm2Kx9Wd4Rt8Yb3Nf6".chars().cycle();
    prefix.chars().chain(letters.take(length)).collect()
}

#[test]
fn the_rotation_of_one_key_postpones_no_other() {
    let (world, _) = World::with(&["groq", "bybit", "mistral"]);
    world.run(&["rotate", "start", "groq"], 0);
    world.finish("groq", &world.issue("groq"), 0);
    let plan = world.run(&["rotate", "plan"], 0);
    let line = |text: &str, id: &str| text.lines().find(|line| line.contains(id)).unwrap().to_owned();
    for (id, due) in [
        ("bybit", "due today"),
        ("mistral", "due today"),
        ("groq", "due in 180 days"),
    ] {
        assert!(line(&plan, id).contains(due), "{plan}");
        assert!(line(&world.run(&["schedule", "show"], 0), id).contains(due), "{id}");
    }
    assert!(world.run(&["schedule", "show"], 0).contains("Next rotation: due today"));
    let plugin = world.run(&["monitor", "--plugin"], 1);
    assert!(plugin.contains("WARNING"), "{plugin}");
    // What is due is what is started; what is not, is not.
    let started = world.run(&["rotate", "start", "--all-due"], 0);
    assert!(
        started.contains("bybit:") && started.contains("mistral:") && !started.contains("groq:"),
        "{started}"
    );
}

#[test]
fn every_command_says_the_same_date() {
    let folder = Folder::with_env("API_Groq=gsk_made_up\nNOTION_TOKEN=ntn_made_up\n");
    folder.run(&["schedule", "set", &next_year("YYYY-03-01"), "--key", "groq"], 0);
    let plan = folder.run(&["rotate", "plan"], 0);
    assert!(plan.contains(&next_year("1 Mar YYYY")), "{plan}");
    let notion = plan.lines().find(|line| line.contains("notion")).unwrap();
    assert!(
        notion.contains("due today"),
        "the date of one key is none of another's: {plan}"
    );
    let shown = folder.run(&["schedule", "set", &next_year("YYYY-06-01"), "--every", "60d"], 0);
    assert!(
        shown.matches(&next_year("1 Jun YYYY")).count() == 3 && shown.contains("60 days"),
        "{shown}"
    );
    let plan = folder.run(&["rotate", "plan"], 0);
    assert_eq!(plan.matches(&next_year("1 Jun YYYY")).count(), 2, "{plan}");
    assert!(folder.run(&["rotate", "start"], 0).contains("Nothing is due"));
    assert!(
        folder
            .run(&["schedule", "set", "--key", "nobody"], 1)
            .contains("nobody")
    );
}

#[test]
fn keys_are_watched_under_the_names_that_projects_give_them() {
    let names = [
        ("HUGGINGFACEHUB_API_TOKEN", made_up("hf_", 34)),
        ("GOOGLE_GENERATIVE_AI_API_KEY", made_up("AIzaSy", 33)),
        ("GITHUB_PAT", made_up("ghp_", 36)),
        ("NOTION_KEY", made_up("ntn_", 46)),
        ("BYBIT_TESTNET_API_KEY", made_up("", 18)),
        ("BYBIT_TESTNET_API_SECRET", made_up("", 36)),
        ("OPEN_ROUTER_API_KEY", made_up("sk-or-v1-", 64)),
        ("GROK_API_KEY", made_up("xai-", 80)),
        ("VITE_GROQ_API_KEY", made_up("gsk_", 52)),
        ("NEXT_PUBLIC_MISTRAL_API_KEY", made_up("", 32)),
        ("REACT_APP_OPENAI_API_KEY", made_up("sk-proj-", 60)),
        ("EXPO_PUBLIC_STRIPE_SECRET_KEY", made_up("sk_test_", 24)),
        ("TELEGRAM_TOKEN", format!("1234567890:{}", made_up("", 35))),
        ("SLACK_API_TOKEN", made_up("xoxb-", 40)),
        ("COHERE_KEY", made_up("", 40)),
        ("CLAUDE_API_KEY", made_up("sk-ant-api03-", 90)),
        ("OPENAI_API_KEY_2", made_up("sk-proj-B", 60)),
        ("STAGING_GROQ_API_KEY", made_up("gsk_B", 51)),
        ("GH_TOKEN", made_up("ghp_B", 35)),
        ("HF_API_TOKEN", made_up("hf_B", 33)),
        ("LLM_KEY", made_up("sk-ant-api03-B", 89)),
        ("MY_NOTION", made_up("ntn_B", 45)),
        ("TF_VAR_SLACK_BOT_TOKEN", made_up("xoxb-B", 39)),
        ("GEMINI_KEY", made_up("AIzaSyB", 32)),
        ("OPENROUTER_KEY", made_up("sk-or-v1-B", 63)),
    ];
    let (world, _) = World::with(&[]);
    let env = names.iter().fold(String::new(), |mut env, (name, value)| {
        let _ = writeln!(env, "{name}={value}");
        env
    });
    std::fs::write(world.folder.path(".env"), env).unwrap();
    let output = world.keyminder(&["probe", "--json"]).output().unwrap();
    let probed: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", said(&output)));
    let keys = probed["keys"].as_array().unwrap().iter();
    let watched: BTreeSet<&str> = keys
        .flat_map(|key| key["keys"].as_array().unwrap())
        .filter_map(Value::as_str)
        .collect();
    let missing: Vec<&str> = names
        .iter()
        .map(|(name, _)| *name)
        .filter(|name| !watched.contains(name))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
    assert_eq!(probed["unknown"], serde_json::json!([]));
}

#[test]
fn nothing_watched_is_never_green() {
    let folder = Folder::with_env("SHOP_API_KEY=q7Zm2Kx9Wd4Rt8Yb3Nf6q7Zm\nOTHER_SECRET=w4Rt8Yb3Nf6q7Zm2Kx9\n");
    folder.run(&["backup", "create"], 0);
    let probed = folder.run(&["probe"], 1);
    assert!(
        probed.contains("2 secrets of no known provider") && probed.contains("SHOP_API_KEY"),
        "{probed}"
    );
    let plugin = folder.run(&["monitor", "--plugin"], 1);
    assert!(plugin.contains("WARNING"), "{plugin}");
    assert!(folder.run(&["monitor"], 0).contains("no key in .env is watched"));
    // Placeholders are no keys yet.
    let folder = Folder::with_env("API_Groq=changeme\nOPENAI_API_KEY=sk-xxxxxxxxxxxxxxxxxxxx\nNOTION_TOKEN=<key>\n");
    let probed = folder.json(&["probe"]);
    for key in probed["keys"].as_array().unwrap() {
        assert_eq!(key["verdict"], "missing", "{key}");
    }
    folder.run(&["monitor", "--plugin"], 1);
    // Windows PowerShell writes `>` in UTF-16.
    let folder = Folder::with_env("");
    let wide: Vec<u8> = "API_Groq=gsk_made_up\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    for bytes in [wide.clone(), [vec![0xff, 0xfe], wide].concat()] {
        std::fs::write(folder.path(".env"), bytes).unwrap();
        assert!(folder.run(&["probe"], 1).contains("UTF-16"));
        assert!(folder.run(&["backup", "create"], 5).contains("UTF-16"));
        assert!(folder.run(&["monitor", "--plugin"], 2).contains("CRITICAL"));
    }
}

#[test]
fn a_restricted_key_is_rotated_into_another_one() {
    let (world, keys) = World::with(&["stripe"]);
    let limit = |values: &Values| {
        world
            .providers
            .put(Key::new("stripe", values.clone(), KeyState::Limited));
    };
    let fresh = || {
        let new = world.issue("stripe");
        limit(&new);
        new
    };
    world.run(&["rotate", "start", "stripe"], 0);
    let new = fresh();
    let refused = world.finish("stripe", &new, 5);
    assert!(refused.contains("valid_limited"), "the old one may do all: {refused}");
    limit(&keys[0]);
    let said = world.finish("stripe", &new, 0);
    assert!(
        said.contains("lacks a right") && said.contains("old_still_alive"),
        "{said}"
    );
    world.delete("stripe", &keys[0]);
    let proven = world.run(&["rotate", "finish", "stripe", "--wait"], 0);
    assert!(proven.contains("retired"), "{proven}");
    let listed = world.run(&["rotate", "list"], 0);
    assert!(
        listed.contains("stripe") && listed.contains("retired") && listed.contains("ana"),
        "{listed}"
    );
}

#[test]
fn a_rotation_whose_old_value_is_none_ends_as_claimed() {
    let (world, keys) = World::with(&["groq"]);
    let old = &keys[0]["API_Groq"];
    // Half of a key is none.
    std::fs::write(world.folder.path(".env"), format!("API_Groq={}\n", &old[..20])).unwrap();
    world.run(&["rotate", "start", "groq"], 0);
    let said = world.finish("groq", &world.issue("groq"), 0);
    assert!(said.contains("claimed") && said.contains("stays your word"), "{said}");
    assert!(world.run(&["rotate", "status"], 0).contains("claimed"));
    // The next one of the same provider keeps this one in the list.
    world.run(&["rotate", "start", "groq"], 0);
    let listed = world.run(&["rotate", "list"], 0);
    assert!(listed.contains("claimed") && listed.contains("backed_up"), "{listed}");
}

#[test]
fn back_ticks_are_quotes_and_a_reference_counts_once() {
    let (world, keys) = World::with(&["groq"]);
    let old = &keys[0]["API_Groq"];
    let env = format!("API_Groq=`{old}`\nGROQ_API_KEY=${{API_Groq}}\nP=\"C:\\dir\\\"\nGREETING='tis me\n");
    std::fs::write(world.folder.path(".env"), &env).unwrap();
    let probed = world.run(&["probe"], 0);
    assert!(probed.contains("valid") && !probed.contains("malformed"), "{probed}");
    world.run(&["rotate", "start", "groq"], 0);
    let new = world.issue("groq");
    world.finish("groq", &new, 0);
    assert_eq!(
        world.folder.read(".env"),
        env.replace(old.as_str(), &new["API_Groq"]),
        "the reference stays"
    );
    world.delete("groq", &keys[0]);
    let proven = world.run(&["rotate", "finish", "groq", "--wait"], 0);
    assert!(proven.contains("retired"), "{proven}");
}

/// What stands in place of a key is neither a key nor a secret that nobody watches.
#[test]
fn what_stands_in_place_of_a_key_is_missing() {
    let folder = Folder::with_env(
        "OPENAI_API_KEY=sk-xxxx\nANTHROPIC_API_KEY=user_provided\nGROQ_API_KEY=none\nAPI_Mistral=votre_cle_ici\n\
         HF_TOKEN=tu_clave_aqui\nCOHERE_API_KEY=jouw_sleutel_hier\nXAI_API_KEY=dein_schluessel_hier\nACME_KEY=null\n\
         ACME_TOKEN=op://Vault/Acme/token\nOPENAI_API_BASE=https://proxy.example.com/v1\nOUR_SECRET=q7Zm2Kx9Wd4R\n",
    );
    let probed = folder.run(&["probe"], 0);
    assert_eq!(probed.matches("\tmissing\t").count(), 7, "{probed}");
    assert!(probed.contains("no key is watched"), "{probed}");
    assert!(
        probed.contains("1 secret of no known provider (OUR_SECRET)"),
        "{probed}"
    );
    let plan = folder.run(&["rotate", "plan"], 0);
    assert!(
        plan.contains("holds no key of a known provider") && !plan.contains("ACME"),
        "{plan}"
    );
}

/// The key is where it was, under another name: the rotation goes on under that one.
#[test]
fn a_name_that_changed_between_two_starts_is_the_name() {
    let (world, keys) = World::with(&["groq"]);
    let old = &keys[0]["API_Groq"];
    let env = world.folder.path(".env");
    world.run(&["rotate", "start", "groq"], 0);
    std::fs::write(&env, format!("GROQ_API_KEY={old}\nVITE_GROQ_API_KEY={old}\n")).unwrap();
    let begun = world.run(&["rotate", "start", "groq"], 0);
    assert!(!begun.contains("API_Groq"), "{begun}");
    let new = world.issue("groq");
    let finished = world.finish("groq", &new, 0);
    assert!(finished.contains("old_still_alive"), "{finished}");
    let new = &new["API_Groq"];
    assert_eq!(
        world.folder.read(".env"),
        format!("GROQ_API_KEY={new}\nVITE_GROQ_API_KEY={new}\n")
    );
}

/// What a tool looked up and exported at the beginning is asked about as long as it is exported.
#[test]
fn what_a_reference_stood_for_is_asked_about_where_it_is_known() {
    let (world, keys) = World::with(&["groq"]);
    let env = world.folder.path(".env");
    let reference = "API_Groq=op://Vault/Groq/credential\n";
    std::fs::write(&env, reference).unwrap();
    let old = &keys[0]["API_Groq"];
    let with = |args: &[&str], (name, value): (&str, &str), also: &str| {
        let mut command = world.keyminder(args);
        command.env(name, value).env("GROQ_BEFORE", also);
        said(&command.output().unwrap())
    };
    let blind = world.run(&["rotate", "start", "groq"], 0);
    assert!(
        blind.contains("so that I see it change: op run --env-file=.env -- keyminder rotate start groq"),
        "{blind}"
    );
    let begun = with(&["rotate", "start", "groq"], ("API_Groq", old), "");
    assert!(
        begun.contains("call me as: op run --env-file=.env -- keyminder rotate finish groq"),
        "{begun}"
    );
    let new = world.issue("groq")["API_Groq"].clone();
    let finished = with(&["rotate", "finish", "groq"], ("API_Groq", &new), old);
    assert!(
        finished.contains("The new key works; 1Password holds it."),
        "{finished}"
    );
    assert!(
        finished.contains("old_still_alive") && !finished.contains("a comment"),
        "{finished}"
    );
    world.delete("groq", &keys[0]);
    let proven = with(&["rotate", "finish", "groq", "--wait"], ("API_Groq", &new), old);
    assert!(proven.contains("retired"), "{proven}");
    assert_eq!(world.folder.read(".env"), reference);
}
