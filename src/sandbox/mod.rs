//! A small Notion of our own. It imports nothing of the rest, on purpose: a shared wrong name would cancel out.
pub mod providers;
