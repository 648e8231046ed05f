//! The edit and dialect vectors, and what holds for every file.
use super::*;
use crate::rotation::EditError;
use base64::{Engine, prelude::BASE64_STANDARD};
use proptest::prelude::*;
use secrecy::ExposeSecret;
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct EditVector {
    name: String,
    key: String,
    new_value: String,
    input_base64: String,
    result: String,
    output_base64: Option<String>,
}

fn edited(bytes: &[u8], key: &str, value: &str) -> Result<Vec<u8>, EditError> {
    EnvFile::parse(bytes)?.with_value(key, &SecretString::from(value))
}

#[test]
fn the_edit_vectors_hold() {
    let vectors: Vec<EditVector> = serde_json::from_str(include_str!("../../tests/vectors/env_edit.json")).unwrap();
    assert_eq!(vectors.len(), 22);
    for vector in vectors {
        let input = BASE64_STANDARD.decode(&vector.input_base64).unwrap();
        let output = edited(&input, &vector.key, &vector.new_value);
        if let Some(wanted) = vector.output_base64 {
            let wanted = BASE64_STANDARD.decode(wanted).unwrap();
            assert_eq!(output.unwrap(), wanted, "{}", vector.name);
            continue;
        }
        let refusal = match output.unwrap_err() {
            EditError::DuplicatesDiffer { .. } => "refuse:duplicates_differ",
            EditError::Value { .. } => "refuse:value",
            EditError::Unreadable(EnvError::Unterminated { .. }) => "refuse:unterminated",
            other => panic!("{}: {other}", vector.name),
        };
        assert_eq!(refusal, vector.result, "{}", vector.name);
    }
}

#[derive(Deserialize)]
struct DialectVector {
    name: String,
    style: String,
    value: String,
    line: String,
    results: BTreeMap<String, String>,
}

impl DialectVector {
    /// What each reader saw; `None` where it rejected the line. The simulated `docker --env-file` is left out: it
    /// keeps every quote.
    fn seen(&self) -> Vec<Option<String>> {
        let real = self.results.iter().filter(|(reader, _)| !reader.starts_with("docker"));
        real.map(|(_, result)| match result.strip_prefix("WRONG:") {
            Some(other) => Some(serde_json::from_str(other).unwrap()),
            None if result == "ok" => Some(self.value.clone()),
            None => None,
        })
        .collect()
    }
}

#[test]
fn a_warning_stands_where_readers_disagree_and_nowhere_else() {
    let rows: Vec<DialectVector> = serde_json::from_str(include_str!("../../tests/vectors/env_dialects.json")).unwrap();
    assert_eq!(rows.len(), 91);
    for row in rows {
        let label = format!("{} {}", row.name, row.style);
        let seen = row.seen();
        let agree = seen.windows(2).all(|pair| pair[0] == pair[1]);
        match EnvFile::parse(format!("{}\nZ=zz\n", row.line).as_bytes()) {
            Err(_) => assert!(!agree, "{label}: refused, though all agree"),
            Ok(file) => {
                let warned = file.warnings().iter().any(|warning| warning.name.is_some());
                assert_eq!(!agree, warned, "{label}: {seen:?}");
                let Some(ours) = file.get("K").map(ExposeSecret::expose_secret) else {
                    continue;
                };
                let with_us = seen.iter().flatten().filter(|value| *value == ours).count();
                assert!(!agree || with_us == seen.len(), "{label}: we alone read it otherwise");
            }
        }
    }
}

#[test]
fn values_are_decoded_with_their_lines() {
    let file =
        EnvFile::parse(b"# c\nexport A=1\n\nB=\"x\\ny\" # z\nC='two\nlines'\r\nD= # none\nE=#no comment\nF:x\nG=last")
            .unwrap();
    let read: Vec<(&str, &str, usize)> = file
        .entries()
        .map(|entry| (entry.name.as_str(), entry.value.expose_secret(), entry.line))
        .collect();
    let wanted = [
        ("A", "1", 2),
        ("B", "x\ny", 4),
        ("C", "two\nlines", 5),
        ("D", "", 7),
        ("E", "#no comment", 8),
        ("G", "last", 10),
    ];
    assert_eq!(read, wanted);
    assert!(
        file.warnings()
            .iter()
            .any(|warning| warning.line == 9 && warning.name.is_none())
    );
}

#[test]
fn a_value_before_a_comment_stays_before_it() {
    assert_eq!(edited(b"D= # none\n", "D", "new").unwrap(), b"D=new # none\n");
    assert!(matches!(
        edited(b"D=\"a\"b\n", "D", "new"),
        Err(EditError::Unclear { line: 1 })
    ));
    assert!(matches!(edited(b"", "D E", "new"), Err(EditError::Name(_))));
}

