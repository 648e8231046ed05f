//! Classification: clean text in, a reading out. Rules are data, compiled once.
mod reading;
pub use reading::{BlockerKind, Clause, Label, Reading};
