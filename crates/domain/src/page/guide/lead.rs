//! What a line begins with that makes it a step: "Step 1:", "2)", "Phase A –", "③".
use super::lead_token::{LeadPart, LeadToken, tokens};
use super::words::WORDS;

/// What stands in a line before its title.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lead {
    pub(super) kind: LeadKind,
    pub(super) number: u32,
    /// A part of that step: "1.2", "2b".
    pub(super) is_part: bool,
    /// Which part: of "1.2" and "1b" it is 2.
    pub(super) minor: u32,
    /// The last of several steps: of "Steps 1 to 3" it is 3.
    pub(super) until: Option<u32>,
    /// Whether a sign ends it, as in "1. Prepare"; "3 ways to prepare" has none.
    pub(super) is_closed: bool,
    /// The number was written as a letter.
    pub(super) is_letter: bool,
    /// Where the title begins, in bytes.
    pub(super) title_at: usize,
    /// Where the name begins and ends: of "🔑 Phase A – Go" it is "Phase A".
    pub(super) name: (usize, usize),
    /// Where the number begins in it.
    pub(super) number_at: usize,
}

/// Which kind of lead it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LeadKind {
    /// A word for a step, and its number.
    Step,
    /// A word for what is larger than a step, and its number.
    Part,
    /// A number or a letter alone.
    Number,
}

/// The lead of a line, if it has one.
pub(super) fn lead(line: &str) -> Option<Lead> {
    let tokens = tokens(line);
    let begin = tokens.iter().position(|token| !is_ornament(token))?;
    let tokens = &tokens[begin..];
    let reader = LeadReader {
        tokens,
        end: line.len(),
    };
    reader
        .worded(0)
        .or_else(|| reader.worded_within())
        .or_else(|| reader.numbered())
}

/// Signs that stand before anything: emoji, bullets, marks of bold.
fn is_ornament(token: &LeadToken) -> bool {
    matches!(token.what, LeadPart::Sign(sign) if !matches!(sign, '(' | '#' | '['))
}

/// A number as it stands somewhere, with the place behind it.
#[derive(Default)]
struct FoundNumber {
    number: u32,
    is_part: bool,
    minor: u32,
    until: Option<u32>,
    is_letter: bool,
    /// Written as a word or as a letter: without a sign behind it a sentence may go on.
    is_word: bool,
    at: usize,
    next: usize,
}

struct LeadReader<'a> {
    tokens: &'a [LeadToken],
    /// Where the line ends.
    end: usize,
}

