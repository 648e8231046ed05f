//! The shape of a token: word, number, hex, random.

/// For each letter the letters that follow it in words of English, Dutch, German, French, Spanish and Portuguese
/// (366 of 676 pairs; 97 % of running words use no other). A made-up string of eight letters passes once in 100.
const PAIRS: [&str; 26] = [
    "abcdefgiklmnprstuvwxyz",
    "abceilorstuy",
    "acehiklorstuy",
    "abdegilmnorsuvy",
    "abcdefghiklmnopqrstuvwxyz",
    "aefilorstuy",
    "aefghilmnorstu",
    "adeilmorstuy",
    "abcdefgjklmnoprstvxz",
    "aeiou",
    "aeilmnostu",
    "adefgiklmnopstuvy",
    "abdeilmopsuy",
    "acdefghijklmnoprstuvyz",
    "abcdefgijklmnoprstuvwxyz",
    "adehiloprstuy",
    "lu",
    "abcdefghiklmnoprstuvwyz",
    "acehiklmnopqstuwy",
    "acdefhilmoprstuwyz",
    "abcdefgilmnoprstuz",
    "aeioy",
    "aehiklnoprs",
    "aceiopt",
    "bceimnopstwz",
    "aeiouz",
];

const FOLLOWERS: [u32; 26] = followers();

const fn followers() -> [u32; 26] {
    let mut table = [0; 26];
    let mut letter = 0;
    while letter < 26 {
        let pairs = PAIRS[letter].as_bytes();
        let mut next = 0;
        while next < pairs.len() {
            table[letter] |= 1 << (pairs[next] - b'a');
            next += 1;
        }
        letter += 1;
    }
    table
}

const LOWER: u8 = 1;
const UPPER: u8 = 2;
const DIGIT: u8 = 3;

/// The kind of each character, 0 for all others: in random strings a branch would be guessed wrong at every second one.
const KINDS: [u8; 256] = kinds();

#[expect(clippy::cast_possible_truncation, reason = "all values are below 256")]
const fn kinds() -> [u8; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            b'a'..=b'z' => LOWER,
            b'A'..=b'Z' => UPPER,
            b'0'..=b'9' => DIGIT,
            _ => 0,
        };
        byte += 1;
    }
    table
}

/// How many characters of each kind a token has.
#[derive(Clone, Copy, Default)]
pub(super) struct CharCounts {
    pub(super) lower: usize,
    pub(super) upper: usize,
    pub(super) digit: usize,
}

impl CharCounts {
    pub(super) fn of(token: &str) -> Self {
        let mut counts = [0; 4];
        for byte in token.bytes() {
            counts[KINDS[byte as usize] as usize] += 1;
        }
        let [_, lower, upper, digit] = counts;
        Self { lower, upper, digit }
    }

    pub(super) fn letters(self) -> usize {
        self.lower + self.upper
    }
}

/// A word a person could say: letters alone, in one of the usual cases, or several such words run together
/// (`RotationStateMachine`); umlauts and accents count as letters.
pub(super) fn is_word(token: &str) -> bool {
    if token.len() < 2 || !token.chars().all(char::is_alphabetic) {
        return false;
    }
    if !token.is_ascii() {
        return true;
    }
    let bytes = token.as_bytes();
    let all_upper = bytes.iter().all(u8::is_ascii_uppercase);
    let mut part = 0;
    for at in 1..=bytes.len() {
        let border = at == bytes.len() || (!all_upper && bytes[at].is_ascii_uppercase());
        if border {
            let short = at - part < 3 && (part > 0 || at < bytes.len());
            if short || !is_pronounceable(&bytes[part..at]) || !(all_upper || has_vowel(&bytes[part..at])) {
                return false;
            }
            part = at;
        }
    }
    true
}

/// Only pronounceable words, joined by anything; numbers and a few short names such as `s3` may stand among them.
pub(super) fn is_words(value: &str) -> bool {
    let [mut words, mut odd] = [0, 0];
    for part in value
        .split(|c: char| !c.is_alphanumeric())
        .filter(|part| !part.is_empty())
    {
        if is_word(part) {
            words += 1;
        } else if part.len() < 4 && !is_random(part) {
            odd += usize::from(!part.bytes().all(|b| b.is_ascii_digit()));
        } else {
            return false;
        }
    }
    odd <= words + 1
}

/// A word of letters alone, some of them vowels, with one unusual pair at most: `cloudflare`.
pub(super) fn is_spoken(word: &str) -> bool {
    is_word(word) || is_letters(word) && has_vowel(word.as_bytes()) && unusual_pairs(word.as_bytes()) <= 1
}

/// Whether a word may be one of any language, which [`PAIRS`] does not know: a fifth of it vowels, a quarter unusual pairs. Of
/// eight random letters one in five is taken for a word.
pub(super) fn is_foreign_word(word: &str) -> bool {
    if !word.is_ascii() {
        return word
            .chars()
            .all(|c| c.is_alphabetic() || !c.is_ascii() && !c.is_numeric());
    }
    let vowels = word.bytes().filter(|b| has_vowel(&[*b])).count();
    is_letters(word) && 5 * vowels >= word.len() && unusual_pairs(word.as_bytes()) <= (word.len() + 2) / 4
}

fn is_letters(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphabetic())
}

/// Several words and nothing else, as the seed of a wallet is.
pub(super) fn is_phrase(value: &str) -> bool {
    let words = || value.split([' ', '-', '_', '\t']).filter(|word| !word.is_empty());
    words().count() >= 4 && words().all(is_word)
}

