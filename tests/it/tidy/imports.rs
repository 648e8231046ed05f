//! Which room may import which other one, and that the crates beside the program know nothing of it.
use super::{Source, crate_of, none, production, root, tracked, without_comments};
use regex::Regex;

/// Every room with the rooms below it, whose names alone it may use. `cli` is the top: it puts the rest together. `domain`
/// is a crate of its own and can take from none of them.
const BELOW: [(&str, &[&str]); 20] = [
    ("lib", &["domain"]),
    ("main", &["cli", "process"]),
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
            "live",
            "monitor",
            "notion",
            "outbound",
            "pipeline",
            "process",
            "replies",
            "rotation",
            "sandbox",
            "store",
            "telemetry",
            "terminal",
        ],
    ),
    (
        "intake",
        &[
            "clock", "config", "domain", "effects", "health", "live", "notion", "pipeline", "replies", "rotation",
            "store",
        ],
    ),
    (
        "effects",
        &[
            "clock", "config", "domain", "evidence", "health", "notion", "pipeline", "replies", "rotation", "store",
        ],
    ),
    (
        "evidence",
        &["config", "domain", "monitor", "outbound", "process", "rotation"],
    ),
    (
        "monitor",
        &["config", "domain", "health", "outbound", "process", "rotation"],
    ),
    ("pipeline", &["clock", "domain", "health", "live", "store"]),
    ("rotation", &["config", "domain", "outbound", "process"]),
    ("store", &["domain"]),
    ("notion", &["domain", "outbound"]),
    ("replies", &["domain"]),
    ("config", &["domain", "outbound"]),
    ("health", &["domain"]),
    ("telemetry", &["domain", "terminal"]),
    ("terminal", &["domain"]),
    ("outbound", &[]),
    ("clock", &[]),
    ("live", &[]),
    ("process", &[]),
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

/// What holds for every call out (no redirect, public addresses alone) holds because no client is built elsewhere.
#[test]
fn every_client_is_built_in_one_room() {
    let ways = Regex::new(r"Client::new\(\)|Client::default\(\)|reqwest::(get|blocking)|ClientBuilder").unwrap();
    let mut faults = Vec::new();
    let program = production();
    let program = program
        .iter()
        .filter(|source| source.name.starts_with("src/") && room(&source.name) != "outbound");
    for source in program {
        let code = without_comments(source.production());
        let guarded = code.matches("outbound::client(").count();
        let builders = code.matches("Client::builder()").count();
        if ways.is_match(&code) || builders > guarded {
            faults.push(format!("{}: builds an HTTP client past outbound::client", source.name));
        }
    }
    none(&faults);
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
    let domain = production()
        .into_iter()
        .filter(|source| crate_of(&source.name) == Some("domain"));
    for source in domain {
        for found in used.captures_iter(&without_comments(source.production())) {
            if found.get(1).is_none_or(|item| item.as_str() != "ids") {
                faults.push(format!("{}: uses more of the client than its ids", source.name));
            }
        }
    }
    none(&faults);
}

/// What people wrote at Notion is read where it becomes text for redaction, and by redaction, and nowhere else.
#[test]
fn only_the_gate_reads_what_people_wrote() {
    let reads = Regex::new(r"\.expose(_unseen|_links|_urls)?\(\)|\.last_item\(\)").unwrap();
    let is_gate = |name: &str| {
        [
            "src/notion/",
            "crates/domain/src/redact/",
            "crates/domain/src/comment.rs",
        ]
        .iter()
        .any(|gate| name.starts_with(gate))
    };
    let reads_comments = |source: &Source| matches!(crate_of(&source.name), Some("program" | "domain"));
    let sources: Vec<_> = production().into_iter().filter(reads_comments).collect();
    let faults: Vec<String> = sources
        .iter()
        .filter(|source| reads.is_match(&without_comments(source.production())) && !is_gate(&source.name))
        .map(|source| format!("{}: reads text that was not redacted", source.name))
        .collect();
    none(&faults);
    assert!(
        sources
            .iter()
            .any(|source| is_gate(&source.name) && reads.is_match(&source.text)),
        "the gate was not found"
    );
}
