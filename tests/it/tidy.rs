//! The rules of the house, as tests: opening lines, direction of imports, sizes, no unwrap, no words of a workplace.
#![allow(
    clippy::unwrap_used,
    reason = "clippy counts the helpers of an integration test as production"
)]
use regex::Regex;
use std::path::{Path, PathBuf};
use std::process::Command;

mod circles;
mod dependencies;
mod docs;
mod imports;
mod names;

/// Files that are longer than the rest may be, each with its reason.
const LONG_FILES: [(&str, &str); 1] = [(
    "tests/it/store/contract.rs",
    "the store's contract, read from top to bottom",
)];
const LONGEST_FILE: usize = 400;
const LONGEST_FUNCTION: usize = 100;
/// Functions beyond this are few.
const LONG_FUNCTION: usize = 60;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

struct Source {
    name: String,
    text: String,
}

impl Source {
    /// The text without the tests at its end.
    fn production(&self) -> &str {
        let end = self.text.find("#[cfg(test)]").unwrap_or(self.text.len());
        &self.text[..end]
    }

    fn is_test(&self) -> bool {
        let name = self.name.trim_end_matches(".rs");
        name.starts_with("tests/")
            || name.starts_with("benches/")
            || name
                .split('/')
                .any(|part| part == "tests" || part == "crash" || part.ends_with("_tests"))
    }
}

