//! `.env` itself: the values that stand there, under whatever name, and in lines that no program reads.
use super::holder::{Holder, HolderPlace};
use super::sought::Sought;
use crate::rotation::{EnvEntry, Project};
use secrecy::ExposeSecret;

/// Who holds one of the values there. A file that cannot be read holds nothing for anybody.
pub(super) fn holding(project: &Project, sought: &Sought) -> Vec<Holder> {
    let Ok(env) = project.read_env() else {
        return Vec::new();
    };
    let entries: Vec<&EnvEntry> = env.entries().collect();
    let mut found = Vec::new();
    for (line, variables) in sought.lines_in(env.bytes()) {
        // An entry of several lines begins above the line in which the value stands.
        let after = entries.partition_point(|entry| entry.line <= line);
        let entry = after.checked_sub(1).map(|at| entries[at]);
        // A reference says where the value is, and holds none.
        if entry.is_some_and(|entry| entry.line == line && entry.reference.is_some()) {
            continue;
        }
        let entry = entry.filter(|entry| {
            let held = sought.variables_in(entry.value.expose_secret().as_bytes());
            !held.is_empty() && (entry.line == line || entry.value.expose_secret().contains('\n'))
        });
        let place = match entry {
            Some(entry) => HolderPlace::EnvName {
                name: entry.name.clone(),
                line,
            },
            None => HolderPlace::EnvComment { line },
        };
        found.push(Holder { place, variables });
    }
    found
}
