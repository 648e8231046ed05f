//! The tokenizer: where words, numbers and marks begin and end in a folded text, before their language is known.
use super::kinds::KindSymbols;
use super::lexicon::{Lexicon, Symbol, WordId, is_elided};
use super::time::{glued, unit};
use super::token::{Token, TokenValue};

/// A token before its language is known.
pub(super) struct UntaggedToken {
    /// The token as it stands there.
    pub(super) token: Token,
    /// The word, if it is one that the lexicon knows.
    pub(super) word: Option<WordId>,
    /// Whether it only looks like that word.
    pub(super) is_slip: bool,
}

/// Cuts a folded text into tokens, in one pass.
pub(super) fn tokenize(text: &str, lexicon: &Lexicon, symbols: &KindSymbols) -> Vec<UntaggedToken> {
    Tokenizer {
        text,
        at: 0,
        lexicon,
        symbols,
        untagged: Vec::with_capacity(text.len() / BYTES_A_TOKEN + 1),
    }
    .tokenize()
}

/// Few texts have shorter tokens on average: room for all is made at once.
const BYTES_A_TOKEN: usize = 4;

struct Tokenizer<'a> {
    text: &'a str,
    at: usize,
    lexicon: &'a Lexicon,
    symbols: &'a KindSymbols,
    untagged: Vec<UntaggedToken>,
}

