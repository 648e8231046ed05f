//! Every place that is looked at, and what must neither hold the search up nor end it.
use super::file_order::{order_of, set_elsewhere, setting};
use super::holder::{Holder, HolderPlace};
use super::search::HolderSearch;
use super::sought::Sought;
use super::{exported, ps};
use crate::rotation::Project;
use crate::rotation::dotenv::KeyValues;
use crate::rotation::project::testing::{project, settings, write_file};
use crate::rotation::providers::Providers;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use proptest::prelude::*;
use secrecy::SecretString;
use std::path::Path;

const OLD: &str = "gsk_made-up-old-value";

fn values() -> Vec<(String, SecretString)> {
    vec![("API_Groq".to_owned(), OLD.into())]
}

fn sought() -> Sought {
    Sought::new(&values()).unwrap()
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap()
}

/// What is found in a project, in words.
fn found(project: &Project) -> Vec<String> {
    let search = HolderSearch::new(&settings(&project.dir));
    let holders = search
        .find(project, &Providers::builtin(), &values())
        .of(&["API_Groq".to_owned()], None);
    assert!(!format!("{holders:?}").contains("gsk_"), "a value is told");
    holders.iter().map(|holder| holder.subject(now(), Tz::UTC)).collect()
}

#[test]
fn files_are_found_by_value_and_told_without_it() {
    let (dir, project) = project("API_Groq=gsk_made-up-new\n");
    let write = |name: &str, text: &str| write_file(&dir.path().join(name), text);
    let line = format!("K=\"{OLD}\"\n");
    for skipped in [
        ".env.backup.20260101_090000",
        "node_modules/x/.env",
        "backups/api_keys/x",
    ] {
        write(skipped, &line);
    }
    for (name, before) in [
        (".env.local", ""),
        (".github/workflows/ci.yml", "on: push\n\n"),
        (".vscode/settings.json", "{\n"),
        ("compose.yaml", "services:\n"),
        ("deploy/run.sh", "#!/bin/sh\n"),
        (".git/config", "[remote]\n"),
        ("binary", "\u{0}\u{1}"),
    ] {
        write(name, &format!("{before}{line}"));
    }
    assert_eq!(
        found(&project),
        [
            ".env.local line 1",
            ".git/config line 2",
            ".github/workflows/ci.yml line 3",
            ".vscode/settings.json line 2",
            "binary line 1",
            "compose.yaml line 2",
            "deploy/run.sh line 2",
        ]
    );
    // What ends a statement in a script is no part of the value elsewhere.
    let ended = [("API_Groq".to_owned(), format!("'{OLD}';").into())];
    let search = HolderSearch::new(&settings(dir.path()));
    let holders = search
        .find(&project, &Providers::builtin(), &ended)
        .of(&["API_Groq".to_owned()], None);
    assert_eq!(holders.len(), 7);
    let short = [("SHORT".to_owned(), "made".into())];
    assert!(
        !HolderSearch::new(&settings(dir.path()))
            .find(&project, &Providers::builtin(), &short)
            .looked,
        "nothing to look for"
    );
}

#[test]
fn what_is_no_file_of_the_project_holds_nobody_up() {
    let (dir, project) = project("A=1\n");
    let elsewhere = tempfile::tempdir().unwrap();
    write_file(&elsewhere.path().join("out"), OLD);
    std::os::unix::fs::symlink(elsewhere.path(), dir.path().join("folder")).unwrap();
    std::os::unix::fs::symlink(elsewhere.path().join("out"), dir.path().join("file")).unwrap();
    std::os::unix::fs::symlink(dir.path(), dir.path().join("round")).unwrap();
    std::os::unix::fs::symlink("/dev/zero", dir.path().join(".env.local")).unwrap();
    let fifo = std::process::Command::new("mkfifo")
        .arg(dir.path().join(".envrc"))
        .status();
    assert!(fifo.unwrap().success());
    let large = std::fs::File::create(dir.path().join("large")).unwrap();
    large.set_len(3 << 20).unwrap();
    write_file(&dir.path().join("closed"), OLD);
    std::fs::set_permissions(
        dir.path().join("closed"),
        std::os::unix::fs::PermissionsExt::from_mode(0o000),
    )
    .unwrap();
    let of_root = rustix::process::geteuid().is_root();
    assert_eq!(
        found(&project),
        if of_root { vec!["closed line 1"] } else { Vec::new() }
    );
    assert!(set_elsewhere(&project, &values().into_iter().collect()).is_empty());
}

