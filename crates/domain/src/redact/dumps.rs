//! Texts that number each of their characters (`cat -n`, `[0]=c [1]=5`, `{"0": 84}`), and words that hold an encoded text in
//! another encoding (`base64 | xxd -p`).
use std::ops::Range;

/// So many characters are too little of a key.
const SHORTEST: usize = 6;

/// So many words may stand between a number and its character, and before the next number.
const BETWEEN: usize = 4;

/// Longer numbers count nothing here.
const LONGEST_INDEX: usize = 4;

/// So many letters and digits in a row may be an encoded text, of which so many bytes have to be text.
const LONG_WORD: usize = 16;
const LEAST_TEXT: usize = 8;

/// What the first reading of a text saw of such things; told of each word, in order.
#[derive(Default)]
pub(super) struct Dumps {
    /// The last two numbers.
    before: [Option<u32>; 2],
    /// How many numbers were one more than one of the two before them.
    steps: usize,
    /// Words that stand for a text.
    encoded: Vec<Range<usize>>,
    /// How far long words were looked at.
    settled: usize,
}

impl Dumps {
    /// Whether there may be any.
    pub(super) fn any(&self) -> bool {
        self.is_indexed() || !self.encoded.is_empty()
    }

    fn is_indexed(&self) -> bool {
        self.steps + 1 >= SHORTEST
    }

    /// A word ends here.
    #[inline]
    pub(super) fn word_ends(&mut self, bytes: &[u8], end: usize) {
        let letters = || bytes[..end].iter().rev();
        if letters().next().is_some_and(u8::is_ascii_digit) && self.steps < SHORTEST {
            let length = letters()
                .take(LONGEST_INDEX + 1)
                .take_while(|b| b.is_ascii_alphanumeric())
                .count();
            if let Some(number) = number(&bytes[end - length..end]) {
                self.steps += usize::from(self.before.contains(&number.checked_sub(1)) && number > 0);
                self.before = [self.before[1], Some(number)];
            }
        }
        if end >= LONG_WORD && letters().take(LONG_WORD).all(u8::is_ascii_alphanumeric) {
            self.long_word(bytes, end);
        }
    }

    #[cold]
    fn long_word(&mut self, bytes: &[u8], end: usize) {
        if end <= self.settled {
            return;
        }
        let before = bytes[self.settled..end]
            .iter()
            .rev()
            .take_while(|b| is_encoded(**b))
            .count();
        let behind = bytes[end..].iter().take_while(|b| is_encoded(**b)).count();
        let word = end - before..end + behind;
        self.settled = word.end;
        if decoded(bytes, word.clone()).take(LEAST_TEXT).count() == LEAST_TEXT {
            self.encoded.push(word);
        }
    }

    /// What is numbered or encoded twice, with the places of the characters: `None` between two of them.
    pub(super) fn read(&self, bytes: &[u8], mut see: impl FnMut(Option<(u8, Range<usize>)>)) {
        if self.is_indexed() {
            read_indexed(bytes, &mut see);
        }
        let mut before = None;
        for word in &self.encoded {
            // The next line of the same.
            if before.is_none_or(|end| word.start > end + 2) {
                see(None);
            }
            decoded(bytes, word.clone()).for_each(|character| see(Some(character)));
            before = Some(word.end);
        }
    }
}

fn is_encoded(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_')
}

/// The characters for which a word of hex or base64 stands, as long as they are text.
fn decoded(bytes: &[u8], word: Range<usize>) -> impl Iterator<Item = (u8, Range<usize>)> + '_ {
    let is_hex = bytes[word.clone()].iter().all(u8::is_ascii_hexdigit);
    let width = if is_hex { 4 } else { 6 };
    let value = move |at: usize| -> u32 {
        let byte = bytes[at];
        match byte {
            _ if is_hex => char::from(byte).to_digit(16).unwrap_or(0),
            b'A'..=b'Z' => u32::from(byte - b'A'),
            b'a'..=b'z' => u32::from(byte - b'a') + 26,
            b'0'..=b'9' => u32::from(byte - b'0') + 52,
            b'+' | b'-' => 62,
            _ => 63,
        }
    };
    let count = word.len() * width / 8;
    let characters = (0..count).map(move |nth| {
        let own = word.start + 8 * nth / width..word.start + (8 * nth + 8).div_ceil(width);
        let bits = own.clone().fold(0, |bits, at| bits << width | value(at));
        let behind = width * (own.end - word.start) - (8 * nth + 8);
        (u8::try_from(bits >> behind & 255).unwrap_or(0), own)
    });
    characters.take_while(|(byte, _)| byte.is_ascii_graphic() || matches!(byte, b' ' | b'\n' | b'\r' | b'\t'))
}

