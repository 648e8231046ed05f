//! Two keys in one place of a text: both are told of.
use keyminder::domain::comment::{Extent, Finding, RawText};
use keyminder::domain::redact::{KnownValues, Patterns, Redactor};

/// `key:secret`, `-u key:secret`, two secrets run together: whatever bridges them, both are told of, whole.
#[test]
fn of_two_keys_in_one_place_both_are_told_of() {
    let random = |length: usize| (0..length).map(|_| fastrand::alphanumeric()).collect::<String>();
    for (first, second) in [(64, 64), (20, 40), (40, 20), (24, 24)] {
        let [one, other] = [random(first), random(second)];
        let known = KnownValues::from_env([
            ("MAKER_API_KEY".to_owned(), one.clone().into()),
            ("MAKER_API_SECRET".to_owned(), other.clone().into()),
        ]);
        let redactor = Redactor::new(Patterns::builtin(), known);
        for between in [
            "", ":", ",", "/", "=", "-", ".", "_", "+", "~", ":x:", "&b=", " ", "|", "@",
        ] {
            for frame in [
                "X",
                "login X",
                "curl -u X https://example.com",
                "key=X",
                "https://X@example.com/",
                "`X`",
            ] {
                for pair in [format!("{one}{between}{other}"), format!("{other}{between}{one}")] {
                    let text = frame.replace('X', &pair);
                    let found = redactor.redact(&RawText::new(text.clone())).findings;
                    let told = |variable: &str| {
                        let named = |finding: &&Finding| finding.variable.as_deref() == Some(variable);
                        found.iter().find(named).map(|finding| finding.extent)
                    };
                    let both = (told("MAKER_API_KEY"), told("MAKER_API_SECRET"));
                    assert_eq!(
                        both,
                        (Some(Extent::Whole), Some(Extent::Whole)),
                        "{between:?} in {frame:?}"
                    );
                }
            }
        }
    }
}
