//! What is told of running programs, whatever system tells it.
use super::holder::{Holder, HolderPlace, Program};
use super::sought::Sought;

/// What runs here.
#[derive(Default)]
pub(super) struct Running {
    /// Programs that hold one of the values.
    pub(super) holding: Vec<Holder>,
    /// Programs whose working folder is in the project, and which may have read its `.env`.
    pub(super) residents: Vec<Program>,
    /// The numbers of the shells that we were started from.
    pub(super) shells: Vec<u32>,
    /// Whether the system told of all that runs, and where.
    pub(super) is_seen: bool,
}

/// A program that holds a value: the names before the `=` of its environment, or none where it stands in the command line.
pub(super) fn held_by(program: Program, names: Vec<String>, variables: Vec<String>) -> Holder {
    Holder {
        place: HolderPlace::Program { program, names },
        variables,
    }
}

/// The name of a program by how it was called, as long as no value is part of that.
pub(super) fn name_of(called: &[u8], sought: &Sought) -> Option<String> {
    if called.is_empty() || !sought.variables_in(called).is_empty() {
        return None;
    }
    let text = String::from_utf8_lossy(called);
    let name = text.split_whitespace().next()?.rsplit('/').next()?;
    let name: String = name
        .trim_start_matches('-')
        .chars()
        .filter(|c| !c.is_control())
        .take(32)
        .collect();
    (!name.is_empty()).then_some(name)
}
