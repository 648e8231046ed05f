//! Steps: numbers, words, ordinals, ranges and lists become one token that carries a set of steps.
use super::engine::Ground;
use super::lexicon::KindSet;
use super::steps_joined::merge;
use super::token::{Token, Value};

/// A set of steps as bits; bit 0 is unused.
pub(super) type StepSet = u64;

/// Words and marks between "step" and its number at most ("step number: 3"); a row of marks is nobody's step.
const NAMED_WITHIN: usize = 8;
/// More steps than this no page has.
const MOST: u32 = 63;

/// The steps of a set, sorted.
pub(super) fn listed(set: StepSet) -> Vec<u8> {
    (1..64).filter(|step| set & (1 << step) != 0).collect()
}

/// Steps `first` to `last`.
pub(super) fn range(first: u32, last: u32) -> StepSet {
    (first..=last.min(MOST)).fold(0, |set, step| set | 1 << step)
}

/// Replaces what names steps by tokens that carry them.
pub(super) fn join_steps(ground: &Ground, tokens: &[Token]) -> Vec<Token> {
    let mut reader = Reader {
        ground,
        tokens,
        at: 0,
        joined: Vec::with_capacity(tokens.len()),
    };
    while reader.at < tokens.len() {
        reader.next();
    }
    merge(ground, reader.joined)
}

struct Reader<'a> {
    ground: &'a Ground<'a>,
    tokens: &'a [Token],
    at: usize,
    joined: Vec<Token>,
}

/// Steps that were read: how many tokens they take, which they are, and whether only a part of one is meant.
struct Found {
    length: usize,
    set: StepSet,
    part: bool,
}

