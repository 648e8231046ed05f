//! What is asked, in six languages: the examples beside the topics, dates and their bounds, and what is no wish.
mod reminders;
mod wishes;

use super::*;
use crate::classify::KeyName;
use chrono::NaiveDate;

fn keys() -> KeyNames {
    let names = [
        ("bybit", "BYBIT_API_KEY"),
        ("notion", "NOTION_TOKEN"),
        ("groq", "API_Groq"),
        ("mistral", "API_Mistral"),
        ("stripe", "STRIPE_API_KEY"),
        ("openai", "OPENAI_API_KEY"),
    ];
    let one = |services: Vec<String>, variable: &str| KeyName {
        variable: variable.to_owned(),
        services,
        secret_half: false,
    };
    let called = ["hugging face", "huggingface", "hf"].map(str::to_owned);
    let others = names
        .iter()
        .map(|(service, variable)| one(vec![(*service).to_owned()], variable));
    KeyNames::new(
        std::iter::once(one(called.into(), "HUGGINGFACE_TOKEN"))
            .chain(others)
            .collect(),
    )
}

fn read(text: &str) -> AskedOfKeys {
    AskReader::builtin().read(&CleanText::passed(text.to_owned()), &keys())
}

/// Monday 30 November 2026, in the morning.
fn now() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + chrono::TimeDelta::seconds(1_796_032_800)
}

