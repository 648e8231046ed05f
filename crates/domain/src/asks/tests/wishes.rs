//! Wishes for other dates, in six languages, and what only looks like one.
use super::*;

/// What is said; what is wished for, and of which key.
const WISHES: &[(&str, &str, &str)] = &[
    ("snooze until Monday", "to 2026-12-07", ""),
    ("postpone the rotation by two weeks", "by 2 weeks", ""),
    ("move the next rotation to 15 January", "to 2027-01-15", ""),
    ("remind me on Friday", "to 2026-12-04", ""),
    ("rotate groq every 60 days", "every 60 days", "API_Groq"),
    ("rotate every quarter", "every 3 months", ""),
    ("push the bybit rotation back a month", "by 1 month", "BYBIT_API_KEY"),
    ("move it to 5 January", "to 2027-01-05", ""),
    (
        "Can you move the Stripe rotation to 1 March please?",
        "to 2027-03-01",
        "STRIPE_API_KEY",
    ),
    (
        "verplaats de rotatie van Groq naar 15 januari",
        "to 2027-01-15",
        "API_Groq",
    ),
    ("stel de rotatie twee weken uit", "by 2 weeks", ""),
    ("herinner me vrijdag", "to 2026-12-04", ""),
    ("verschiebe die Rotation auf den 15. Januar", "to 2027-01-15", ""),
    ("Bitte die Rotation um zwei Wochen verschieben", "by 2 weeks", ""),
    ("erinnere mich am Freitag", "to 2026-12-04", ""),
    ("déplace la rotation au 15 janvier", "to 2027-01-15", ""),
    ("repousse la rotation de deux semaines", "by 2 weeks", ""),
    ("rappelle-moi vendredi", "to 2026-12-04", ""),
    ("mueve la rotación al 15 de enero", "to 2027-01-15", ""),
    ("aplaza la rotación dos semanas", "by 2 weeks", ""),
    ("recuérdame el viernes", "to 2026-12-04", ""),
    ("mova a rotação para 15 de janeiro", "to 2027-01-15", ""),
    ("adia a rotação duas semanas", "by 2 weeks", ""),
    ("me lembra na sexta", "to 2026-12-04", ""),
    (
        "Hugging Face can wait, put it on 1 July",
        "to 2027-07-01",
        "HUGGINGFACE_TOKEN",
    ),
    ("Groq should be monthly, not quarterly", "every 1 month", "API_Groq"),
    ("Halve the Mistral interval to 45 days", "every 45 days", "API_Mistral"),
    ("Vanaf nu alle sleutels elke maand vervangen graag", "every 1 month", ""),
    (
        "Stripe alle zwei Wochen statt jeden Monat bitte",
        "every 2 weeks",
        "STRIPE_API_KEY",
    ),
    (
        "Pour Groq, tous les deux mois au lieu de tous les mois",
        "every 2 months",
        "API_Groq",
    ),
    (
        "Notion cada 60 días en vez de cada mes, por favor",
        "every 60 days",
        "NOTION_TOKEN",
    ),
    (
        "Bybit pode ser de três em três meses",
        "every 3 months",
        "BYBIT_API_KEY",
    ),
    ("Once a year would do for Mistral", "every 1 year", "API_Mistral"),
    ("give me two more weeks for groq", "by 2 weeks", "API_Groq"),
    ("groq even parkeren tot maandag", "to 2026-12-07", "API_Groq"),
    (
        "stripe déjalo para el martes por favor",
        "to 2026-12-01",
        "STRIPE_API_KEY",
    ),
    ("bybit deixa pra semana que vem", "to 2026-12-07", "BYBIT_API_KEY"),
    ("Everything can go to next quarter", "to 2027-01-01", ""),
    ("every 60 days", "every 60 days", ""),
    ("elke 60 dagen", "every 60 days", ""),
    ("alle 60 Tage", "every 60 days", ""),
    ("tous les 60 jours", "every 60 days", ""),
    ("cada 60 días", "every 60 days", ""),
    ("a cada 60 dias", "every 60 days", ""),
    ("once a month", "every 1 month", ""),
    ("every 60 days, no, 90 days", "every 90 days", ""),
    ("rotate every second", "TooOften, every 1 day", ""),
    ("roteer groq elke vrijdag", "to 2026-12-04, every 1 week", "API_Groq"),
    ("move groq to 15 January, no, 20 January", "to 2027-01-20", "API_Groq"),
    ("move groq to 15 January. No, 20 January.", "to 2027-01-20", "API_Groq"),
    (
        "verplaats groq naar 15 januari, nee, 20 januari",
        "to 2027-01-20",
        "API_Groq",
    ),
    (
        "déplace groq au 15 janvier, non, 20 janvier",
        "to 2027-01-20",
        "API_Groq",
    ),
    (
        "mueve groq al 15 de enero, no, 20 de enero",
        "to 2027-01-20",
        "API_Groq",
    ),
    ("move groq to 15 January, 20 January", "Several", "API_Groq"),
    (
        "postpone groq by two weeks, sorry, three weeks",
        "by 3 weeks",
        "API_Groq",
    ),
    ("postpone groq by 200 years", "by 100 years", "API_Groq"),
    ("aplázalo hasta el lunes", "to 2026-12-07", ""),
    ("repousse-la d'une semaine", "by 1 week", ""),
    ("move groq to the end of next month", "to 2026-12-31", "API_Groq"),
    ("verschieb groq auf Ende nächsten Monats", "to 2026-12-31", "API_Groq"),
    ("mueve groq al final del mes que viene", "to 2026-12-31", "API_Groq"),
    ("move groq to the end of February 2028", "to 2028-02-29", "API_Groq"),
    ("move groq to the end of February", "to 2027-02-28", "API_Groq"),
    ("move groq to 2027-01-15T25:00", "NoSuchDay", "API_Groq"),
    ("move groq to Friday at 9:30", "to 2026-12-04", "API_Groq"),
    ("Stel alle sleutels twee weken uit", "by 2 weeks", ""),
    ("aplaza todo dos semanas", "by 2 weeks", ""),
    ("Groq auf den 15.1., ach nein, den 20.1.", "to 2027-01-20", "API_Groq"),
    ("move groq to the last day of February", "to 2027-02-28", "API_Groq"),
    ("move groq to 15 January at 25:00", "NoSuchDay", "API_Groq"),
];