impl LeadReader<'_> {
    fn part(&self, at: usize) -> Option<&LeadPart> {
        self.tokens.get(at).map(|token| &token.what)
    }

    fn is_sign(&self, at: usize, signs: &str) -> bool {
        matches!(self.part(at), Some(LeadPart::Sign(sign)) if signs.contains(*sign))
    }

    fn is_word(&self, at: usize, words: &std::collections::HashSet<String>) -> bool {
        matches!(self.part(at), Some(LeadPart::Word(_, folded)) if words.contains(folded))
    }

    fn is_apart(&self, at: usize) -> bool {
        self.tokens.get(at).is_none_or(|token| token.is_apart)
    }

    fn kind_of_word(&self, at: usize) -> Option<LeadKind> {
        if self.is_word(at, &WORDS.step) {
            Some(LeadKind::Step)
        } else if self.is_word(at, &WORDS.part) {
            Some(LeadKind::Part)
        } else {
            None
        }
    }

    /// "Step 1", "STEP ONE", "Phase A", "Second step:", "Steps 1 to 3".
    fn worded(&self, at: usize) -> Option<Lead> {
        let is_several = self.is_word(at, &WORDS.several);
        if let Some(kind) = self.kind_of_word(at).or(is_several.then_some(LeadKind::Step)) {
            let mut next = at + 1;
            while self.is_word(next, &WORDS.number_sign)
                || next > at + 1 && self.is_sign(next, ".°")
                || self.is_sign(next, "-_") && !self.is_apart(next)
                || self.is_sign(next, "#")
            {
                next += 1;
            }
            let found = self.with_end(self.number(next)?, is_several);
            return (found.until.is_some() || !is_several)
                .then(|| self.closed(kind, at, &found))
                .flatten();
        }
        let (number, next) = self.ordinal(at)?;
        let kind = self.kind_of_word(next)?;
        let found = FoundNumber {
            number,
            at,
            next: next + 1,
            ..FoundNumber::default()
        };
        self.closed(kind, at, &found)
            .filter(|lead| lead.is_closed || lead.title_at == self.end)
    }

    /// The same behind something else: "Deploy – Step 3: go".
    fn worded_within(&self) -> Option<Lead> {
        let behind = (1..self.tokens.len()).filter(|at| self.is_sign(at - 1, ":-–—|[(])./"));
        let mut found = behind.filter_map(|at| self.worded(at));
        found.find(|lead| lead.is_closed || lead.title_at == self.end)
    }

    /// "first", "2e", "3.", before the word for a step.
    fn ordinal(&self, at: usize) -> Option<(u32, usize)> {
        match self.part(at)? {
            LeadPart::Word(_, folded) => Some((*WORDS.ordinals.get(folded)?, at + 1)),
            LeadPart::Figure(number) => match self.part(at + 1)? {
                LeadPart::Sign('.' | 'º' | 'ª' | '°') => Some((*number, at + 2)),
                LeadPart::Word(_, folded) if !self.is_apart(at + 1) => {
                    let known = WORDS.ordinals.get(&format!("{number}{folded}"));
                    (known == Some(number) || ["", "th", "e", "eme"].contains(&folded.as_str()))
                        .then_some((*number, at + 2))
                }
                _ => None,
            },
            LeadPart::Keycap(_) | LeadPart::Sign(_) => None,
        }
    }

    /// A number behind the word for a step: a figure, a word, a letter.
    fn number(&self, at: usize) -> Option<FoundNumber> {
        let found = |number, is_letter, is_word| FoundNumber {
            number,
            is_letter,
            is_word,
            at,
            next: at + 1,
            ..FoundNumber::default()
        };
        match self.part(at)? {
            LeadPart::Figure(number) => self.figure(at, *number),
            LeadPart::Keycap(number) => Some(found(*number, false, false)),
            LeadPart::Word(written, folded) => {
                if let Some(number) = WORDS.numbers.get(folded).filter(|_| written.chars().count() > 1) {
                    return Some(found(*number, false, true));
                }
                if let Some(number) = roman(written) {
                    return Some(found(number, false, true));
                }
                letter(written).map(|number| found(number, true, true))
            }
            LeadPart::Sign(_) => None,
        }
    }

    fn figure_at(&self, at: usize) -> Option<u32> {
        match self.part(at)? {
            LeadPart::Figure(number) => Some(*number),
            _ => None,
        }
    }

    /// A figure and what belongs to it: "1.2", "2b", "1/5", "1 of 5", "1-3". A time or a date is none.
    fn figure(&self, at: usize, number: u32) -> Option<FoundNumber> {
        let mut found = FoundNumber {
            number,
            at,
            next: at + 1,
            ..FoundNumber::default()
        };
        let joined = |at: usize| !self.is_apart(at);
        let joined_figure = |at: usize| {
            let is_joined = joined(at) && joined(at + 1);
            self.figure_at(at + 1).filter(|_| is_joined)
        };
        while let Some(minor) = joined_figure(found.next).filter(|_| self.is_sign(found.next, ".")) {
            found.is_part = true;
            found.minor = minor;
            found.next += 2;
        }
        if let Some(other) = joined_figure(found.next).filter(|_| self.is_sign(found.next, ":-–/")) {
            if !self.is_sign(found.next, "/") {
                let is_range = self.is_sign(found.next, "-–") && !found.is_part && other > number;
                found.until = Some(is_range.then_some(other)?);
            }
            found.next += 2;
        } else if self.is_word(found.next, &WORDS.of) && self.figure_at(found.next + 1).is_some() {
            found.next += 2;
        } else if let Some(LeadPart::Word(written, _)) = self.part(found.next)
            && joined(found.next)
        {
            // "2b" is a part of step 2; "2nd" and "5min" are no numbers of a step.
            let mut letters = written.to_lowercase().chars().map(u32::from).collect::<Vec<_>>();
            let (Some(letter), true) = (letters.pop(), letters.is_empty()) else {
                return None;
            };
            found.is_part = true;
            found.minor = (letter + 1).saturating_sub(u32::from('a'));
            found.next += 1;
        }
        Some(found)
    }

    /// With the last number of a row: "1 to 3", "1 t/m 3", and where several are told of also "1 – 3".
    fn with_end(&self, mut found: FoundNumber, is_several: bool) -> FoundNumber {
        let at = if self.is_word(found.next, &WORDS.through) {
            // "t/m"
            found.next + if self.is_sign(found.next + 1, "/") { 3 } else { 1 }
        } else {
            // "Step 1 – 2 boxes" counts the boxes.
            found.next + usize::from(is_several && self.is_sign(found.next, "-–&+,"))
        };
        let is_behind = at > found.next && !found.is_part && found.until.is_none();
        if let Some(last) = self.figure_at(at).filter(|last| is_behind && *last > found.number) {
            found.until = Some(last);
            found.next = at + 1;
        }
        found
    }

    /// "1. Prepare", "(2) Build", "3️⃣ Ship", "A) Pack".
    fn numbered(&self) -> Option<Lead> {
        let mut at = 0;
        let is_bracketed = self.is_sign(0, "([#");
        at += usize::from(is_bracketed);
        while self.is_word(at, &WORDS.number_sign)
            && matches!(self.part(at + 1), Some(LeadPart::Figure(_) | LeadPart::Sign('.')))
        {
            at += 1 + usize::from(self.is_sign(at + 1, "."));
        }
        let found = self.number(at).filter(|found| found.until.is_none())?;
        let is_word_of_a_number = matches!(self.part(at), Some(LeadPart::Word(_, folded)) if WORDS.numbers.contains_key(folded) && !found.is_letter);
        let lead = self.closed(LeadKind::Number, 0, &found)?;
        let is_plain = !found.is_word || lead.is_closed && !is_word_of_a_number;
        let is_whole = lead.title_at < self.end;
        (is_plain && is_whole && found.number < 1000).then_some(lead)
    }

    /// The lead whose number was found, with the signs behind it.
    fn closed(&self, kind: LeadKind, at: usize, found: &FoundNumber) -> Option<Lead> {
        let is_keycap = matches!(self.part(found.next - 1), Some(LeadPart::Keycap(_)));
        let mut next = found.next;
        let mut is_closed = is_keycap;
        while let Some(LeadPart::Sign(sign)) = self.part(next) {
            // An opening sign begins the title or the estimate, and a dash before a figure is a minus.
            if matches!(
                sign,
                '(' | '[' | '"' | '\'' | '`' | '~' | '½' | '<' | '$' | '€' | '«' | '“'
            ) {
                break;
            }
            is_closed |= ".:)-–—|·>→,]/".contains(*sign);
            next += 1;
        }
        let sentence_goes_on = || {
            let LeadPart::Word(written, _) = self.part(next)? else {
                return None;
            };
            written.chars().next().filter(|first| first.is_lowercase())
        };
        if found.is_word && !is_closed && sentence_goes_on().is_some() {
            return None;
        }
        let last = &self.tokens[found.next - 1];
        Some(Lead {
            kind,
            number: found.number,
            is_part: found.is_part,
            minor: found.minor,
            until: found.until,
            is_closed,
            is_letter: found.is_letter,
            title_at: self.tokens.get(next).map_or(self.end, |token| token.start),
            name: (self.tokens[at].start, last.end),
            number_at: self.tokens[found.at].start,
        })
    }
}

/// Roman numbers as people write them before a title: I to XXXIX.
fn roman(written: &str) -> Option<u32> {
    let value = |c: char| match c {
        'I' => Some(1),
        'V' => Some(5),
        'X' => Some(10),
        _ => None,
    };
    let values: Vec<u32> = written.chars().map(value).collect::<Option<_>>()?;
    let pairs = values.iter().zip(values.iter().skip(1).chain([&0]));
    let sum: i64 = pairs
        .map(|(value, next)| {
            if value < next {
                -i64::from(*value)
            } else {
                i64::from(*value)
            }
        })
        .sum();
    u32::try_from(sum).ok().filter(|sum| *sum > 0)
}

/// A single capital letter: A is 1.
fn letter(written: &str) -> Option<u32> {
    let mut letters = written.chars();
    let first = letters.next().filter(char::is_ascii_uppercase)?;
    letters.next().is_none().then(|| u32::from(first) - u32::from('A') + 1)
}

#[cfg(test)]
mod tests;
