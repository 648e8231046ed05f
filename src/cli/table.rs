//! Rows for a person: columns on a terminal, tabs when piped. JSON for programs is each command's own.
use crate::cli::CommandResult;
use crate::terminal::{self, one_line};
use comfy_table::{ContentArrangement, Table};
use std::io::{IsTerminal, stdout};

/// Prints rows under their heads. Piped output has no heads, so that `cut` and `awk` see rows alone.
pub(super) fn print(heads: &[&str], rows: Vec<Vec<String>>) {
    if !stdout().is_terminal() {
        for row in rows {
            let cells: Vec<_> = row.iter().map(|cell| one_line(cell)).collect();
            println!("{}", cells.join("\t"));
        }
        return;
    }
    let mut table = Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(heads);
    table.add_rows(
        rows.iter()
            .map(|row| row.iter().map(|cell| one_line(cell).into_owned())),
    );
    println!("{}", table.trim_fmt());
}

/// Prints an object for programs.
pub(super) fn print_json(object: &impl serde::Serialize) -> CommandResult<()> {
    let json = serde_json::to_string_pretty(object)?;
    terminal::out_json(&format!("{json}\n"));
    Ok(())
}

/// Columns of a label, and of a line with it.
const LABEL: usize = 11;
const COLUMNS: usize = 80;

/// What there is to say under a label, in lines of 80 columns at most. A word that is longer, a URL, stays whole.
pub(super) fn line(label: &str, text: &str) -> String {
    hanging(&format!("{label:<LABEL$}"), text)
}

/// As [`line`], behind whatever stands before it; what follows stands under the text's beginning.
fn hanging(before: &str, text: &str) -> String {
    let mut told = before.to_owned();
    let start = before.chars().count();
    let mut column = start;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if column == start {
            column += length;
        } else if column + 1 + length > COLUMNS {
            told.push('\n');
            told.push_str(&" ".repeat(start));
            column = start + length;
        } else {
            told.push(' ');
            column += 1 + length;
        }
        told.push_str(word);
    }
    told.truncate(told.trim_end().len());
    told.push('\n');
    told
}

/// Prints a line; on a terminal it goes on under its text's beginning, while piped it stays one, for `grep`.
pub(super) fn tell(before: &str, text: &str) {
    if stdout().is_terminal() {
        print!("{}", hanging(before, text));
    } else {
        println!("{before}{text}");
    }
}

/// As [`tell`], of lines that have their labels.
pub(super) fn tell_lines(lines: &str) {
    for line in lines.lines() {
        let at = line.char_indices().nth(LABEL).map_or(line.len(), |(at, _)| at);
        tell(&line[..at], &line[at..]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_ends_within_80_columns_and_goes_on_under_itself() {
        let cases = [
            ("bot", "running", "bot        running\n"),
            ("", "two  words", "           two words\n"),
            ("state", "", "state\n"),
        ];
        for (label, text, expected) in cases {
            assert_eq!(line(label, text), expected);
        }
        let long = line("  parked", &"word ".repeat(30));
        assert!(long.lines().all(|line| line.len() <= 80), "{long}");
        assert!(
            long.lines().skip(1).all(|line| line.starts_with("           word")),
            "{long}"
        );
        let behind = hanging("Mon 30 Nov 19:00:00  replied  ", &"word ".repeat(30));
        assert!(behind.lines().all(|line| line.len() <= 80), "{behind}");
        assert!(behind.lines().skip(1).all(|line| line.starts_with(&" ".repeat(30))));
        let url = format!("https://example.com/{}", "a".repeat(90));
        assert_eq!(line("page", &url), format!("page       {url}\n"));
    }
}