impl Tokenizer<'_> {
    fn tokenize(mut self) -> Vec<UntaggedToken> {
        while let Some(byte) = self.byte(0) {
            match byte {
                b' ' => self.at += 1,
                b'{' => self.braces(),
                b'[' => self.list_box(),
                b'0'..=b'9' => self.number(),
                b'a'..=b'z' | b'_' => self.word(),
                b'.' if self.byte(1).is_some_and(|next| next.is_ascii_lowercase()) && !self.glued() => self.word(),
                b'\'' if self.glued() => self.word(),
                _ => self.mark(byte),
            }
        }
        self.untagged
    }

    fn byte(&self, ahead: usize) -> Option<u8> {
        self.byte_at(self.at + ahead)
    }

    fn byte_at(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    /// Whether a word or number ends right here.
    fn glued(&self) -> bool {
        self.at > 0 && self.text.as_bytes()[self.at - 1].is_ascii_alphanumeric()
    }

    fn glued_letter(&self) -> bool {
        self.at > 0 && self.text.as_bytes()[self.at - 1].is_ascii_lowercase()
    }

    fn push(&mut self, end: usize, symbol: Symbol, value: TokenValue) {
        self.push_with(end, symbol, value, None);
    }

    fn push_with(&mut self, end: usize, symbol: Symbol, value: TokenValue, word: Option<WordId>) {
        let token = Token {
            start: self.at,
            end,
            symbol,
            value,
        };
        let is_slip = word.is_some_and(|word| self.lexicon.is_slip(&self.text[self.at..end], word));
        self.untagged.push(UntaggedToken { token, word, is_slip });
        self.at = end;
    }

    fn push_word(&mut self, end: usize) {
        let text = &self.text[self.at..end];
        let word = self.lexicon.find(text);
        let symbol = if word.is_none() && looks_like_a_key(text) {
            self.symbols.fragment
        } else {
            0
        };
        self.push_with(end, symbol, TokenValue::Plain, word);
    }

    fn braces(&mut self) {
        let end = self.text[self.at..]
            .find('}')
            .map_or(self.text.len(), |length| self.at + length + 1);
        self.push_word(end);
    }

    /// The box of a list: `[x]`, `[ ]`, `[~]`.
    fn list_box(&mut self) {
        let symbol = match (self.byte(1), self.byte(2)) {
            (Some(b']'), _) | (Some(b' '), Some(b']')) => self.symbols.todo,
            (Some(b'x' | b'v' | b'*'), Some(b']')) => self.symbols.tick,
            (Some(b'~' | b'-' | b'/' | b'o'), Some(b']')) => self.symbols.busy,
            (Some(b'!'), Some(b']')) => self.symbols.cross,
            _ => return self.at += 1,
        };
        let end = self.at + if self.byte(1) == Some(b']') { 2 } else { 3 };
        self.push(end, symbol, TokenValue::Plain);
    }

    /// Where the run of such bytes that starts at `from` ends.
    fn run(&self, from: usize, wanted: impl Fn(u8) -> bool) -> usize {
        let rest = &self.text.as_bytes()[from..];
        from + rest.iter().position(|&byte| !wanted(byte)).unwrap_or(rest.len())
    }

    fn number(&mut self) {
        let digits = self.run(self.at, |byte| byte.is_ascii_digit());
        let whole = parse(&self.text[self.at..digits]);
        let more = self.run(digits + 1, |byte| byte.is_ascii_digit());
        match self.byte_at(digits) {
            Some(b':') if more == digits + 3 => {
                let minutes = parse(&self.text[digits + 1..more]);
                self.push(more, 0, TokenValue::Clock(whole, minutes));
            }
            Some(b'.' | b',') if whole > 0 && more == digits + 4 && !self.is_version(more) => {
                let thousands = whole.saturating_mul(1000) + parse(&self.text[digits + 1..more]);
                self.push(more, 0, TokenValue::Number(thousands.min(MOST)));
            }
            Some(b'-' | b'/') if self.date_end(digits).is_some() => {
                let end = self.date_end(digits).unwrap_or(digits);
                self.push(end, self.symbols.day, TokenValue::Plain);
            }
            Some(b'.' | b',') if more > digits + 1 && more <= digits + 3 => self.decimal(whole, digits + 1, more),
            Some(b'-') if digits == self.at + 4 && more == digits + 3 => {
                let end = self.run(more, |byte| byte == b'-' || byte.is_ascii_digit());
                self.push(end, self.symbols.day, TokenValue::Plain);
            }
            Some(b'a'..=b'z' | b'_') => {
                let end = self.run(digits, is_word_byte);
                self.number_with_letters(whole, digits, end);
            }
            _ if digits - self.at <= 2 && self.names_a_step(digits) => {
                self.push(digits, self.symbols.step_number, TokenValue::Number(whole));
            }
            _ => {
                let word = self.lexicon.find(&self.text[self.at..digits]);
                self.push_with(digits, 0, TokenValue::Number(whole), word);
            }
        }
    }

    /// `1.100.2` and `4.812a` are no numbers.
    fn is_version(&self, end: usize) -> bool {
        let digit = |at| self.byte_at(at).is_some_and(|byte| byte.is_ascii_digit());
        self.byte_at(end).is_some_and(is_word_byte) || self.byte_at(end) == Some(b'.') && digit(end + 1)
    }

    /// Where `3-4-2026` or `3/4/26` ends, after its first number.
    fn date_end(&self, digits: usize) -> Option<usize> {
        let mark = self.byte_at(digits)?;
        let month = self.run(digits + 1, |byte| byte.is_ascii_digit());
        let year = self.run(month + 1, |byte| byte.is_ascii_digit());
        let short = |length| (1..=2).contains(&length);
        let fits = short(digits - self.at) && short(month - digits - 1) && matches!(year - month - 1, 2 | 4);
        (fits && self.byte_at(month) == Some(mark)).then_some(year)
    }

    /// "Benches delivered (3)", "(1, 2)", and the number before a line: "2) Locks changed".
    fn names_a_step(&self, digits: usize) -> bool {
        let before = self.text[..self.at].trim_end_matches([' ', '-', '*']);
        let opens_line = before.is_empty() || before.ends_with('\n');
        let Some(outside) = before.strip_suffix('(') else {
            return opens_line && self.byte_at(digits) == Some(b')');
        };
        let called = outside.ends_with(|c: char| c.is_ascii_alphanumeric());
        let joins = |byte: u8| byte.is_ascii_digit() || matches!(byte, b' ' | b',' | b'-' | b'&' | b'+');
        !called && self.byte_at(self.run(digits, joins)) == Some(b')')
    }

    /// Dots or an arrow between two numbers: "1..3", "1 -> 3".
    fn joins_numbers(&self, length: usize, blanks: bool) -> bool {
        let behind = self.at
            + length
            + if blanks {
                self.run(self.at + length, |next| next == b' ') - self.at - length
            } else {
                0
            };
        let before = if blanks {
            self.text[..self.at].trim_end_matches(' ')
        } else {
            &self.text[..self.at]
        };
        let end = self.run(behind, |next| next.is_ascii_digit());
        before.ends_with(|c: char| c.is_ascii_digit()) && (1..=2).contains(&(end - behind))
    }

    /// `4.2`, `2.75h`, `1.10.2` (a version: no number).
    fn decimal(&mut self, whole: u32, from: usize, to: usize) {
        let end = self.run(to, |byte| byte.is_ascii_alphanumeric() || byte == b'.');
        let tail = self.text[to..end].trim_end_matches('.');
        let end = to + tail.len();
        let hundredths = parse(&self.text[from..to]) * if to - from == 1 { 10 } else { 1 };
        if tail.is_empty() {
            let comma = self.byte_at(from - 1) == Some(b',');
            self.push(end, 0, TokenValue::Decimal(whole, hundredths, comma));
        } else if unit(tail) == Some(60) {
            let minutes = whole.saturating_mul(60) + hundredths * 60 / 100;
            self.push(end, self.symbols.duration, TokenValue::Minutes(minutes));
        } else {
            self.push(end, 0, TokenValue::Plain);
        }
    }

    /// `2nd`, `4a`, `1h30`, `20min`, `10x`.
    fn number_with_letters(&mut self, whole: u32, digits: usize, end: usize) {
        let tail = &self.text[digits..end];
        let symbols = self.symbols;
        if let Some(minutes) = glued(whole, tail) {
            return self.push(end, symbols.duration, TokenValue::Minutes(minutes));
        }
        match tail {
            "st" | "nd" | "rd" | "th" | "e" | "de" | "ste" | "er" | "ere" | "eme" | "o" | "ro" | "do" => {
                self.push(end, symbols.ordinal, TokenValue::Number(whole));
            }
            "a" | "b" | "c" | "d" => self.push(end, symbols.substep, TokenValue::Number(whole)),
            "s" | "ms" | "sec" | "secs" => {
                // "429s" are many of a code that the lexicon knows.
                let code = self.lexicon.find(&self.text[self.at..digits]);
                match code.filter(|_| tail == "s" && whole > 300) {
                    Some(code) => self.push_with(end, 0, TokenValue::Plain, Some(code)),
                    None => self.push(end, symbols.seconds, TokenValue::Plain),
                }
            }
            _ => self.push_word(end),
        }
    }

    /// A word; `'s`, `'ll` and a French `l'` are words of their own.
    fn word(&mut self) {
        let mut end = self.run(self.at + 1, is_word_byte);
        while self.byte_at(end) == Some(b'.') && self.byte_at(end + 1).is_some_and(is_word_byte) {
            end = self.run(end + 1, is_word_byte);
        }
        // "i.p.v.": the dot belongs to it.
        let dotted = self.byte_at(end) == Some(b'.') && self.text[self.at..end].contains('.');
        if dotted && self.lexicon.find(&self.text[self.at..=end]).is_some() {
            end += 1;
        }
        // "n/a", "w/o": one letter on each side.
        if end - self.at == 1 && self.byte_at(end) == Some(b'/') && self.run(end + 1, is_word_byte) == end + 2 {
            end += 2;
        }
        if self.byte_at(end) == Some(b'\'') {
            end = self.past_apostrophe(end);
        }
        let abbreviated = is_abbreviated(&self.text[self.at..end]) && self.text[end..].starts_with(". ");
        match step_glued_to_number(&self.text[self.at..end]) {
            Some(number) => self.push(end, self.symbols.step_number, TokenValue::Number(number)),
            None => self.push_word(end),
        }
        self.at += usize::from(abbreviated);
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
        let symbols = self.symbols;
        let dots = self.run(self.at, |next| next == b'.') - self.at;
        let before_space = self.byte(1).is_none_or(|next| next == b' ' || next == b'\n');
        let (length, symbol) = match byte {
            b'.' if matches!(dots, 2 | 3) && self.joins_numbers(dots, false) => (dots, symbols.to),
            b'=' | b'-' if self.byte(1) == Some(b'>') && self.joins_numbers(2, true) => (2, symbols.to),
            b'.' if dots > 1 => (dots, if self.glued_fragment() { 0 } else { symbols.stop }),
            b'.' | b'!' | b';' | b'|' => (1, symbols.stop),
            b'\n' => (1, symbols.line),
            b'?' => (1, symbols.ask),
            b',' => (1, symbols.comma),
            b'&' | b'+' => (1, symbols.and),
            b'=' | b'-' if self.byte(1) == Some(b'>') => (2, symbols.colon),
            b':' | b'=' => (1, symbols.colon),
            b'-' if self.glued_letter() && self.byte(1).is_some_and(|next| next.is_ascii_lowercase()) => {
                return self.at += 1;
            }
            b'-' if before_space && !self.glued() => (1, symbols.dash),
            b'-' => (1, symbols.hyphen),
            b'/' if before_space => (1, symbols.stop),
            b'/' => (1, symbols.slash),
            b'#' => (1, symbols.hash),
            b'%' => (1, symbols.percent),
            b'@' => {
                let end = self.run(self.at + 1, |next| is_word_byte(next) || next == b'-');
                (end - self.at, symbols.mention)
            }
            _ => return self.at += 1,
        };
        self.push(self.at + length, symbol, TokenValue::Plain);
    }

    /// `ntn_1234...`: the dots belong to the piece of a key before them.
    fn glued_fragment(&mut self) -> bool {
        let fragment = self.symbols.fragment;
        let glued = self.glued();
        let Some(token) = self.untagged.last_mut().filter(|token| glued && token.word.is_none()) else {
            return false;
        };
        let long = token.token.end - token.token.start >= 4;
        if long {
            token.token.symbol = fragment;
        }
        long
    }
}

fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// No step, count, code or time in a comment is larger; what is made from it fits in 32 bits.
const MOST: u32 = 1_000_000;

fn parse(digits: &str) -> u32 {
    digits.parse().map_or(MOST, |number: u32| number.min(MOST))
}

/// The number of a step that is glued to its word: `s4`, `step3`, `stap2`.
fn step_glued_to_number(word: &str) -> Option<u32> {
    let at = word.find(|c: char| c.is_ascii_digit())?;
    let known = ["s", "st", "step", "stap", "schritt", "etape", "paso", "passo", "stp"].contains(&&word[..at]);
    (known && word.len() - at <= 2)
        .then(|| word[at..].parse().ok())
        .flatten()
}

/// "n.v.t", "i.p.v": letters alone with dots between them; the dot behind them ends no sentence.
fn is_abbreviated(word: &str) -> bool {
    word.len() >= 5 && word.split('.').all(|letter| letter.len() == 1)
}

/// Letters and digits mixed, or an underscore with digits: a piece of a key rather than a word.
fn looks_like_a_key(word: &str) -> bool {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let letters = word.bytes().filter(u8::is_ascii_lowercase).count();
    word.len() >= 6 && digits >= 1 && letters >= 2 && !word.contains('.')
}
