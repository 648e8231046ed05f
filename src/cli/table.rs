//! Rows for a person: columns on a terminal, tabs when piped. JSON for programs is each command's own.
use comfy_table::Table;
use std::io::{IsTerminal, stdout};

/// Prints rows under their heads. Piped output has no heads, so that `cut` and `awk` see rows alone.
pub(super) fn print(heads: &[&str], rows: Vec<Vec<String>>) {
    if !stdout().is_terminal() {
        for row in rows {
            println!("{}", row.join("\t"));
        }
        return;
    }
    let mut table = Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    table.set_header(heads);
    table.add_rows(rows);
    println!("{}", table.trim_fmt());
}

/// Prints an object for programs.
pub(super) fn print_json(object: &impl serde::Serialize) -> anyhow::Result<()> {
    println!("{}", serde_json::to_string_pretty(object)?);
    Ok(())
}