/// A number that counts something.
fn number(word: &[u8]) -> Option<u32> {
    let digits = (1..=LONGEST_INDEX).contains(&word.len()) && word.iter().all(u8::is_ascii_digit);
    digits.then(|| {
        word.iter()
            .fold(0, |number, digit| number * 10 + u32::from(digit - b'0'))
    })
}

/// The characters that stand each behind its number, with their places.
fn read_indexed(bytes: &[u8], see: &mut impl FnMut(Option<(u8, Range<usize>)>)) {
    let mut run = IndexedRun::default();
    let mut at = 0;
    while let Some(next) = bytes[at..].iter().position(u8::is_ascii_alphanumeric) {
        let start = at + next;
        let length = bytes[start..].iter().take_while(|b| b.is_ascii_alphanumeric()).count();
        at = start + length;
        run.take(bytes, start..at, see);
    }
    run.end(see);
}

/// Characters that stand each behind its number.
#[derive(Default)]
struct IndexedRun {
    found: Vec<(u8, Range<usize>)>,
    /// The number that comes next.
    next: Option<u32>,
    /// Whether the character of the number before it comes first.
    awaits: bool,
    /// Whether its characters are given by their numbers.
    coded: bool,
    /// What stands on the two sides of a number of the run.
    signs: [u8; 2],
    /// How many words stood since its last.
    words: usize,
    /// The two words before.
    before: [Range<usize>; 2],
}

impl IndexedRun {
    fn take(&mut self, bytes: &[u8], word: Range<usize>, see: &mut impl FnMut(Option<(u8, Range<usize>)>)) {
        let text = &bytes[word.clone()];
        let number = number(text);
        let signs = [
            word.start.checked_sub(1).map_or(b'\n', |before| bytes[before]),
            bytes.get(word.end).copied().unwrap_or(b'\n'),
        ];
        let is_next = number.is_some() && number == self.next;
        let character = character(text).filter(|(_, coded)| self.found.is_empty() || *coded == self.coded);
        // The character of the number before may be a sign.
        let is_index = is_next && (!self.awaits || signs == self.signs || character.is_none());
        if is_index {
            self.expect(number, signs);
        } else if let Some((character, coded)) = character.filter(|_| self.awaits) {
            self.found.push((character, word.clone()));
            (self.coded, self.awaits, self.words) = (coded, false, 0);
        } else if self.found.len() < SHORTEST && number.is_some() && !self.awaits {
            self.end(see);
            self.begin(bytes, number);
            self.expect(number, signs);
        } else {
            self.words += 1;
            if self.words > BETWEEN {
                self.end(see);
            }
        }
        let [_, last] = std::mem::take(&mut self.before);
        self.before = [last, word];
    }

    /// The run may have begun with the number and the character before.
    fn begin(&mut self, bytes: &[u8], second: Option<u32>) {
        let [first, word] = &self.before;
        let is_before = number(&bytes[first.clone()]).is_some_and(|first| Some(first + 1) == second);
        if let Some((character, coded)) = character(&bytes[word.clone()]).filter(|_| is_before) {
            self.found.push((character, word.clone()));
            self.coded = coded;
        }
    }

    fn expect(&mut self, number: Option<u32>, signs: [u8; 2]) {
        self.next = number.map(|number| number + 1);
        (self.awaits, self.words, self.signs) = (true, 0, signs);
    }

    fn end(&mut self, see: &mut impl FnMut(Option<(u8, Range<usize>)>)) {
        let found = std::mem::take(&mut self.found);
        (self.next, self.awaits, self.words) = (None, false, 0);
        if found.len() >= SHORTEST {
            see(None);
            for character in found {
                see(Some(character));
            }
        }
    }
}

/// A character by itself, or by its number.
fn character(word: &[u8]) -> Option<(u8, bool)> {
    match word {
        [own] => Some((*own, false)),
        [b'0', b'x' | b'X', digits @ ..] if digits.len() == 2 => {
            let value = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
            Some((value, true)).filter(|_| value.is_ascii_graphic())
        }
        _ => {
            let value = number(word).and_then(|value| u8::try_from(value).ok())?;
            Some((value, true)).filter(|_| value.is_ascii_graphic())
        }
    }
}
