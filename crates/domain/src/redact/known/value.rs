//! One known value, folded, with its windows of six characters.
use super::encodings::{WINDOW, packed};
use super::guessing::{GUESSABLE_BITS, bits, count};
use super::spelled::{Occurrence, Spelled, spelled};
use super::spellings;
use crate::redact::fold::{self, BREAK, FoldedText};
use crate::redact::patterns::stands_for_a_key;
use crate::redact::shape;
use secrecy::SecretString;
use std::ops::Range;
use zeroize::Zeroizing;

/// The first part of a token that tells its provider and is no secret.
const PUBLIC_PREFIXES: [&str; 27] = [
    "ntn_",
    "secret_",
    "gsk_",
    "hf_",
    "api_org_",
    "sk-proj-",
    "sk-svcacct-",
    "sk-ant-api03-",
    "sk-ant-admin01-",
    "sk-or-v1-",
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
    "xoxb-",
    "xoxp-",
    "sk_live_",
    "rk_live_",
    "AIza",
    "AKIA",
];

/// Bits of a code in a window, and of a window.
const CODE_BITS: usize = 6;
pub(super) const WINDOW_MASK: u64 = (1 << (CODE_BITS * WINDOW)) - 1;

/// Every so many characters may be left out of what is looked for; where they are further apart, windows are left whole.
const LEFT_OUT: std::ops::RangeInclusive<usize> = 3..=WINDOW;

/// A value as it is looked for. No `Debug`: it holds a key.
pub(super) struct KnownValue {
    /// Which variable it belongs to.
    pub(super) variable: usize,
    /// The value as its variable has it.
    pub(super) source: SecretString,
    /// Its secret part, byte by byte: what is encoded where it is encoded.
    pub(super) raw: Zeroizing<Vec<u8>>,
    /// The codes that folding gives its characters; none if it has too few letters and digits to be folded.
    pub(super) codes: Zeroizing<Vec<u8>>,
    /// The characters behind the codes.
    pub(super) exact: Zeroizing<Vec<u8>>,
    /// How many of them are a public prefix.
    pub(super) public: usize,
    /// A password a person made up is found in disguise only as a whole, for its parts are words; its signs count.
    /// Spelled without the signs before its first letter and after its last.
    pub(super) weak: Option<Zeroizing<String>>,
    /// Words, as the seed of a wallet is: each is in any text, only several in this order are a piece.
    pub(super) spoken: bool,
    /// As it is spelled, if it is short or if folding would lose much of it: then pieces count that stand in the text
    /// just so.
    pub(super) spelled: Option<Spelled>,
    /// Whether somebody who tries many could hit half of it, and all of it: a password that a person made up, or one of few
    /// signs.
    pub(super) guessable: [bool; 2],
    /// The signs before its first letter and after its last.
    pub(super) signs: [Zeroizing<String>; 2],
}

impl KnownValue {
    /// Folds the secret part of a value. `None` if it is too short or too plain to be masked without masking half the
    /// text.
    pub(super) fn of(variable: usize, source: &SecretString, secret: &str) -> Option<Self> {
        let mut stream = FoldedText::of(secret);
        let folds = stream.codes.len() >= WINDOW && !stream.codes.contains(&BREAK);
        let (first, end) = match stream.codes.len().checked_sub(1) {
            Some(last) if folds => (stream.start(0), stream.end(last)),
            Some(_) | None => (0, 0),
        };
        let public = public_prefix(secret).map_or(0, |prefix| FoldedText::of(prefix).codes.len());
        let weak = public == 0 && folds && shape::is_weak(secret);
        let plain = weak && secret.chars().all(char::is_lowercase);
        if plain || !folds && secret.chars().count() < WINDOW {
            return None;
        }
        let [codes, exact] = [&mut stream.codes, &mut stream.exact].map(|all| Zeroizing::new(std::mem::take(all)));
        let kept = |all: Zeroizing<Vec<u8>>| if folds { all } else { Zeroizing::default() };
        let signs = [&secret[..first], &secret[end..]].map(|signs| Zeroizing::new(signs.to_owned()));
        let value = Self {
            variable,
            source: source.clone(),
            raw: Zeroizing::new(secret.as_bytes().to_vec()),
            public,
            guessable: [false; 2],
            weak: weak.then(|| Zeroizing::new(fold::spelled(&secret[first..end]))),
            spoken: !weak && (shape::is_phrase(&without_numbers(secret)) || shape::is_half_spoken(secret)),
            spelled: Spelled::of(secret, if folds { codes.len() } else { 0 }).filter(|_| public == 0),
            codes: kept(codes),
            exact: kept(exact),
            signs,
        };
        // Signs are at places where a guesser would put them.
        let letters = match &value.spelled {
            Some(_) => secret.chars().filter(|c| c.is_alphanumeric()).count(),
            None => value.secret_len(),
        };
        let half = letters.div_ceil(2) * bits_a_character(&value.raw);
        let half = value.weak.is_some() || count(half) < GUESSABLE_BITS;
        let guessable = [half, half && bits(secret) < GUESSABLE_BITS];
        Some(Self { guessable, ..value })
    }

