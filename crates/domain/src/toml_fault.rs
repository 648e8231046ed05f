//! Faults of a TOML file in words: the place and what the parser says, never the line itself, which may hold a key.

/// `line 3: expected a value`.
pub fn in_words(source: &str, error: &toml::de::Error) -> String {
    let line = line_at(source, error.span().map_or(0, |span| span.start));
    format!("line {line}: {}", error.message().replace('\n', ", "))
}

/// The line of a byte of the source, from 1.
pub fn line_at(source: &str, byte: usize) -> usize {
    source.bytes().take(byte).filter(|byte| *byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_is_told_and_the_line_is_not() {
        let source = "a = 1\nkey = made-up-9x8y7z\n";
        let error = source.parse::<toml::Table>().unwrap_err();
        assert!(error.to_string().contains("made-up-9x8y7z"), "the parser quotes it");
        let told = in_words(source, &error);
        assert!(told.starts_with("line 2: ") && !told.contains("9x8y7z"), "{told}");
    }
}
