//! Words that no rule knows: what stands around them says enough. The sentences are of trades that no corpus has.
use crate::corpus::read_by;
use keyminder::domain::classify::{Classifier, Label};

/// Reads by the rules alone.
#[track_caller]
fn all_read_as(label: Label, sentences: &[&str]) {
    let rules = Classifier::by_rules_alone(&[]).expect("the built-in rules");
    for sentence in sentences {
        let reading = read_by(&rules, 5, sentence);
        assert_eq!(reading.primary(), label, "{sentence:?} by {:?}", reading.rules);
    }
}

#[test]
fn who_cannot_do_something_is_blocked_whatever_it_is() {
    all_read_as(
        Label::Blocker,
        &[
            "I can't bend the pipe",
            "Ana couldn't thread the needle",
            "I am unable to glaze the tiles",
            "Ik kan de buis niet buigen",
            "Wir können die Orgel nicht stimmen",
            "Je n'arrive pas à accorder l'orgue",
            "No puedo doblar el tubo",
            "Não consigo dobrar o tubo",
        ],
    );
    all_read_as(
        Label::Chatter,
        &["I can't wait for the fair", "Ik kan niet wachten tot de kermis"],
    );
}

#[test]
fn a_thing_that_does_not_do_something_is_a_blocker_whatever_it_is() {
    all_read_as(
        Label::Blocker,
        &[
            "The kiln doesn't glow",
            "My drill does not bite",
            "De zaag snijdt niet",
            "Der Ofen glüht nicht",
            "La scie ne coupe pas",
            "El horno no calienta",
            "A serra não corta",
        ],
    );
    all_read_as(
        Label::Chatter,
        &[
            "It doesn't matter",
            "Dat geeft niet",
            "Das macht nichts",
            "Ce n'est pas grave",
            "No importa",
            "Não faz mal",
        ],
    );
    all_read_as(Label::Progress, &["I don't sing tomorrow", "Step 3 is not needed yet"]);
}

#[test]
fn who_waits_for_a_person_or_an_office_is_blocked() {
    all_read_as(
        Label::Blocker,
        &[
            "Waiting for the plumber",
            "Still waiting on the council",
            "Ik wacht nog op de gemeente",
            "Ich warte auf den Klempner",
            "J'attends le plombier",
            "Esperando al fontanero",
            "Aguardando o encanador",
        ],
    );
}

#[test]
fn a_participle_is_a_deed_by_its_form() {
    all_read_as(
        Label::Completion,
        &[
            "I've grouted the tiles",
            "The tiles have been grouted",
            "De vloer is geschuurd",
            "Wij hebben het hek geschilderd",
            "Der Boden ist abgeschliffen",
            "El suelo está pulido",
            "O chão está polido",
        ],
    );
    all_read_as(
        Label::Progress,
        &["De tegels worden gevoegd", "De tegels zijn nog niet gevoegd"],
    );
}

#[test]
fn a_real_word_is_no_slip_of_another() {
    // filling is no failing, mother no other, eaten not beaten.
    all_read_as(Label::Progress, &["Filling the kettle with my mother"]);
    all_read_as(Label::Chatter, &["We have eaten"]);
    // What an English word looks like in Dutch does not count.
    all_read_as(Label::Chatter, &["The children behave like angels at the fair"]);
}
