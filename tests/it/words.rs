//! What the bot says, in both languages: every prompt rendered with every set of facts, held against what a reply may be.
//! To read them all: `cargo test --test it words -- --nocapture`.
#![allow(
    clippy::unwrap_used,
    reason = "clippy counts the helpers of an integration test as production"
)]

mod box_facts;
mod claim_facts;
mod facts;
mod key_facts;
mod leak_facts;
mod page_facts;

use keyminder::domain::asks::AskReader;
use keyminder::domain::reply::{Prompts, plain, runs};
use minijinja::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

const LANGUAGES: [&str; 2] = ["en", "nl"];
/// A reply is cut at 900 characters and may have several parts.
const LONGEST_PART: usize = 600;

fn prompts() -> &'static (Prompts, BTreeSet<String>) {
    static PROMPTS: std::sync::OnceLock<(Prompts, BTreeSet<String>)> = std::sync::OnceLock::new();
    PROMPTS.get_or_init(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("prompts");
        let mut files = BTreeMap::new();
        for language in LANGUAGES {
            gather(&root, &root.join(language), &mut files);
        }
        let names = files
            .keys()
            .map(|name| name.trim_end_matches(".md").to_owned())
            .collect();
        (Prompts::new(&files).unwrap(), names)
    })
}

fn gather(root: &Path, folder: &Path, files: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path: PathBuf = entry.unwrap().path();
        if path.is_dir() {
            gather(root, &path, files);
        } else {
            let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
            files.insert(name, std::fs::read_to_string(&path).unwrap());
        }
    }
}

/// Renders one prompt, and holds it against what every piece of a reply must be.
fn said(language: &str, name: &str, facts: &Value) -> String {
    let markup = prompts()
        .0
        .markup(language, name, facts)
        .unwrap_or_else(|error| panic!("prompts/{language}/{name}.md with {facts}: {error:#}"));
    let text = plain(&runs(&markup));
    println!("--- {language}/{name}\n{text}");
    let about = format!("prompts/{language}/{name}.md with {facts}:\n{text}");
    assert!(text.chars().count() < LONGEST_PART, "too long: {about}");
    for clumsy in [
        "  ",
        " \n",
        "\n ",
        "\n\n",
        " .",
        " ,",
        "..",
        ";.",
        ":.",
        ",.",
        "none",
        "undefined",
        "**",
        "`",
    ] {
        assert!(!text.replace(".env", "env").contains(clumsy), "{clumsy:?} in {about}");
    }
    let fault = clumsy_join(&text);
    assert!(fault.is_none(), "{fault:?} in {about}");
    markup
}

/// A word that stands twice ("go on on step 3"), one of many ("1 keys"), or a step without its number.
fn clumsy_join(text: &str) -> Option<String> {
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    let plain = |word: &str| word.trim_end_matches(|c: char| !c.is_alphanumeric()).to_owned();
    let found = words.windows(2).find(|pair| {
        let (first, second) = (&pair[0], plain(&pair[1]));
        let twice = *first == second && first.chars().all(char::is_alphabetic);
        let many = [
            "keys",
            "minutes",
            "steps",
            "checks",
            "comments",
            "blocks",
            "boxes",
            "sleutels",
            "minuten",
            "stappen",
            "controles",
        ];
        let one_of_many = first == "1" && many.contains(&second.as_str());
        let no_number = matches!(first.as_str(), "step" | "stap") && second.is_empty();
        twice || one_of_many || no_number
    });
    let ends = words
        .last()
        .filter(|last| matches!(plain(last).as_str(), "step" | "stap"));
    found.map(|pair| pair.join(" ")).or_else(|| ends.cloned())
}

#[test]
fn both_languages_have_the_same_prompts() {
    let of = |language: &str| -> BTreeSet<&str> {
        let prefix = format!("{language}/");
        prompts()
            .1
            .iter()
            .filter_map(|name| name.strip_prefix(&prefix))
            .collect()
    };
    assert_eq!(of("en"), of("nl"));
}

#[test]
fn a_language_includes_its_own_pieces_only() {
    for language in LANGUAGES {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("prompts").join(language);
        let mut files = BTreeMap::new();
        gather(&folder, &folder, &mut files);
        for (name, text) in files {
            for included in text.split("include \"").skip(1) {
                assert!(included.starts_with(&format!("{language}/")), "{language}/{name}");
            }
        }
    }
}

#[test]
fn every_situation_is_said_in_both_languages() {
    for language in LANGUAGES {
        for (name, own) in facts::situations(|reason, facts| said(language, &format!("evidence/{reason}"), facts)) {
            for page in facts::pages() {
                let all = minijinja::context! { ..own.clone(), ..page };
                said(language, name, &all);
            }
        }
    }
}

#[test]
fn every_prompt_is_a_situation() {
    let tried: BTreeSet<String> = facts::situations(|reason, _| reason.to_owned())
        .into_iter()
        .map(|(name, _)| name.to_owned())
        .chain(
            facts::evidence()
                .into_iter()
                .map(|(name, _)| format!("evidence/{name}")),
        )
        .collect();
    let there: BTreeSet<String> = prompts()
        .1
        .iter()
        .filter_map(|name| name.strip_prefix("en/"))
        .filter(|name| !name.rsplit('/').next().unwrap_or_default().starts_with('_'))
        .map(str::to_owned)
        .collect();
    assert_eq!(tried, there);
}

#[test]
fn every_reason_of_the_evidence_has_a_sentence() {
    for language in LANGUAGES {
        for (reason, facts) in facts::evidence() {
            let text = said(language, &format!("evidence/{reason}"), &facts);
            assert!(
                !text.contains('\n') && !text.ends_with('.'),
                "{language}: one piece of a sentence: {text}"
            );
        }
    }
    // The table that lists them opens the room.
    let table = include_str!("../../src/evidence/mod.rs");
    let rows = table.lines().filter_map(|line| line.strip_prefix("//! | `"));
    let known: BTreeSet<&str> = facts::evidence().into_iter().map(|(reason, _)| reason).collect();
    for row in rows {
        let reasons = row.split('|').next().unwrap_or_default();
        for reason in reasons.split(['`', ',', ' ']).filter(|reason| !reason.is_empty()) {
            assert!(known.contains(reason), "no sentence for {reason}");
        }
    }
}

#[test]
fn every_topic_of_keys_has_an_answer() {
    for topic in AskReader::builtin().topics() {
        assert!(prompts().0.has("nl", &format!("key/{topic}")), "{topic}");
    }
}

#[test]
fn every_topic_has_an_answer() {
    let topics: toml::Table = include_str!("../../config/topics.toml").parse().unwrap();
    for topic in topics["topic"].as_array().unwrap() {
        let id = topic["id"].as_str().unwrap();
        assert!(prompts().0.has("nl", &format!("question/{id}")), "{id}");
    }
}
