//! What keyminder thinks with: pure values and functions. No await, no clock, no file, no network.
pub mod classify;
pub mod comment;
pub mod cycle;
pub mod decide;
pub mod effect;
pub mod event;
pub mod evidence;
pub mod exposure;
pub mod ids;
pub mod leaks;
pub mod page;
pub mod redact;
pub mod reply;
pub mod schedule;
pub mod toml_fault;
pub mod verdict;
