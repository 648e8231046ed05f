//! Quotations: sentences that a text repeats in quotation marks, and that its author does not say.
use std::ops::Range;

/// How quotations begin and end.
const MARKS: [(char, char); 4] = [('"', '"'), ('“', '”'), ('„', '“'), ('«', '»')];

/// Where quotations of more than one word stand in a text, with their marks: one word in marks is a name.
pub fn quotations(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut behind = 0;
    for (begin, mark) in text.char_indices() {
        let Some((open, close)) = MARKS.iter().find(|(open, _)| *open == mark && begin >= behind) else {
            continue;
        };
        let inside = begin + open.len_utf8();
        if let Some(length) = text[inside..].find(*close) {
            behind = inside + length + close.len_utf8();
            if text[inside..inside + length].trim().contains(' ') {
                found.push(begin..behind);
            }
        }
    }
    found
}

/// A text of the same length in which blanks stand for its quotations.
pub fn unquoted(text: &str) -> String {
    let mut own = text.to_owned();
    for quoted in quotations(text) {
        own.replace_range(quoted.clone(), &" ".repeat(quoted.len()));
    }
    own
}

#[cfg(test)]
mod tests {
    use super::quotations;

    #[test]
    fn sentences_in_marks_are_found_and_names_are_not() {
        let found = |text: &str| -> Vec<String> {
            let ranges = quotations(text).into_iter();
            ranges.map(|range| text[range].to_owned()).collect()
        };
        assert_eq!(
            found("he said \"move it\", and “no, don't”"),
            ["\"move it\"", "“no, don't”"]
        );
        assert_eq!(found("„so nicht“ «pas ça» \"groq\" \"open"), ["„so nicht“", "«pas ça»"]);
    }
}
