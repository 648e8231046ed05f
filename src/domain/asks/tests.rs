//! What is asked, in six languages: the examples beside the topics, dates and their bounds, and what is no wish.
use super::*;
use crate::domain::classify::KeyName;
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
fn what_is_wished_for_is_read_in_six_languages() {
    let to = |date: &str| (Some(date.to_owned()), None, None);
    let by = |span: &str| (None, Some(span.to_owned()), None);
    let every = |span: &str| (None, None, Some(span.to_owned()));
    let cases = [
        ("snooze until Monday", to("2026-12-07"), None),
        ("postpone the rotation by two weeks", by("2 weeks"), None),
        ("move the next rotation to 15 January", to("2027-01-15"), None),
        ("remind me on Friday", to("2026-12-04"), None),
        ("rotate groq every 60 days", every("60 days"), Some("API_Groq")),
        ("rotate every quarter", every("3 months"), None),
        (
            "push the bybit rotation back a month",
            by("1 month"),
            Some("BYBIT_API_KEY"),
        ),
        ("move it to 5 January", to("2027-01-05"), None),
        (
            "Can you move the Stripe rotation to 1 March please?",
            to("2027-03-01"),
            Some("STRIPE_API_KEY"),
        ),
        (
            "verplaats de rotatie van Groq naar 15 januari",
            to("2027-01-15"),
            Some("API_Groq"),
        ),
        ("stel de rotatie twee weken uit", by("2 weeks"), None),
        ("herinner me vrijdag", to("2026-12-04"), None),
        ("verschiebe die Rotation auf den 15. Januar", to("2027-01-15"), None),
        ("Bitte die Rotation um zwei Wochen verschieben", by("2 weeks"), None),
        ("erinnere mich am Freitag", to("2026-12-04"), None),
        ("déplace la rotation au 15 janvier", to("2027-01-15"), None),
        ("repousse la rotation de deux semaines", by("2 weeks"), None),
        ("rappelle-moi vendredi", to("2026-12-04"), None),
        ("mueve la rotación al 15 de enero", to("2027-01-15"), None),
        ("aplaza la rotación dos semanas", by("2 weeks"), None),
        ("recuérdame el viernes", to("2026-12-04"), None),
        ("mova a rotação para 15 de janeiro", to("2027-01-15"), None),
        ("adia a rotação duas semanas", by("2 weeks"), None),
        ("me lembra na sexta", to("2026-12-04"), None),
        (
            "Hugging Face can wait, put it on 1 July",
            to("2027-07-01"),
            Some("HUGGINGFACE_TOKEN"),
        ),
        (
            "Groq should be monthly, not quarterly",
            every("1 month"),
            Some("API_Groq"),
        ),
        (
            "Halve the Mistral interval to 45 days",
            every("45 days"),
            Some("API_Mistral"),
        ),
        (
            "Vanaf nu alle sleutels elke maand vervangen graag",
            every("1 month"),
            None,
        ),
        (
            "Stripe alle zwei Wochen statt jeden Monat bitte",
            every("2 weeks"),
            Some("STRIPE_API_KEY"),
        ),
        (
            "Pour Groq, tous les deux mois au lieu de tous les mois",
            every("2 months"),
            Some("API_Groq"),
        ),
        (
            "Notion cada 60 días en vez de cada mes, por favor",
            every("60 days"),
            Some("NOTION_TOKEN"),
        ),
        (
            "Bybit pode ser de três em três meses",
            every("3 months"),
            Some("BYBIT_API_KEY"),
        ),
        ("Once a year would do for Mistral", every("1 year"), Some("API_Mistral")),
        ("give me two more weeks for groq", by("2 weeks"), Some("API_Groq")),
        ("groq even parkeren tot maandag", to("2026-12-07"), Some("API_Groq")),
        (
            "stripe déjalo para el martes por favor",
            to("2026-12-01"),
            Some("STRIPE_API_KEY"),
        ),
        (
            "bybit deixa pra semana que vem",
            to("2026-12-07"),
            Some("BYBIT_API_KEY"),
        ),
        ("Everything can go to next quarter", to("2027-01-01"), None),
    ];
    for (text, expected, key) in cases {
        let asked = read(text);
        let [wish] = asked.wishes.as_slice() else {
            panic!("{text}: {:?}", asked.wishes)
        };
        let day = wish
            .to
            .as_ref()
            .map(|day| day.morning(now(), chrono_tz::UTC).unwrap().date_naive().to_string());
        let found = (
            day,
            wish.by.map(|by| by.to_string()),
            wish.every.map(|every| every.to_string()),
        );
        assert_eq!(found, expected, "{text}");
        assert!(!wish.tentative, "{text}");
        assert_eq!(wish.keys.first().map(String::as_str), key, "{text}");
    }
}

