//! Numbers that count the things behind them ("3 screws", "2 nieuwe stoelen"): marked, so that nobody takes them for steps.
use super::grammar::Grammar;
use super::token::{Token, TokenValue};

/// How the words of a language look when there are several of a thing, as far as their endings tell.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Endings {
    English,
    Dutch,
    German,
    Romance,
    /// A text whose language no word tells.
    Unknown,
}

impl Endings {
    /// Of a language, as an index into the list of languages.
    fn of(language: Option<usize>) -> Self {
        match language {
            Some(0) => Self::English,
            Some(1) => Self::Dutch,
            Some(2) => Self::German,
            Some(_) => Self::Romance,
            None => Self::Unknown,
        }
    }

    /// Whether a word that no lexicon knows looks like several things.
    fn is_plural(self, word: &str) -> bool {
        if word.len() < 4 || !word.bytes().all(|byte| byte.is_ascii_lowercase()) {
            return false;
        }
        let with_s = word.ends_with('s') && !word.ends_with("ss") && !word.ends_with("us") && !word.ends_with("is");
        let with_en = word.ends_with("en") && !is_participle(word);
        match self {
            Self::English => with_s,
            Self::Dutch | Self::Unknown => with_s || with_en,
            Self::German => with_s || with_en || ["e", "er", "ln", "rn"].iter().any(|end| word.ends_with(end)),
            Self::Romance => with_s || word.ends_with('x'),
        }
    }

    /// Whether a word can stand between the number and its things.
    fn is_adjective(self, word: &str) -> bool {
        match self {
            Self::English => !word.ends_with("ly"),
            Self::Dutch | Self::German | Self::Unknown => !word.ends_with('t') && !word.ends_with('d'),
            Self::Romance => false,
        }
    }
}

/// "gegoten", "aangesloten", "verschoben", "begonnen": Dutch and German participles, and verbs that look like them.
fn is_participle(word: &str) -> bool {
    const BEFORE: [&str; 14] = [
        "", "af", "aan", "an", "auf", "aus", "uit", "op", "in", "ein", "door", "voor", "mee", "weg",
    ];
    let joined = |start: &&str| word.strip_prefix(*start).is_some_and(|rest| rest.starts_with("ge"));
    BEFORE.iter().any(joined)
        || ["be", "ver", "ont", "ent", "er"]
            .iter()
            .any(|start| word.starts_with(start))
}

/// Marks every number that counts what stands behind it, as far as the words are not known.
pub(super) fn mark_counts(grammar: &Grammar, text: &str, language: Option<usize>, tokens: &mut [Token]) {
    let endings = Endings::of(language);
    // From behind, so that "3 or 4 servers" knows what the 4 is.
    for at in (0..tokens.len()).rev() {
        let TokenValue::Number(number) = tokens[at].value else {
            continue;
        };
        let plain = tokens[at].symbol == 0 || number > 1 && grammar.is(&tokens[at], grammar.bits.numword);
        if plain && counts(grammar, endings, text, tokens, at, number) {
            tokens[at].symbol = grammar.symbols.many;
        }
    }
}

fn counts(grammar: &Grammar, endings: Endings, text: &str, tokens: &[Token], at: usize, number: u32) -> bool {
    let bits = grammar.bits;
    let word = |ahead: usize| {
        tokens
            .get(at + ahead)
            .and_then(|token| text.get(token.start..token.end))
    };
    let (Some(next), Some(first)) = (tokens.get(at + 1), word(1)) else {
        return false;
    };
    if beside_the_rest(grammar, tokens, at) {
        return true;
    }
    // "3 times out of 5"
    if text[..tokens[at].start].trim_end().ends_with("out of") {
        return true;
    }
    if ["or", "of", "oder", "ou", "o"].contains(&first)
        && (grammar.is_at(tokens, at + 2, bits.many)
            || grammar.is_at(tokens, at + 3, bits.counted | bits.units)
                && tokens
                    .get(at + 2)
                    .is_some_and(|token| matches!(token.value, TokenValue::Number(_))))
    {
        return true;
    }
    let is_word = |word: &str| word.bytes().all(|byte| byte.is_ascii_lowercase());
    let verb_second = matches!(endings, Endings::Dutch | Endings::German | Endings::Unknown);
    // "komen we": a verb, whatever it ends in.
    let asks_subject = verb_second && grammar.is_at(tokens, at + 2, bits.me | bits.article);
    if next.symbol == 0 && is_word(first) {
        if number == 1 {
            // One of a thing has no ending of its own: only what is said of it tells ("1 screw is missing").
            return grammar.is_at(tokens, at + 2, grammar.states | bits.single | bits.counted)
                && !first.ends_with('s')
                && !asks_subject;
        }
        // "1 et 2 finis": what is said of several steps.
        let listed = at > 1 && grammar.is_before(tokens, at, bits.and);
        let listed = listed && matches!(tokens[at - 2].value, TokenValue::Number(_));
        if endings.is_plural(first) && !asks_subject {
            return !(listed && endings == Endings::Romance);
        }
        // "with 2 staff", where a verb cannot follow.
        let fronted = at < 2 || grammar.is_before(tokens, at - 1, grammar.opens);
        let behind =
            grammar.is_before(tokens, at, bits.prep) && !grammar.is_before(tokens, at, grammar.opens) && !fronted;
        if endings == Endings::English && behind && !grammar.is_before(tokens, at, bits.handles) {
            return true;
        }
    }
    let between = next.symbol == 0 || grammar.is(next, bits.participle | bits.gerund);
    between
        && number > 1
        && is_word(first)
        && endings.is_adjective(first)
        && tokens.get(at + 2).is_some_and(|token| token.symbol == 0)
        && word(2).is_some_and(|word| endings.is_plural(word))
}

/// "3 done, 2 to go": how many are finished and how many are left.
fn beside_the_rest(grammar: &Grammar, tokens: &[Token], at: usize) -> bool {
    let bits = grammar.bits;
    let is_number = |at: usize| matches!(tokens.get(at).map(|token| token.value), Some(TokenValue::Number(_)));
    let is_rest = |at: usize| is_number(at) && grammar.is_at(tokens, at + 1, bits.togo);
    let joined = |at: usize| usize::from(grammar.is_at(tokens, at, bits.comma | bits.and));
    let rest = at + 2 + joined(at + 2);
    let finished = !grammar.is_before(tokens, at, bits.stepword) && is_rest(rest);
    let before = at.checked_sub(2).and_then(|to| to.checked_sub(joined(at - 1)));
    finished || is_rest(at) && before.is_some_and(is_number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_tell_several_things_from_what_is_said_of_a_step() {
        assert!(Endings::English.is_plural("screws") && !Endings::English.is_plural("bound"));
        assert!(Endings::Dutch.is_plural("stoelen") && !Endings::Dutch.is_plural("aangesloten"));
        assert!(Endings::German.is_plural("pumpen") && !Endings::German.is_plural("gestrichen"));
        assert!(Endings::Romance.is_plural("sillas") && !Endings::Romance.is_plural("pintado"));
    }
}
