//! Sets apart what the author did not say: quotes, code, links, redacted keys. Each leaves a word in braces.

/// A folded text, taken apart.
#[derive(Debug, Default)]
pub(super) struct Segments {
    /// The author's own words, each thing set apart replaced by a word in braces.
    pub(super) own: String,
    /// What the author quotes; matters only for an answer of one word.
    pub(super) quoted: String,
    /// Code, fenced or inline; only an error in it counts.
    pub(super) code: String,
}

/// Takes a folded text apart.
pub(super) fn split_segments(folded: &str) -> Segments {
    let mut segments = Segments {
        own: String::with_capacity(folded.len() + 1),
        ..Segments::default()
    };
    let mut fenced = false;
    let mut lines = folded.lines().peekable();
    while let Some(line) = lines.next() {
        let trimmed = line.trim_start();
        if fenced {
            fenced = close_fence(line, &mut segments);
        } else if let Some(quote) = trimmed.strip_prefix('>') {
            push_line(&mut segments.quoted, quote.trim_start_matches(['>', ' ']));
        } else if is_mail_header(trimmed) {
            if !lines.clone().any(|next| next.trim_start().starts_with('>')) {
                break;
            }
        } else {
            fenced = own_line(line, &mut segments);
        }
    }
    segments
}

fn push_line(into: &mut String, line: &str) {
    into.push_str(line);
    into.push('\n');
}

/// A line inside a fence; whether the fence is still open after it.
fn close_fence(line: &str, segments: &mut Segments) -> bool {
    let Some((inside, after)) = line.split_once("```") else {
        push_line(&mut segments.code, line);
        return true;
    };
    push_line(&mut segments.code, inside);
    own_line(after, segments)
}

/// A line of the author; whether it leaves a fence open.
fn own_line(line: &str, segments: &mut Segments) -> bool {
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('`') {
        push_own(&mut segments.own, before);
        let ticks = 1 + after.len() - after.trim_start_matches('`').len();
        let after = &after[ticks - 1..];
        segments.own.push_str(" {code} ");
        match after.find(&"```"[..ticks.min(3)]) {
            Some(end) => {
                push_line(&mut segments.code, &after[..end]);
                rest = after[end..].trim_start_matches('`');
            }
            None if ticks >= 3 => {
                push_line(&mut segments.code, after);
                segments.own.push('\n');
                return true;
            }
            None => rest = after,
        }
    }
    push_own(&mut segments.own, rest);
    segments.own.push('\n');
    false
}

/// What a redacted key leaves.
const REDACTED: &str = " {redacted} ";

/// Dots after a piece of a key say that more of it follows; they end no sentence.
fn without_ellipsis(text: &str) -> &str {
    let after = text.trim_start_matches('.');
    if text.len() - after.len() > 1 { after } else { text }
}

/// Links and redacted keys become one word each.
fn push_own(own: &mut String, text: &str) {
    /// How it starts, the word it leaves, where it ends.
    type Mark = (&'static str, &'static str, fn(char) -> bool);
    const MARKS: [Mark; 4] = [
        ("https://", " {link} ", char::is_whitespace),
        ("http://", " {link} ", char::is_whitespace),
        ("www.", " {link} ", char::is_whitespace),
        ("[redacted", REDACTED, |c| c == ']'),
    ];
    let mut rest = text;
    let mut at = 0;
    while let Some(found) = rest[at..].bytes().position(|byte| matches!(byte, b'h' | b'w' | b'[')) {
        let start = at + found;
        let Some((_, word, ends)) = MARKS.iter().find(|mark| rest[start..].starts_with(mark.0)) else {
            at = start + 1;
            continue;
        };
        own.push_str(&rest[..start]);
        own.push_str(word);
        let end = rest[start..].find(*ends).map_or(rest.len(), |length| start + length);
        rest = rest[end..].trim_start_matches(']');
        if *word == REDACTED {
            rest = without_ellipsis(rest);
        }
        at = 0;
    }
    own.push_str(rest);
}

/// `On Tuesday Ann wrote:` and its like in other mail programs.
fn is_mail_header(line: &str) -> bool {
    const SAID: [&str; 6] = ["wrote:", "schreef:", "schrieb:", "a ecrit :", "escribio:", "escreveu:"];
    const OPENS: [&str; 7] = ["on ", "op ", "am ", "le ", "el ", "em ", "van: "];
    let line = line.trim_end();
    (OPENS.iter().any(|open| line.starts_with(open)) && SAID.iter().any(|said| line.ends_with(said)))
        || line.starts_with("-----original message")
        || line.contains(" schreef ") && line.ends_with(':') && line.starts_with("op ")
        || line.contains(" schrieb ") && line.ends_with(':') && line.starts_with("am ")
        || line.ends_with("a ecrit:")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_code_and_links_are_set_apart() {
        let segments = split_segments("> step 2 done\nno `rm x` see https://a.b/c now\n```\nerror 401\n```\nbye");
        assert_eq!(segments.quoted, "step 2 done\n");
        assert_eq!(segments.code, "rm x\n\nerror 401\n\n");
        assert!(!segments.own.contains("step"), "{}", segments.own);
        assert!(segments.own.contains("{link}") && segments.own.contains("bye"));
    }

    #[test]
    fn a_redacted_key_is_one_word() {
        assert_eq!(
            split_segments("key [redacted: notion token] ok").own,
            "key  {redacted}  ok\n"
        );
        assert_eq!(split_segments("[redacted]... (ok)").own, " {redacted}  (ok)\n");
        assert_eq!(split_segments("[redacted]. ok").own, " {redacted} . ok\n");
    }

    #[test]
    fn a_mail_reply_keeps_only_the_answer() {
        let segments = split_segments("done\n\non mon 3 june ann wrote:\n> is step 3 finished?");
        assert_eq!(segments.own.trim(), "done");
    }
}
