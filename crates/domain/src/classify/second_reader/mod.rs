//! The second reader: a small linear model behind the rules, trained on the corpora. It reads what no rule speaks of, raises
//! a blocker that the rules missed, and vetoes a finish that is none.
//!
//! ```text
//!  text, kinds ─ features ─▶ rows of the table ─ weights ─▶ chances of each label ─ agreement ─▶ labels of the clauses
//!                            (hashed)            ▲          whole comment, clauses     ▲ the rules' labels
//!                                         training ─ corpora
//! ```
mod agreement;
mod blocker_kinds;
mod features;
mod labels;
mod learning_table;
mod left_to_rules;
mod opinion;
mod reasons;
mod row_counts;
mod training;
mod verdict;
mod weights;

pub(super) use agreement::agree;
pub(super) use features::{FeatureReader, KindNames};
pub use opinion::SecondReader;
pub use reasons::Reasons;
pub(super) use training::{Example, train};
pub(super) use verdict::RuleVerdict;
pub(super) use weights::Weights;
