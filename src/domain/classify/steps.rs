//! Steps: numbers, words, ordinals, ranges and lists become one token that carries a set of steps.
use super::grammar::Grammar;
use super::lexicon::{KindSet, Symbol};
use super::step_set::{StepSet, range};
use super::steps_joined::{drop_replaced, merge};
use super::token::{Token, TokenValue};

/// Words and marks between "step" and its number at most ("step number: 3"); a row of marks is nobody's step.
const NAMED_WITHIN: usize = 8;

/// Words of a line at most that is looked through for its mark.
const LINE_WITHIN: usize = 12;

/// Replaces what names steps by tokens that carry them.
pub(super) fn join_steps(grammar: &Grammar, tokens: &[Token]) -> Vec<Token> {
    let mut joined = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while at < tokens.len() {
        let (length, token) = StepParser { grammar, tokens, at }.next();
        joined.push(token);
        at += length;
    }
    let mut merged = merge(grammar, joined);
    drop_replaced(grammar, &mut merged);
    merged
}

/// Reads what begins at one token; `ahead` counts tokens from there.
struct StepParser<'a> {
    grammar: &'a Grammar<'a>,
    tokens: &'a [Token],
    at: usize,
}

/// Steps that were read: how many tokens they take, which they are, and whether only a part of one is meant.
struct StepMention {
    length: usize,
    set: StepSet,
    part: bool,
}

impl StepMention {
    fn whole(length: usize, set: StepSet) -> Self {
        Self {
            length,
            set,
            part: false,
        }
    }
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

    fn token(&self, ahead: usize) -> Option<&Token> {
        self.tokens.get(self.at + ahead)
    }

    fn is(&self, ahead: usize, kinds: KindSet) -> bool {
        self.grammar.is_at(self.tokens, self.at + ahead, kinds)
    }

    fn before(&self, kinds: KindSet) -> bool {
        self.grammar.is_before(self.tokens, self.at, kinds)
    }

    /// The first token from `ahead` on that has none of the kinds.
    fn skip(&self, mut ahead: usize, kinds: KindSet) -> usize {
        while self.is(ahead, kinds) {
            ahead += 1;
        }
        ahead
    }

