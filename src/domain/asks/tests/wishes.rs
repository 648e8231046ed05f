//! Wishes for other dates, in six languages, and what only looks like one.
use super::*;

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
    let rows = include_str!("../../../../tests/corpus/dev.jsonl").lines();
    for row in rows.chain(include_str!("../../../../tests/corpus/plain.jsonl").lines()) {
        let row: serde_json::Value = serde_json::from_str(row).unwrap();
        let text = row["text"].as_str().unwrap();
        let wishes = read(text).wishes;
        assert!(wishes.iter().all(|wish| wish.tentative), "{text}: {wishes:?}");
    }
}
