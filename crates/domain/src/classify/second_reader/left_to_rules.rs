//! Which comments the rules read alone: what is said to us in so many words, and short ones of which they know every word.
use super::verdict::RuleVerdict;
use crate::classify::combine::JudgedClause;
use crate::classify::judge::Judgement;
use crate::classify::reading::{Label, Role};
use crate::classify::rule_set::RuleSet;
use crate::classify::token::{Token, TokenValue};
use crate::classify::trace::Trace;

/// Whether a comment is read by the rules alone.
pub(super) fn is_left_to_rules(rule_set: &RuleSet, verdict: RuleVerdict, words: Words, trace: &Trace) -> bool {
    let role = |clause: &JudgedClause| clause.judgement.as_ref().map(|judgement| judgement.role);
    // What people say to us, or take back, in so many words, no model judges better.
    let to_us = |clause: &JudgedClause| role(clause).is_some_and(Role::is_to_us);
    // Nor where all that is said is that nothing stands in the way.
    let denies = |clause: &JudgedClause| matches!(role(clause), Some(Role::NoBlockers | Role::AllFree));
    // Nor a finish beside that: "step 3 is done, I am not stuck".
    let finishes_or_silent = |clause: &JudgedClause| clause.judgement.is_none() || clause.is(Label::Completion);
    // Nor that something works again, or came: words of obstacles stand there too.
    let frees = |clause: &JudgedClause| role(clause) == Some(Role::Works);
    // What is left of a comment without its keys is too little to go by.
    let fragment = rule_set.kinds.bits.fragment;
    let is_key = |token: &Token| rule_set.lexicon.symbols.set(token.symbol).meets(fragment);
    // Nor a step that failed at first and is said to be finished since.
    let finishes = |clause: &JudgedClause| clause.is(Label::Completion) && clause.steps != 0;
    let is_cured = trace.is_cured() && verdict == RuleVerdict::Rule(Label::Completion);
    // Nor talk, by a rule that says so of these very words.
    let mut said = trace
        .judged
        .iter()
        .filter(|clause| clause.judgement.is_some())
        .peekable();
    let is_talk = said.peek().is_some() && said.all(|clause| talks(rule_set, clause));
    trace.clause_spans.is_empty()
        || is_talk
        || is_cured && trace.judged.iter().any(finishes)
        || trace.judged.iter().any(to_us)
        || trace.judged.iter().all(denies)
        || trace.judged.iter().any(|clause| is_turned(rule_set, clause))
        || !matches!(verdict, RuleVerdict::Rule(_)) && trace.tokens.iter().any(is_key)
        || trace.is_free && trace.judged.iter().all(finishes_or_silent)
        || is_read(verdict, trace)
        || is_known(verdict) && (is_plain(verdict, trace) || unknown(trace) == 0) && trace.judged.iter().all(frees)
        || verdict == RuleVerdict::Silent && words == Words::None
}

/// A rule for talk of a higher rank than this is one that knows what is said; below it stand those for a greeting among other words.
const RANK_OF_TALK: u8 = 80;

/// Whether a rule knows a clause as talk: "I'm off on Friday".
fn talks(rule_set: &RuleSet, clause: &JudgedClause) -> bool {
    let rule = clause.judgement.as_ref().and_then(Judgement::rule);
    let rule = rule.map(|rule| &rule_set.rules[rule]);
    clause.is(Label::Chatter) && rule.is_some_and(|rule| rule.label == Label::Chatter && rule.rank > RANK_OF_TALK)
}

/// Whether a guard makes words of something else a take-back: "I never said that step 2 is done".
fn is_turned(rule_set: &RuleSet, clause: &JudgedClause) -> bool {
    let rule = clause.judgement.as_ref().and_then(Judgement::rule);
    clause.is(Label::Correction) && rule.is_some_and(|rule| rule_set.rules[rule].label != Label::Correction)
}

/// What a comment says beside steps, numbers and marks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Words {
    /// Nothing: "4", "step 3!".
    None,
    /// One word that nobody knows: "step 3 zzqq".
    OneUnknown,
    /// One word that the lexicon knows: "ops".
    OneKnown,
    /// More than that.
    Some,
}

impl Words {
    pub(super) fn of(rule_set: &RuleSet, trace: &Trace) -> Self {
        let bits = &rule_set.kinds.bits;
        let marks = bits.stop | bits.line | bits.comma | bits.colon | bits.dash | bits.hyphen | bits.and | bits.hash;
        let is_word = |token: &&Token| {
            !matches!(token.value, TokenValue::Steps(_) | TokenValue::Number(_))
                && !rule_set.lexicon.symbols.set(token.symbol).meets(marks)
        };
        let mut words = trace.tokens.iter().filter(is_word);
        match (words.next(), words.next()) {
            (None, _) => Self::None,
            (Some(word), None) if word.symbol == 0 => Self::OneUnknown,
            (Some(_), None) => Self::OneKnown,
            _ => Self::Some,
        }
    }
}

/// A comment of so many words at most is short.
const SHORT: usize = 8;

/// Of so many at most, the rules have read all that it says where they know every word.
const VERY_SHORT: usize = 6;

/// Whether the rules alone read a comment.
fn is_read(verdict: RuleVerdict, trace: &Trace) -> bool {
    is_known(verdict) && trace.tokens.len() <= VERY_SHORT && unknown(trace) == 0
}

/// Whether a comment is short and the rules know its words. Beside a rule, one word may be unknown, as a name.
pub(super) fn is_plain(verdict: RuleVerdict, trace: &Trace) -> bool {
    let may_be_unknown = usize::from(matches!(verdict, RuleVerdict::Rule(_)));
    is_known(verdict) && trace.tokens.len() <= SHORT && unknown(trace) <= may_be_unknown
}

/// Whether words that the rules know gave their verdict. The form of a word alone makes no finish: "ghosted" is none.
fn is_known(verdict: RuleVerdict) -> bool {
    !matches!(verdict, RuleVerdict::Structure(Label::Completion) | RuleVerdict::Silent)
}

/// How many words of a comment the lexicon does not know.
fn unknown(trace: &Trace) -> usize {
    trace.tokens.iter().filter(|token| token.symbol == 0).count()
}
