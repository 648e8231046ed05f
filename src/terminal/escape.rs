//! Texts of others as a terminal may show them.
use std::borrow::Cow;
use std::fmt::Write as _;
use unicode_normalization::char::is_combining_mark;

/// Signs above and below one letter, after which the others are left out. Vietnamese needs two, Hebrew and Arabic three;
/// a stack of hundreds covers the lines around it.
const MARKS: usize = 4;

/// Text of several lines: what a terminal obeys or hides is written as `\u001b`; line ends and tabs stay.
pub fn escape(text: &str) -> Cow<'_, str> {
    written(text, |c| c == '\n' || c == '\t', true)
}

/// Text that is to be one line: its line ends and tabs are written too.
pub fn one_line(text: &str) -> Cow<'_, str> {
    written(text, |_| false, true)
}

/// JSON: what a terminal obeys or hides is written as JSON writes it, so that a program reads the same text.
pub fn escape_json(json: &str) -> Cow<'_, str> {
    written(json, |c| c == '\n', false)
}

fn written(text: &str, stays: impl Fn(char) -> bool, thins: bool) -> Cow<'_, str> {
    let is_plain = |byte: u8| (b' '..0x7f).contains(&byte) || byte == b'\n';
    if text
        .bytes()
        .all(|byte| is_plain(byte) && (byte != b'\n' || stays('\n')))
    {
        return Cow::Borrowed(text);
    }
    let mut line = String::with_capacity(text.len() + 16);
    let mut before = ' ';
    let mut marks = 0;
    for c in text.chars() {
        marks = if is_combining_mark(c) { marks + 1 } else { 0 };
        if thins && marks > MARKS {
            continue;
        }
        if stays(c) || !(is_obeyed(c) || is_hidden(c, before)) {
            line.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a string cannot fail.
                let _ = write!(line, "\\u{unit:04x}");
            }
        }
        before = c;
    }
    Cow::Owned(line)
}

/// Control characters, line ends and marks of direction.
fn is_obeyed(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
}

/// What takes no room: by it two names look the same. The two joiners belong to scripts and emoji, and stay in them.
fn is_hidden(c: char, before: char) -> bool {
    match c {
        '\u{200c}' | '\u{200d}' => before.is_ascii(),
        '\u{ad}'
        | '\u{34f}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{180e}'
        | '\u{200b}'
        | '\u{2060}'..='\u{2064}'
        | '\u{206a}'..='\u{206f}'
        | '\u{3164}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}' => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What must not reach a terminal, each from its class.
    const WILD: [char; 20] = [
        '\0',
        '\u{7}',
        '\u{8}',
        '\r',
        '\u{1b}',
        '\u{7f}',
        '\u{85}',
        '\u{9b}',
        '\u{9d}',
        '\u{200b}',
        '\u{200e}',
        '\u{200f}',
        '\u{202a}',
        '\u{202e}',
        '\u{2028}',
        '\u{2029}',
        '\u{2066}',
        '\u{2069}',
        '\u{feff}',
        '\u{e0041}',
    ];

    #[test]
    fn nothing_that_is_obeyed_or_hidden_gets_through() {
        for wild in WILD {
            let text = format!("before{wild}after");
            for shown in [escape(&text), one_line(&text), escape_json(&text)] {
                assert!(!shown.contains(wild) && shown.contains("\\u"), "{shown:?}");
            }
        }
        assert_eq!(escape("a\u{1b}]0;x\u{7}\n\tb"), "a\\u001b]0;x\\u0007\n\tb");
        assert_eq!(one_line("a\n\tb"), "a\\u000a\\u0009b");
    }

    #[test]
    fn what_people_write_stays() {
        for text in [
            "plain",
            "é e\u{301} 漢字 שָׁלוֹם",
            "👩\u{200d}👩\u{200d}👧 ✅\u{fe0f}",
            "نمی\u{200c}دانم",
            "",
        ] {
            assert!(
                [escape(text), one_line(text), escape_json(text)]
                    .iter()
                    .all(|shown| shown == text),
                "{text}"
            );
        }
    }

    #[test]
    fn a_tower_of_marks_is_cut_for_people_and_kept_for_programs() {
        let tower = format!("a{}b", "\u{301}".repeat(300));
        assert_eq!(escape(&tower).chars().count(), 2 + MARKS);
        assert_eq!(escape_json(&tower), tower);
    }

    #[test]
    fn json_stays_the_same_for_programs() {
        let text: String = WILD.iter().collect();
        let json = serde_json::to_string_pretty(&[&text]).unwrap();
        let shown = escape_json(&json);
        assert_eq!(serde_json::from_str::<[String; 1]>(&shown).unwrap(), [text]);
    }
}