fn gather(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            gather(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

fn sources() -> Vec<Source> {
    let mut paths = Vec::new();
    for folder in ["src", "tests", "benches", "crates", "fuzz"].map(|folder| root().join(folder)) {
        if folder.is_dir() {
            gather(&folder, &mut paths);
        }
    }
    paths.sort();
    let read = |path: PathBuf| Source {
        name: path.strip_prefix(root()).unwrap().display().to_string(),
        text: std::fs::read_to_string(&path).unwrap(),
    };
    paths.into_iter().map(read).collect()
}

fn production() -> Vec<Source> {
    let all = sources().into_iter();
    all.filter(|source| source.name.split('/').any(|part| part == "src") && !source.is_test())
        .collect()
}

/// The crate of a source: `program` for what lies in `src/`, else the folder's name in `crates/`.
fn crate_of(name: &str) -> Option<&str> {
    if name.starts_with("src/") {
        return Some("program");
    }
    let (of, below) = name.strip_prefix("crates/")?.split_once('/')?;
    below.starts_with("src/").then_some(of)
}

#[track_caller]
fn none(faults: &[String]) {
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn every_file_opens_with_a_line_that_says_what_lives_there() {
    let bare = sources().into_iter().filter(|source| !source.text.starts_with("//! "));
    none(
        &bare
            .map(|source| format!("{}: has no opening `//!` line", source.name))
            .collect::<Vec<_>>(),
    );
}

fn without_comments(text: &str) -> String {
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    code.collect::<Vec<_>>().join("\n")
}

#[test]
fn files_can_be_read_in_one_sitting() {
    let lines = |source: &Source| source.text.lines().count();
    let all = sources();
    let long = all.iter().filter(|source| lines(source) > LONGEST_FILE);
    let unexpected = long.filter(|source| !LONG_FILES.iter().any(|(name, _)| *name == source.name));
    none(
        &unexpected
            .map(|source| format!("{}: {} lines", source.name, lines(source)))
            .collect::<Vec<_>>(),
    );
    let grown = |name: &str| {
        all.iter()
            .any(|source| source.name == name && lines(source) > LONGEST_FILE)
    };
    let settled = LONG_FILES.iter().filter(|(name, _)| !grown(name));
    none(
        &settled
            .map(|(name, _)| format!("{name}: is short by now; take it off the list"))
            .collect::<Vec<_>>(),
    );
}

/// Every function with its length, from its first line to its closing brace, by indentation (rustfmt's).
fn functions(text: &str) -> Vec<(usize, String)> {
    let head = Regex::new(r"^( *)(?:pub(?:\([a-z: ]+\))? )?(?:const )?(?:async )?(?:unsafe )?fn ([a-z0-9_]+)").unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let Some(named) = head.captures(line) else { continue };
        let close = format!("{}}}", &named[1]);
        let end = lines[at..]
            .iter()
            .position(|line| **line == close || line.ends_with(" }") && line.contains("fn "));
        found.push((end.map_or(1, |end| end + 1), named[2].to_owned()));
    }
    found
}

#[test]
fn functions_are_short() {
    let mut all = Vec::new();
    for source in production() {
        let of_file = functions(source.production()).into_iter();
        all.extend(of_file.map(|(lines, name)| (lines, format!("{}: fn {name}, {lines} lines", source.name))));
    }
    let longer = |than: usize| {
        all.iter()
            .filter(move |(lines, _)| *lines > than)
            .map(|(_, fault)| fault.clone())
    };
    none(&longer(LONGEST_FUNCTION).collect::<Vec<_>>());
    let long: Vec<String> = longer(LONG_FUNCTION).collect();
    assert!(all.len() > 1000, "only {} functions were found", all.len());
    assert!(
        long.len() * 50 < all.len(),
        "{} of {} functions:\n{}",
        long.len(),
        all.len(),
        long.join("\n")
    );
}

/// A child that is made elsewhere would get our environment, and the bot's token with it.
#[test]
fn children_are_made_in_one_place() {
    let program = production()
        .into_iter()
        .filter(|source| source.name.starts_with("src/") && source.name != "src/process.rs");
    let faults: Vec<String> = program
        .filter(|source| without_comments(source.production()).contains("Command::new("))
        .map(|source| format!("{}: use process::child", source.name))
        .collect();
    none(&faults);
}

#[test]
fn production_does_not_unwrap() {
    let mut faults = Vec::new();
    for source in production() {
        let lines = source.production().lines().enumerate();
        let code = lines.filter(|(_, line)| !line.trim_start().starts_with("//"));
        let unwraps = code.filter(|(_, line)| line.contains(".unwrap()"));
        faults.extend(unwraps.map(|(at, line)| format!("{}:{}: {}", source.name, at + 1, line.trim())));
    }
    none(&faults);
}

/// Every text file that git tracks, or would track.
fn tracked() -> Vec<Source> {
    let list = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output();
    // An unpacked release is no repository; there is nothing that could be committed.
    let Some(list) = list.ok().filter(|list| list.status.success()) else {
        return Vec::new();
    };
    let names = String::from_utf8(list.stdout).unwrap();
    let read = |name: &str| {
        let text = std::fs::read_to_string(root().join(name)).ok()?;
        Some(Source {
            name: name.to_owned(),
            text,
        })
    };
    names.lines().filter_map(read).collect()
}

/// Where such a word is meant as people mean it: a sign-in that ends, a noun beside which no key stands.
const MEANT: [(&str, &str); 7] = [
    ("config/redaction.toml", concat!("ses", "sion")),
    ("tests/corpus/own.jsonl", concat!("ses", "sion")),
    ("tests/corpus/fields-en.jsonl", concat!("ses", "sion")),
    ("tests/corpus/threads-en.jsonl", concat!("ses", "sion")),
    ("tests/corpus/everyday-en.jsonl", concat!("ses", "sion")),
    ("tests/corpus/idioms-en.jsonl", concat!("ses", "sion")),
    ("tests/corpus/teams-en.jsonl", concat!("ses", "sion")),
];

#[test]
fn nothing_tells_of_the_place_where_it_was_written() {
    // Written apart, so that this file is no find.
    let words = [concat!("help", "er-"), concat!("/wo", "rk/"), concat!("ses", "sion")];
    let mut faults = Vec::new();
    for source in tracked() {
        for (at, line) in source.text.lines().enumerate() {
            let lower = line.to_lowercase();
            let found = words.iter().filter(|word| lower.contains(**word));
            let found = found.filter(|word| !MEANT.contains(&(source.name.as_str(), **word)));
            faults.extend(found.map(|word| format!("{}:{}: {word}", source.name, at + 1)));
        }
    }
    none(&faults);
}
