//! What a line says of the step that it belongs to: words, a command, how it is validated, how long it takes.
use super::Step;
use super::block::BlockKind;
use super::estimates;
use super::outline::PageLine;
use super::table;
use super::ways_in::tells_a_way_in;
use super::words::{WORDS, words_of};

/// So many characters, and so many lines, of what a step says are kept.
const LONGEST_TEXT: usize = 240;
const MOST_LINES: usize = 2;
/// So many commands of a step are kept, each up to so many characters.
const MOST_COMMANDS: usize = 8;
const LONGEST_COMMAND: usize = 120;

/// What a line says of the step that it belongs to.
pub(super) fn of_step(step: &mut Step, line: &PageLine<'_>, is_title: bool) {
    let text = line.block.text.as_str();
    if line.block.kind == BlockKind::Code {
        let commands = text.lines().map(str::trim);
        let command = commands
            .into_iter()
            .find(|command| !command.is_empty() && !command.starts_with('#'));
        let command = command.filter(|_| step.commands.len() < MOST_COMMANDS);
        step.commands
            .extend(command.map(|command| command.chars().take(LONGEST_COMMAND).collect()));
        return;
    }
    if !(line.block.kind.is_words() || line.block.kind == BlockKind::Row && is_title) || text.trim().is_empty() {
        return;
    }
    if let Some(validation) = validation(text) {
        step.validation.get_or_insert(validation);
        return;
    }
    if let Some(minutes) = estimates::alone(text) {
        step.minutes.get_or_insert(minutes);
        return;
    }
    // What opens a list says nothing itself, and a title in one line that was kept whole says no more.
    if line.section.is_some()
        || is_title && (line.rank.is_some() || text.trim().lines().count() < 2 && !step.title.ends_with('…'))
    {
        return;
    }
    let is_row = line.block.kind == BlockKind::Row;
    let between = if is_row { " · " } else { " " };
    let is_kept = |line: &String| !is_row || table::says_more(line, &step.title) && !table::tells_how_far(line);
    let lines = text
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    let words = lines
        .filter(|line| !line.is_empty() && is_kept(line) && !tells_a_way_in(line))
        .collect::<Vec<_>>()
        .join(between);
    if words.is_empty() {
        return;
    }
    let kept = step.text.get_or_insert_default();
    let room = LONGEST_TEXT.saturating_sub(kept.chars().count() + 1);
    if kept.lines().count() >= MOST_LINES || room < 8 {
        return;
    }
    if !kept.is_empty() {
        kept.push('\n');
    }
    if words.chars().count() <= room {
        kept.push_str(&words);
    } else {
        kept.extend(words.chars().take(room - 1).chain(['…']));
    }
}

/// What follows "Validation:" or a word like it.
fn validation(text: &str) -> Option<String> {
    let (label, rest) = text.split_once(':')?;
    let rest = rest.trim_matches(|c: char| c.is_whitespace() || c == '*');
    let is_label = label.len() < 60 && WORDS.validation.contains(&words_of(label));
    (is_label && !rest.is_empty()).then(|| rest.to_owned())
}