fn morning(text: &str) -> Option<Result<NaiveDate, DateDoubt>> {
    let found = AskReader::builtin().morning(text, now(), chrono_tz::Europe::Amsterdam)?;
    Some(found.map(|at| at.with_timezone(&chrono_tz::Europe::Amsterdam).date_naive()))
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[test]
fn each_topic_finds_its_examples_and_nothing_of_anothers() {
    AskReader::builtin().prove(&keys()).unwrap();
}

#[test]
fn days_are_read_in_six_languages() {
    let cases = [
        ("tomorrow", "2026-12-01"),
        ("overmorgen", "2026-12-02"),
        ("next Monday", "2026-12-07"),
        ("Friday", "2026-12-04"),
        ("vrijdag", "2026-12-04"),
        ("am Freitag", "2026-12-04"),
        ("vendredi prochain", "2026-12-04"),
        ("el viernes", "2026-12-04"),
        ("sexta-feira", "2026-12-04"),
        ("15 January", "2027-01-15"),
        ("January 15th, 2027", "2027-01-15"),
        ("the 5 January", "2027-01-05"),
        ("15 januari", "2027-01-15"),
        ("15. Januar", "2027-01-15"),
        ("1er mars", "2027-03-01"),
        ("15 de enero", "2027-01-15"),
        ("15 de janeiro de 2028", "2028-01-15"),
        ("1º de março", "2027-03-01"),
        ("2027-01-15", "2027-01-15"),
        ("31/01", "2027-01-31"),
        ("02.12.", "2026-12-02"),
        ("12-12", "2026-12-12"),
        ("in two weeks", "2026-12-14"),
        ("in 3 days", "2026-12-03"),
        ("over een maand", "2026-12-30"),
        ("in zwei Wochen", "2026-12-14"),
        ("dans 10 jours", "2026-12-10"),
        ("dentro de dos semanas", "2026-12-14"),
        ("em 2 semanas", "2026-12-14"),
        ("next month", "2026-12-01"),
        ("the end of the year", "2026-12-31"),
        ("end of January", "2027-01-31"),
        ("29 February 2028", "2028-02-29"),
    ];
    for (text, expected) in cases {
        assert_eq!(morning(text), Some(Ok(day(expected))), "{text}");
    }
}

#[test]
fn a_day_that_is_not_sure_is_none() {
    let either = DateDoubt::Either {
        day_first: day("2027-01-05"),
        month_first: day("2027-05-01"),
    };
    let cases = [
        ("31 February", DateDoubt::NoSuchDay),
        ("31/13", DateDoubt::NoSuchDay),
        ("45 January", DateDoubt::NoSuchDay),
        ("29 February 2027", DateDoubt::NoSuchDay),
        ("5/1", either),
        ("15 January 2030", DateDoubt::TooFar),
        ("2025-01-15", DateDoubt::Past { day: day("2025-01-15") }),
        ("20 November", DateDoubt::Past { day: day("2026-11-20") }),
        ("in January", DateDoubt::WhichDay),
    ];
    for (text, doubt) in cases {
        assert_eq!(morning(text), Some(Err(doubt)), "{text}");
    }
    for text in ["step 5", "done", "", "the backup", "1.5 hours", "on it"] {
        assert_eq!(morning(text), None, "{text}");
    }
}

#[test]
fn the_rest_of_a_comment_is_kept() {
    let rest = |text: &str| read(text).rest.map(|rest| rest.as_str().to_owned());
    assert_eq!(rest("Step 1 is done."), None);
    let both = "Step 1 is done. Move the rotation to 15 January.";
    assert_eq!(rest(both).as_deref(), Some("Step 1 is done."));
    assert_eq!(rest("is groq valid?").as_deref(), Some(""));
    let quoted = read("> is groq valid?\nyes");
    assert!(quoted.questions.is_empty() && quoted.rest.is_none());
    assert!(read("@Lena is the groq key valid?").questions.is_empty());
}

#[test]
fn a_key_that_nobody_knows_is_named() {
    let asked = read("is the Datadog key still valid?");
    assert_eq!(asked.questions[0].unknown, ["Datadog"]);
    assert_eq!(read("does FOO_API_KEY work?").questions[0].unknown, ["FOO_API_KEY"]);
    assert_eq!(
        read("move the Datadog rotation to 1 March").wishes[0].unknown,
        ["Datadog"]
    );
    assert!(read("does the API key work?").questions[0].unknown.is_empty());
    assert!(read("how old is it?").questions[0].refers);
    assert_eq!(read("Is groq valid? How old is it?").questions[1].keys, ["API_Groq"]);
}

/// Pieces of sentences in any order: nothing panics, and every day that is found is within its bounds.
#[test]
fn any_words_in_any_order_are_read_within_bounds() {
    let pieces = [
        "move",
        "postpone",
        "snooze",
        "remind me",
        "the rotation",
        "groq",
        "to",
        "on",
        "by",
        "until",
        "every",
        "31",
        "2.",
        "29",
        "february",
        "januar",
        "5/1",
        "99/99",
        "2027-13-45",
        "0000-00-00",
        "9999-12-31",
        "the 31st",
        "the 99th",
        "4294967295",
        "weeks",
        "jahre",
        "99999999999",
        "days",
        "next",
        "month",
        "fin de mes",
        "demain",
        "überfällig",
        "¿",
        "?",
        ".",
        ",",
        "and",
        "é",
        "🤫",
        "Ende",
        "quarter",
        "-",
        "/",
        "in",
        "or",
        "half a year",
        "\n",
        "@",
        ">",
        "`",
        "{key}",
        "zwei",
        "hours",
    ];
    let mut dice = fastrand::Rng::with_seed(7);
    let reader = AskReader::builtin();
    for _ in 0..4_000 {
        let words: Vec<&str> = (0..dice.usize(1..9))
            .map(|_| pieces[dice.usize(..pieces.len())])
            .collect();
        let text = words.join(if dice.bool() { " " } else { "" });
        let asked = read(&text);
        for day in asked.wishes.iter().filter_map(|wish| wish.to.as_ref()) {
            if let Ok(at) = day.morning(now(), chrono_tz::Europe::Amsterdam) {
                let ahead = (at - now()).num_days();
                assert!(at > now() && ahead <= 732, "{text}: {at}");
            }
        }
        let _ = reader.morning(&text, now(), chrono_tz::Asia::Kolkata);
    }
}
