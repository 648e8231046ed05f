//! Short answers in six languages.
use super::{ShortAnswer, affirms, read, with_reason};

/// What each of these says, a line for each answer.
const SAYS: &[(&str, &[&str])] = &[
    (
        "Yes",
        &[
            "Yes.",
            "ja hoor",
            "Yes, it is",
            "That's right",
            "Oui",
            "Sí.",
            "Sim!",
            "Ja, stimmt",
            "Confirmed",
            "claro que sí",
            "Jawohl",
            "exactly",
            "Yes they are",
            "doch",
        ],
    ),
    (
        "No",
        &[
            "not yet",
            "Nee, geen van beide",
            "nog niet",
            "not stuck",
            "not done",
            "Noch nicht",
            "Pas encore",
            "Todavía no",
            "Ainda não",
            "Nein",
            "Non, pas encore",
            "c'est pas fini",
            "nicht fertig",
            "neither",
            "not all of them",
            "não, ainda não",
        ],
    ),
    (
        "Done",
        &[
            "it's done",
            "`klaar`",
            "Yes, done!",
            "Fertig!",
            "C'est fini",
            "Ya está listo",
            "Está feito",
            "Oui, terminé",
            "erledigt ✅",
            "Concluído",
        ],
    ),
    (
        "Stuck",
        &[
            "nog vast",
            "Still stuck",
            "No, still stuck",
            "Ich stecke noch fest",
            "Toujours bloqué",
            "Sigo atascado",
            "Ainda estou travada",
            "Nein, ich hänge noch",
            "je suis coincée",
        ],
    ),
    (
        "Undo",
        &[
            "undo",
            "Rückgängig bitte",
            "annuler",
            "deshacer",
            "Desfazer",
            "terugdraaien",
        ],
    ),
    (
        "All",
        &[
            "all of them",
            "really all done",
            "Ja, echt alles klaar",
            "Yes, all done",
            "Confirmed, all of it",
            "Yes, I am sure, all of it is done",
            "Alle beide",
            "Oui, tout est fini",
            "todos",
            "Ja, alles fertig",
            "allebei",
            "Sim, tudo pronto",
        ],
    ),
    (
        "AllDone",
        &[
            "All done!",
            "Everything is done",
            "Alles klaar",
            "Alles fertig",
            "Tout est fini",
            "Todo listo",
            "Tudo feito",
        ],
    ),
    (
        "Steps([2])",
        &[
            "step 2",
            "2, not 1",
            "2 not 1",
            "niet 1 maar 2",
            "not 1 but 2",
            "Not step 1, step 2",
            "nicht 1 sondern 2",
            "Nicht Schritt 1, sondern Schritt 2",
            "pas la 1, la 2",
            "no 1 sino 2",
            "não 1 mas 2",
            "2 instead of 1",
            "1 no, 2 sí",
            "2 in plaats van 1",
            "#2",
            "Yes, 2",
            "just 2 please",
            "2 statt 1",
            "nur die 2",
            "la 2, pas la 1",
            "stap 2 graag",
            "1 is not, 2 is",
        ],
    ),
    (
        "Steps([2, 4])",
        &["2 en 4", "2 and 4", "2, 4", "2 y 4", "2 et 4", "2 und 4", "2 e 4"],
    ),
    ("Steps([2, 3, 4])", &["2-4", "2 – 4", "steps 2, 3 and 4"]),
    (
        "Instead([2])",
        &[
            "No, step 2",
            "Nee, stap 2",
            "Non, la 2",
            "No, la 2",
            "Nein, Schritt 2",
            "no 2",
            "nee stap 2",
            "No, not 1 but 2",
        ],
    ),
    (
        "AllBut([4])",
        &[
            "yes, but step 4 is not",
            "Yes, but 4 is not done yet",
            "yes, except step 4",
            "all but 4",
            "everything except step 4",
            "all done except 4",
            "All but step 4, that is still open",
            "ja, behalve stap 4",
            "Ja, maar stap 4 nog niet",
            "alles ausser 4",
            "Ja, außer Schritt 4",
            "Ja, aber Schritt 4 noch nicht",
            "tout sauf la 4",
            "oui, mais pas la 4",
            "todo menos el 4",
            "Sí, pero el 4 no",
            "tudo exceto o 4",
            "Sim, mas o 4 ainda não",
            "only 4 is left",
            "alleen 4 nog niet",
            "No, all except 4",
            "Only step 4 is not done",
        ],
    ),
    (
        "NotThese([4])",
        &[
            "step 4 is not",
            "not 4",
            "4 nog niet",
            "la 4 pas encore",
            "No, not step 4",
        ],
    ),
    (
        "NotDone([4])",
        &[
            "4 is not done yet",
            "No, step 4 is not done",
            "step 4 is still open",
            "stap 4 is niet af",
            "la 4 n'est pas finie",
        ],
    ),
];

