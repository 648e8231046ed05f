//! Who still holds an old key: programs that run, the environment that we were started from, a person's own profiles, the
//! project's files, and `.env` itself under other names and in comments.
//!
//! Values are compared in memory. What is told is names, numbers and lines, never a value. That nobody is found is evidence
//! beside "the old key is dead" and in place of nothing: a program that read `.env` shows it in no environment, so those that
//! have run in the project since before the change are named too, as what they are.
mod env_lines;
mod exported;
mod file_order;
mod held_by;
mod holder;
mod old_values;
#[cfg(target_os = "linux")]
mod proc;
mod processes;
mod profiles;
mod project_files;
#[cfg(any(target_os = "macos", test))]
mod ps;
mod running;
mod search;
mod sought;
mod words;

pub use exported::exported_otherwise;
pub use file_order::{OtherSetting, set_elsewhere};
pub use held_by::{HeldBy, held_by};
pub use holder::{Holder, HolderPlace, Program};
pub use old_values::{changed_at, of_key, replaced};
pub use search::{HolderSearch, Holders};

#[cfg(test)]
mod tests;