    /// A value of words alone, joined in any way: what people say is no piece of it. None if it is too short, or if documentation
    /// writes it for a value.
    pub(super) fn spoken(variable: usize, source: &SecretString, secret: &str) -> Vec<Self> {
        if stands_for_a_key(secret) {
            return Vec::new();
        }
        let bits = bits(secret);
        let is_phrase = shape::is_words(secret) && bits >= PHRASE_BITS;
        let joined = ["", " ", "-", "_"].into_iter().filter(|_| is_phrase).map(|joint| {
            let words = secret
                .split(|c: char| !c.is_alphanumeric())
                .filter(|word| !word.is_empty());
            Zeroizing::new(words.collect::<Vec<_>>().join(joint))
        });
        let own = Zeroizing::new(secret.to_owned());
        let ways = std::iter::once(own).chain(joined.filter(|joined| **joined != *secret));
        let ways = ways.filter_map(|way| {
            let occurrence = if is_phrase {
                Occurrence::Whole
            } else {
                Occurrence::Alone
            };
            let spelled = Spelled::whole(&way, occurrence)?;
            Some(Self {
                variable,
                source: source.clone(),
                raw: Zeroizing::new(way.as_bytes().to_vec()),
                codes: Zeroizing::default(),
                exact: Zeroizing::default(),
                public: 0,
                weak: Some(Zeroizing::default()),
                spoken: true,
                spelled: Some(spelled),
                guessable: [true, bits < GUESSABLE_BITS],
                signs: Default::default(),
            })
        });
        ways.collect()
    }

    /// Itself, and the same in other letters or encoded. Those are as easy to guess as it is.
    pub(super) fn in_all_spellings(self, secret: &str) -> Vec<Self> {
        let Self {
            variable, guessable, ..
        } = self;
        let others = spellings::of(secret);
        let others = others
            .iter()
            .filter_map(|other| Self::of(variable, &self.source, other));
        let others: Vec<Self> = others.map(|other| Self { guessable, ..other }).collect();
        std::iter::once(self).chain(others).collect()
    }

    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.variable == other.variable && self.raw == other.raw
    }

    /// How many of its characters are secret.
    pub(super) fn secret_len(&self) -> usize {
        match &self.spelled {
            Some(spelled) => spelled.len(),
            None => self.codes.len().saturating_sub(self.public).max(1),
        }
    }

    /// Which of its secret characters those at these places of `codes` are. Where its signs count they are among them.
    pub(super) fn secret_of_codes(&self, places: Range<usize>) -> Range<usize> {
        if self.spelled.is_none() {
            let secret = |place: usize| place.saturating_sub(self.public);
            return secret(places.start)..secret(places.end);
        }
        // Of the signs between its letters nobody knows whether they stand there.
        let folded = FoldedText::of(std::str::from_utf8(&self.raw).unwrap_or_default());
        let first = if places.start < folded.codes.len() {
            self.secret_of_bytes(0..folded.start(places.start)).end
        } else {
            0
        };
        first..(first + places.len()).min(self.secret_len())
    }

    /// Which of its secret characters these bytes of `raw` are.
    pub(super) fn secret_of_bytes(&self, bytes: Range<usize>) -> Range<usize> {
        if self.spelled.is_none() {
            let secret = |place: usize| place.saturating_sub(self.public).min(self.secret_len());
            return secret(bytes.start)..secret(bytes.end);
        }
        let before = |end: usize| {
            let text = String::from_utf8_lossy(&self.raw[..end]);
            text.chars().filter_map(spelled).count()
        };
        before(bytes.start)..before(bytes.end)
    }

    /// How many characters it has behind its public prefix, signs among them: what people count.
    pub(super) fn chars(&self) -> usize {
        let text = String::from_utf8_lossy(&self.raw);
        let public = public_prefix(&text).filter(|_| self.public > 0);
        text.chars().count() - public.map_or(0, |prefix| prefix.chars().count())
    }

    /// Every window of six codes that says enough to be looked up, with its place.
    pub(super) fn windows(&self) -> impl Iterator<Item = (u64, usize)> + '_ {
        let places = self.places(self.codes.len());
        places.filter_map(|place| {
            let window = pack(&self.codes[place..place + WINDOW]);
            (self.weak.is_some() || is_telling(window)).then_some((window, place))
        })
    }

    /// Every window of six codes where every third to sixth character is left out, with the place of its first.
    pub(super) fn gapped_windows(&self) -> impl Iterator<Item = (u64, usize)> + '_ {
        let is_sought = self.weak.is_none() && !self.spoken;
        let codes: &[u8] = if is_sought { &self.codes } else { &[] };
        let ways = LEFT_OUT.flat_map(|every| (0..every).map(move |first| (every, first)));
        ways.flat_map(move |(every, first)| {
            let kept = codes
                .iter()
                .enumerate()
                .filter(move |(place, _)| place % every != first);
            let (mut window, mut places) = (0, [0; WINDOW]);
            kept.enumerate().filter_map(move |(nth, (place, code))| {
                window = (window << CODE_BITS | u64::from(*code)) & WINDOW_MASK;
                places[nth % WINDOW] = place;
                let is_full = nth + 1 >= WINDOW;
                (is_full && is_telling(window)).then_some((window, places[(nth + 1) % WINDOW]))
            })
        })
    }

    /// Every window of six bytes of the secret part, with its place.
    pub(super) fn raw_windows(&self) -> impl Iterator<Item = (u64, usize)> + '_ {
        let places = self.places(self.raw.len());
        places.filter_map(|place| Some((packed(&self.raw[place..place + WINDOW])?, place)))
    }

    /// Every window of characters as they are spelled, with its place.
    pub(super) fn spelled_windows(&self) -> impl Iterator<Item = (u64, usize)> + '_ {
        self.spelled.iter().flat_map(Spelled::windows)
    }

    /// Where windows begin: the first alone in what counts only as a whole.
    fn places(&self, length: usize) -> std::ops::Range<usize> {
        let all = (length + 1).saturating_sub(WINDOW);
        0..if self.weak.is_some() { all.min(1) } else { all }
    }
}

