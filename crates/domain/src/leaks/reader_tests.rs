//! What tells of a leak, of which keys, what denies one, and what of a comment is left.
use super::*;

fn reader() -> &'static LeakReader {
    static READER: OnceLock<LeakReader> = OnceLock::new();
    READER.get_or_init(|| {
        let names = [
            ("API_Groq", "Groq"),
            ("STRIPE_SECRET_KEY", "Stripe"),
            ("BYBIT_API_KEY", "Bybit"),
            ("GITHUB_TOKEN", "GitHub"),
            ("API_Mistral", "Mistral"),
        ];
        let names = names.map(|(variable, title)| (variable.to_owned(), title.to_owned()));
        LeakReader::builtin(&names.into())
    })
}

fn keys(text: &str) -> Option<LeakedKeys> {
    reader()
        .hear(&CleanText::passed(text.to_owned()))
        .0
        .map(|report| report.keys)
}

#[test]
fn the_examples_beside_the_rules_hold() {
    let proven = reader().prove();
    assert!(proven.as_ref().is_ok_and(|examples| *examples > 80), "{proven:?}");
}

fn named(names: &[&str]) -> LeakedKeys {
    LeakedKeys::Named(names.iter().map(|&name| name.to_owned()).collect())
}

#[test]
fn the_keys_that_are_named_are_meant() {
    for (text, meant) in [
        ("the Groq key was leaked on GitHub", Some(named(&["API_Groq"]))),
        ("our GitHub access token is on pastebin", Some(named(&["GITHUB_TOKEN"]))),
        ("GROQ_KEY_2 was exposed in the logs", Some(named(&["GROQ_KEY_2"]))),
        (
            "Groq and Mistral keys are stolen",
            Some(named(&["API_Groq", "API_Mistral"])),
        ),
        ("I committed the .env by accident", Some(LeakedKeys::All)),
        ("we were hacked, rotate all keys now", Some(LeakedKeys::All)),
        ("I pasted the Groq key from .env in Slack", Some(named(&["API_Groq"]))),
        ("I pasted a key in Slack", Some(LeakedKeys::Unnamed)),
        ("I committed the rotation script", None),
    ] {
        assert_eq!(keys(text), meant, "{text}");
    }
}

#[test]
fn what_denies_a_leak_is_told_and_taken_out() {
    let denied = |text: &str| reader().hear(&CleanText::passed(text.to_owned())).1.unwrap();
    assert_eq!(
        denied("false alarm, the old Groq key did not leak").former,
        ["API_Groq"]
    );
    assert!(denied("false alarm, the Groq key did not leak").former.is_empty());
    let groq = Some(named(&["API_Groq"]));
    for (text, keys, takes_back, rest) in [
        (
            "the Groq key works again, no leak",
            groq.clone(),
            false,
            "the Groq key works again",
        ),
        ("false alarm, the Groq key was not leaked", groq.clone(), true, ""),
        ("vals alarm, de Groq-sleutel is niet gelekt", groq.clone(), true, ""),
        ("it did not leak", Some(LeakedKeys::Unnamed), false, ""),
        ("I dreamed the Groq key leaked", None, false, ""),
        (
            "The backup is finished and nothing leaked.",
            Some(LeakedKeys::Unnamed),
            false,
            "The backup is finished",
        ),
    ] {
        let denial = denied(text);
        assert_eq!((denial.keys, denial.takes_back), (keys, takes_back), "{text}");
        assert_eq!(denial.rest.as_str(), rest, "{text}");
    }
}

#[test]
fn of_a_warning_that_was_pasted_nothing_is_its_authors_report() {
    let text = "GitGuardian has detected a Groq API Key in your repository. It is complete and verified. Mark as false positive. Thanks.";
    let report = reader().hear(&CleanText::passed(text.to_owned())).0.unwrap();
    assert_eq!((report.keys, report.rest.as_str()), (named(&["API_Groq"]), ""));
}

#[test]
fn what_tells_of_it_is_taken_out_and_the_rest_stays() {
    let text = CleanText::passed("Step 1 is done. I committed the .env by accident. What is next?".to_owned());
    let report = reader().hear(&text).0.unwrap();
    assert_eq!(report.rest.as_str(), "Step 1 is done. What is next?");
    let text = CleanText::passed("Stap 3 is klaar, maar ik heb de Groq key in Slack geplakt".to_owned());
    let report = reader().hear(&text).0.unwrap();
    assert_eq!(report.rest.as_str(), "Stap 3 is klaar.");
}