impl Reader<'_> {
    fn next(&mut self) {
        let found = self
            .whole_list()
            .or_else(|| self.ordinals())
            .or_else(|| self.named())
            .or_else(|| self.bare());
        let token = self.tokens[self.at];
        let symbols = &self.ground.kinds.symbols;
        let (length, symbol, value) = if let Some(found) = found {
            let symbol = if found.part { symbols.part_of_step } else { symbols.step };
            (found.length, symbol, Value::Steps(found.set))
        } else {
            let (length, symbol) = self.count().unwrap_or((1, token.symbol));
            (length, symbol, token.value)
        };
        let end = self.tokens[self.at + length - 1].end;
        self.joined.push(Token {
            end,
            symbol,
            value,
            ..token
        });
        self.at += length;
    }

    fn token(&self, ahead: usize) -> Option<&Token> {
        self.tokens.get(self.at + ahead)
    }

    fn is(&self, ahead: usize, kinds: KindSet) -> bool {
        self.token(ahead).is_some_and(|token| self.ground.is(token, kinds))
    }

    fn before(&self, kinds: KindSet) -> bool {
        self.at > 0 && self.ground.is(&self.tokens[self.at - 1], kinds)
    }

    /// The number of a token that may be a step: a numeral or a number word up to the number of steps.
    fn number(&self, ahead: usize) -> Option<u32> {
        let token = self.token(ahead)?;
        let Value::Number(number) = token.value else {
            return None;
        };
        (1..=self.ground.steps_total).contains(&number).then_some(number)
    }

    /// "all steps", "all 5 steps", "both steps 1 and 2"; "all but step 3" is read where clauses are made.
    fn whole_list(&self) -> Option<Found> {
        let bits = &self.ground.kinds.bits;
        if !self.is(0, bits.all) {
            return None;
        }
        let mut ahead = 1;
        while ahead < 4
            && (self.is(ahead, bits.article | bits.of) || self.is(ahead, bits.numword) || self.number(ahead).is_some())
        {
            ahead += 1;
        }
        if self.is(ahead, bits.upto | bits.before) {
            return None;
        }
        let plain = self.is(ahead, bits.stepword)
            && !self.is(ahead + 1, bits.upto | bits.before)
            && self.list(ahead + 1).is_none();
        plain.then(|| Found {
            length: ahead + 1,
            set: range(1, self.ground.steps_total),
            part: false,
        })
    }

    /// "first step", "2nd and 3rd step", "first two", "the fifth".
    fn ordinals(&self) -> Option<Found> {
        let bits = &self.ground.kinds.bits;
        let mut set = 0;
        let mut ahead = 0;
        while let Some(step) = self.ordinal(ahead) {
            set |= 1 << step;
            ahead += 1;
            if self.is(ahead, bits.and | bits.comma) && self.ordinal(ahead + 1).is_some() {
                ahead += 1;
            }
        }
        if ahead == 0 {
            return None;
        }
        let one = self.number(ahead) == Some(1) && self.is(ahead, bits.numword);
        if one && ahead == 1 {
            return Some(Found {
                length: 2,
                set,
                part: false,
            });
        }
        let things = self.is(ahead + 1, bits.counted) && !self.is(ahead + 1, bits.stepword);
        if ahead == 1 && self.number(ahead).is_some() && !things {
            return self.first_few(ahead);
        }
        if self.is(ahead, bits.stepword) {
            return Some(Found {
                length: ahead + 1,
                set,
                part: false,
            });
        }
        let alone = self.before(bits.article) && self.ends(ahead) && !self.is(0, bits.last);
        alone.then_some(Found {
            length: ahead,
            set,
            part: false,
        })
    }

    fn ordinal(&self, ahead: usize) -> Option<u32> {
        let bits = &self.ground.kinds.bits;
        let token = self.token(ahead)?;
        if self.ground.is(token, bits.last) {
            return Some(self.ground.steps_total);
        }
        self.number(ahead)
            .filter(|_| self.ground.is(token, bits.ordword | bits.ordinal))
    }

    /// "first two steps", "last two", "first three are complete".
    fn first_few(&self, ahead: usize) -> Option<Found> {
        let bits = &self.ground.kinds.bits;
        let many = self.number(ahead)?;
        let total = self.ground.steps_total;
        let named = self.is(ahead + 1, bits.stepword);
        (named || self.ends(ahead + 1)).then(|| Found {
            length: ahead + 1 + usize::from(named),
            set: if self.is(0, bits.last) {
                range(total + 1 - many, total)
            } else {
                range(1, many)
            },
            part: false,
        })
    }

    /// "step 3", "steps 1-3", "stap 1 en 2", "s4", "#3", "step (1)", "up to step 4".
    fn named(&self) -> Option<Found> {
        let bits = &self.ground.kinds.bits;
        let mut ahead = 0;
        let whole = self.is(0, bits.upto)
            || self.is(0, bits.to) && self.before(bits.all)
            || self.is(0, bits.before) && self.before(bits.all | bits.stepword | bits.aux);
        let below = self.is(0, bits.before);
        if whole {
            ahead += 1;
            while self.is(ahead, bits.article) {
                ahead += 1;
            }
        }
        let named = self.is(ahead, bits.stepword | bits.hash);
        if named {
            ahead += 1;
            while ahead < NAMED_WITHIN && self.is(ahead, bits.stepword | bits.hash | bits.colon | bits.hyphen) {
                ahead += 1;
            }
        }
        let bare = !named && !self.is(ahead, bits.step_number);
        if bare && (!whole || !self.ends(ahead + 1)) {
            return None;
        }
        let (length, set, part) = self.list(ahead)?;
        let highest = set.ilog2();
        let set = if whole {
            range(1, highest - u32::from(below))
        } else {
            set
        };
        Some(Found {
            length: ahead + length,
            set,
            part,
        })
    }

    /// Numbers joined by commas, "and", slashes or ranges.
    fn list(&self, from: usize) -> Option<(usize, StepSet, bool)> {
        let bits = &self.ground.kinds.bits;
        let (mut last, mut set, mut part) = self.item(from)?;
        let mut ahead = from + 1;
        loop {
            let to = self.is(ahead, bits.to | bits.hyphen | bits.upto)
                || self.is(ahead, bits.dash) && self.is(ahead, bits.dash);
            let joiner = to || self.is(ahead, bits.comma | bits.and | bits.slash);
            let mut next = ahead + 1;
            while self.is(next, bits.and | bits.article | bits.stepword | bits.hash) {
                next += 1;
            }
            let Some((step, more, another_part)) = self.item(next).filter(|_| joiner) else {
                break;
            };
            if !to && (self.is(next + 1, bits.counted) || self.is(next + 1, bits.of)) {
                break;
            }
            set |= if to { range(last, step) } else { more };
            last = step;
            part |= another_part;
            ahead = next + 1;
        }
        Some((ahead - from, set, part))
    }

    /// The last step of an item, all of its steps, and whether only a part is meant: `3`, `4a`, `4.2`, `1,2`.
    fn item(&self, ahead: usize) -> Option<(u32, StepSet, bool)> {
        let bits = &self.ground.kinds.bits;
        let token = self.token(ahead)?;
        let steps = 1..=self.ground.steps_total;
        if let Value::Decimal(whole, hundredths, comma) = token.value {
            // With a comma it is a list, if the second number is a later step.
            let second = hundredths / 10;
            let listed = comma && hundredths % 10 == 0 && second > whole && steps.contains(&second);
            return match steps.contains(&whole) {
                false => None,
                true if listed => Some((second, 1 << whole | 1 << second, false)),
                true => Some((whole, 1 << whole, true)),
            };
        }
        if self.is(ahead, bits.ordword) {
            return None;
        }
        let number = self.number(ahead)?;
        Some((number, 1 << number, self.is(ahead, bits.substep)))
    }

    /// Whether what stands there ends a noun: a state, a mark, the end; not a thing that would be counted.
    fn ends(&self, ahead: usize) -> bool {
        let Some(token) = self.token(ahead) else {
            return true;
        };
        self.ground.may_follow_step(token)
    }

    /// "4 is ongoing", "1 & 2 are behind me", "doing 5 tomorrow": a bare number among states.
    fn bare(&self) -> Option<Found> {
        let bits = &self.ground.kinds.bits;
        let word = self.is(0, bits.numword);
        let (length, set, part) = self.list(0)?;
        if self.is(0, bits.ordinal) || self.is(0, bits.step_number) || word && length < 3 {
            return None;
        }
        if self.is(1, bits.slash) {
            return None;
        }
        let opens = self.at == 0 || self.before(self.ground.opens);
        let counted = self.is(length, bits.counted | bits.of | bits.percent | bits.slash | bits.hyphen);
        let after_list_mark = self.before(bits.tick | bits.cross | bits.todo | bits.busy);
        let lone = self.at == 0 && self.at + length == self.tokens.len();
        let state = self.ends(length) && !lone;
        let fits = opens && state || self.before(bits.prep) && self.ends(length) || after_list_mark;
        (fits && !counted || lone && set.count_ones() > 1 && self.is(1, bits.hyphen)).then_some(Found {
            length,
            set,
            part,
        })
    }

    /// "3 of 5", "2/5", "80 %": a part; "5 of 5", "100 %": all of it.
    fn count(&self) -> Option<(usize, super::lexicon::Symbol)> {
        let bits = &self.ground.kinds.bits;
        let symbols = &self.ground.kinds.symbols;
        let Value::Number(number) = self.token(0)?.value else {
            return None;
        };
        if self.is(1, bits.percent) {
            return Some((
                2,
                if number == 100 {
                    symbols.count_all
                } else {
                    symbols.count
                },
            ));
        }
        let mut ahead = 1;
        while self.is(
            ahead,
            bits.stepword | bits.of | bits.counted | bits.keyword | bits.pairword,
        ) && ahead < 4
        {
            ahead += 1;
        }
        while self.is(ahead, bits.article) && ahead < 5 {
            ahead += 1;
        }
        let joined = self.is(1, bits.slash) || (1..ahead).any(|at| self.is(at, bits.of));
        let at = if self.is(1, bits.slash) { 2 } else { ahead };
        let Some(Value::Number(whole)) = self.token(at).map(|token| token.value).filter(|_| joined) else {
            return None;
        };
        let length = at + 1 + usize::from(self.is(at + 1, bits.stepword));
        Some((
            length,
            if number == whole {
                symbols.count_all
            } else {
                symbols.count
            },
        ))
    }
}
