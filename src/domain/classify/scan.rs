//! The scanner: where words, numbers and marks begin and end in a folded text, before their language is known.
use super::kinds::Kinds;
use super::lexicon::{Lexicon, Symbol, WordId, is_elided};
use super::token::{Piece, Token, Value};

/// Cuts a folded text into pieces, in one pass.
pub(super) fn scan(text: &str, lexicon: &Lexicon, kinds: &Kinds) -> Vec<Piece> {
    Scanner {
        text,
        at: 0,
        lexicon,
        kinds,
        pieces: Vec::new(),
    }
    .scan()
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
    lexicon: &'a Lexicon,
    kinds: &'a Kinds,
    pieces: Vec<Piece>,
}

impl Scanner<'_> {
    fn scan(mut self) -> Vec<Piece> {
        while let Some(byte) = self.byte(0) {
            match byte {
                b' ' => self.at += 1,
                b'{' => self.braces(),
                b'[' => self.box_of_a_list(),
                b'0'..=b'9' => self.number(),
                b'a'..=b'z' | b'_' => self.word(),
                b'.' if self.byte(1).is_some_and(|next| next.is_ascii_lowercase()) && !self.glued() => self.word(),
                b'\'' if self.glued() => self.word(),
                _ => self.mark(byte),
            }
        }
        self.pieces
    }

    fn byte(&self, ahead: usize) -> Option<u8> {
        self.text.as_bytes().get(self.at + ahead).copied()
    }

    /// Whether a word or number ends right here.
    fn glued(&self) -> bool {
        self.at > 0 && self.text.as_bytes()[self.at - 1].is_ascii_alphanumeric()
    }

    fn glued_letter(&self) -> bool {
        self.at > 0 && self.text.as_bytes()[self.at - 1].is_ascii_lowercase()
    }

    fn push(&mut self, end: usize, symbol: Symbol, value: Value, word: Option<WordId>) {
        self.pieces.push(Piece {
            token: Token {
                start: self.at,
                end,
                symbol,
                value,
            },
            word,
        });
        self.at = end;
    }

    fn push_word(&mut self, end: usize) {
        let text = &self.text[self.at..end];
        let word = self.lexicon.find(text);
        let symbol = if word.is_none() && looks_like_a_key(text) {
            self.kinds.symbols.fragment
        } else {
            0
        };
        self.push(end, symbol, Value::Plain, word);
    }

    fn braces(&mut self) {
        let end = self.text[self.at..]
            .find('}')
            .map_or(self.text.len(), |length| self.at + length + 1);
        self.push_word(end);
    }

    /// `[x]`, `[ ]`, `[~]`.
    fn box_of_a_list(&mut self) {
        let symbol = match (self.byte(1), self.byte(2)) {
            (Some(b']'), _) | (Some(b' '), Some(b']')) => self.kinds.symbols.todo,
            (Some(b'x' | b'v' | b'*'), Some(b']')) => self.kinds.symbols.tick,
            (Some(b'~' | b'-' | b'/' | b'o'), Some(b']')) => self.kinds.symbols.busy,
            (Some(b'!'), Some(b']')) => self.kinds.symbols.cross,
            _ => {
                self.at += 1;
                return;
            }
        };
        let end = self.at + if self.byte(1) == Some(b']') { 2 } else { 3 };
        self.push(end, symbol, Value::Plain, None);
    }

    fn run(&self, from: usize, wanted: impl Fn(u8) -> bool) -> usize {
        let rest = &self.text.as_bytes()[from..];
        from + rest.iter().position(|&byte| !wanted(byte)).unwrap_or(rest.len())
    }

    fn number(&mut self) {
        let digits = self.run(self.at, |byte| byte.is_ascii_digit());
        let whole = parse(&self.text[self.at..digits]);
        let next = self.text.as_bytes().get(digits).copied();
        let more = self.run(digits + 1, |byte| byte.is_ascii_digit());
        match next {
            Some(b':') if more == digits + 3 => {
                self.push(more, 0, Value::Clock(whole, parse(&self.text[digits + 1..more])), None);
            }
            Some(b'.' | b',') if more > digits + 1 && more <= digits + 3 => self.decimal(whole, digits + 1, more),
            Some(b'-') if digits == self.at + 4 && more == digits + 3 => {
                let end = self.run(more, |byte| byte == b'-' || byte.is_ascii_digit());
                self.push(end, self.kinds.symbols.day, Value::Plain, None);
            }
            Some(b'a'..=b'z' | b'_') => {
                let end = self.run(digits, |byte| byte.is_ascii_alphanumeric() || byte == b'_');
                self.number_with_letters(whole, digits, end);
            }
            _ => {
                let word = self.lexicon.find(&self.text[self.at..digits]);
                self.push(digits, 0, Value::Number(whole), word);
            }
        }
    }

    /// `4.2`, `2.75h`, `1.10.2` (a version: no number).
    fn decimal(&mut self, whole: u32, from: usize, to: usize) {
        let end = self.run(to, |byte| byte.is_ascii_alphanumeric() || byte == b'.');
        let tail = self.text[to..end].trim_end_matches('.');
        let end = to + tail.len();
        let hundredths = parse(&self.text[from..to]) * if to - from == 1 { 10 } else { 1 };
        match (tail, super::time::unit(tail)) {
            ("", _) => self.push(
                end,
                0,
                Value::Decimal(whole, hundredths, self.byte(from - 1 - self.at) == Some(b',')),
                None,
            ),
            (_, Some(60)) => {
                let minutes = whole.saturating_mul(60) + hundredths * 60 / 100;
                self.push(end, self.kinds.symbols.duration, Value::Minutes(minutes), None);
            }
            _ => self.push(end, 0, Value::Plain, None),
        }
    }

    /// `2nd`, `4a`, `1h30`, `20min`, `10x`.
    fn number_with_letters(&mut self, whole: u32, digits: usize, end: usize) {
        let tail = &self.text[digits..end];
        let symbols = &self.kinds.symbols;
        if let Some(minutes) = super::time::glued(whole, tail) {
            self.push(end, symbols.duration, Value::Minutes(minutes), None);
        } else if matches!(
            tail,
            "st" | "nd" | "rd" | "th" | "e" | "de" | "ste" | "er" | "ere" | "eme" | "o" | "ro" | "do"
        ) {
            self.push(end, symbols.ordinal, Value::Number(whole), None);
        } else if matches!(tail, "a" | "b" | "c" | "d") {
            self.push(end, symbols.substep, Value::Number(whole), None);
        } else if let Some(code) = self
            .lexicon
            .find(&self.text[self.at..digits])
            .filter(|_| tail == "s" && whole > 300)
        {
            self.push(end, 0, Value::Plain, Some(code));
        } else if tail == "s" || tail == "ms" || tail == "sec" || tail == "secs" {
            self.push(end, symbols.seconds, Value::Plain, None);
        } else {
            self.push_word(end);
        }
    }

    /// A word; `'s`, `'ll` and a French `l'` are words of their own.
    fn word(&mut self) {
        let inside = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let mut end = self.run(self.at + 1, inside);
        while let (Some(b'.'), Some(true)) = (
            self.text.as_bytes().get(end),
            self.text.as_bytes().get(end + 1).map(|&next| inside(next)),
        ) {
            end = self.run(end + 1, inside);
        }
        if let (1, Some(b'/')) = (end - self.at, self.text.as_bytes().get(end))
            && self.run(end + 1, inside) == end + 2
        {
            end += 2;
        }
        if self.text.as_bytes().get(end) == Some(&b'\'') {
            end = self.past_apostrophe(end);
        }
        if let Some(number) = step_glued_to_number(&self.text[self.at..end]) {
            self.push(end, self.kinds.symbols.step_number, Value::Number(number), None);
            return;
        }
        self.push_word(end);
    }

    fn past_apostrophe(&self, apostrophe: usize) -> usize {
        let end = self.run(apostrophe + 1, |byte| byte.is_ascii_alphabetic());
        match (&self.text[self.at..apostrophe], &self.text[apostrophe + 1..end]) {
            (_, "s" | "ll" | "m" | "re" | "ve" | "d") => apostrophe,
            (before, after) if is_elided(before) && !after.is_empty() => apostrophe + 1,
            (_, "") => apostrophe,
            _ => end,
        }
    }

    fn mark(&mut self, byte: u8) {
        let symbols = &self.kinds.symbols;
        let dots = self.run(self.at, |next| next == b'.') - self.at;
        let before_space = self.byte(1).is_none_or(|next| next == b' ' || next == b'\n');
        let (length, symbol) = match byte {
            b'.' if dots > 1 => (dots, if self.glued_fragment() { 0 } else { symbols.stop }),
            b'.' | b'!' | b';' | b'|' => (1, symbols.stop),
            b'\n' => (1, symbols.line),
            b'?' => (1, symbols.ask),
            b',' => (1, symbols.comma),
            b':' => (1, symbols.colon),
            b'&' | b'+' => (1, symbols.and),
            b'=' => (if self.byte(1) == Some(b'>') { 2 } else { 1 }, symbols.colon),
            b'-' if self.byte(1) == Some(b'>') => (2, symbols.colon),
            b'-' if self.glued_letter() && self.byte(1).is_some_and(|next| next.is_ascii_lowercase()) => {
                self.at += 1;
                return;
            }
            b'-' => (
                1,
                if before_space && !self.glued() {
                    symbols.dash
                } else {
                    symbols.hyphen
                },
            ),
            b'/' => (1, if before_space { symbols.stop } else { symbols.slash }),
            b'#' => (1, symbols.hash),
            b'%' => (1, symbols.percent),
            b'@' => (
                self.run(self.at + 1, |next| {
                    next.is_ascii_alphanumeric() || matches!(next, b'_' | b'-')
                }) - self.at,
                symbols.mention,
            ),
            _ => {
                self.at += 1;
                return;
            }
        };
        self.push(self.at + length, symbol, Value::Plain, None);
    }

    /// `ntn_1234...`: the dots belong to the piece of a key before them.
    fn glued_fragment(&mut self) -> bool {
        let fragment = self.kinds.symbols.fragment;
        let glued = self.glued();
        let Some(piece) = self.pieces.last_mut().filter(|piece| glued && piece.word.is_none()) else {
            return false;
        };
        let long = piece.token.end - piece.token.start >= 4;
        if long {
            piece.token.symbol = fragment;
        }
        long
    }
}

/// No step, count, code or time in a comment is larger; what is made from it fits in 32 bits.
const MOST: u32 = 1_000_000;

fn parse(digits: &str) -> u32 {
    digits.parse().map_or(MOST, |number: u32| number.min(MOST))
}

/// `s4`, `step3`, `stap2`.
fn step_glued_to_number(word: &str) -> Option<u32> {
    let at = word.find(|c: char| c.is_ascii_digit())?;
    let known = ["s", "st", "step", "stap", "schritt", "etape", "paso", "passo", "stp"].contains(&&word[..at]);
    (known && word.len() - at <= 2)
        .then(|| word[at..].parse().ok())
        .flatten()
}

/// Letters and digits mixed, or an underscore with digits: a piece of a key rather than a word.
fn looks_like_a_key(word: &str) -> bool {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let letters = word.bytes().filter(u8::is_ascii_lowercase).count();
    word.len() >= 6 && digits >= 1 && letters >= 2 && !word.contains('.')
}
