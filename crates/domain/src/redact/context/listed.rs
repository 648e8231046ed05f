//! Secrets that are several words: codes for a recovery, the seed of a second factor in groups of four, the words of a
//! wallet. Only what a name and a sign announce is read so.
use std::ops::Range;

/// How much is read behind the sign, in bytes.
const LONGEST: usize = 1024;

/// The codes, groups or words that begin here, if they are a secret; `noun` says what they are called.
pub(super) fn at(text: &str, from: usize, noun: &str) -> Option<Range<usize>> {
    let near = &text[from..text.floor_char_boundary(from + LONGEST)];
    let blanks = near.len() - near.trim_start().len();
    let (start, near) = (from + blanks, near.trim_start());
    let noun = noun.to_lowercase();
    let length = if is_of_codes(&noun) {
        codes(near)
    } else if is_of_words(&noun) {
        words(near).or_else(|| groups(near))
    } else {
        groups(near)
    }?;
    Some(start..start + length)
}

/// Whether what has this name stands below it as often as behind it.
pub(super) fn is_below(noun: &str) -> bool {
    let noun = noun.to_lowercase();
    is_of_codes(&noun) || is_of_words(&noun)
}

fn is_of_words(noun: &str) -> bool {
    ["phrase", "mnemonic", "zin", "satz", "seed"]
        .iter()
        .any(|word| noun.contains(word))
}

/// Several codes have a name of several.
fn is_of_codes(noun: &str) -> bool {
    ["codes", "códigos", "codici", "kody"]
        .iter()
        .any(|word| noun.contains(word))
}

/// The parts of a text between blanks and commas, each with its place.
fn parts(text: &str) -> impl Iterator<Item = (Range<usize>, &str)> {
    let mut at = 0;
    text.split([' ', '\n', '\r', '\t', ',', ';', '|'])
        .filter_map(move |part| {
            let range = at..at + part.len();
            at = range.end + 1;
            let begin = part.len() - part.trim_start_matches(['-', '*', '•', '"', '\'', '`', '[', '(']).len();
            let part = part[begin..].trim_end_matches(['"', '\'', '`', ']', ')', '.', ':']);
            let start = range.start + begin;
            (!part.is_empty()).then(|| (start..start + part.len(), part))
        })
}

/// `1.`, `2)`: the number of a line.
fn is_counter(part: &str) -> bool {
    part.len() <= 2 && part.bytes().all(|b| b.is_ascii_digit())
}

/// The words of a wallet (BIP 39: twelve to twenty-four of three to eight letters), numbered or not.
fn words(text: &str) -> Option<usize> {
    const FEWEST: usize = 12;
    /// Words that sentences have and the lists have not.
    const SENTENCES: [&str; 16] = [
        "the", "and", "for", "are", "was", "not", "but", "has", "had", "its", "our", "with", "from", "your", "does",
        "please",
    ];
    let is_word = |part: &str| {
        (3..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_lowercase()) && !SENTENCES.contains(&part)
    };
    let said = parts(text).filter(|(_, part)| !is_counter(part));
    let said: Vec<_> = said.take_while(|(_, part)| is_word(part)).take(24).collect();
    (said.len() >= FEWEST).then(|| said.last().map(|(range, _)| range.end))?
}

/// Codes of letters and digits, one after the other: `1a2b-3c4d 5e6f-7a8b`.
fn codes(text: &str) -> Option<usize> {
    const FEWEST: usize = 2;
    const MOST: usize = 40;
    let is_code = |part: &str| {
        let letters = part.bytes().filter(u8::is_ascii_alphanumeric).count();
        let groups = || part.split('-').map(str::len).collect::<Vec<_>>();
        let even = || part.contains('-') && groups().iter().all(|length| *length == groups()[0]);
        let clean = part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        clean && (4..=32).contains(&letters) && (part.bytes().any(|b| b.is_ascii_digit()) || even())
    };
    let said = parts(text).filter(|(_, part)| !is_counter(part));
    let said: Vec<_> = said.take_while(|(_, part)| is_code(part)).take(MOST).collect();
    (said.len() >= FEWEST).then(|| said.last().map(|(range, _)| range.end))?
}

/// Base32 in groups of four: `JBSW Y3DP EHPK 3PXP`.
fn groups(text: &str) -> Option<usize> {
    const FEWEST: usize = 4;
    const EACH: usize = 4;
    let end = text.find(['\n', ',', ';', '"', '\'', '`']).unwrap_or(text.len());
    let mut length = 0;
    let (mut count, mut digits, mut letters) = (0, 0, 0);
    let mut upper = None;
    for part in text[..end].split([' ', '-']) {
        let part = part.trim_end_matches(['.', ')']);
        let case = part
            .bytes()
            .find(u8::is_ascii_alphabetic)
            .map(|b| b.is_ascii_uppercase());
        let base32 = part
            .bytes()
            .all(|b| matches!(b, b'2'..=b'7') || b.is_ascii_alphabetic() && Some(b.is_ascii_uppercase()) == case);
        if part.len() != EACH || !base32 || case.is_some() && upper.is_some() && case != upper {
            break;
        }
        upper = case.or(upper);
        digits += part.bytes().filter(u8::is_ascii_digit).count();
        letters += part.bytes().filter(u8::is_ascii_alphabetic).count();
        length += part.len() + usize::from(count > 0);
        count += 1;
    }
    (count >= FEWEST && digits > 0 && letters >= 2 * digits).then_some(length)
}
