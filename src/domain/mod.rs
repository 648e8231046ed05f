//! What keyminder thinks with: pure values and functions. No await, no clock, no file, no network.
pub mod asks;
pub mod classify;
pub mod comment;
pub mod cycle;
pub mod decide;
pub mod effect;
pub mod event;
pub mod evidence;
pub mod ids;
pub mod key_dates;
pub mod page;
pub mod redact;
pub mod reply;
pub mod schedule;
pub mod toml_fault;
pub mod verdict;
