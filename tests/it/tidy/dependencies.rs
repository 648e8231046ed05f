//! What is built in: every dependency stands with its reason, and everything comes from the one registry.
use super::{none, root};

/// The lines under headings that list dependencies, each with the line above it.
fn dependencies(manifest: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut is_list = false;
    let lines = manifest.lines().zip(manifest.lines().skip(1));
    lines.filter(move |(_, line)| {
        if line.starts_with('[') {
            is_list = line.ends_with("dependencies]");
        }
        is_list && line.contains(" = ")
    })
}

#[test]
fn every_dependency_has_its_reason() {
    let mut bare = Vec::new();
    for manifest in [
        "Cargo.toml",
        "crates/domain/Cargo.toml",
        "crates/notion-client-free/Cargo.toml",
        "crates/sandbox/Cargo.toml",
        "fuzz/Cargo.toml",
    ] {
        let text = std::fs::read_to_string(root().join(manifest)).unwrap();
        let all: Vec<_> = dependencies(&text).collect();
        assert!(all.len() > 4, "{manifest}: its dependencies are not found");
        let without = all.iter().filter(|(above, _)| !above.starts_with("# "));
        bare.extend(
            without.map(|(_, line)| format!("{manifest}: the line above `{line}` does not say what it is for")),
        );
    }
    none(&bare);
}

#[test]
fn everything_comes_from_one_registry() {
    let lock = std::fs::read_to_string(root().join("Cargo.lock")).unwrap();
    let sources = lock.lines().filter(|line| line.starts_with("source = "));
    let foreign = sources.filter(|line| *line != "source = \"registry+https://github.com/rust-lang/crates.io-index\"");
    none(&foreign.map(|line| format!("Cargo.lock: {line}")).collect::<Vec<_>>());
    assert_eq!(
        lock.matches("checksum = ").count(),
        lock.matches("source = ").count(),
        "a package without a checksum"
    );
}
