//! What is built in is proven, and every reason of evidence has its sentence.
use super::*;
use std::collections::{BTreeMap, BTreeSet};

fn settings(dir: &Path) -> Settings {
    let place = ProjectArgs {
        project: Some(dir.to_owned()),
        config: None,
    };
    Settings::read(&place, BTreeMap::new()).unwrap()
}

#[test]
fn what_is_built_in_has_no_fault() {
    let dir = tempfile::tempdir().unwrap();
    let mut faults = Vec::new();
    let proven = prove(&settings(dir.path()), &mut faults);
    assert_eq!(faults, Vec::<String>::new());
    assert!(
        proven.rules > 30 && proven.prompts > 50 && proven.replies > 500,
        "{proven:?}"
    );
}

/// The rows of the table in the evidence room: its reasons, and the facts of each.
fn table() -> Vec<(Vec<String>, String)> {
    let source = include_str!("../../evidence/mod.rs");
    let rows = source.lines().filter_map(|line| line.strip_prefix("//! | `"));
    rows.map(|row| {
        let mut cells = row.split('|');
        let reasons = cells
            .next()
            .unwrap_or_default()
            .split('`')
            .map(|name| name.trim_matches([' ', ',']));
        let reasons = reasons.filter(|name| !name.is_empty()).map(str::to_owned).collect();
        (reasons, cells.nth(1).unwrap_or_default().to_owned())
    })
    .collect()
}

#[test]
fn every_reason_of_the_table_is_said_with_its_facts() {
    let dir = tempfile::tempdir().unwrap();
    let files = config::prompt_files(&settings(dir.path()));
    let ours: BTreeMap<&str, BTreeSet<String>> = evidence::of_every_reason()
        .into_iter()
        .map(|(reason, _, facts)| (reason, facts.as_object().unwrap().keys().cloned().collect()))
        .collect();
    assert!(table().len() > 30);
    for (reasons, facts) in table() {
        for reason in reasons {
            assert!(
                files.contains_key(&format!("en/evidence/{reason}.md")),
                "prompts/en/evidence/{reason}.md is missing"
            );
            let known = ours
                .get(reason.as_str())
                .unwrap_or_else(|| panic!("check knows no evidence {reason}"));
            for fact in known
                .iter()
                .filter(|fact| !["timer", "cycle", "adopted"].contains(&fact.as_str()))
            {
                assert!(facts.contains(fact.as_str()), "{reason}: the table has no fact {fact}");
            }
        }
    }
}

#[test]
fn a_prompt_with_an_unknown_fact_and_one_that_nobody_says_are_faults() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(dir.path().join("prompts/en")).unwrap();
    std::fs::write(dir.path().join("prompts/en/claim.md"), "Well done, {{ nickname }}!").unwrap();
    std::fs::write(dir.path().join("prompts/en/climb.md"), "Up!").unwrap();
    let mut faults = Vec::new();
    prove(&settings(dir.path()), &mut faults);
    assert_eq!(faults.len(), 2, "{faults:?}");
    assert!(
        faults[0].starts_with("prompts/en/claim.md:") && faults[0].contains("undefined"),
        "{faults:?}"
    );
    assert!(
        faults[1].starts_with("prompts/en/climb.md: nothing says it"),
        "{faults:?}"
    );
}

#[test]
fn faults_of_all_files_are_told_together() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(dir.path().join("config/pages")).unwrap();
    std::fs::create_dir_all(dir.path().join("config/rules")).unwrap();
    let page = "id = \"ACT_011_SEC\"\n[[criterion]]\nnumber = 1\ncheck = { kind = \"keys_changed\", providers = [\"bybt\"] }\n";
    std::fs::write(dir.path().join("config/pages/ACT_011_SEC.toml"), page).unwrap();
    std::fs::write(dir.path().join("config/rules/own.toml"), "[[rule]]\nid = 3\n").unwrap();
    std::fs::write(dir.path().join("config/redaction.toml"), "secret = 1\n").unwrap();
    std::fs::write(dir.path().join("config/providers.toml"), "[[provider]]\nid = \"x\"\n").unwrap();
    let mut faults = Vec::new();
    prove(&settings(dir.path()), &mut faults);
    for file in ["own.toml", "redaction.toml", "providers.toml"] {
        assert!(faults.iter().any(|fault| fault.contains(file)), "{file}: {faults:?}");
    }
}
