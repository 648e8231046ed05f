//! Which room may import which other one, and that the crates beside the program know nothing of it.
use super::{none, production, root, tracked, without_comments};
use regex::Regex;

/// Every room with the rooms below it, whose names alone it may use. `cli` is the top: it puts the rest together.
const BELOW: [(&str, &[&str]); 16] = [
    ("main", &["cli"]),
    (
        "cli",
        &[
            "clock",
            "config",
            "domain",
            "effects",
            "evidence",
            "health",
            "intake",
            "monitor",
            "notion",
            "pipeline",
            "replies",
            "rotation",
            "sandbox",
            "store",
            "telemetry",
        ],
    ),
    (
        "intake",
        &[
            "clock", "config", "domain", "effects", "health", "notion", "pipeline", "replies", "rotation", "store",
        ],
    ),
    (
        "effects",
        &[
            "clock", "config", "domain", "evidence", "health", "notion", "pipeline", "replies", "rotation", "store",
        ],
    ),
    ("evidence", &["config", "domain", "monitor", "rotation"]),
    ("monitor", &["config", "domain", "health", "rotation"]),
    ("pipeline", &["clock", "domain", "health", "store"]),
    ("rotation", &["config", "domain"]),
    ("store", &["domain"]),
    ("notion", &["domain"]),
    ("replies", &["domain"]),
    ("config", &["domain"]),
    ("health", &["domain"]),
    ("telemetry", &["domain"]),
    ("domain", &[]),
    ("clock", &[]),
];

/// `src/store/sqlite.rs` lives in `store`.
fn room(name: &str) -> &str {
    let below = name.strip_prefix("src/").unwrap_or(name);
    below.split('/').next().unwrap_or_default().trim_end_matches(".rs")
}

#[test]
fn imports_go_down_only() {
    let import = Regex::new(r"(?:(?:crate|keyminder)::|\bkeyminder_)(?:\{([^;]*?)\};|([a-z_]+))").unwrap();
    let inner = Regex::new(r"(?:^|,)\s*([a-z_]+)").unwrap();
    let mut faults = Vec::new();
    let program = production()
        .into_iter()
        .filter(|source| source.name.starts_with("src/"));
    for source in program {
        let here = room(&source.name);
        let allowed = BELOW
            .iter()
            .find(|(room, _)| *room == here)
            .map_or(&[][..], |(_, rooms)| *rooms);
        for found in import.captures_iter(&without_comments(source.production())) {
            let imported: Vec<String> = match (found.get(1), found.get(2)) {
                (Some(list), _) => inner
                    .captures_iter(list.as_str())
                    .map(|name| name[1].to_owned())
                    .collect(),
                (None, Some(name)) => vec![name.as_str().to_owned()],
                (None, None) => Vec::new(),
            };
            let wrong = imported
                .iter()
                .filter(|name| !allowed.contains(&name.as_str()) && *name != here);
            faults.extend(wrong.map(|name| format!("{}: imports {name}, which is not below {here}", source.name)));
        }
    }
    none(&faults);
}

/// A name that the client reads wrongly must not be written wrongly by the same mistake.
#[test]
fn the_sandbox_imports_nothing_of_ours() {
    let manifest = std::fs::read_to_string(root().join("crates/sandbox/Cargo.toml")).unwrap();
    let (_, dependencies) = manifest.split_once("[dependencies]").unwrap();
    assert!(dependencies.contains("axum"), "the dependencies were not found");
    assert!(
        !dependencies.contains("path"),
        "a crate of ours is among them:\n{dependencies}"
    );
}

/// The client of Notion is somebody else's as well: it knows nothing of this program, and of it the domain knows the ids.
#[test]
fn the_client_stands_alone() {
    let client = "crates/notion-client-free/";
    let named = tracked().into_iter().filter(|source| source.name.starts_with(client));
    let named = named.filter(|source| source.text.to_lowercase().contains("keyminder"));
    let mut faults: Vec<String> = named
        .map(|source| format!("{}: names this program", source.name))
        .collect();
    let used = Regex::new(r"notion_client_free(?:::(\w+))?").unwrap();
    for source in production().iter().filter(|source| room(&source.name) == "domain") {
        for found in used.captures_iter(&without_comments(source.production())) {
            if found.get(1).is_none_or(|item| item.as_str() != "ids") {
                faults.push(format!("{}: uses more of the client than its ids", source.name));
            }
        }
    }
    none(&faults);
}
