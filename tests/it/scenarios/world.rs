//! The world of a scenario: a scratch project with a `.env` of invented keys, old and new, and what providers say to them.
use super::transcript::{Given, Transcript};
use keyminder::cli::ProjectArgs;
use keyminder::config::Settings;
use keyminder_sandbox::providers::{Key, KeyState, StandIns};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// The providers whose keys are in `.env`, in the order in which `providers.toml` names them.
pub const PROVIDERS: [&str; 5] = ["bybit", "notion", "huggingface", "groq", "mistral"];

/// The values of one provider: variable to value.
pub type Values = BTreeMap<String, String>;

/// A scratch project and what is true of its keys.
pub struct World {
    dir: tempfile::TempDir,
    pub stand_ins: StandIns,
    pub old: BTreeMap<String, Values>,
    pub new: BTreeMap<String, Values>,
    /// Whose new values are in `.env`.
    pub replaced: Vec<String>,
    /// What a provider says to an old (`true`) or new key, if it is not "live".
    pub states: BTreeMap<(String, bool), String>,
    pub has_env: bool,
}

impl World {
    /// Old keys in `.env`, all of them alive.
    pub fn new() -> Self {
        let stand_ins = StandIns::default();
        let mut dice = fastrand::Rng::new();
        let mut issue = || {
            let keys = PROVIDERS.iter().map(|provider| {
                let values = stand_ins
                    .issue(provider, &mut dice)
                    .expect("a provider that the stand-ins know");
                ((*provider).to_owned(), values)
            });
            keys.collect::<BTreeMap<_, _>>()
        };
        let (old, new) = (issue(), issue());
        let world = Self {
            dir: tempfile::tempdir().expect("a scratch folder"),
            stand_ins,
            old,
            new,
            replaced: Vec::new(),
            states: BTreeMap::new(),
            has_env: true,
        };
        world.write_env();
        for (name, text) in descriptions() {
            world.write(&format!("config/pages/{name}"), &text);
        }
        world
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.dir().join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a scratch folder");
        std::fs::write(path, text).expect("room for a scratch file");
    }

    /// The project's folder.
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// The settings of a scenario, as the environment gives them.
    pub fn environment(transcript: &Transcript) -> BTreeMap<String, String> {
        let own = [
            ("KEYMINDER_ROTATION_PROOF_AT", "0s,300ms,600ms"),
            ("KEYMINDER_EVIDENCE_FRESH", "0s"),
            ("KEYMINDER_PROJECT_ZONE", "Europe/Amsterdam"),
        ];
        let own = own.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
        own.chain(transcript.settings.clone()).collect()
    }

    /// The settings, read.
    pub fn settings(&self, environment: BTreeMap<String, String>) -> Settings {
        let place = ProjectArgs {
            project: Some(PathBuf::from(self.dir())),
            config: None,
        };
        Settings::read(&place, environment).expect("settings of a test")
    }

    /// Changes the world; what concerns the page or the people is the caller's.
    pub fn given(&mut self, given: &Given) {
        match given {
            Given::NoEnv => {
                self.has_env = false;
                std::fs::remove_file(self.dir().join(".env")).expect("an .env");
            }
            Given::New(which) => {
                self.replaced.extend(named(which));
                self.write_env();
            }
            Given::Key { provider, old, state } => {
                for provider in named(provider) {
                    self.put(&provider, *old, state);
                }
            }
            Given::File(path) => self.write(path, "written\n"),
            Given::StatusOptions(_)
            | Given::StatusCalled(_)
            | Given::Unshared
            | Given::Outside
            | Given::Date { .. }
            | Given::SlowLooks(_)
            | Given::TakenBack(_)
            | Given::Somebody { .. } => {}
        }
    }

    fn put(&mut self, provider: &str, old: bool, state: &str) {
        let values = if old { &self.old[provider] } else { &self.new[provider] };
        let known: KeyState = serde_json::from_value(state.into()).expect("a state of a key");
        self.stand_ins.put(Key::new(provider, values.clone(), known));
        self.states.insert((provider.to_owned(), old), state.to_owned());
    }

    /// The values in `.env` now.
    pub fn present(&self) -> BTreeMap<String, Values> {
        let all = self.old.iter().filter(|_| self.has_env);
        let value = |provider: &String, old: &Values| {
            let new = self.replaced.contains(provider);
            if new { self.new[provider].clone() } else { old.clone() }
        };
        all.map(|(provider, old)| (provider.clone(), value(provider, old)))
            .collect()
    }

    fn write_env(&self) {
        let mut text = "TZ=Europe/Amsterdam\n".to_owned();
        for (name, value) in self.present().values().flatten() {
            let _ = writeln!(text, "{name}={value}");
        }
        let mut options = std::fs::OpenOptions::new();
        let options = options.write(true).create(true).truncate(true).mode(0o600);
        let mut file = options.open(self.dir().join(".env")).expect("a scratch file");
        file.write_all(text.as_bytes()).expect("room for a scratch file");
    }

    /// Puts real values in place of `{old NAME}` and `{new NAME}`; `{new NAME 8}` is its first eight characters.
    pub fn filled(&self, text: &str) -> String {
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (slot, after) = after.split_once('}').expect("a closed brace");
            let words: Vec<&str> = slot.split(' ').collect();
            let values = if words[0] == "old" { &self.old } else { &self.new };
            let value = values
                .values()
                .find_map(|values| values.get(words[1]))
                .expect("a variable of .env");
            let length = words
                .get(2)
                .map_or(value.len(), |length| length.parse().expect("a length"));
            filled = filled + before + &value[..length];
            rest = after;
        }
        filled + rest
    }

    /// Whether a piece of any value of a key stands in a text.
    pub fn leaks_into(&self, text: &str) -> bool {
        let values = self.old.values().chain(self.new.values()).flatten();
        let mut pieces = values.flat_map(|(_, value)| {
            let start = value.find('_').map_or(0, |prefix| prefix + 1);
            value.as_bytes()[start..].windows(6)
        });
        pieces.any(|piece| text.as_bytes().windows(6).any(|window| window == piece))
    }
}

fn named(provider: &str) -> Vec<String> {
    if provider == "all" {
        return PROVIDERS.iter().map(|provider| (*provider).to_owned()).collect();
    }
    vec![provider.to_owned()]
}

/// The Markdown of a page: one that the program carries, or a file of `pages/` or of the corpora.
pub fn markdown(page: &str) -> String {
    let folders = ["config/pages", "tests/scenarios/pages", "tests/corpus"];
    let mut files = folders
        .map(|folder| Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("{folder}/{page}.md")))
        .into_iter();
    let text = files.find_map(|file| std::fs::read_to_string(file).ok());
    text.expect("a page")
}

/// The name of a person whom a transcript calls by a short one.
pub fn full_name(who: &str) -> &str {
    match who {
        "ana" => "Ana Silva",
        "bram" => "Bram de Vries",
        "gita" => "Gita Rao",
        other => other,
    }
}

/// The descriptions of the transcripts' own pages, by file name.
fn descriptions() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios/pages");
    let entries = std::fs::read_dir(folder).expect("the transcripts' pages");
    let files = entries.map(|entry| entry.expect("an entry").path());
    let described = files.filter(|path| path.extension().is_some_and(|found| found == "toml"));
    let text = |path: PathBuf| {
        let name = path.file_name().unwrap_or_default().display().to_string();
        (name, std::fs::read_to_string(path).expect("a description"))
    };
    described.map(text).collect()
}
