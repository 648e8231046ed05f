//! Redaction: raw text in, clean text and findings out.
//!
//! Four layers look at the text (`layers`): known values in any disguise (`known`), patterns of providers
//! (`patterns`), words around a bare key and phrases that announce a piece of one (`context`). Each gives hits; their
//! union (`span`) is masked on the offsets of the text, once, with one label each. Then the [`Redactor`] looks at the
//! result again, until nothing more is found: so redaction is idempotent. Below the layers, `fold` undoes disguises
//! (`escapes`, `lookalikes`, `readings`, `number_lists`, `dumps`), and `shape` tells words from random strings.
mod context;
mod cut;
mod dumps;
mod escapes;
mod fold;
mod known;
mod labels;
mod layers;
#[cfg(test)]
mod linear_tests;
mod lookalikes;
mod number_lists;
mod patterns;
mod readings;
mod redactor;
mod shape;
mod shared;
mod shown;
mod span;

pub use cut::{LEFT_OUT, LONGEST_TEXT};
pub use known::{KnownValues, base64};
pub use labels::label;
pub use patterns::{BUILTIN, PatternFault, Patterns};
pub use redactor::{Labelled, PLACEHOLDER, Redacted, Redactor};
pub use shared::SharedRedactor;
