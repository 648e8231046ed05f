//! What the options and groups of a Status are called, in six languages: `status_words.toml`, by meaning. A word that
//! stands nowhere there means nothing to us.
use crate::domain::effect::Status;
use serde::Deserialize;
use std::sync::LazyLock;

static WORDS: LazyLock<StatusWords> =
    LazyLock::new(|| toml::from_str(include_str!("status_words.toml")).expect("this file's tests read the table"));

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StatusWords {
    not_started: Vec<String>,
    in_progress: Vec<String>,
    blocked: Vec<String>,
    done: Vec<String>,
    /// Words for something else.
    other: Vec<String>,
    groups: GroupWords,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupWords {
    not_started: Vec<String>,
    in_progress: Vec<String>,
    done: Vec<String>,
}

impl StatusWords {
    fn meanings(&self) -> [(Status, &[String]); 4] {
        [
            (Status::NotStarted, &self.not_started),
            (Status::InProgress, &self.in_progress),
            (Status::Blocked, &self.blocked),
            (Status::Done, &self.done),
        ]
    }
}

impl GroupWords {
    /// In the order in which Notion has them.
    fn meanings(&self) -> [(Status, &[String]); 3] {
        [
            (Status::NotStarted, &self.not_started),
            (Status::InProgress, &self.in_progress),
            (Status::Done, &self.done),
        ]
    }
}

/// What an option's name says by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WordMeaning {
    /// One of ours.
    Of(Status),
    /// Something else: cancelled, in review, paused.
    Other,
    /// Nothing that we know.
    Unknown,
}

/// What an option's name says.
pub(super) fn meaning(name: &str) -> WordMeaning {
    let name = plain(name);
    if let Some(status) = find(&WORDS.meanings(), &name) {
        return WordMeaning::Of(status);
    }
    let padded = format!(" {name} ");
    if WORDS.other.iter().any(|word| padded.contains(&format!(" {word} "))) {
        return WordMeaning::Other;
    }
    WordMeaning::Unknown
}

/// What a group stands for: by its name, else by its place, where there are the usual three.
pub(super) fn group(name: &str, place: usize, of: usize) -> Option<Status> {
    let known = WORDS.groups.meanings();
    let by_place = || {
        let (status, _) = known.get(place).filter(|_| of == known.len())?;
        Some(*status)
    };
    find(&known, &plain(name)).or_else(by_place)
}

fn find(table: &[(Status, &[String])], name: &str) -> Option<Status> {
    let mut rows = table.iter();
    let (status, _) = rows.find(|(_, words)| words.iter().any(|word| word == name))?;
    Some(*status)
}

/// Without case, and without the signs that people put before and between words: `✅ Done`, `In-progress`, `To_do`.
pub(super) fn plain(name: &str) -> String {
    let lower = name.to_lowercase().replace('’', "'");
    let words = lower.split(|letter: char| !letter.is_alphanumeric() && letter != '\'');
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_means_one_thing() {
        let mut seen = std::collections::BTreeMap::new();
        for (status, words) in WORDS.meanings() {
            for word in words {
                assert_eq!(plain(word), *word, "as names are compared");
                assert_eq!(seen.insert(word, status), None, "{word} stands twice");
                assert_eq!(meaning(word), WordMeaning::Of(status), "{word}");
            }
        }
        for word in &WORDS.other {
            assert_eq!(plain(word), *word, "as names are compared");
            assert_eq!(meaning(word), WordMeaning::Other, "{word}");
        }
        for (status, words) in WORDS.groups.meanings() {
            for word in words {
                assert_eq!(group(word, 9, 9), Some(status), "{word}");
            }
        }
    }

    #[test]
    fn names_are_read_as_people_write_them() {
        let read = [
            ("✅ Done", WordMeaning::Of(Status::Done)),
            ("IN-PROGRESS", WordMeaning::Of(Status::InProgress)),
            ("À faire", WordMeaning::Of(Status::NotStarted)),
            ("Geblokkeerd 🚨", WordMeaning::Of(Status::Blocked)),
            ("Done (cancelled)", WordMeaning::Other),
            ("Ready for review", WordMeaning::Other),
            ("Won't do", WordMeaning::Other),
            ("Shipped", WordMeaning::Unknown),
            ("Donelist", WordMeaning::Unknown),
            ("", WordMeaning::Unknown),
        ];
        for (name, expected) in read {
            assert_eq!(meaning(name), expected, "{name}");
        }
    }

    #[test]
    fn groups_are_known_by_name_then_by_place() {
        assert_eq!(group("Voltooid", 0, 2), Some(Status::Done));
        assert_eq!(group("Later", 0, 3), Some(Status::NotStarted));
        assert_eq!(group("Archief", 2, 3), Some(Status::Done));
        assert_eq!(group("Archief", 2, 4), None);
    }
}