#[test]
fn a_denial_that_is_doubted_takes_nothing_back() {
    let counted = |text: &str| {
        let denial = reader().hear(&CleanText::passed(text.to_owned())).1;
        denial.is_some_and(|denial| denial.keys.is_some())
    };
    for text in [
        "It is not true that the Groq key was not leaked",
        "I cannot confirm that the GitHub key was not leaked",
        "Nobody can say that the OpenAI key was not leaked",
        "I doubt that the Groq key was not leaked",
        "We don't know that the Stripe key was not leaked",
        "Es stimmt nicht, dass der Groq-Key nicht geleakt wurde",
        "Het is niet waar dat de Groq-sleutel niet gelekt is",
        "Ik kan niet bevestigen dat de Groq-sleutel niet gelekt is",
        "Niemand kann ausschließen, dass der Stripe-Key nicht geleakt wurde",
        "Ce n'est pas vrai que la clé Groq n'a pas fuité",
        "Je ne peux pas confirmer que la clé Groq n'a pas fuité",
        "No es verdad que la clave de Groq no se filtró",
        "No puedo confirmar que la clave de Groq no se filtró",
        "Não é verdade que a chave da Groq não vazou",
        "Ninguém sabe se a chave da Groq não vazou",
        "That was no false alarm, the Stripe key is really out",
        "Not sure it was a false alarm, the Groq key may have leaked",
        "nobody said it was a false alarm",
        "I never said that it was a false alarm",
        "False alarm it is not",
        "This is no false alarm",
        "Niemand hat gesagt, dass es ein Fehlalarm war",
        "Een vals alarm is het niet",
        "Personne n'a dit que c'était une fausse alerte",
        "Nadie dijo que fuera una falsa alarma",
        "I do not think the Stripe key leaked",
        "We don't think that the Stripe key was leaked",
        "Ich glaube nicht, dass der Stripe-Key geleakt ist",
        "Ik geloof niet dat de Stripe-sleutel gelekt is",
        "Je ne crois pas que la clé Stripe ait fuité",
        "No creo que la clave de Stripe se haya filtrado",
        "Não acho que a chave da Stripe vazou",
        "We never pushed the .env to GitHub",
        "Ik heb de .env niet gecommit",
        "Wir haben die .env nie gepusht",
        "On n'a jamais commité le .env",
        "Nunca subimos el .env a GitHub",
        "Eu não commitei o .env",
    ] {
        assert!(!counted(text), "{text}");
    }
}

#[test]
fn a_false_alarm_is_one_of_the_keys_that_it_names() {
    for text in [
        "The Groq leak was a false alarm",
        "Groq war nur ein Fehlalarm",
        "Het lek van Groq was vals alarm",
        "La fuite de Groq était une fausse alerte",
        "Lo de Groq fue una falsa alarma",
        "O vazamento da Groq foi alarme falso",
    ] {
        let denial = reader().hear(&CleanText::passed(text.to_owned())).1.unwrap();
        assert_eq!(
            (denial.keys, denial.takes_back),
            (Some(named(&["API_Groq"])), true),
            "{text}"
        );
    }
}

#[test]
fn a_former_key_is_meant_where_a_word_beside_it_says_so() {
    for (text, former) in [
        ("The old Groq key was leaked", &["API_Groq"][..]),
        ("our previous API key for Stripe is on pastebin", &["STRIPE_SECRET_KEY"]),
        ("The former Mistral key turned up in a public repo", &["API_Mistral"]),
        ("The old GROQ_API_KEY was committed by accident", &["GROQ_API_KEY"]),
        ("the old Groq key and the new Mistral key were leaked", &["API_Groq"]),
        (
            "the old Groq key leaked on GitHub, I replaced it yesterday",
            &["API_Groq"],
        ),
        ("de vorige Mistral-sleutel stond in een publieke repo", &["API_Mistral"]),
        ("der alte Schlüssel von Groq ist geleakt", &["API_Groq"]),
        ("l'ancienne clé Groq a fuité", &["API_Groq"]),
        ("la antigua clave de Stripe se filtró", &["STRIPE_SECRET_KEY"]),
        ("a chave antiga da Groq vazou", &["API_Groq"]),
        ("The Groq key leaked in an old commit", &[]),
        ("The Groq key is in an old public repo", &[]),
        ("An old colleague leaked our Groq key", &[]),
        ("the new Groq key leaked", &[]),
    ] {
        let report = reader().hear(&CleanText::passed(text.to_owned())).0;
        let report = report.unwrap_or_else(|| panic!("{text:?} tells of a leak"));
        assert_eq!(report.former, former, "{text:?}");
    }
}

