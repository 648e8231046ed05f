//! Places in a list as short answers name them: "the second one".
/// Words of a place in a list, without accents; the first one first.
const ORDINALS: [&str; 5] = [
    " first 1st eerste 1e erste erster erstes ersten premier premiere primero primera primer primeiro primeira ",
    " second 2nd tweede 2e zweite zweiter zweites zweiten deuxieme seconde segundo segunda ",
    " third 3rd derde 3e dritte dritter drittes dritten troisieme tercero tercera tercer terceiro terceira ",
    " fourth 4th vierde 4e vierte vierter viertes vierten quatrieme cuarto cuarta quarto quarta ",
    " fifth 5th vijfde 5e funfte funfter funftes funften cinquieme quinto quinta ",
];
/// What stands before such a word: "a second" is a while.
const BEFORE_ORDINALS: &str = " the de het die der das dem den le la el o number only just alleen nur ";

/// The place that a word names: "the second one".
pub(super) fn ordinal(before: Option<&str>, word: &str) -> Option<u8> {
    let is_place = before.is_none_or(|before| {
        is_among(before, BEFORE_ORDINALS) || matches!(before, "a" | "la" | "as") && word.ends_with('a')
    });
    let places = (1..).zip(ORDINALS);
    let mut named = places.filter(|(_, words)| is_place && is_among(word, words));
    named.next().map(|(place, _)| place)
}

fn is_among(word: &str, list: &str) -> bool {
    list.split(' ').any(|known| known == word)
}
