//! Sentences that tell of a leaked key: "our Stripe key is in a public repo".
//!
//! How people say so is data, `config/leaks.toml`: lists of words, which of them stand together in a clause that tells of a
//! leak (`rules`), and what takes that away again: a question, a condition, a denial (`denials`), what is settled. What tells is
//! taken out of a comment before the rest of it is read (`reader`), so that it is no report of work as well; which keys are meant
//! is told by the names in it (`named`).
mod compiled_reader;
mod denials;
mod lists;
mod named;
mod patterns;
mod prepared;
mod reader;
mod report;
mod rules;

pub use reader::LeakReader;
pub use report::{LeakDenial, LeakReport, LeakedKeys};
pub use rules::BUILTIN;