#[test]
fn other_names_and_comments_of_env_are_told_by_line() {
    let env = format!(
        "API_Groq=gsk_made-up-new\nVITE_GROQ='{OLD}'\n# API_Groq={OLD} old\nX=1 # was {OLD}\nURL=https://x/{OLD}?y\n"
    );
    let (_dir, project) = project(&env);
    assert_eq!(
        found(&project),
        ["URL in .env", "VITE_GROQ in .env", ".env line 3", ".env line 4"]
    );
}

#[test]
fn the_environment_that_we_were_started_from_is_compared() {
    let (_dir, project) = project(&format!(
        "API_Groq={OLD}\nNOTION_TOKEN=op://vault/notion/token\nOPENAI_API_KEY=sk-made-up\nLANG=nl\nMISTRAL_API_KEY=made-up-here\n"
    ));
    let env = project.read_env().unwrap();
    let environment = [
        ("API_Groq", "gsk_made-up-other"),
        ("NOTION_TOKEN", "ntn_made-up-by-the-vault"),
        ("OPENAI_API_KEY", "sk-made-up"),
        ("LANG", "en"),
        ("MISTRAL_API_KEY", ""),
        ("GROQ", OLD),
    ]
    .map(|(name, value)| (name.to_owned(), value.into()));
    let providers = crate::rotation::providers::Providers::builtin();
    assert_eq!(
        exported::exported_otherwise(&environment, &env, &providers),
        ["API_Groq"]
    );
    let holder = exported::holding(&environment, &sought()).unwrap();
    assert_eq!(
        holder.place,
        HolderPlace::Exported {
            names: vec!["GROQ".to_owned()]
        }
    );
}

#[test]
fn a_part_of_a_key_that_stays_what_it_was_is_not_old() {
    let of = |pairs: &[(&str, &str)]| -> KeyValues {
        let pairs = pairs.iter();
        pairs
            .map(|(name, value)| ((*name).to_owned(), (*value).into()))
            .collect()
    };
    let old = of(&[
        ("ACCOUNT_SID", "AC_made-up-account"),
        ("AUTH_TOKEN", "made-up-old"),
        ("GONE", "made-up-gone"),
    ]);
    let present = of(&[("ACCOUNT_SID", "AC_made-up-account"), ("AUTH_TOKEN", "made-up-new")]);
    let names: Vec<String> = super::replaced(old, &present).into_keys().collect();
    assert_eq!(names, ["AUTH_TOKEN", "GONE"]);
}

#[test]
fn profiles_are_looked_at_below_the_home_folder() {
    let (_dir, project) = project("A=1\n");
    let home = tempfile::tempdir().unwrap();
    for name in [
        ".zshrc",
        ".config/fish/config.fish",
        ".config/environment.d/keys.conf",
        ".bash_history",
        ".pam_environment",
        ".config/nushell/config.nu",
        ".config/powershell/Microsoft.PowerShell_profile.ps1",
        ".config/systemd/user/bot.service.d/keys.conf",
    ] {
        write_file(&home.path().join(name), &format!("# mine\nexport API_Groq={OLD}\n"));
    }
    std::os::unix::fs::symlink("/dev/zero", home.path().join(".bashrc")).unwrap();
    std::os::unix::fs::symlink(home.path().join(".zshrc"), home.path().join(".profile")).unwrap();
    let found = super::profiles::holding(&project, Some(home.path()), &sought());
    let mut subjects: Vec<String> = found.iter().map(|holder| holder.subject(now(), Tz::UTC)).collect();
    subjects.sort();
    assert_eq!(
        subjects,
        [
            "~/.config/environment.d/keys.conf line 2",
            "~/.config/fish/config.fish line 2",
            "~/.config/nushell/config.nu line 2",
            "~/.config/powershell/Microsoft.PowerShell_profile.ps1 line 2",
            "~/.config/systemd/user/bot.service.d/keys.conf line 2",
            "~/.pam_environment line 2",
            "~/.profile line 2",
            "~/.zshrc line 2",
        ]
    );
}