#[test]
fn plain_answers_are_read_in_six_languages() {
    for (says, texts) in SAYS {
        for text in *texts {
            let read = read(text).map(|answer| format!("{answer:?}"));
            assert_eq!(read.as_deref(), Some(*says), "{text}");
        }
    }
}

#[test]
fn what_says_more_or_two_things_is_no_short_answer() {
    for text in [
        "",
        "thanks",
        "yes and no",
        "done or stuck",
        "is it done?",
        "step 4 done",
        "done with the coffee",
        "all done with lunch",
        "no idea",
        "maybe",
        "almost done",
        "yes, I guess",
        "I think so",
        "step 3 is nearly done, I guess",
        "no estoy bloqueado",
        "ok",
        "👍",
        "No, it's done",
        "yes yes yes yes yes yes yes yes yes yes yes yes yes",
        "really",
    ] {
        assert_eq!(read(text), None, "{text}");
    }
}

#[test]
fn a_sentence_affirms_that_begins_with_a_yes() {
    for text in [
        "Yes, I am sure that all of it is done",
        "ja echt",
        "Sí, lo he comprobado todo",
    ] {
        assert!(affirms(text), "{text}");
    }
    for text in ["All done!", "I said yes", "No", ""] {
        assert!(!affirms(text), "{text}");
    }
}

#[test]
fn an_answer_may_give_its_reason_and_no_other_turn() {
    for (said, texts) in [
        (
            "Done",
            &[
                "done, the crash was another script",
                "Klaar; die fout kwam van elders",
                "Fertig: der Server war weg",
            ][..],
        ),
        ("Stuck", &["stuck, Ana knows why", "vast (de server is weg)"]),
        ("Undo", &["undo, that was Bram"]),
    ] {
        for text in texts {
            assert_eq!(
                with_reason(text).map(|(answer, _)| format!("{answer:?}")).as_deref(),
                Some(said),
                "{text}"
            );
        }
    }
    for text in [
        "done",
        "done, 4 is open",
        "done, step 4 hangs",
        "done, right?",
        "yes, the server was down",
        "the crash was another script, done",
    ] {
        assert_eq!(with_reason(text), None, "{text}");
    }
    let was = |text| with_reason(text).is_some_and(|(_, was)| was);
    assert!(was("done, the crash was another script") && !was("done, the upload hangs"));
}

#[test]
fn a_place_in_a_list_is_a_number_and_a_while_is_none() {
    for (text, place) in [
        ("the second one", Some(2)),
        ("the first", Some(1)),
        ("second", Some(2)),
        ("de tweede", Some(2)),
        ("die zweite", Some(2)),
        ("le premier", Some(1)),
        ("la segunda", Some(2)),
        ("a primeira", Some(1)),
        ("just a second", None),
        ("one second please", None),
        ("um segundo", None),
    ] {
        let steps = place.map(|place| ShortAnswer::Steps(vec![place]));
        assert_eq!(read(text), steps, "{text}");
    }
    assert_eq!(read("both of them"), Some(ShortAnswer::All));
    assert_eq!(read("no, the first"), Some(ShortAnswer::Instead(vec![1])));
}