#[test]
fn what_is_wished_for_is_read_in_six_languages() {
    for (text, wished, key) in WISHES {
        let asked = read(text);
        let [wish] = asked.wishes.as_slice() else {
            panic!("{text}: {:?}", asked.wishes)
        };
        assert_eq!((said(wish).as_str(), wish.tentative), (*wished, false), "{text}");
        assert_eq!(wish.keys.first().map_or("", String::as_str), *key, "{text}");
    }
}

#[test]
fn what_is_not_understood_of_a_wish_is_asked_about() {
    for text in [
        "every few weeks",
        "every 45-60 days",
        "quarterly for everyone except bybit",
        "every 60 days or so, except Groq",
        "every day",
    ] {
        let wishes = read(text).wishes;
        assert!(!wishes.is_empty(), "{text}");
        let is_day = |wish: &DateWish| {
            let day = wish.to.as_ref().map(|day| day.morning(now(), chrono_tz::UTC));
            day.is_none_or(|day| day.is_ok())
        };
        let follows = |wish: &DateWish| !wish.tentative && !wish.is_unfinished() && is_day(wish);
        assert!(!wishes.iter().any(follows), "{text}: {wishes:?}");
    }
}

#[test]
fn what_is_put_off_and_a_reminder_are_told_apart() {
    for (text, way) in [
        ("snooze groq until Friday", DateWay::Later),
        ("postpone groq to Friday", DateWay::Later),
        ("stel groq uit tot vrijdag", DateWay::Later),
        ("move groq to Friday", DateWay::To),
        ("verschieb groq auf Freitag", DateWay::To),
        ("remind me on Friday", DateWay::Reminder),
        ("herinner me vrijdag", DateWay::Reminder),
        ("recuérdame el viernes", DateWay::Reminder),
        ("snooze groq and remind me on Friday", DateWay::Later),
    ] {
        assert_eq!(read(text).wishes.first().map(|wish| wish.way), Some(way), "{text}");
    }
}

/// `to 2027-01-15`, `by 2 weeks`, `every 60 days`.
fn said(wish: &DateWish) -> String {
    let day = wish.to.as_ref().map(|day| day.morning(now(), chrono_tz::UTC));
    let to = day.map(|day| match day {
        Ok(at) => format!("to {}", at.date_naive()),
        Err(doubt) => format!("{doubt:?}"),
    });
    let by = wish.by.map(|by| format!("by {by}"));
    let every = wish.every.map(|every| format!("every {every}"));
    [to, by, every].into_iter().flatten().collect::<Vec<_>>().join(", ")
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
    let rows = include_str!("../../../../../tests/corpus/dev.jsonl").lines();
    for row in rows.chain(include_str!("../../../../../tests/corpus/plain.jsonl").lines()) {
        let row: serde_json::Value = serde_json::from_str(row).unwrap();
        let text = row["text"].as_str().unwrap();
        let wishes = read(text).wishes;
        assert!(wishes.iter().all(|wish| wish.tentative), "{text}: {wishes:?}");
    }
}

#[test]
fn what_somebody_else_is_quoted_with_is_no_wish() {
    for text in [
        "Ana said: \"move the next rotation to 1 December 2027\", but I disagree",
        "Ana schreef „verschieb die Rotation auf den 1. Dezember“, das will ich nicht",
        "«mueve la rotación al 1 de diciembre», dice Ana",
    ] {
        assert_eq!(read(text).wishes, [], "{text}");
    }
    assert_eq!(read("move \"groq\" to 15 January").wishes.len(), 1);
}

#[test]
fn of_several_keys_and_several_spans_nothing_is_done() {
    for text in [
        "push Groq back a month and Stripe a week",
        "every 60 days for Stripe, every 30 for Groq",
        "stel Groq een maand uit en Stripe een week",
    ] {
        let wishes = read(text).wishes;
        assert!(
            wishes.iter().all(|wish| wish.tentative || wish.keys.len() == 1),
            "{text}: {wishes:?}"
        );
    }
}