#[test]
fn direnv_reads_the_folders_above_a_project() {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path().join("code/bot");
    write_file(&dir.join(".env"), "A=1\n");
    write_file(&home.path().join("code/.envrc"), &format!("export API_Groq={OLD}\n"));
    let project = Project::open(&settings(&dir)).unwrap();
    let found = super::profiles::holding(&project, Some(home.path()), &sought());
    let subjects: Vec<String> = found.iter().map(|holder| holder.subject(now(), Tz::UTC)).collect();
    assert_eq!(subjects, ["~/code/.envrc line 1"]);
}

/// What other files write in other letters: a secret of Kubernetes, a login of Docker, a file in UTF-16.
#[test]
fn a_value_is_found_as_other_files_write_it() {
    let (dir, project) = project("API_Groq=gsk_made-up-new\n");
    let encoded = |text: &str| BASE64_STANDARD.encode(text);
    let write = |name: &str, text: &str| write_file(&dir.path().join(name), text);
    let pod = |value: String| format!("kind: Secret\ndata:\n  groq: {value}\n");
    write("k8s/plain.yaml", &pod(encoded(OLD)));
    write("k8s/with-newline.yaml", &pod(encoded(&format!("{OLD}\n"))));
    write("docker/one.json", &encoded(&format!("a:{OLD}")));
    write("docker/two.json", &encoded(&format!("bot:{OLD}@host")));
    write("docker/three.json", &encoded(&format!("us:{OLD}")));
    write("other.yaml", &pod(encoded("gsk_made-up-other-key")));
    for (name, to_bytes) in [
        ("le.ps1", u16::to_le_bytes as fn(u16) -> [u8; 2]),
        ("be.ps1", u16::to_be_bytes),
    ] {
        let text = format!("\u{feff}# mine\n$env:API_Groq = '{OLD}'\n");
        let bytes: Vec<u8> = text.encode_utf16().flat_map(to_bytes).collect();
        std::fs::write(dir.path().join(name), bytes).unwrap();
    }
    assert_eq!(
        found(&project),
        [
            "be.ps1 line 2",
            "docker/one.json line 1",
            "docker/three.json line 1",
            "docker/two.json line 1",
            "k8s/plain.yaml line 3",
            "k8s/with-newline.yaml line 3",
            "le.ps1 line 2",
        ]
    );
}

#[test]
fn the_file_that_wins_is_known_by_its_name() {
    for (name, wins) in [
        (".env.local", "Next.js, Vite, Bun, Rails and Symfony"),
        (".env.production.local", "in that mode"),
        (".env.staging.local", "in that mode"),
        (".env.production", "Laravel"),
        (".env.docker", "is given this file"),
        ("web.env", "is given this file"),
        (".envrc", "direnv"),
        (".dev.vars", "wrangler"),
        ("docker-compose.override.yml", "env_file"),
        ("compose.yaml", "env_file"),
    ] {
        assert!(order_of(name).is_some_and(|said| said.contains(wins)), "{name}");
    }
    for name in [
        ".env",
        ".env.example",
        ".env.sample",
        ".env.install-key",
        ".env.backup.20260101",
        "envrc",
        "main.rs",
    ] {
        assert_eq!(order_of(name), None, "{name}");
    }
}

