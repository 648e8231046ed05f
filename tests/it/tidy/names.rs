//! A name of a type stands for one thing: it is defined in one file of its crate.
use super::{Source, crate_of, none, sources};
use regex::Regex;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// The types that a file defines: private ones too, those in functions and of tests too, but not the types that belong to
/// a trait, as `Item` of an iterator.
fn types(source: &Source) -> BTreeSet<String> {
    static DEFINITION: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^( *)(?:pub(?:\([a-z: ]+\))? )?(?:unsafe )?(struct|enum|trait|union|type) ([A-Za-z0-9_]+)")
            .unwrap()
    });
    let lines: Vec<&str> = source.text.lines().collect();
    let mut found = BTreeSet::new();
    for (at, line) in lines.iter().enumerate() {
        let Some(named) = DEFINITION.captures(line) else {
            continue;
        };
        let indent = named[1].len();
        let of_a_trait = || {
            let around = lines[..at]
                .iter()
                .rev()
                .find(|line| !line.is_empty() && indent_of(line) < indent);
            around.is_some_and(|line| !line.contains("mod ") && !line.contains("fn "))
        };
        if &named[2] != "type" || indent == 0 || !of_a_trait() {
            found.insert(named[3].to_owned());
        }
    }
    found
}

fn indent_of(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

#[test]
fn a_type_name_stands_in_one_file() {
    let mut files: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for source in sources() {
        let Some(of) = crate_of(&source.name) else { continue };
        for name in types(&source) {
            files
                .entry((of.to_owned(), name))
                .or_default()
                .push(source.name.clone());
        }
    }
    assert!(files.len() > 300, "only {} types were found", files.len());
    let twice = files.iter().filter(|(_, files)| files.len() > 1);
    none(
        &twice
            .map(|((_, name), files)| format!("{name}: {}", files.join(", ")))
            .collect::<Vec<_>>(),
    );
}