#[test]
fn a_former_key_is_meant_only_where_the_leak_is_told_of_it() {
    let groq = &["API_Groq"][..];
    for (text, present, former) in [
        (
            "the old Groq key is deleted, but the new Groq key was leaked on GitHub",
            groq,
            &[][..],
        ),
        (
            "The old Groq key leaked on GitHub. The new Groq key leaked on GitHub, too.",
            groq,
            groq,
        ),
        (
            "Our Groq key was leaked on GitHub, the old Groq key is already dead",
            groq,
            &[],
        ),
        ("We moeten de Groq key vervangen, hij is gelekt op GitHub", groq, &[]),
        (
            "Onze Groq-sleutel staat op pastebin, ik ga de Groq-sleutel vervangen",
            groq,
            &[],
        ),
        (
            "Il faut remplacer la clé Groq, la clé Groq a fuité sur GitHub",
            groq,
            &[],
        ),
        (
            "Der alte Groq-Key ist gelöscht, aber der neue Groq-Key ist geleakt",
            groq,
            &[],
        ),
        (
            "De oude Groq-sleutel is weg, maar de nieuwe Groq-sleutel is gelekt",
            groq,
            &[],
        ),
        (
            "La vieja clave de Groq se filtró, la nueva clave de Groq se filtró también",
            groq,
            groq,
        ),
        ("de vervangen Groq-sleutel is gelekt", &[], groq),
        ("the old Groq key leaked", &[], groq),
        ("the old Groq key, it leaked on GitHub", &[], groq),
        (
            "the old Groq key and the new Mistral key were leaked",
            &["API_Mistral"],
            groq,
        ),
    ] {
        let report = reader().hear(&CleanText::passed(text.to_owned())).0;
        let report = report.unwrap_or_else(|| panic!("{text:?} tells of a leak"));
        assert_eq!(report.keys, named(present), "{text:?}");
        assert_eq!(report.former, former, "{text:?}");
    }
}

#[test]
fn of_several_keys_one_is_denied_and_another_told() {
    for (text, leaked) in [
        (
            "false alarm about Groq, but the Stripe key did leak",
            "STRIPE_SECRET_KEY",
        ),
        (
            "False alarm about Groq. The Stripe key did leak, though.",
            "STRIPE_SECRET_KEY",
        ),
        (
            "The Groq leak was a false alarm, but the Mistral key is really on pastebin",
            "API_Mistral",
        ),
        (
            "the Groq key did not leak, but the Stripe key did leak",
            "STRIPE_SECRET_KEY",
        ),
        (
            "Groq war ein Fehlalarm, aber der Stripe-Key ist wirklich geleakt",
            "STRIPE_SECRET_KEY",
        ),
        (
            "Groq was vals alarm, maar de Stripe-sleutel is wel gelekt",
            "STRIPE_SECRET_KEY",
        ),
        (
            "Fausse alerte pour Groq, mais la clé Stripe a bien fuité",
            "STRIPE_SECRET_KEY",
        ),
        (
            "Falsa alarma con Groq, pero la clave de Stripe se filtró de verdad",
            "STRIPE_SECRET_KEY",
        ),
        (
            "Alarme falso da Groq, mas a chave da Stripe vazou mesmo",
            "STRIPE_SECRET_KEY",
        ),
    ] {
        let report = reader().hear(&CleanText::passed(text.to_owned())).0;
        let report = report.unwrap_or_else(|| panic!("{text:?} tells of a leak"));
        assert_eq!(report.keys, named(&[leaked]), "{text:?}");
        let denial = reader().hear(&report.rest).1;
        assert_eq!(
            denial.and_then(|denial| denial.keys),
            Some(named(&["API_Groq"])),
            "{text:?}"
        );
    }
}

#[test]
fn an_alarm_that_was_real_settles_nothing() {
    for text in [
        "it was no false alarm, the Stripe key is out there",
        "No false alarm: the Stripe key did leak",
        "It was not a false alarm, the Stripe key has leaked",
        "Das war kein Fehlalarm, der Stripe-Key ist geleakt",
        "Het was geen vals alarm, de Stripe-sleutel is gelekt",
        "Ce n'était pas une fausse alerte, la clé Stripe a fuité",
        "No era una falsa alarma, la clave de Stripe se filtró",
        "Não foi alarme falso, a chave da Stripe vazou",
    ] {
        assert_eq!(keys(text), Some(named(&["STRIPE_SECRET_KEY"])), "{text}");
    }
}
