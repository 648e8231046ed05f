//! The second reader: a small linear model behind the rules, trained on the corpora. It reads what no rule speaks of, raises
//! a blocker that the rules missed, and vetoes a finish that is none.
//!
//! ```text
//!  text, kinds ─ features ─▶ rows of the table ─ weights ─▶ chances of each label ─ agreement ─▶ labels of the clauses
//!                            (hashed)            ▲          whole comment, clauses     ▲ the rules' labels
//!                                         training ─ corpora
//! ```
mod agreement;
mod features;
mod training;
mod weights;

pub use agreement::SecondReader;
pub(super) use agreement::agree;
pub(super) use features::{FeatureReader, KindNames};
pub(super) use training::{Example, train};
pub(super) use weights::Weights;
