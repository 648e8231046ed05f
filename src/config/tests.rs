//! Settings as people write them, and what is said when they are wrong.
use super::reader::SettingsReader;
use super::{Faults, ProjectArgs, Settings};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

fn read(file: &str, environment: &[(&str, &str)]) -> Result<Settings, Faults> {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("config")).unwrap();
    std::fs::write(dir.path().join("config/keyminder.toml"), file).unwrap();
    let place = ProjectArgs {
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

    let mut reader = SettingsReader::open(Path::new("no such file"), false, BTreeMap::new()).unwrap();
    Settings::from_reader(Path::new("/"), &mut reader);
    let table: toml::Table = uncommented().parse().unwrap();
    for name in &reader.known {
        let documented = match name.split_once('.') {
            None => table.contains_key(name),
            Some((section, key)) => table.get(section).and_then(|section| section.get(key)).is_some(),
        };
        assert!(documented, "{name} is not in config/keyminder.example.toml");
    }
}

#[test]
fn notion_is_reached_by_https_or_on_this_machine() {
    for url in [
        "https://api.notion.com/v1/",
        "http://127.0.0.1:9",
        "http://localhost:8000",
        "http://[::1]",
    ] {
        assert!(read(&format!("[notion]\nurl = \"{url}\"\n"), &[]).is_ok(), "{url}");
    }
    for url in [
        "http://127.0.0.1.example",
        "http://localhost.evil.com",
        "http://127.0.0.1@evil.com",
        "https://api.notion.com@evil.example",
        "https://10.0.0.1",
        "https://0xa9.0xfe.0xa9.0xfe",
        "https://metadata.google.internal",
        "https://api.notion.com/?x=",
    ] {
        let faults = read(&format!("[notion]\nurl = \"{url}\"\n"), &[])
            .unwrap_err()
            .to_string();
        assert!(faults.contains("notion.url"), "{faults}");
    }
}

#[test]
fn alerts_go_to_https_or_to_this_machine_and_a_fault_does_not_repeat_them() {
    for channel in ["ntfy", "slack", "webhook", "ping"] {
        let set = |url: &str| read(&format!("[alerts]\n{channel} = \"{url}\"\n"), &[]);
        assert!(set("https://ntfy.sh/a-topic").is_ok());
        assert!(set("http://127.0.0.1:8080/a-topic").is_ok());
        for host in [
            "http://ntfy.example",
            "https://192.168.1.9",
            "https://169.254.169.254",
            "http://127.0.0.1@x.example",
        ] {
            let faults = set(&format!("{host}/a-topic")).unwrap_err().to_string();
            assert!(faults.contains(channel) && !faults.contains("a-topic"), "{faults}");
        }
    }
}

#[test]
fn probes_are_moved_to_this_machine_alone() {
    let set = |url| read("", &[("KEYMINDER_PROBE_URL", url)]);
    assert!(set("http://127.0.0.1:9").is_ok());
    for url in [
        "http://127.0.0.1.evil.com",
        "http://127.0.0.1:1@evil.example",
        "https://1.1.1.1",
        "http://localhost.evil.com",
    ] {
        assert!(set(url).is_err(), "{url}");
    }
}

/// Under which names the program holds a section's settings, beside the section's own and `settings`.
const HELD_AS: [(&str, &str); 2] = [("effects", "times"), ("properties", "names")];

/// The program's code without the files that define settings and read them in: what stands there is no use of one.
fn code_that_uses_settings() -> String {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    let mut code = String::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            let defines = folder.ends_with("src/config") && name != "playbook.rs";
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") && !name.contains("tests") && !defines {
                let text = std::fs::read_to_string(&path).unwrap();
                let production = text.split("#[cfg(test)]").next().unwrap_or_default();
                code.push_str(production);
            }
        }
    }
    code
}

/// Whether the code reads a setting: `settings.poll.active`, `poll.active` or `times.lease`, over several lines too.
fn is_read(code: &str, name: &str) -> bool {
    let (section, key) = name.split_once('.').unwrap_or(("settings", name));
    let held_as = HELD_AS.iter().filter(|(of, _)| *of == section).map(|(_, held)| *held);
    let holders: Vec<&str> = ["settings", section].into_iter().chain(held_as).collect();
    let reads = format!(r"\b(?:{})\s*\.\s*{key}\b", holders.join("|"));
    regex::Regex::new(&reads).unwrap().is_match(code)
}

#[test]
fn every_setting_is_read_by_the_program() {
    let mut reader = SettingsReader::open(Path::new("no such file"), false, BTreeMap::new()).unwrap();
    Settings::from_reader(Path::new("/"), &mut reader);
    let mut names = reader.known;
    names.extend(["project", "probe_url", "environment_token"].map(str::to_owned));
    let code = code_that_uses_settings();
    let unread: BTreeSet<&String> = names.iter().filter(|name| !is_read(&code, name)).collect();
    assert_eq!(unread, BTreeSet::new(), "settings that nothing reads");
    assert!(names.len() > 35, "only {} settings were found", names.len());
    assert!(
        !is_read(&code, "server.listen") && !is_read(&code, "poll.sometimes"),
        "the search finds what is not there"
    );
}
