//! Values that the project holds, in every place where somebody may have put one by mistake: no line repeats them.
use super::{secret, write};
use crate::rotation::{Folder, said};

/// A key, a value without a form, a password that a person made up, and one that is too short to be found in a text.
fn values() -> [(&'static str, String); 4] {
    let digits = |count| -> String { (0..count).map(|_| char::from(b'0' + fastrand::u8(..10))).collect() };
    [
        ("API_Groq", format!("gsk_{}{}", secret(), &secret()[..16])),
        ("A_SECRET", secret()),
        ("DB_PASSWORD", format!("Tr0ub-{}x", digits(3))),
        ("A_PIN", format!("9{}", digits(4))),
    ]
}

/// The secret part of a value, or a piece of it, where it is told.
fn shown_of<'v>(value: &'v str, told: &str) -> Option<&'v str> {
    let secret = value.strip_prefix("gsk_").unwrap_or(value);
    let pieces = [secret, &secret[..secret.len().min(14)]];
    pieces.into_iter().find(|piece| told.contains(piece))
}

/// A project whose keys stand where its settings say.
struct Holding {
    folder: Folder,
    settings: &'static str,
    values: [(&'static str, String); 4],
    /// Each place is tried with the next of them.
    next: usize,
}

impl Holding {
    fn new(env: &str, settings: &'static str) -> Self {
        let values = values();
        let lines: Vec<String> = values.iter().map(|(name, value)| format!("{name}={value}\n")).collect();
        let folder = Folder::with_env("");
        write(&folder, env, &lines.concat());
        write(&folder, "config/keyminder.toml", settings);
        Self {
            folder,
            settings,
            values,
            next: fastrand::usize(..4),
        }
    }

    fn value(&mut self) -> String {
        self.next += 1;
        self.values[self.next % 4].1.clone()
    }

    #[track_caller]
    fn tells_nothing(&self, args: &[&str], environment: &[(&str, &str)]) {
        let mut command = self.folder.keyminder(args);
        command.envs(environment.iter().copied());
        let told = said(&command.output().unwrap());
        assert!(!told.is_empty() && !told.contains("internal error"), "{args:?}: {told}");
        for (name, value) in &self.values {
            assert_eq!(
                shown_of(value, &told),
                None,
                "{name} in {args:?} {environment:?}: {told}"
            );
        }
    }
}

const HOLDINGS: [(&str, &str); 2] = [(".env", "[project]\n"), ("keys/env", "[project]\nenv = \"keys/env\"\n")];

#[test]
fn no_file_of_settings_is_quoted_with_what_the_project_holds() {
    for (env, settings) in HOLDINGS {
        let mut project = Holding::new(env, settings);
        for (file, line) in [
            ("config/keyminder.toml", "zone = \"{}\""),
            ("config/keyminder.toml", "[effects]\nworkers = \"{}\""),
            ("config/keyminder.toml", "[poll]\nbacklog = \"{}\""),
            ("config/keyminder.toml", "[notion]\nurl = \"{}\""),
            ("config/keyminder.toml", "[poll]\nactive = {}-x"),
            ("config/keyminder.toml", "[reply]\nlanguage = \"{}\""),
            ("config/keyminder.toml", "[people]\nmay_act = \"{}\""),
            ("config/providers.toml", "[[provider]]\nid = {}-x"),
            ("config/providers.toml", "[[provider]]\nid = \"{}\"\nwrong = 1"),
            ("config/pages/A.toml", "id = {}-x"),
            ("config/pages/A.toml", "id = \"A\"\n\"{}\" = 1"),
            ("config/topics.toml", "[[topic]]\nid = {}-x"),
            ("config/rules/a.toml", "a = {}-x"),
            ("config/redaction.toml", "a = \"{}\""),
        ] {
            let before = project.folder.read(file);
            let line = line.replace("{}", &project.value());
            write(&project.folder, file, &format!("{before}{line}\n"));
            // `check` reads them all; what else reads a file tells of its faults too, and sooner.
            let reads_it = match file {
                _ if env == ".env" => "check",
                "config/keyminder.toml" => "status",
                "config/providers.toml" => "probe",
                _ => "explain",
            };
            let words: &[&str] = if reads_it == "explain" { &["done"] } else { &[] };
            project.tells_nothing(&[&[reads_it], words].concat(), &[]);
            std::fs::remove_file(project.folder.path(file)).unwrap();
            write(&project.folder, "config/keyminder.toml", project.settings);
        }
    }
}

#[test]
fn no_variable_and_no_argument_is_repeated_with_what_the_project_holds() {
    for (env, settings) in HOLDINGS {
        let mut project = Holding::new(env, settings);
        let commands = [&["status"][..], &["check"], &["run", "--once"], &["probe"]];
        for (number, variable) in [
            "KEYMINDER_PROJECT",
            "KEYMINDER_PROJECT_ENV",
            "KEYMINDER_CONFIG",
            "KEYMINDER_PROJECT_ZONE",
            "KEYMINDER_EFFECTS_WORKERS",
            "KEYMINDER_PAGES",
            "KEYMINDER_STATE",
            "KEYMINDER_PROBE_URL",
            "KEYMINDER_LOG",
            "KEYMINDER_NOTION_TOKEN_FILE",
        ]
        .into_iter()
        .enumerate()
        {
            let value = project.value();
            project.tells_nothing(commands[(number + project.next) % 4], &[(variable, &value)]);
        }
        for args in [
            &["{}"][..],
            &["probe", "{}"],
            &["rotate", "start", "{}"],
            &["audit", "--page", "{}"],
            &["explain", "done", "--page", "{}"],
            &["schedule", "--at", "{}"],
            &["backup", "verify", "{}"],
        ] {
            let value = project.value();
            let args: Vec<&str> = args
                .iter()
                .map(|arg| if *arg == "{}" { value.as_str() } else { arg })
                .collect();
            project.tells_nothing(&args, &[]);
        }
    }
}

#[test]
fn explain_shows_no_piece_of_a_held_key() {
    let value = secret();
    let folder = Folder::with_env(&format!("A_SECRET={value}\n"));
    let piece = &value[6..16];
    for args in [&["explain"][..], &["explain", "--json"]] {
        let text = format!("step 1 done with {piece}");
        let told = said(&folder.keyminder(args).arg(&text).output().unwrap());
        assert!(told.contains("[redacted: A_SECRET]"), "{told}");
        assert!(!told.to_lowercase().contains(&piece.to_lowercase()), "{args:?}: {told}");
        if args.len() == 2 {
            assert!(serde_json::from_str::<serde_json::Value>(&told).is_ok(), "{told}");
        }
    }
}

#[test]
fn an_env_that_cannot_be_read_to_its_end_is_known_by_its_lines() {
    let value = secret();
    let folder = Folder::with_env(&format!("A_SECRET={value}\nNOTE='it is open\n"));
    let told = said(
        &folder
            .keyminder(&["check"])
            .env("KEYMINDER_PROJECT_ZONE", &value)
            .output()
            .unwrap(),
    );
    assert!(told.contains("PROJECT_ZONE") && !told.contains(&value), "{told}");
}
