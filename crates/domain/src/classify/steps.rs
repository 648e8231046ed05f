//! Steps: numbers, words, ordinals, ranges and lists become one token that carries a set of steps.
use super::grammar::Grammar;
use super::lexicon::Symbol;
use super::step_parser::{StepMention, StepParser};
use super::step_set::{MOST_STEPS, range};
use super::steps_joined::{drop_compared, drop_replaced, merge};
use super::token::{Token, TokenValue};

/// Words and marks between "step" and its number at most ("step number: 3"); a row of marks is nobody's step.
const NAMED_WITHIN: usize = 8;

/// Replaces what names steps by tokens that carry them.
pub(super) fn join_steps(grammar: &Grammar, tokens: &[Token]) -> Vec<Token> {
    let mut joined = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while at < tokens.len() {
        let (length, token) = StepParser { grammar, tokens, at }.next();
        joined.push(token);
        at += length;
    }
    let mut merged = merge(grammar, &joined);
    drop_replaced(grammar, &mut merged);
    drop_compared(grammar, &mut merged);
    merged
}

impl StepParser<'_> {
    /// How many tokens make the next one, and that token.
    fn next(&self) -> (usize, Token) {
        let mention = self
            .whole_list()
            .or_else(|| self.ordinals())
            .or_else(|| self.named())
            .or_else(|| self.list_line())
            .or_else(|| self.bare());
        let token = self.tokens[self.at];
        let symbols = self.grammar.symbols;
        let (length, symbol, value) = match mention {
            Some(StepMention {
                length,
                set,
                part: true,
            }) => (length, symbols.part_of_step, TokenValue::Steps(set)),
            Some(StepMention { length, set, .. }) => (length, symbols.step, TokenValue::Steps(set)),
            None => {
                let (length, symbol) = self.count().unwrap_or((1, token.symbol));
                (length, symbol, token.value)
            }
        };
        let end = self.tokens[self.at + length - 1].end;
        let joined = Token {
            end,
            symbol,
            value,
            ..token
        };
        (length, joined)
    }

    /// "all steps", "all 5 steps", "both steps 1 and 2"; "all but step 3" is read where clauses are made.
    fn whole_list(&self) -> Option<StepMention> {
        let bits = self.grammar.bits;
        if !self.is(0, bits.all) {
            return None;
        }
        let mut ahead = 1;
        while ahead < 4 && (self.is(ahead, bits.article | bits.of | bits.numword) || self.number(ahead).is_some()) {
            ahead += 1;
        }
        let plain = self.is(ahead, bits.stepword)
            && !self.is(ahead, bits.upto | bits.before)
            && !self.is(ahead + 1, bits.upto | bits.before)
            && self.list(ahead + 1).is_none();
        plain.then(|| StepMention::whole(ahead + 1, range(1, self.grammar.steps_total)))
    }

    /// "first step", "2nd and 3rd step", "first two", "the fifth".
    fn ordinals(&self) -> Option<StepMention> {
        let bits = self.grammar.bits;
        let mut set = 0;
        let mut ahead = 0;
        for _ in 0..MOST_STEPS {
            let Some(step) = self.ordinal(ahead) else { break };
            set |= 1 << step;
            ahead += 1;
            if self.is(ahead, bits.and | bits.comma) && self.ordinal(ahead + 1).is_some() {
                ahead += 1;
            }
        }
        if ahead == 0 {
            return None;
        }
        let number = self.number(ahead).filter(|_| ahead == 1 && !self.is(1, bits.many));
        let definite = self.before(bits.article) && !self.before(bits.an);
        // "Second one ticked", "first: done", "first is done": what begins a sentence needs no article.
        let opens = self.at == 0 || self.before(bits.line | bits.stop);
        if number == Some(1) && self.is(ahead, bits.numword) {
            return (definite || opens).then(|| StepMention::whole(2, set));
        }
        let things = self.is(ahead + 1, bits.counted) && !self.is(ahead + 1, bits.stepword);
        if number.is_some() && !things {
            return self.first_few(ahead);
        }
        if self.is(ahead, bits.stepword) {
            return Some(StepMention::whole(ahead + 1, set));
        }
        let what_follows = bits.stop | bits.line | bits.ask | bits.comma | bits.colon | bits.dash | bits.aux | bits.and;
        let over = self.token(ahead).is_none() || self.is(ahead, what_follows | bits.but | self.grammar.states);
        let excepted = self.at > 1 && self.grammar.is_before(self.tokens, self.at - 1, bits.except);
        // "First: I need access" counts what is said.
        let heads = self.is(ahead, bits.colon | bits.dash) && self.is(ahead + 1, self.grammar.states);
        let done = self.is(ahead, bits.done) && self.ends(ahead + 1)
            || self.is(ahead, bits.comma) && self.is(ahead + 1, bits.done);
        let begins = opens && (heads || done || self.is(ahead, bits.single));
        let alone = (definite || begins) && over && self.ends(ahead) && (excepted || !self.is(0, bits.last));
        alone.then(|| StepMention::whole(ahead, set))
    }

    fn ordinal(&self, ahead: usize) -> Option<u32> {
        let bits = self.grammar.bits;
        if self.is(ahead, bits.last) {
            return Some(self.grammar.steps_total);
        }
        self.number(ahead)
            .filter(|_| self.is(ahead, bits.ordword | bits.ordinal))
    }

    /// "first two steps", "last two", "first three are complete".
    fn first_few(&self, ahead: usize) -> Option<StepMention> {
        let bits = self.grammar.bits;
        let many = self.number(ahead)?;
        let total = self.grammar.steps_total;
        let named = self.is(ahead + 1, bits.stepword);
        let set = if self.is(0, bits.last) {
            range((total + 1).saturating_sub(many).max(1), total)
        } else {
            range(1, many)
        };
        (named || self.ends(ahead + 1)).then(|| StepMention::whole(ahead + 1 + usize::from(named), set))
    }

    /// "step 3", "steps 1-3", "stap 1 en 2", "s4", "#3", "step (1)", "up to step 4".
    fn named(&self) -> Option<StepMention> {
        let bits = self.grammar.bits;
        let below = self.is(0, bits.before);
        let from_number = self.at > 0 && matches!(self.tokens[self.at - 1].value, TokenValue::Number(_));
        let whole = self.is(0, bits.upto) && !from_number
            || self.is(0, bits.to) && self.before(bits.all)
            || below && self.before(bits.all | bits.stepword | bits.aux);
        let mut ahead = if whole { self.skip(1, bits.article) } else { 0 };
        let labelled = self.is(ahead, bits.hash) && self.before(bits.label);
        let item = self.is(ahead, bits.itemword) && self.number(ahead + 1).is_some();
        let named = self.is(ahead, bits.stepword | bits.hash) && !labelled || item;
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
        let StepMention { length, set, part } = self.list(ahead)?;
        let length = length + self.of_total(ahead + length);
        let set = if whole {
            range(1, set.ilog2() - u32::from(below))
        } else {
            set
        };
        Some(StepMention {
            length: ahead + length,
            set,
            part,
        })
    }

    /// "Step 2 of 5": how many tokens tell of how many steps it is one.
    fn of_total(&self, ahead: usize) -> usize {
        let bits = self.grammar.bits;
        let of = self.is(ahead, bits.of);
        let number = self.skip(ahead + 1, bits.article);
        let total = self
            .number(number)
            .is_some_and(|total| total == self.grammar.steps_total);
        if of && total && self.ends(number + 1) {
            number + 1 - ahead
        } else {
            0
        }
    }

    /// "3 of 5", "2/5", "80 %": a part; "5 of 5", "100 %": all of it. How many tokens it takes, and its symbol.
    fn count(&self) -> Option<(usize, Symbol)> {
        let bits = self.grammar.bits;
        let symbol = |all: bool| {
            if all {
                self.grammar.symbols.count_all
            } else {
                self.grammar.symbols.count
            }
        };
        let TokenValue::Number(number) = self.token(0)?.value else {
            return None;
        };
        if self.is(1, bits.percent) {
            return Some((2, symbol(number == 100)));
        }
        let slash = self.is(1, bits.slash);
        let between = bits.stepword | bits.of | bits.counted | bits.keyword | bits.pairword;
        let mut ahead = 1;
        while ahead < 4 && self.is(ahead, between) {
            ahead += 1;
        }
        while ahead < 5 && self.is(ahead, bits.article) {
            ahead += 1;
        }
        let joined = slash || (1..ahead).any(|at| self.is(at, bits.of));
        let at = if slash { 2 } else { ahead };
        let TokenValue::Number(total) = self.token(at).filter(|_| joined)?.value else {
            return None;
        };
        let length = at + 1 + usize::from(self.is(at + 1, bits.stepword));
        Some((length, symbol(number == total)))
    }
}
