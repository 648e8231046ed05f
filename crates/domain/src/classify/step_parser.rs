//! What all ways of naming steps share: looking at the tokens ahead and behind, single numbers, and lists of them.
use super::grammar::Grammar;
use super::lexicon::KindSet;
use super::step_set::{MOST_STEPS, StepSet, range};
use super::steps_joined::{are_spoken_for, is_spoken_of};
use super::token::{Token, TokenValue};

/// Reads what begins at one token; `ahead` counts tokens from there.
pub(super) struct StepParser<'a> {
    pub(super) grammar: &'a Grammar<'a>,
    pub(super) tokens: &'a [Token],
    pub(super) at: usize,
}

/// Steps that were read: how many tokens they take, which they are, and whether only a part of one is meant.
pub(super) struct StepMention {
    pub(super) length: usize,
    pub(super) set: StepSet,
    pub(super) part: bool,
}

impl StepMention {
    pub(super) fn whole(length: usize, set: StepSet) -> Self {
        Self {
            length,
            set,
            part: false,
        }
    }
}

impl StepParser<'_> {
    /// The token so many tokens ahead.
    pub(super) fn token(&self, ahead: usize) -> Option<&Token> {
        self.tokens.get(self.at + ahead)
    }

    /// Whether the token so far ahead has one of the kinds.
    pub(super) fn is(&self, ahead: usize, kinds: KindSet) -> bool {
        self.grammar.is_at(self.tokens, self.at + ahead, kinds)
    }

    /// Whether the token before this one has one of the kinds.
    pub(super) fn before(&self, kinds: KindSet) -> bool {
        self.grammar.is_before(self.tokens, self.at, kinds)
    }

    /// The first token from `ahead` on that has none of the kinds.
    pub(super) fn skip(&self, mut ahead: usize, kinds: KindSet) -> usize {
        while self.is(ahead, kinds) {
            ahead += 1;
        }
        ahead
    }

    /// The number of a token that may be a step: a numeral or a number word up to the number of steps.
    pub(super) fn number(&self, ahead: usize) -> Option<u32> {
        let TokenValue::Number(number) = self.token(ahead)?.value else {
            return None;
        };
        (1..=self.grammar.highest_step).contains(&number).then_some(number)
    }

    /// Numbers joined by commas, "and", slashes or ranges, as many as there can be steps; its length counts from `from`.
    pub(super) fn list(&self, from: usize) -> Option<StepMention> {
        let bits = self.grammar.bits;
        let (mut last, mut set, mut part) = self.item(from)?;
        let spoken_for = are_spoken_for(self.grammar, self.tokens, self.at);
        let mut ahead = from + 1;
        for _ in 1..MOST_STEPS {
            let to = self.is(ahead, bits.to | bits.hyphen | bits.upto | bits.dash) && !self.is_until(from, ahead);
            let joiner = to || self.is(ahead, bits.comma | bits.and | bits.slash);
            let next = self.skip(ahead + 1, bits.and | bits.article | bits.stepword | bits.hash);
            let Some((step, more, another_part)) = self.item(next).filter(|_| joiner) else {
                break;
            };
            if spoken_for && !to && is_spoken_of(self.grammar, self.tokens, self.at + next + 1) {
                break;
            }
            // "Step 2/5" is the second of five.
            let of_all = self.is(ahead, bits.slash) && ahead == from + 1 && step == self.grammar.steps_total;
            if of_all && last + 1 < step && !self.is(next + 1, bits.slash) {
                ahead = next + 1;
                break;
            }
            if self.is(next, bits.many) || !to && self.is(next + 1, bits.counted | bits.of) {
                break;
            }
            set |= if to { range(last, step) } else { more };
            last = step;
            part |= another_part;
            ahead = next + 1;
        }
        Some(StepMention {
            length: ahead - from,
            set,
            part,
        })
    }

    /// "Worked on step 3 until 5": one step, and an hour; "steps 1 until 3" and "1 till 3 done" are ranges.
    fn is_until(&self, from: usize, ahead: usize) -> bool {
        let bits = self.grammar.bits;
        let one = from > 0 && self.is(from - 1, bits.stepword) && !self.is(from - 1, bits.counted);
        one && self.is(ahead, bits.untilday)
            && self.number(ahead + 1).is_some()
            && self
                .token(ahead + 2)
                .is_none_or(|token| self.grammar.is(token, bits.stop | bits.line | bits.comma))
    }

    /// The last step of an item, all of its steps, and whether only a part is meant: `3`, `4a`, `4.2`, `1,2`.
    pub(super) fn item(&self, ahead: usize) -> Option<(u32, StepSet, bool)> {
        let bits = self.grammar.bits;
        let steps = 1..=self.grammar.highest_step;
        if let TokenValue::Decimal(whole, hundredths, comma) = self.token(ahead)?.value {
            // With a comma it is a list, if the second number is a later step.
            let second = hundredths / 10;
            let listed = comma && hundredths % 10 == 0 && second > whole && steps.contains(&second);
            return match steps.contains(&whole) {
                false => None,
                true if listed => Some((second, 1 << whole | 1 << second, false)),
                true => Some((whole, 1 << whole, true)),
            };
        }
        let number = self.number(ahead).filter(|_| !self.is(ahead, bits.ordword))?;
        Some((number, 1 << number, self.is(ahead, bits.substep)))
    }

    /// Whether what stands there ends a noun: a state, a mark, the end; not a thing that would be counted.
    pub(super) fn ends(&self, ahead: usize) -> bool {
        self.token(ahead)
            .is_none_or(|token| self.grammar.may_follow_step(token))
    }
}