/// The words of a phrase alone, where they are numbered.
fn without_numbers(secret: &str) -> Zeroizing<String> {
    let words = secret
        .split(' ')
        .filter(|word| !word.bytes().all(|byte| byte.is_ascii_digit()));
    Zeroizing::new(words.collect::<Vec<_>>().join(" "))
}

/// Words worth less are in any text.
const PHRASE_BITS: f32 = 32.0;

/// How many bits a random character is worth among those of its kind.
fn bits_a_character(value: &[u8]) -> usize {
    let has = |kind: fn(&u8) -> bool| value.iter().any(kind);
    let (upper, lower) = (has(u8::is_ascii_uppercase), has(u8::is_ascii_lowercase));
    let hex = value.iter().all(|byte| byte.is_ascii_hexdigit() || *byte == b'-');
    match (upper, lower) {
        (true, true) => 5,
        (false, false) => 3,
        _ if hex => 4,
        _ => 5,
    }
}

/// Six codes in 36 bits.
fn pack(window: &[u8]) -> u64 {
    window.iter().fold(0, |key, code| key << CODE_BITS | u64::from(*code))
}

/// At least three different characters.
fn is_telling(window: u64) -> bool {
    let codes = (0..WINDOW).map(|nth| window >> (CODE_BITS * nth) & 63);
    codes.fold(0_u64, |set, code| set | 1 << code).count_ones() >= 3
}

fn public_prefix(secret: &str) -> Option<&'static str> {
    PUBLIC_PREFIXES.into_iter().find(|prefix| secret.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use crate::comment::RawText;
    use crate::redact::{KnownValues, Patterns, Redactor};

    #[test]
    fn signs_are_characters_of_a_whole_value_and_its_public_beginning_is_none() {
        for (value, chars) in [
            ("q7Zt-4Rk9_Lm2X.w8Bv+5Nc3", 24),
            (&format!("{}{}", "sk-", "q7Zt-4Rk9_Lm2X.w8Bv+5Nc3"), 24),
        ] {
            let known = KnownValues::from_env([("A_SECRET".to_owned(), value.into())]);
            let redactor = Redactor::new(Patterns::builtin(), known);
            let found = redactor.redact(&RawText::new(format!("it is {value} now"))).findings;
            let [finding] = &found[..] else {
                panic!("{} findings", found.len())
            };
            assert_eq!((finding.chars, finding.variable.as_deref()), (chars, Some("A_SECRET")));
        }
    }
}
