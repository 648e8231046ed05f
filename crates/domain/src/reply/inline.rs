//! The inline markup of prompts: `**bold**`, `` `code` ``, `[text](url)`, and a backslash before any of them.
use super::run::{Run, Style};

/// The characters that mean something here; in a value they get a backslash.
const SPECIAL: [char; 5] = ['\\', '*', '`', '[', ']'];

/// A value made harmless: whatever stands in it, it is shown, never obeyed.
pub fn escape(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len());
    for c in value.chars() {
        if SPECIAL.contains(&c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// Turns rendered markup into runs. It cannot fail: what is no markup is text.
pub fn runs(markup: &str) -> Vec<Run> {
    let mut parser = MarkupParser {
        runs: Vec::new(),
        run: Run::default(),
    };
    let mut rest = markup;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        rest = match c {
            '\\' => parser.literal(after),
            '*' if after.starts_with('*') && !parser.run.style.code => parser.toggle_bold(&after[1..]),
            '`' => parser.toggle_code(after),
            '[' if !parser.run.style.code => parser.link(after),
            _ => {
                parser.run.text.push(c);
                after
            }
        };
    }
    parser.finish()
}

struct MarkupParser {
    runs: Vec<Run>,
    run: Run,
}

impl MarkupParser {
    fn literal<'a>(&mut self, after: &'a str) -> &'a str {
        let Some(c) = after.chars().next() else { return after };
        self.run.text.push(c);
        &after[c.len_utf8()..]
    }

    fn toggle_bold<'a>(&mut self, after: &'a str) -> &'a str {
        let style = Style {
            bold: !self.run.style.bold,
            ..self.run.style
        };
        self.begin(style);
        after
    }

    fn toggle_code<'a>(&mut self, after: &'a str) -> &'a str {
        let style = Style {
            code: !self.run.style.code,
            ..self.run.style
        };
        self.begin(style);
        after
    }

    /// `[text](url)`; anything else is a bracket.
    fn link<'a>(&mut self, after: &'a str) -> &'a str {
        let parsed = closing(after, ']').and_then(|(text, rest)| {
            let (url, rest) = closing(rest.strip_prefix('(')?, ')')?;
            Some((text, url, rest))
        });
        let Some((text, url, rest)) = parsed else {
            self.run.text.push('[');
            return after;
        };
        let style = self.run.style;
        self.begin(style);
        self.run.text = text;
        self.run.link = Some(url).filter(|url| url.starts_with("https://") || url.starts_with("http://"));
        self.begin(style);
        rest
    }

    fn begin(&mut self, style: Style) {
        let run = std::mem::replace(
            &mut self.run,
            Run {
                style,
                ..Run::default()
            },
        );
        if !run.text.is_empty() {
            self.runs.push(run);
        }
    }

    fn finish(mut self) -> Vec<Run> {
        self.begin(Style::default());
        self.runs
    }
}

/// The text up to an unescaped `end`, unescaped, and what follows.
fn closing(text: &str, end: char) -> Option<(String, &str)> {
    let mut inner = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => inner.push(chars.next()?.1),
            '\n' => return None,
            c if c == end => return Some((inner, &text[at + c.len_utf8()..])),
            c => inner.push(c),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn markup_becomes_runs() {
        let runs = runs("Step **2** is `done`, see [the step](https://x/p#1).");
        let seen: Vec<_> = runs
            .iter()
            .map(|r| (r.text.as_str(), r.style.bold, r.style.code, r.link.is_some()))
            .collect();
        assert_eq!(
            seen,
            [
                ("Step ", false, false, false),
                ("2", true, false, false),
                (" is ", false, false, false),
                ("done", false, true, false),
                (", see ", false, false, false),
                ("the step", false, false, true),
                (".", false, false, false)
            ]
        );
    }

    proptest! {
        #[test]
        fn a_value_is_shown_never_obeyed(value in any::<String>()) {
            let value = value.replace('\u{0}', "");
            let runs = runs(&escape(&value));
            prop_assert_eq!(crate::reply::plain(&runs), value);
            prop_assert!(runs.iter().all(|run| run.link.is_none() && !run.style.bold && !run.style.code));
        }

        #[test]
        fn no_markup_breaks_the_parser(markup in any::<String>()) {
            let _ = runs(&markup);
        }
    }
}