#[test]
fn a_line_that_sets_a_variable_is_read_in_each_kind_of_file() {
    for line in [
        "API_Groq=value",
        "export API_Groq=\"value\" # mine",
        "  - API_Groq=value",
        "      API_Groq: value # mine",
        "    \"API_Groq\": \"value\",",
        "API_Groq='value'",
    ] {
        assert_eq!(setting(line), Some(("API_Groq", "value")), "{line}");
    }
    for line in [
        "# API_Groq=value",
        "API_Groq=",
        "see https://example.com",
        "",
        "=",
        ":",
        "API_Groq: \"\"",
        "- \"",
        "é=1",
    ] {
        assert_eq!(setting(line), None, "{line}");
    }
    let (dir, project) = project("API_Groq=gsk_made-up-new\n");
    write_file(&dir.path().join(".env.local"), "OTHER=1\nAPI_Groq=gsk_made-up-mine\n");
    write_file(&dir.path().join(".env.test"), "API_Groq=gsk_made-up-new\n");
    write_file(
        &dir.path().join("compose.yml"),
        "    - API_Groq=${API_Groq}\n    - API_Groq\n",
    );
    write_file(&dir.path().join(".env.example"), "API_Groq=your_key_here\n");
    let set = set_elsewhere(&project, &project.read_env().unwrap().values());
    let said: Vec<String> = set.iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        [
            ".env.local, line 2, sets API_Groq to another value than .env: Next.js, Vite, Bun, Rails and Symfony read it before .env",
            ".env.test, line 1, sets API_Groq too: Next.js, Vite, Bun, Rails, Symfony and Laravel read it before .env in that mode",
        ]
    );
}

#[test]
fn ps_of_macos_is_read() {
    let output = format!(
        "    1 Sun Mar  1 08:00:00 2026     /sbin/launchd HOME=/ PATH=/bin\n\
           812 Mon Mar  2 09:00:00 2026     /usr/local/bin/node server.js TERM=xterm A=two words API_Groq={OLD} GROQ={OLD}\n\
           813 Mon Mar  2 09:00:01 2026     curl -H Bearer_{OLD} https://x PATH=/bin\n\
           814 Mon Mar  2 09:00:02 2026     us API_Groq={OLD}\n\
         broken {OLD}\n815 {OLD}\n\n"
    );
    let found = ps::holding(output.as_bytes(), 814, &sought());
    let said: Vec<String> = found
        .iter()
        .map(|holder| holder.in_words(false, now(), Tz::UTC))
        .collect();
    assert_eq!(
        said,
        [
            "node (pid 812, since 2 March) still holds the old API_Groq as API_Groq, GROQ: restart it, then delete the old key",
            "curl (pid 813, since 2 March) still holds the old API_Groq in its command line: restart it, then delete the old key",
        ]
    );
}

proptest! {
    #[test]
    fn no_output_of_ps_ends_the_search(output in proptest::collection::vec(any::<u8>(), 0..300), at in 0usize..300) {
        let mut output = output;
        let at = at.min(output.len());
        output.splice(at..at, OLD.bytes());
        for holder in ps::holding(&output, 1, &sought()) {
            let debug = format!("{holder:?}");
            prop_assert!(!debug.contains(OLD), "a value is told");
        }
    }

    #[test]
    fn no_line_ends_the_search(line in any::<String>()) {
        let _ = setting(&line);
    }

    #[test]
    fn each_value_is_found_in_its_line(lines in proptest::collection::vec("[a-z =\"']{0,20}", 1..30), at in 0usize..30) {
        let mut lines = lines;
        let at = at.min(lines.len() - 1);
        lines[at].push_str(OLD);
        let text = lines.join("\n");
        prop_assert_eq!(sought().lines_in(text.as_bytes()), [(at + 1, vec!["API_Groq".to_owned()])]);
    }
}

#[cfg(target_os = "linux")]
mod linux;
