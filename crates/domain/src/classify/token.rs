//! Tokens: the words, numbers and marks of a folded text, each with its symbol.
use super::lexicon::Symbol;
use super::step_set::StepSet;

/// What a token carries beside its symbol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenValue {
    /// A word or a mark.
    Plain,
    /// A whole number.
    Number(u32),
    /// A number with hundredths behind a point, `4.2`; or, if true, behind a comma, which may also be a list, `1,2`.
    Decimal(u32, u32, bool),
    /// Hours and minutes by the clock: `1:40`.
    Clock(u32, u32),
    /// Steps of the page, as bits (bit 0 is unused).
    Steps(u64),
    /// A time span in minutes.
    Minutes(u32),
    /// Named keys, as bits over the key names.
    Keys(u64),
    /// A service without a word for key, as bits over all its keys.
    Service(u64),
}

/// A token of a folded text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    /// Where it starts in the folded text, in bytes.
    pub(super) start: usize,
    /// Where it ends in the folded text, in bytes.
    pub(super) end: usize,
    /// The set of its kinds, as a symbol of the lexicon.
    pub(super) symbol: Symbol,
    /// What it carries beside its kinds.
    pub(super) value: TokenValue,
}

impl Token {
    /// Whether it names steps.
    pub(super) fn is_step(&self) -> bool {
        matches!(self.value, TokenValue::Steps(_))
    }
}

/// The steps that a run of tokens names.
pub(super) fn steps_in(tokens: &[Token]) -> StepSet {
    tokens.iter().fold(0, |all, token| match token.value {
        TokenValue::Steps(steps) => all | steps,
        _ => all,
    })
}
