//! Keys that nobody told us, in the forms of `forms.txt` and the sentences of `frames.txt`: floors by family.
use super::keys::Keys;
use super::{bare, masked};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Sentences for rows that are a line of their own.
const LINES: [&str; 4] = [
    "{S}",
    "step 3 says:\n{S}",
    "what does this mean?\n{S}",
    "ik heb dit gebruikt: {S}",
];

/// How many of each hundred keys of a family have to vanish whole.
const FLOOR: usize = 97;

/// Families whose keys look like names of objects: only the words around tell.
const ODD: (&str, usize) = ("shape-odd", 75);

#[test]
fn keys_of_every_form_vanish() {
    let redactor = bare();
    let mut keys = Keys::new(31);
    let frames: Vec<&str> = include_str!("frames.txt").lines().collect();
    let mut families: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut shown = String::new();
    let forms = include_str!("forms.txt").lines().filter(|line| !line.starts_with('#'));
    for (number, form) in forms.enumerate() {
        let [family, maker, key] = parts(form);
        let frames = if maker.is_empty() { &LINES[..] } else { &frames[..] };
        for round in 0..8 {
            let frame = frames[(number * 7 + round * 5) % frames.len()];
            let (text, public, secrets) = filled(&mut keys, frame, maker, &key.replace('⏎', "\n"));
            let clean = masked(&redactor, &text);
            let count = families.entry(family).or_default();
            count.0 += 1;
            if secrets.iter().any(|secret| shows(&clean, secret, &public)) {
                let _ = writeln!(shown, "{family}: {clean}");
            } else {
                count.1 += 1;
            }
        }
    }
    for (family, (all, hidden)) in families {
        let floor = if family == ODD.0 { ODD.1 } else { FLOOR };
        assert!(hidden * 100 >= all * floor, "{family}: {hidden} of {all}\n{shown}");
    }
}

/// Family, maker and text of a row.
fn parts(form: &str) -> [&str; 3] {
    let (family, rest) = form.split_once(" | ").expect("a family");
    let (maker, key) = rest.split_once(" | ").expect("a maker, or none");
    [family.trim(), maker.trim(), key]
}

/// The sentence with the key in it, what of it is public, and the secret parts.
fn filled(keys: &mut Keys, frame: &str, maker: &str, key: &str) -> (String, String, Vec<String>) {
    let mut secrets = Vec::new();
    let mut text = String::new();
    for (place, part) in key.split(['⟦', '⟧']).enumerate() {
        let part = if part.contains('{') {
            keys.fill(part)
        } else {
            part.to_owned()
        };
        text.push_str(&part);
        if place % 2 == 1 {
            secrets.push(part);
        }
    }
    let name = maker.replace(|c: char| !c.is_ascii_alphanumeric(), "");
    let sentence = frame
        .replace("{maker}", maker)
        .replace("{NAME}", &format!("{}_API_KEY", name.to_uppercase()))
        .replace("{name}", &format!("{}_token", name.to_lowercase()))
        .replace("\\n", "\n")
        .replace("{S}", &text);
    let public = secrets
        .iter()
        .fold(sentence.clone(), |text, secret| text.replace(secret.as_str(), ""));
    (sentence, public, secrets)
}

/// Whether five characters of a secret in a row stand in the text that stand nowhere else in the sentence.
fn shows(text: &str, secret: &str, public: &str) -> bool {
    let run = secret.len().min(5);
    let holds = |text: &str, window: &[u8]| text.as_bytes().windows(run).any(|other| other == window);
    let windows = &mut secret.as_bytes().windows(run);
    windows.any(|window| holds(text, window) && !holds(public, window))
}

/// A label that somebody types into a key hides nothing of it.
#[test]
fn a_typed_label_shields_no_form() {
    let redactor = bare();
    let mut keys = Keys::new(32);
    let [mut all, mut hidden] = [0, 0];
    let mut shown = String::new();
    let forms = include_str!("forms.txt").lines().filter(|line| !line.starts_with('#'));
    for (number, form) in forms.enumerate() {
        let [family, maker, key] = parts(form);
        if family == ODD.0 {
            continue;
        }
        let frame = if maker.is_empty() {
            LINES[number % 4]
        } else {
            "{maker} key: {S}"
        };
        let (text, public, secrets) = filled(&mut keys, frame, maker, &key.replace('⏎', "\n"));
        let label = ["[redacted: key]", "[redacted: password]", "[redacted: Notion token]"][number % 3];
        let labelled = secrets.iter().fold(text, |text, secret| {
            let (head, tail) = secret.split_at(1 + number * 7 % (secret.len() - 1));
            text.replacen(secret.as_str(), &format!("{head}{label}{tail}"), 1)
        });
        let clean = masked(&redactor, &labelled);
        assert_eq!(masked(&redactor, &clean), clean);
        all += 1;
        if secrets
            .iter()
            .any(|secret| shows(&clean.replace(label, ""), secret, &public))
        {
            let _ = writeln!(shown, "{family}: {labelled}\n    {clean}");
        } else {
            hidden += 1;
        }
    }
    assert!(hidden * 100 >= all * FLOOR, "{hidden} of {all}\n{shown}");
}