fn has_vowel(letters: &[u8]) -> bool {
    letters
        .iter()
        .any(|b| matches!(b.to_ascii_lowercase(), b'a' | b'e' | b'i' | b'o' | b'u' | b'y'))
}

fn is_pronounceable(letters: &[u8]) -> bool {
    unusual_pairs(letters) == 0
}

/// How many pairs of letters words mostly do not have.
fn unusual_pairs(letters: &[u8]) -> usize {
    let pairs = letters.windows(2).filter(|pair| {
        let [first, second] = [pair[0].to_ascii_lowercase() - b'a', pair[1].to_ascii_lowercase() - b'a'];
        FOLLOWERS[first as usize] & 1 << second == 0
    });
    pairs.count()
}

/// What tokens of keys are made of besides letters and digits.
pub(super) fn is_key_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'+' | b'/' | b'-')
}

/// Only hex digits, in one case.
pub(super) fn is_hex(token: &str) -> bool {
    let one_case = |counts: CharCounts| counts.lower == 0 || counts.upper == 0;
    token.bytes().all(|b| b.is_ascii_hexdigit()) && one_case(CharCounts::of(token))
}

/// A string that nobody would write by hand: letters of both cases and digits in between, or letters that
/// make no word.
pub(super) fn is_random(token: &str) -> bool {
    let counts = CharCounts::of(token);
    match (counts.lower > 0, counts.upper > 0, counts.digit > 0) {
        (true, true, true) => match changes(token) {
            0 | 1 => false,
            // `YfAAXJzkwfdaot9160`: its letters would have to make words.
            2 => token.len() >= 16 && !is_word(token.trim_matches(|c: char| c.is_ascii_digit())),
            _ => true,
        },
        (true, false, true) | (false, true, true) => changes(token) >= 2,
        (true, true, false) => !is_word(token) && changes(token) >= 2,
        (true, false, false) | (false, true, false) => {
            let repeats = token.bytes().all(|b| Some(b) == token.bytes().next());
            !repeats && !token.bytes().any(|b| b.is_ascii_punctuation()) && !is_word(token)
        }
        (false, false, _) => false,
    }
}

/// What stands behind a number in times, sizes and ranks.
const MEASURES: [&str; 18] = [
    "am", "pm", "h", "m", "s", "d", "k", "x", "ms", "min", "kb", "mb", "gb", "st", "nd", "rd", "th", "e",
];

/// What may be a piece of a key where a sentence says so: no word, no number, no name made of words.
pub(super) fn is_piece(token: &str) -> bool {
    let counts = CharCounts::of(token);
    let named = token.split(['_', '-', '/', '+']).all(|part| {
        part.is_empty() || is_word(part) || is_numbered_word(part) || part.bytes().all(|b| b.is_ascii_digit())
    });
    let prefix = token.ends_with(['_', '-']);
    let unit = token.trim_start_matches(|c: char| c.is_ascii_digit());
    let measure = unit.len() < token.len() && MEASURES.contains(&unit);
    token.is_ascii() && counts.letters() > 0 && !named && !prefix && !measure
}

/// `step3`, `phase12`: a word with a small number behind it.
pub(super) fn is_numbered_word(token: &str) -> bool {
    let word = token.trim_end_matches(|c: char| c.is_ascii_digit());
    word.len() >= 3 && is_word(word) && (1..=2).contains(&(token.len() - word.len()))
}

/// How often the kind of character changes from one to the next; `Word` counts as one kind.
pub(super) fn changes(token: &str) -> usize {
    let mut last = token.bytes().next().map_or(0, |b| KINDS[b as usize]);
    let mut changes = 0;
    for byte in token.bytes() {
        let kind = KINDS[byte as usize];
        changes += usize::from(kind != last && (last, kind) != (UPPER, LOWER));
        last = kind;
    }
    changes
}

/// A password that a person made up: half of it words, or short and of one kind.
pub(super) fn is_weak(value: &str) -> bool {
    let short = value.chars().count() < 12;
    short && (is_words(value) || CharCounts::of(value).letters() == 0) || value.len() < 24 && is_half_spoken(value)
}

/// Whether half of it are words.
pub(super) fn is_half_spoken(value: &str) -> bool {
    let words = value
        .split(|c: char| !c.is_alphabetic())
        .filter(|part| part.chars().count() >= 3 && is_word(part));
    2 * words.map(str::len).sum::<usize>() >= value.len()
}

/// Starts as the tokens of some provider do.
pub(super) fn has_token_prefix(value: &str) -> bool {
    const PREFIXES: [&str; 22] = [
        "ntn_",
        "secret_",
        "gsk_",
        "hf_",
        "sk-",
        "xai-",
        "r8_",
        "ghp_",
        "gho_",
        "ghs_",
        "ghu_",
        "github_pat_",
        "glpat-",
        "npm_",
        "pypi-",
        "xox",
        "sk_live_",
        "rk_live_",
        "AIza",
        "AKIA",
        "ASIA",
        "eyJ",
    ];
    value.len() >= 16 && !value.contains(char::is_whitespace) && PREFIXES.iter().any(|prefix| value.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_no_random_strings() {
        for word in [
            "rotation",
            "Bybit",
            "October",
            "BLOCKED",
            "RotationStateMachine",
            "Schlüssel",
            "working",
        ] {
            assert!(is_word(word), "{word}");
        }
        for piece in ["ZJbl", "qxzt", "AenqH", "NbG1t", "x9"] {
            assert!(!is_word(piece), "{piece}");
        }
        assert!(is_random("zP7WG") && is_random("XlfQ8MAO") && !is_random("rotation"));
        // Few runs, but no words in them.
        assert!(is_random("YqAAXJzkwfdapt4711") && !is_random("StateMachine2026"));
    }
}
