//! macOS: `ps eww` prints the environment behind the command line, with blanks in between and no quotes.
use super::holder::{Holder, Program};
use super::running::{held_by, name_of};
use super::sought::Sought;
use chrono::{DateTime, NaiveDateTime, Utc};

/// Number, start and command line with the environment, for each program of this user; times in UTC.
#[cfg(target_os = "macos")]
pub(super) fn output() -> zeroize::Zeroizing<Vec<u8>> {
    let mut ps = crate::process::child("ps");
    let user = rustix::process::geteuid().as_raw().to_string();
    ps.args(["eww", "-U", &user, "-o", "pid=,lstart=,command="]);
    let output = ps.env("TZ", "UTC").env("LC_ALL", "C").output();
    zeroize::Zeroizing::new(output.map(|output| output.stdout).unwrap_or_default())
}

/// The programs in such an output that hold one of the values. `us`: our own number.
pub(super) fn holding(output: &[u8], us: u32, sought: &Sought) -> Vec<Holder> {
    let lines = output.split(|byte| *byte == b'\n');
    lines.filter_map(|line| of_line(line, us, sought)).collect()
}

fn of_line(line: &[u8], us: u32, sought: &Sought) -> Option<Holder> {
    let variables = sought.variables_in(line);
    if variables.is_empty() {
        return None;
    }
    let (pid, rest) = word(line)?;
    let pid = std::str::from_utf8(pid).ok()?.parse().ok().filter(|pid| *pid != us)?;
    let mut rest = rest;
    let mut start = Vec::new();
    for _ in 0..5 {
        let (part, behind) = word(rest)?;
        start.push(std::str::from_utf8(part).ok()?);
        rest = behind;
    }
    let (called, _) = word(rest)?;
    let mut names: Vec<String> = Vec::new();
    for (at, _) in sought.within(rest) {
        names.extend(name_before(&rest[..at]).filter(|name| !names.contains(name)));
    }
    let program = Program {
        name: name_of(called, sought).unwrap_or_else(|| "a program".to_owned()),
        pid,
        since: since(&start.join(" ")),
        restart: None,
    };
    Some(held_by(program, names, variables))
}

/// The name of the variable in whose value a text ends. A value may hold blanks, so the last word that begins as a variable
/// does has it.
fn name_before(text: &[u8]) -> Option<String> {
    let words = text.rsplit(|byte| *byte == b' ');
    words.into_iter().find_map(|word| {
        let sign = word.iter().position(|byte| *byte == b'=')?;
        let name = std::str::from_utf8(&word[..sign]).ok()?;
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        (!name.is_empty() && name.chars().all(is_name)).then(|| name.to_owned())
    })
}

/// `Mon Mar  2 09:00:00 2026`
fn since(text: &str) -> Option<DateTime<Utc>> {
    let time = NaiveDateTime::parse_from_str(text, "%a %b %e %H:%M:%S %Y").ok()?;
    Some(time.and_utc())
}

/// The first word, and what stands behind it.
fn word(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let text = text.trim_ascii_start();
    let end = text.iter().position(u8::is_ascii_whitespace).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}