#[test]
fn a_guess_and_a_question_to_all_are_no_orders() {
    let texts = [
        "should we postpone?",
        "could we move it to January?",
        "maybe postpone the rotation by a week",
        "Shall we move the groq rotation to Friday?",
        "moeten we de rotatie uitstellen?",
        "sollen wir die Rotation verschieben?",
        "on repousse la rotation ?",
        "¿aplazamos la rotación?",
        "vamos adiar a rotação?",
        "let's move the rotation to Friday",
        "Kan Stripe naar donderdag?",
        "On peut décaler Groq à jeudi ?",
        "Können wir alles auf Freitag schieben?",
        "Dá pra empurrar a Bybit pro mês que vem?",
    ];
    for text in texts {
        assert!(read(text).wishes.iter().all(|wish| wish.tentative), "{text}");
    }
}

#[test]
fn what_happened_or_is_planned_or_denied_is_no_wish() {
    let texts = [
        "Done on 5 January.",
        "We moved the Bybit rotation to 10 May.",
        "Do NOT postpone Stripe. It stays on 1 March.",
        "blocked until Thursday, waiting for access",
        "I'll do step 4 on Friday",
        "move the script to /opt on Friday",
        "The meeting moves to Tuesday",
        "put the new key into .env on Friday",
        "push the keys to the vault tomorrow",
        "change the keys on Friday please",
        "rotated on the 5th",
        "reporté au 5 janvier",
        "verschoben auf den 5. Januar",
        "is verplaatst naar 5 januari",
        "De rotatie is verzet naar 5 januari",
        "The next rotation is set to 5 January",
        "el equipo aplaza la rotación una semana",
        "step 3 done, step 4 tomorrow",
        "What happens if we postpone the rotation by a week?",
        "We rotate Groq monthly, not quarterly",
        "Do not rotate Groq every month",
        "I'll do Groq after the holidays",
        "will do groq Friday",
        "Groq kan vrijdag",
        "Laat het maandag weten",
        "Faz isso na sexta",
        "Mach das am Freitag fertig",
        "Maak stap 3 vrijdag af",
        "La rotation a été reportée",
        "Can Ben do Groq on Friday?",
        "the summer schedule is out",
        "we start groq after the holidays",
    ];
    for text in texts {
        let asked = read(text);
        assert!(asked.wishes.is_empty(), "{text}: {:?}", asked.wishes);
    }
}

#[test]
fn a_time_without_days_is_asked_about() {
    let texts = [
        "Push the rotation to after the holidays",
        "Slack can wait, move the groq rotation to next sprint",
        "Could this be moved to Q3?",
        "Zet alles maar door naar na de zomer",
        "Verschiebe alles auf nach den Ferien",
        "Décale Groq après les vacances",
        "Mueve todo para después de las vacaciones",
        "Adia tudo para depois do carnaval",
        "Move all rotations to January",
    ];
    for text in texts {
        let asked = read(text);
        let [wish] = asked.wishes.as_slice() else {
            panic!("{text}: {:?}", asked.wishes)
        };
        let day = wish.to.as_ref().map(|day| day.morning(now(), chrono_tz::UTC));
        assert_eq!(day, Some(Err(DateDoubt::WhichDay)), "{text}");
    }
}

#[test]
fn reports_of_ordinary_work_move_no_date() {
    let rows = include_str!("../../../tests/corpus/dev.jsonl").lines();
    for row in rows.chain(include_str!("../../../tests/corpus/plain.jsonl").lines()) {
        let row: serde_json::Value = serde_json::from_str(row).unwrap();
        let text = row["text"].as_str().unwrap();
        let wishes = read(text).wishes;
        assert!(wishes.iter().all(|wish| wish.tentative), "{text}: {wishes:?}");
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
