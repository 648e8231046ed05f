//! Which check is proposed for a text of a page, by what it says (`proposals.toml`): an address, a file, a tag, a branch, what is
//! known of keys, a date.
use crate::domain::evidence::Check;
use crate::evidence::is_ref_name;
use crate::outbound::destination;
use regex::Regex;
use serde::Deserialize;
use std::path::Path;
use std::sync::LazyLock;

static WORDS: LazyLock<ProposalWords> =
    LazyLock::new(|| toml::from_str(include_str!("proposals.toml")).expect("this file's tests read the table"));
static ADDRESS: LazyLock<Regex> = LazyLock::new(|| pattern(r#"https?://[^\s<>"'`)\]]+"#));
static FILE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?:^|[^\w./@-])((?:[\w.-]+/)*[\w.-]+)"));
static VERSION: LazyLock<Regex> = LazyLock::new(|| pattern(r"\bv?[0-9]+\.[0-9]+(?:\.[0-9]+)?(?:-[\w.]+)?\b"));
static BRANCH: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?:^|[\s`(])([\w.-]+(?:/[\w.-]+)+)|(?i:\bbranch)\s+`?([\w./-]+)"));

static INTO: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\b(?:into|naar|nach)\s+`?([\w./-]+)"));

/// Ends of names that tell of a file.
const FILE_ENDS: [&str; 36] = [
    "md", "txt", "toml", "yaml", "yml", "json", "py", "rs", "js", "ts", "go", "rb", "java", "php", "sh", "sql", "csv",
    "xml", "html", "css", "ini", "cfg", "conf", "lock", "log", "pdf", "docx", "xlsx", "pptx", "png", "jpg", "svg",
    "tar", "gz", "zip", "env",
];
/// Names of files without an end.
const FILE_NAMES: [&str; 6] = ["Makefile", "Dockerfile", "LICENSE", "CHANGELOG", "README", ".gitignore"];
/// What only a shell understands.
const OF_SHELLS: &[char] = &[
    '|', '&', ';', '<', '>', '$', '`', '"', '\'', '\\', '(', ')', '{', '}', '*', '?', '#', '~', '=',
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProposalWords {
    #[serde(rename = "check")]
    checks: Vec<CheckWords>,
    named: NamedWords,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CheckWords {
    kind: String,
    words: Vec<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NamedWords {
    tag: Vec<String>,
    merged: Vec<String>,
}

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the patterns of this file are compiled by its tests")
}

/// The check that a text tells of; `dates`: the dates that the page has, by name.
pub(super) fn check(text: &str, dates: &[String]) -> Option<Check> {
    address(text)
        .or_else(|| in_repository(text))
        .or_else(|| file(text))
        .or_else(|| of_keys(text))
        .or_else(|| date(text, dates))
}

/// The only address of a text that a check may ask.
pub(super) fn address(text: &str) -> Option<Check> {
    let mut all = ADDRESS
        .find_iter(text)
        .map(|found| found.as_str().trim_end_matches(['.', ',', ';', ':', '!', '?']));
    let url = all.next().filter(|_| all.next().is_none())?;
    // A label stands where a key did: what is left of such an address answers nothing.
    let is_whole = !url.contains("[redacted") && !url.contains('?');
    destination(url).ok().filter(|_| is_whole).map(|_| Check::Http {
        url: url.to_owned(),
        status: 200,
        contains: None,
    })
}

fn file(text: &str) -> Option<Check> {
    let plain = ADDRESS.replace_all(text, " ").into_owned();
    let is_file = |name: &&str| {
        let path = Path::new(name);
        let end = path.extension().and_then(|end| end.to_str());
        let called = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let is_known =
            end.is_some_and(|end| FILE_ENDS.contains(&end)) || FILE_NAMES.contains(&called) || called == ".env";
        is_known && !name.contains("..")
    };
    let names = FILE.captures_iter(&plain).filter_map(|found| found.get(1));
    let name = names.map(|name| name.as_str().trim_end_matches('.')).find(is_file)?;
    Some(Check::File {
        path: name.to_owned(),
        mode: None,
        contains: None,
    })
}

fn in_repository(text: &str) -> Option<Check> {
    let named = &WORDS.named;
    let into = INTO.captures(text).and_then(|found| found.get(1));
    let into = into.map(|name| name.as_str().trim_end_matches('.').to_owned());
    let git = |branch: Option<&str>, tag: Option<&str>| Check::Git {
        branch_merged: branch.map(str::to_owned),
        into: into.clone().filter(|name| branch.is_some() && is_ref_name(name)),
        tag_exists: tag.map(str::to_owned),
    };
    let version = VERSION.find(text).map(|found| found.as_str());
    if let Some(version) = version.filter(|name| is_ref_name(name) && has_one(text, &named.tag)) {
        return Some(git(None, Some(version)));
    }
    let found = BRANCH.captures(text).filter(|_| has_one(text, &named.merged))?;
    let branch = found
        .get(1)
        .or_else(|| found.get(2))?
        .as_str()
        .trim_end_matches(['.', ',']);
    is_ref_name(branch).then(|| git(Some(branch), None))
}

fn of_keys(text: &str) -> Option<Check> {
    let fits = |known: &&CheckWords| known.words.iter().all(|words| has_one(text, words));
    match WORDS.checks.iter().find(fits)?.kind.as_str() {
        "backup" => Some(Check::Backup),
        "old_keys_dead" => Some(Check::OldKeysDead),
        "keys_valid" => Some(Check::KeysValid),
        "monitor_ran" => Some(Check::MonitorRan),
        "schedule_ahead" => Some(Check::ScheduleAhead),
        _ => None,
    }
}

fn date(text: &str, dates: &[String]) -> Option<Check> {
    let named: Vec<&String> = dates.iter().filter(|name| stands_in(text, name)).collect();
    let [property] = named.as_slice() else { return None };
    Some(Check::Date {
        property: (*property).clone(),
    })
}

/// Whether a name stands in a text as it is, and not within a word.
fn stands_in(text: &str, name: &str) -> bool {
    let (text, name) = (text.to_lowercase(), name.trim().to_lowercase());
    let is_apart = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    !name.is_empty()
        && text
            .match_indices(&name)
            .any(|(at, _)| is_apart(text[..at].chars().next_back()) && is_apart(text[at + name.len()..].chars().next()))
}

/// Whether one of these stands in a text, as the beginning of a word.
fn has_one(text: &str, words: &[String]) -> bool {
    let text = format!(" {}", text.to_lowercase());
    let begins = |word: &String| {
        text.match_indices(word.as_str()).any(|(at, _)| {
            text[..at]
                .chars()
                .next_back()
                .is_some_and(|before| !before.is_alphanumeric())
        })
    };
    words.iter().any(begins)
}

/// A command as program and arguments, where no shell is needed for it.
pub(super) fn command(line: &str) -> Option<Check> {
    let line = line.trim().trim_start_matches("$ ");
    let run: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
    (!run.is_empty() && !line.contains(OF_SHELLS)).then_some(Check::Command { run })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_tell_of_checks_in_six_languages() {
        let dates = ["Go-live".to_owned()];
        for (text, expected) in [
            ("The site answers at https://example.com/health.", "http"),
            ("De site draait op http://127.0.0.1:8080/", "http"),
            ("Old site http://example.com is off", "-"),
            ("Release notes are in `docs/release.md`", "file"),
            ("README.md names the new option", "file"),
            ("Die Konfiguration steht in config/app.toml", "file"),
            ("Visit example.com and/or ask CI/CD", "-"),
            ("Version 2.4.0 is tagged", "git"),
            ("v2.4 getagd", "git"),
            ("feature/orders is merged", "git"),
            ("Branch hotfix gemerged", "git"),
            ("All API keys backed up", "backup"),
            ("Sleutels gesichert in einem backup", "backup"),
            ("Old API keys deleted", "old_keys_dead"),
            ("Alte Schlüssel gelöscht", "old_keys_dead"),
            ("Anciennes clés supprimées", "old_keys_dead"),
            ("Alle sleutels werken", "keys_valid"),
            ("Las claves funcionan", "keys_valid"),
            ("Key monitoring runs", "monitor_ran"),
            ("Next rotation scheduled", "schedule_ahead"),
            ("Próxima rotação marcada", "schedule_ahead"),
            ("The go-live is agreed", "date"),
            ("Datum staat vast", "-"),
            ("Support knows what is new", "-"),
            ("The monkey is fed", "-"),
            ("", "-"),
        ] {
            let kind = check(text, &dates).map_or("-", |check| check.kind());
            assert_eq!(kind, expected, "{text}");
        }
        assert!(date("The date is set", &[]).is_none());
        assert!(
            date("The date is set", &["A".to_owned(), "B".to_owned()]).is_none(),
            "nothing is guessed"
        );
    }

    #[test]
    fn what_is_proposed_names_what_the_text_names() {
        let path = |path: &str| Check::File {
            path: path.to_owned(),
            mode: None,
            contains: None,
        };
        assert_eq!(check("see (docs/a-b.md).", &[]), Some(path("docs/a-b.md")));
        assert_eq!(check("../../etc/passwd.txt", &[]), None);
        assert_eq!(
            check("The tag v1.2.3-rc.1 exists", &[]),
            Some(Check::Git {
                branch_merged: None,
                into: None,
                tag_exists: Some("v1.2.3-rc.1".to_owned())
            })
        );
        assert_eq!(command("$ npm run test").map(|check| check.kind()), Some("command"));
        for line in ["rm -rf * | sh", "echo $HOME", "a > b", "", "FOO=1 make"] {
            assert_eq!(command(line), None, "{line}");
        }
    }

    #[test]
    fn every_kind_of_the_table_is_known() {
        for known in &WORDS.checks {
            let text: Vec<&str> = known
                .words
                .iter()
                .filter_map(|words| words.first().map(String::as_str))
                .collect();
            assert!(of_keys(&text.join(" ")).is_some(), "{}", known.kind);
        }
    }
}
