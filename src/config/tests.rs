//! Settings as people write them, and what is said when they are wrong.
use super::*;

fn read(file: &str, environment: &[(&str, &str)]) -> Result<Settings, Faults> {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("config")).unwrap();
    std::fs::write(dir.path().join("config/keyminder.toml"), file).unwrap();
    let place = Place {
        project: Some(dir.path().to_owned()),
        config: None,
    };
    let environment = environment
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    Settings::read(&place, environment)
}

#[test]
fn an_empty_project_has_all_defaults() {
    let settings = read("", &[]).unwrap();
    assert_eq!(settings.poll.active, Duration::from_secs(5));
    assert_eq!(settings.rotation.proof_at.len(), 3);
    assert!(settings.state.ends_with("state/keyminder.db"));
}

#[test]
fn the_environment_stands_over_the_file() {
    let settings = read("[poll]\nactive = \"9s\"", &[("KEYMINDER_POLL_ACTIVE", "2s")]).unwrap();
    assert_eq!(settings.poll.active, Duration::from_secs(2));
    let settings = read(
        "",
        &[(
            "KEYMINDER_PAGES",
            "https://www.notion.so/A-2f1c7a904b3d80e29a51c0ffee11aa01, 2f1c7a90-4b3d-80e2-9a51-c0ffee11aa02",
        )],
    );
    assert_eq!(settings.unwrap().pages.len(), 2);
}

#[test]
fn all_faults_are_told_at_once_with_their_places() {
    let file = "[poll]\nactive = \"5 parsecs\"\nidel = \"3s\"\n[notion]\nurl = \"http://evil.example\"\n";
    let faults = read(file, &[("KEYMINDER_POLL_BACKLOG", "eat")])
        .unwrap_err()
        .to_string();
    for part in [
        "keyminder.toml:2: poll.active",
        "did you mean poll.idle?",
        "notion.url",
        "KEYMINDER_POLL_BACKLOG",
        "4 faults",
    ] {
        assert!(faults.contains(part), "{part} is not in {faults}");
    }
    assert!(
        read("poll = [", &[])
            .unwrap_err()
            .to_string()
            .contains("is not valid TOML")
    );
}

const EXAMPLE: &str = include_str!("../../config/keyminder.example.toml");

/// The example with every setting in force.
fn uncommented() -> String {
    let setting = regex::Regex::new(r"(?m)^# ([a-z_]+ = .*)$").unwrap();
    setting.replace_all(EXAMPLE, "$1").into_owned()
}

#[test]
fn the_example_documents_every_setting_with_its_default() {
    let settings = read(&uncommented(), &[("TZ", "Europe/Amsterdam")]).unwrap();
    let defaults = read("", &[("TZ", "Europe/Amsterdam")]).unwrap();
    let shown =
        |settings: &Settings| format!("{settings:?}").replace(&settings.project.display().to_string(), "PROJECT");
    assert_eq!(shown(&settings), shown(&defaults));

    let mut reader = Reader::open(Path::new("no such file"), false, BTreeMap::new()).unwrap();
    Settings::from_reader(Path::new("/"), &mut reader);
    let table: toml::Table = uncommented().parse().unwrap();
    for (section, key) in &reader.known {
        let documented = match section.as_str() {
            "" => table.contains_key(key),
            _ => table.get(section).and_then(|section| section.get(key)).is_some(),
        };
        assert!(documented, "[{section}] {key} is not in config/keyminder.example.toml");
    }
}

#[test]
fn only_this_machine_counts_as_loopback() {
    let local = ["http://127.0.0.1", "http://localhost:8000", "http://[::1]/x"];
    assert!(local.into_iter().all(values::is_loopback));
    let elsewhere = [
        "http://127.0.0.1.example",
        "http://127.0.0.1:1@evil.example",
        "https://example.org",
    ];
    assert!(!elsewhere.into_iter().any(values::is_loopback));
}
