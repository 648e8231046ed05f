//! Fuzz targets: bytes that nobody would write, for everything that reads what others wrote.
//!
//! Each target is a function over bytes that panics when something is wrong. `cargo test` runs each over its seeds and
//! over mutations of them; `fuzz/run SECONDS` runs them under libFuzzer, which looks for new ways through the code.

mod canary;
mod env_file;
mod guide;
pub mod mutate;
mod notion_answers;
mod redact;
mod rules;

pub use env_file::env_file;
pub use guide::guide;
pub use notion_answers::notion_answers;
pub use redact::redact;
pub use rules::rules;

/// A target: what it is called, and the function over bytes.
pub type Target = (&'static str, fn(&[u8]));

/// All targets by the names of their binaries and of their folders in `fuzz/seeds`.
pub const TARGETS: [Target; 5] = [
    ("redact", redact),
    ("env_file", env_file),
    ("rules", rules),
    ("guide", guide),
    ("notion_answers", notion_answers),
];
