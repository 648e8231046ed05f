//! Comments of a few words that say one thing: "never mind", "got it"; and the words that tell anything.
use super::short_answer::{Sense, is_among, sense, words};
use std::collections::BTreeSet;

/// Words that drop what was asked about: "never mind", "laat maar".
const WAIVES: &str = " never nevermind forget laat laten vergeet vergiss vergesst egal laisse laissez tomber oublie oubliez olvida \
                      olvidalo dejalo igual deixa deixe esquece esqueca ";
/// What stands beside those words.
const BESIDE: &str = " mind maar zitten about isso pra la da sorry ";

/// Words that say that something came.
const RECEIVES: &str = " got have have've received arrived here heb hebben gekregen ontvangen binnen aangekomen hab habe hab's haben \
                        bekommen erhalten angekommen da l'ai j'ai l'avons recu arrive tengo tenemos recibi recibido llego llegado \
                        tenho temos recebi recebido chegou ";
/// What may have come, and what stands beside it.
const RECEIVED: &str = " access answer key login password 'em 'm toegang antwoord sleutel zugang schlussel acces reponse cle acceso \
                        respuesta clave acesso resposta chave me mij mir yes yep yeah ja gekomen nou finally eindelijk endlich enfin ";

/// Whether a text says no more than that what was asked about does not matter.
pub(super) fn waives(text: &str) -> bool {
    says(text, WAIVES, |word| is_among(word, BESIDE))
}

/// Whether a text says no more than that something came; `acknowledges`: the words that may stand beside that.
pub(super) fn receives(text: &str, acknowledges: impl Fn(&str) -> bool) -> bool {
    says(text, RECEIVES, |word| is_among(word, RECEIVED) || acknowledges(word))
}

/// Whether a text has one of these words, and beside them only fillers and what `may_stand` there.
fn says(text: &str, these: &str, may_stand: impl Fn(&str) -> bool) -> bool {
    let words = words(text);
    let says = |word: &String| is_among(word, these);
    let fits = |word: &String| says(word) || sense(word) == Some(Sense::Filler) || may_stand(word);
    !text.contains('?') && words.iter().any(says) && words.iter().all(fits)
}

/// How a word of a short answer stands to being stuck: `Some(true)` says it, `Some(false)` may stand before it.
pub(super) fn tells_stuck(word: &str) -> Option<bool> {
    match sense(words(word).first()?)? {
        Sense::Stuck => Some(true),
        Sense::Filler | Sense::Not | Sense::No => Some(false),
        _ => None,
    }
}

/// Whether a text has a word for being stuck.
pub(super) fn are_stuck(text: &str) -> bool {
    words(text).iter().any(|word| tells_stuck(word) == Some(true))
}

/// The words of a text that tell anything: no fillers, no numbers.
pub(super) fn telling(text: &str) -> BTreeSet<String> {
    let tells = |word: &String| word.chars().count() > 2 && word.parse::<u8>().is_err() && sense(word).is_none();
    words(text).into_iter().filter(tells).collect()
}

#[cfg(test)]
mod tests {
    use super::{receives, waives};

    #[test]
    fn a_few_words_say_that_something_came_or_does_not_matter() {
        let came = [
            "I have it now",
            "I've got it",
            "Got access",
            "ik heb het",
            "ik heb toegang",
            "hab ich",
            "ich hab's",
            "ist da",
            "je l'ai",
            "j'ai reçu la clé",
            "ya lo tengo",
            "já tenho",
            "já chegou",
            "it's here",
        ];
        for text in came {
            assert!(receives(text, |_| false), "{text}");
        }
        for text in [
            "I have a question",
            "do I have it?",
            "I don't have it",
            "ik heb het niet",
            "yes",
            "",
            "ja",
            "no lo tengo",
        ] {
            assert!(!receives(text, |_| false), "{text}");
        }
        for text in [
            "never mind",
            "laat maar",
            "vergeet het",
            "egal",
            "laisse tomber",
            "da igual",
            "deixa pra lá",
        ] {
            assert!(waives(text), "{text}");
        }
        for text in ["never", "I never did step 3", "laat maar weten", "forget step 3?"] {
            assert_eq!(waives(text), text == "never", "{text}");
        }
    }
}
