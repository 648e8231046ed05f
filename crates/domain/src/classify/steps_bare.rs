//! Bare numbers: which of them are steps, by what stands around them. "did 3", "4 hangs", "that's 2"; not "3 screws".
use super::step_parser::{StepMention, StepParser};
use super::token::TokenValue;

/// Words of a line at most that is looked through for its mark.
const LINE_WITHIN: usize = 12;

impl StepParser<'_> {
    /// "1 kabels ✅": a line of a list, which ends in a mark.
    pub(super) fn list_line(&self) -> Option<StepMention> {
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
    pub(super) fn bare(&self) -> Option<StepMention> {
        let bits = self.grammar.bits;
        if self.is(0, bits.many | bits.ordinal | bits.step_number) || self.is(1, bits.slash) {
            return None;
        }
        let after_list_mark = self.before(bits.tick | bits.cross | bits.todo | bits.busy);
        let plus_one = self.at == 1 && self.before(bits.and);
        // Most numbers can be no step where they stand: the list that begins with them is not read.
        let may_stand = self.may_be_subject() || self.is_object() || self.before(bits.onething | bits.aux | bits.both);
        if !(self.at == 0 || plus_one || after_list_mark || may_stand) {
            return None;
        }
        // "Between 2 and 4": the first number is no step, nor is the second.
        let goes_on = self.before(bits.and | bits.to | bits.hyphen) && self.at > 1;
        if goes_on && matches!(self.tokens[self.at - 2].value, TokenValue::Number(_)) {
            return None;
        }
        let mention = self.list(0)?;
        let length = mention.length;
        if self.is(0, bits.numword) && length < 3 {
            let is_step = self.in_words(length) || self.is_one_thing(length) || self.is_heading(length);
            return is_step.then_some(mention);
        }
        let counted = bits.counted | bits.units | bits.of | bits.percent | bits.slash | bits.hyphen;
        if self.is(length, counted) {
            return None;
        }
        // "edit: 18 guests, not 8" speaks of no step before.
        if self.is_other() {
            return None;
        }
        let lone = (plus_one || self.at == 0) && self.at + length == self.tokens.len();
        // "+1" agrees with somebody; "and 1" names a step.
        let is_plus = plus_one && self.tokens[0].end - self.tokens[0].start == 1;
        if is_plus && self.token(length).is_none_or(|token| self.grammar.is(token, bits.line)) {
            return None;
        }
        let lone_range = lone && mention.set.count_ones() > 1 && self.is(1, bits.hyphen | bits.to | bits.dash);
        let unknown = self.token(length).is_some_and(|token| token.symbol == 0);
        let stands = !lone
            && (self.is_subject(length)
                || self.is_object()
                || self.is_one_thing(length)
                || self.is_asked_about(length));
        (stands && (self.ends(length) || unknown) || after_list_mark || lone_range).then_some(mention)
    }

    /// Whether what stands before it lets it be a subject.
    fn may_be_subject(&self) -> bool {
        let bits = self.grammar.bits;
        self.before(self.grammar.opens | bits.rather | bits.wh | bits.single | bits.partial) || self.pointed_at()
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

    /// "el dos", "die 4", "o cinco": one thing, not so many; a numeral there may be a day.
    fn is_one_thing(&self, length: usize) -> bool {
        let bits = self.grammar.bits;
        let over = self
            .token(length)
            .is_none_or(|token| self.grammar.is(token, bits.stop | bits.line));
        // "Vuelvo el dos": a verb that nobody knows may tell of a day.
        let verb = self.at.checked_sub(2).and_then(|at| self.tokens.get(at));
        let of_unknown_verb = over && verb.is_some_and(|token| token.symbol == 0);
        let may_be_day = self.before(bits.onday | bits.dated) && (of_unknown_verb || !self.is(0, bits.numword));
        let may_be_hour = self.number(0) == Some(1) || self.is(length, bits.half_more | bits.quarter_more);
        self.before(bits.onething) && !may_be_day && !may_be_hour && self.ends(length)
    }

    /// "Four: stitches out": a line that begins with its step.
    fn is_heading(&self, length: usize) -> bool {
        let bits = self.grammar.bits;
        let opens = self.at == 0 || self.before(bits.line);
        opens && self.is(length, bits.colon | bits.dash) && self.token(length + 1).is_some()
    }

    /// "that's 3", "dat was 4", "damit steht 2".
    fn pointed_at(&self) -> bool {
        let bits = self.grammar.bits;
        let verb = self.at.saturating_sub(1);
        let through_verb =
            self.before(bits.aux | bits.single) && self.grammar.is_before(self.tokens, verb, bits.pointer);
        through_verb || self.before(bits.pointer)
    }

    /// "Can 5 be made?", "both 3 and 5 are done".
    fn is_asked_about(&self, length: usize) -> bool {
        let bits = self.grammar.bits;
        let is_asked = || (length..LINE_WITHIN).any(|ahead| self.is(ahead, bits.ask));
        (self.before(bits.both) || self.before(bits.aux) && is_asked())
            && self.is(length, bits.aux | bits.done | bits.finish)
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

    /// "Six done.", "one complete, at last": nothing follows that could be what was finished.
    fn is_finished(&self, length: usize) -> bool {
        let bits = self.grammar.bits;
        let over =
            bits.stop | bits.line | bits.comma | bits.colon | bits.dash | bits.emoji | bits.day | bits.and | bits.but;
        self.is(length, bits.done | bits.finish) && (self.token(length + 1).is_none() || self.is(length + 1, over))
    }

    /// A number as a word is a step only where nothing is counted: "six is complete", "that's three", "stuck on two".
    fn in_words(&self, length: usize) -> bool {
        let bits = self.grammar.bits;
        let over = self.token(length).is_none() || self.is(length, bits.stop | bits.line | bits.comma);
        let opens = self.at == 0 || self.before(self.grammar.opens);
        // "One is missing" is one of several things; "one is done" is a step.
        if self.number(0) == Some(1) {
            let is_so = self.is(length, bits.single) && self.is(length + 1, bits.done | bits.finish | bits.busy);
            return opens && (is_so || self.is_finished(length));
        }
        let state = self.grammar.states | bits.article | bits.prep | bits.aux;
        let stated = self.is(length, bits.single) && self.is(length + 1, state) || self.is_finished(length);
        let inverted = self.is(length, bits.acts) && self.is(length + 1, bits.me);
        let verb = self.at.saturating_sub(1);
        let object = self.before(bits.prep) && self.grammar.is_before(self.tokens, verb, self.grammar.states)
            || self.before(bits.done | bits.finish | bits.start);
        opens && (stated || inverted) || over && (self.pointed_at() || object)
    }
}
