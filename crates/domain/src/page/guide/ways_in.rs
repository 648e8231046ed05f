//! Lines that tell how to get in: passwords, the codes of doors and alarms. The page stays where it is, and a comment is mailed around: so
//! we never say such a line again.
use super::words::{WORDS, words_of};

/// Figures of a number that may be a code.
const FIGURES: usize = 3;

/// Whether a line speaks of a password or a code.
pub fn names_a_way_in(line: &str) -> bool {
    let said = format!(" {} ", words_of(line));
    let has = |words: &[String]| words.iter().any(|word| said.contains(&format!(" {word} ")));
    has(&WORDS.ways_in) || has(&WORDS.codes) && has_code(&said)
}

/// Whether a line tells one, and does not only speak of it: "Change the password".
pub(super) fn tells_a_way_in(line: &str) -> bool {
    let is_told =
        || line.contains([':', '=', '"', '“', '„', '«', '\'']) || WORDS.is.iter().any(|is| has_word(line, is));
    names_a_way_in(line) && (has_code(line) || is_told())
}

fn has_code(line: &str) -> bool {
    let mut words = line.split(|c: char| !c.is_ascii_digit());
    words.any(|figures| figures.len() >= FIGURES)
}

fn has_word(line: &str, word: &str) -> bool {
    words_of(line).split(' ').any(|said| said == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_opens_is_told_from_what_is_only_spoken_of() {
        for told in [
            "The door code is 4711, press hash.",
            "the wifi code is on the fridge: 4711",
            "The gate opens with 8812",
            "Safe combination 33 12 904",
            "Wachtwoord: tulpen",
            "Das Passwort ist Blumenwiese",
        ] {
            assert!(tells_a_way_in(told), "{told}");
        }
        for spoken in [
            "Change the password of the router",
            "The code is reviewed by Ana",
            "Order 400 chairs",
        ] {
            assert!(!tells_a_way_in(spoken), "{spoken}");
        }
        assert!(names_a_way_in("Change the password of the router"));
    }
}
