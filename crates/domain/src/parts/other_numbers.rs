//! Numbers of other things than the steps of the page: "Test 2 is done", "step 1 of my training is done". What is claimed of such a number
//! is asked about.
use super::part_names::PartNames;
use super::question_words::of_things;
use super::references::{STEP, pattern};
use super::words::{self, PartWord};
use crate::asks::sentences;
use crate::classify::{Clause, Label, Reading};
use crate::quotations::unquoted;
use regex::Regex;
use std::sync::LazyLock;

/// A noun with a number, where a sentence begins.
static NUMBERED: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\W*(?P<thing>\p{L}{3,})\s+(?P<number>[0-9]{1,2})\b"));

/// A step, or some, and of what they are.
static OF_WHAT: LazyLock<Regex> = LazyLock::new(|| {
    let of = "of|van|von|vom|der|des|de|del|da|do|du";
    let numbers = r"(?P<number>[0-9]{1,2})(?:\s*(?:[-,&]|and|en|und|et|y|e)\s*[0-9]{1,2})*";
    pattern(&format!(
        r"\b(?:{STEP})\p{{L}}{{0,2}}\s+{numbers}\s+(?:{of})\s+(?P<thing>(?:\p{{L}}+\s+){{0,3}}\p{{L}}+)"
    ))
});

/// Words that say by themselves that something else is meant.
static OTHER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"\b(?:other|another|different|previous|ander|andere[nrs]?|vorige[nr]?|autre|otr[oa]|outr[oa])\b")
});
static IS_STEP: LazyLock<Regex> = LazyLock::new(|| pattern(&format!(r"^(?:{STEP})")));

impl PartNames {
    /// Makes what a comment claims of the number of another thing unsure.
    pub(super) fn doubt_other_numbers(&self, text: &str, reading: &mut Reading) {
        let claims_steps = |clause: &Clause| clause.label == Label::Completion && !clause.steps.is_empty();
        if !reading.clauses.iter().any(claims_steps) {
            return;
        }
        let said = unquoted(text);
        let whole = said.as_str();
        let sentences = sentences(whole).into_iter();
        let others: Vec<u8> = sentences
            .filter_map(|sentence| self.other_number(&whole[sentence]))
            .collect();
        reading.doubt_finishes(|clause| clause.steps.first().is_some_and(|first| others.contains(first)));
    }

    /// The number of another thing in a sentence.
    fn other_number(&self, sentence: &str) -> Option<u8> {
        let numbered = NUMBERED.captures(sentence);
        // "Tested 2", "gebucht 2" say what was done with a step.
        let says_verb = |word: &PartWord| word.is_participle() || word.says_done();
        let is_verb = |thing: &str| words::all(thing).iter().any(says_verb);
        let is_thing = |thing: &str| !of_things(&words::telling(thing)).is_empty();
        let is_noun = |thing: &str| is_thing(thing) && !IS_STEP.is_match(thing) && !is_verb(thing);
        let of_noun = numbered.filter(|found| is_noun(&found["thing"]));
        let is_foreign = |thing: &str| {
            if OTHER.is_match(thing) {
                return true;
            }
            let things = of_things(&words::telling(thing));
            !things.is_empty() && !self.speak_of(&things)
        };
        let of_others = || OF_WHAT.captures(sentence).filter(|found| is_foreign(&found["thing"]));
        let found = of_noun.or_else(of_others)?;
        found["number"].parse().ok()
    }
}