    /// The number of a token that may be a step: a numeral or a number word up to the number of steps.
    fn number(&self, ahead: usize) -> Option<u32> {
        let TokenValue::Number(number) = self.token(ahead)?.value else {
            return None;
        };
        (1..=self.grammar.highest_step).contains(&number).then_some(number)
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
        let number = self.number(ahead).filter(|_| ahead == 1 && !self.is(1, bits.many));
        let definite = self.before(bits.article) && !self.before(bits.an);
        if number == Some(1) && self.is(ahead, bits.numword) {
            return definite.then(|| StepMention::whole(2, set));
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
        let alone = definite && over && self.ends(ahead) && (excepted || !self.is(0, bits.last));
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

    /// Numbers joined by commas, "and", slashes or ranges; its length counts from `from`.
    fn list(&self, from: usize) -> Option<StepMention> {
        let bits = self.grammar.bits;
        let (mut last, mut set, mut part) = self.item(from)?;
        let mut ahead = from + 1;
        loop {
            let to = self.is(ahead, bits.to | bits.hyphen | bits.upto | bits.dash);
            let joiner = to || self.is(ahead, bits.comma | bits.and | bits.slash);
            let next = self.skip(ahead + 1, bits.and | bits.article | bits.stepword | bits.hash);
            let Some((step, more, another_part)) = self.item(next).filter(|_| joiner) else {
                break;
            };
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

    /// The last step of an item, all of its steps, and whether only a part is meant: `3`, `4a`, `4.2`, `1,2`.
    fn item(&self, ahead: usize) -> Option<(u32, StepSet, bool)> {
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
    fn ends(&self, ahead: usize) -> bool {
        self.token(ahead)
            .is_none_or(|token| self.grammar.may_follow_step(token))
    }

    /// "1 kabels ✅": a line of a list, which ends in a mark.
    fn list_line(&self) -> Option<StepMention> {
        let bits = self.grammar.bits;
        let number = self
            .number(0)
            .filter(|_| !self.is(0, bits.numword | bits.ordinal | bits.substep))?;
        let opens = self.at == 0 || self.before(bits.line);
        let end = (1..LINE_WITHIN).find(|&ahead| self.token(ahead).is_none() || self.is(ahead, bits.line))?;
        let marks = bits.tick | bits.cross | bits.busy | bits.todo;
        let marked =
            opens && end > 1 && (1..end).any(|ahead| self.is(ahead, marks)) && !self.is(1, bits.of | bits.slash);
        marked.then(|| self.list(0).unwrap_or(StepMention::whole(1, 1 << number)))
    }

    /// "4 is ongoing", "1 & 2 are behind me", "doing 5 tomorrow", "5 bound": a bare number that counts nothing.
    fn bare(&self) -> Option<StepMention> {
        let bits = self.grammar.bits;
        if self.is(0, bits.many | bits.ordinal | bits.step_number) || self.is(1, bits.slash) {
            return None;
        }
        let mention = self.list(0)?;
        let length = mention.length;
        if self.is(0, bits.numword) && length < 3 {
            return self.in_words(length).then_some(mention);
        }
        let counted = bits.counted | bits.units | bits.of | bits.percent | bits.slash | bits.hyphen;
        if self.is(length, counted) {
            return None;
        }
        // "edit: 18 guests, not 8" speaks of no step before.
        if self.is_other() {
            return None;
        }
        let after_list_mark = self.before(bits.tick | bits.cross | bits.todo | bits.busy);
        let plus_one = self.at == 1 && self.before(bits.and);
        let lone = plus_one || self.at == 0 && length == self.tokens.len();
        let lone_range = lone && mention.set.count_ones() > 1 && self.is(1, bits.hyphen | bits.to | bits.dash);
        let unknown = self.token(length).is_some_and(|token| token.symbol == 0);
        let stands = !lone && (self.is_subject(length) || self.is_object());
        (stands && (self.ends(length) || unknown) || after_list_mark || lone_range).then_some(mention)
    }

    /// "4 is ongoing", "that's 3", "why 4 failed", "is 3 done?".
    fn is_subject(&self, length: usize) -> bool {
        let bits = self.grammar.bits;
        let opens = self.at == 0 || self.before(self.grammar.opens | bits.rather | bits.wh);
        let said = self.ends(length) && self.token(length).is_some() && !self.is(length, bits.stop | bits.line);
        opens || self.pointed_at() || said && self.before(bits.single | bits.partial)
    }

    /// "doing 5", "stuck on 3", "crossed out 4", "can't open 2"; "for 7b" and "van 4b" are no pieces of a step.
    fn is_object(&self) -> bool {
        let bits = self.grammar.bits;
        let before = self.at.saturating_sub(1);
        let verb = |kinds| self.grammar.is_before(self.tokens, before, kinds);
        let acted_on = self.before(bits.handles | bits.stuck | bits.done | bits.start | bits.finish)
            || self.before(bits.particle) && verb(bits.handles | bits.prep | bits.gerund | bits.participle)
            || verb(bits.cant) && !self.before(bits.article | bits.counted | bits.stepword | bits.numword);
        let piece = self.is(0, bits.substep) && !verb(self.grammar.states);
        acted_on || self.is_replaced() || self.before(bits.prep) && !piece
    }

    /// "that's 3", "dat was 4", "damit steht 2".
    fn pointed_at(&self) -> bool {
        let bits = self.grammar.bits;
        let verb = self.at.saturating_sub(1);
        let through_verb =
            self.before(bits.aux | bits.single) && self.grammar.is_before(self.tokens, verb, bits.pointer);
        through_verb || self.before(bits.pointer)
    }

    /// "3, not 2", "not 2 but 3".
    fn is_replaced(&self) -> bool {
        let Some(not) = self.at.checked_sub(1) else {
            return false;
        };
        let comma = usize::from(self.grammar.is_before(self.tokens, not, self.grammar.bits.comma));
        let earlier = not.checked_sub(1 + comma).and_then(|at| self.tokens.get(at));
        let after_number = earlier.is_none_or(|token| matches!(token.value, TokenValue::Number(_)));
        self.before(self.grammar.bits.not | self.grammar.bits.insteadof) && after_number
    }

    /// "18 guests, not 8": the number that it is compared with counts things.
    fn is_other(&self) -> bool {
        let bits = self.grammar.bits;
        let Some([thing, comma, _]) = self.at.checked_sub(3).map(|at| &self.tokens[at..self.at]) else {
            return false;
        };
        let counted = thing.symbol == 0 || self.grammar.is(thing, bits.counted | bits.units);
        self.before(bits.not)
            && self.grammar.is(comma, bits.comma)
            && counted
            && !matches!(thing.value, TokenValue::Number(_))
    }

    /// A number as a word is a step only where nothing is counted: "six is complete", "that's three", "stuck on two".
    fn in_words(&self, length: usize) -> bool {
        let bits = self.grammar.bits;
        let over = self.token(length).is_none() || self.is(length, bits.stop | bits.line | bits.comma);
        if self.number(0) == Some(1) {
            return false;
        }
        let opens = self.at == 0 || self.before(self.grammar.opens);
        let stated = self.is(length, bits.single) && self.is(length + 1, self.grammar.states);
        let inverted = self.is(length, bits.acts) && self.is(length + 1, bits.me);
        let verb = self.at.saturating_sub(1);
        let object = self.before(bits.prep) && self.grammar.is_before(self.tokens, verb, self.grammar.states);
        opens && (stated || inverted) || over && (self.pointed_at() || object)
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
