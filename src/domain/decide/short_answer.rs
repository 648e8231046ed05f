//! Short answers: what a word or two under a question of ours says. What is longer is read as any comment is.

/// What a short answer says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ShortAnswer {
    /// It is so.
    Yes,
    /// No, neither, not yet.
    No,
    /// It is finished.
    Done,
    /// Somebody is stuck.
    Stuck,
    /// It is taken back.
    Undo,
    /// All of what was named.
    All,
    /// These numbers are meant.
    Steps(Vec<u8>),
}

/// More words than this are a sentence of its own.
const WORDS: usize = 8;

/// An "ok" only acknowledges: it confirms nothing.
const YES: &str = " yes yep yeah yup y indeed confirmed ja jep jawel klopt inderdaad ";
const NO: &str = " no nope n neither none nothing nee neen geen niets 👎 ";
const NOT: &str = " not isn't niet ";
const DONE: &str = " done finished complete completed ready klaar af gedaan voltooid afgerond gereed ✅ ";
const STUCK: &str = " stuck blocked vast vastgelopen geblokkeerd ";
const UNDO: &str = " undo undone revert back terug terugdraaien ongedaan ";
const ALL: &str = " all both everything alle allemaal alles allebei ";
/// Words that say nothing in such an answer.
const FILLERS: &str = " it it's its is are i i'm am the that of them these really still now please thanks thank you step steps \
                       number and yet either het de dat is zijn ben ik echt nog nu hoor graag dank dankjewel je u stap stappen \
                       nummer en van beide die ";

/// Reads a short answer; `None` where it is longer, or says something else.
pub(super) fn read(text: &str) -> Option<ShortAnswer> {
    let lower = text.to_lowercase().replace('’', "'");
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '\'' | '👍' | '👎' | '✅');
    let words: Vec<&str> = lower
        .split(|c: char| !is_part(c))
        .filter(|word| !word.is_empty())
        .collect();
    if words.is_empty() || words.len() > WORDS || text.contains('?') {
        return None;
    }
    let mut said = Said::default();
    for word in words {
        let within = |list: &str| list.contains(&format!(" {word} "));
        if let Ok(number) = word.parse::<u8>() {
            said.steps.push(number);
        } else if within(YES) {
            said.yes = true;
        } else if within(NO) {
            said.no = true;
        } else if within(NOT) {
            said.negated = true;
        } else if within(DONE) {
            said.done = true;
        } else if within(STUCK) {
            said.stuck = true;
        } else if within(UNDO) {
            said.undo = true;
        } else if within(ALL) {
            said.all = true;
        } else if !within(FILLERS) {
            return None;
        }
    }
    said.answer()
}

#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "each kind of word may stand there or not")]
struct Said {
    yes: bool,
    no: bool,
    negated: bool,
    done: bool,
    stuck: bool,
    undo: bool,
    all: bool,
    steps: Vec<u8>,
}

impl Said {
    fn answer(self) -> Option<ShortAnswer> {
        let states = u8::from(self.done) + u8::from(self.stuck) + u8::from(self.undo);
        // "Yes and no", "done, stuck", "no, 4": two things are said, or a step of its own.
        if self.yes && self.no || states > 1 || states > 0 && !self.steps.is_empty() {
            return None;
        }
        match () {
            // "No, still stuck" tells what it is instead.
            () if self.no && self.stuck && !self.negated => Some(ShortAnswer::Stuck),
            () if self.no || self.negated => Some(ShortAnswer::No),
            () if !self.steps.is_empty() => Some(ShortAnswer::Steps(self.steps)),
            () if self.all => Some(ShortAnswer::All),
            () if self.done => Some(ShortAnswer::Done),
            () if self.stuck => Some(ShortAnswer::Stuck),
            () if self.undo => Some(ShortAnswer::Undo),
            () if self.yes => Some(ShortAnswer::Yes),
            () => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ShortAnswer, read};

    #[test]
    fn plain_answers_are_read_in_both_languages() {
        for (text, says) in [
            ("Yes.", ShortAnswer::Yes),
            ("ja hoor", ShortAnswer::Yes),
            ("not yet", ShortAnswer::No),
            ("Nee, geen van beide", ShortAnswer::No),
            ("it's done", ShortAnswer::Done),
            ("`klaar`", ShortAnswer::Done),
            ("Yes, done!", ShortAnswer::Done),
            ("nog vast", ShortAnswer::Stuck),
            ("Still stuck", ShortAnswer::Stuck),
            ("step 4", ShortAnswer::Steps(vec![4])),
            ("2 en 4", ShortAnswer::Steps(vec![2, 4])),
            ("all of them", ShortAnswer::All),
            ("really all done", ShortAnswer::All),
            ("No, still stuck", ShortAnswer::Stuck),
            ("nog niet", ShortAnswer::No),
            ("not stuck", ShortAnswer::No),
            ("undo", ShortAnswer::Undo),
            ("not done", ShortAnswer::No),
        ] {
            assert_eq!(read(text), Some(says), "{text}");
        }
    }

    #[test]
    fn what_says_more_or_two_things_is_no_short_answer() {
        for text in [
            "",
            "thanks",
            "yes and no",
            "done or stuck",
            "is it done?",
            "step 4 done",
            "done with the coffee",
            "no idea",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