#[test]
fn an_entry_of_several_lines_comes_back_as_it_was() {
    let old = EnvFile::parse(b"PEM=\"-----BEGIN\nabc def\n-----END\"\n").unwrap();
    let now = EnvFile::parse(b"A=1\nPEM=x # gone\n").unwrap();
    let restored = now.with_entry_of("PEM", &old).unwrap();
    assert_eq!(restored, b"A=1\nPEM=\"-----BEGIN\nabc def\n-----END\" # gone\n");
}

#[test]
fn nothing_printed_holds_a_value() {
    let file = EnvFile::parse(b"A=hush-hush-1\nA='hush-hush-2'\nB=hush$hush\n").unwrap();
    let printed = format!(
        "{file:?} {:?} {:?}",
        file.warnings(),
        edited(file.bytes(), "A", "x").unwrap_err()
    );
    assert!(!printed.contains("hush"), "{printed}");
}

/// Lines as people write them, some of them odd.
fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        "# [ -~]{0,20}",
        "(export )?[A-Z_]{1,6}=[a-zA-Z0-9_./+=:@%,-]{0,20}( # [a-z]{0,5})?",
        "[A-Z_]{1,6} ?= ?\"[a-z0-9 #$\n]{0,12}\"",
        "[A-Z_]{1,6}='[a-z0-9 #$\"\n]{0,12}'( +#x)?",
        "[ -~]{0,12}",
    ]
}

proptest! {
    #[test]
    fn editing_there_and_back_restores_the_exact_bytes(
        lines in prop::collection::vec(line(), 0..12),
        line_end in prop_oneof![Just("\n"), Just("\r\n")],
        old in "[a-zA-Z0-9_./+=:@%,-]{1,30}",
        new in "[a-zA-Z0-9_./+=:@%,-]{1,30}",
        quote in prop_oneof![Just(""), Just("'"), Just("\"")],
        at in 0_usize..12,
        tail in any::<bool>(),
    ) {
        // What points to another variable is written over by none.
        let points = |value: &str| value.starts_with('%') && value.ends_with('%');
        prop_assume!(!points(&old) && !points(&new));
        let mut lines = lines;
        lines.insert(at.min(lines.len()), format!("the_KEY={quote}{old}{quote}"));
        let text = lines.join(line_end) + if tail { line_end } else { "" };
        if let Ok(file) = EnvFile::parse(text.as_bytes()) && file.named("the_KEY").count() == 1 {
            let there = file.with_value("the_KEY", &SecretString::from(new.clone())).unwrap();
            prop_assert_eq!(there.len(), text.len() - old.len() + new.len());
            let back = edited(&there, "the_KEY", &old).unwrap();
            prop_assert_eq!(back, text.into_bytes());
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused_and_an_edit_keeps_the_rest(bytes in prop::collection::vec(any::<u8>(), 0..200), value in "[ -~]{1,20}") {
        if let Ok(file) = EnvFile::parse(&bytes)
            && let Ok(new) = file.with_value("ADDED_NAME", &SecretString::from(value.clone()))
        {
            prop_assert!(new.starts_with(&bytes));
            let read = EnvFile::parse(&new).unwrap();
            prop_assert_eq!(read.get("ADDED_NAME").unwrap().expose_secret(), value.as_str());
        }
    }
}

#[test]
fn an_odd_line_leaves_the_others_as_they_are() {
    for odd in ["P=\"C:\\dir\\\"", "GREETING='tis", "GREETING=\"hello"] {
        for after in [
            "API_Groq=made-up\n",
            "API_Groq=\"made-up\"\nQ=\"x\"\n",
            "API_Groq='made-up'\n",
        ] {
            let text = format!("A=1\n{odd}\n{after}");
            let file = EnvFile::parse(text.as_bytes()).unwrap();
            assert_eq!(file.get("A").unwrap().expose_secret(), "1", "{text}");
            assert_eq!(file.get("API_Groq").unwrap().expose_secret(), "made-up", "{text}");
            assert!(file.warnings().iter().any(|warning| warning.line == 2), "{text}");
            let odd_value = odd.split_once('=').unwrap().1.trim_matches(['"', '\'']);
            let masked = file.maskable_values();
            assert!(
                masked
                    .iter()
                    .any(|(_, value)| value.expose_secret().contains(odd_value)),
                "{text}"
            );
            let changed = file.with_value("API_Groq", &"another".into()).unwrap();
            assert!(changed.starts_with(format!("A=1\n{odd}\n").as_bytes()), "{text}");
        }
    }
    let pem = "KEY=\"-----BEGIN\nabc\n-----END\"\nB=2\n";
    assert_eq!(
        EnvFile::parse(pem.as_bytes())
            .unwrap()
            .get("B")
            .unwrap()
            .expose_secret(),
        "2"
    );
}

#[test]
fn a_value_that_names_another_variable_is_no_secret() {
    let file = EnvFile::parse(b"A=made-up\nB=${A}\nC=\"$A\"\nD=$ecret\nE=${ELSEWHERE}\n").unwrap();
    let masked: Vec<String> = file.maskable_values().into_iter().map(|(name, _)| name).collect();
    assert_eq!(masked, ["A", "D"]);
}
