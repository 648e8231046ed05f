//! Normalising: every way of writing the same comment becomes one folded ASCII text.
//!
//! Lower case, no accents, straight quotes; an emoji becomes a word in braces (`{tick}`), a keycap `#3`.
use std::collections::HashMap;
use unicode_normalization::UnicodeNormalization;

/// Longer comments are cut here, so that the time for one is bounded.
const MAX_BYTES: usize = 10_000;

/// What an emoji stands for: a name of a kind of word (`tick`, `cross`, ...).
pub(super) type Emoji = HashMap<char, String>;

/// Folds a text to ASCII; what lies past its first 10,000 bytes is dropped.
pub(super) fn fold(text: &str, emoji: &Emoji) -> String {
    let text = cut(text);
    if text.is_ascii() {
        return text.bytes().map(|byte| ascii(byte as char)).collect();
    }
    let mended = mend_mojibake(text);
    let mut folded = String::with_capacity(mended.len() + 16);
    let chars: Vec<char> = mended.chars().filter(|&c| !is_ignorable(c)).collect();
    for (at, &c) in chars.iter().enumerate() {
        if chars.get(at + 1) == Some(&KEYCAP) && c.is_ascii_digit() {
            folded.extend([' ', '#', c, ' ']);
        } else {
            fold_char(c, emoji, &mut folded);
        }
    }
    folded
}

/// Folds a text to ASCII, with one mark for every emoji.
pub fn folded(text: &str) -> String {
    fold(text, &Emoji::new())
}

/// The combining mark that turns a digit into a keycap.
const KEYCAP: char = '\u{20e3}';

fn cut(text: &str) -> &str {
    let mut end = text.len().min(MAX_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// Braces are ours: a word in braces is an emoji or a thing set apart.
fn ascii(c: char) -> char {
    match c {
        '{' => '(',
        '}' => ')',
        '\r' | '\t' => ' ',
        _ => c.to_ascii_lowercase(),
    }
}

fn fold_char(c: char, emoji: &Emoji, folded: &mut String) {
    if c.is_ascii() {
        folded.push(ascii(c));
    } else if let Some(name) = emoji.get(&c) {
        folded.extend([" {", name, "} "]);
    } else if let Some(plain) = plain_form(c) {
        folded.push_str(plain);
    } else if matches!(c, '①'..='⑨') {
        folded.push_str(" #");
        folded.extend(c.nfkd());
        folded.push(' ');
    } else {
        let before = folded.len();
        folded.extend(c.nfkd().filter(char::is_ascii).map(ascii));
        if folded.len() == before && !is_mark(c) {
            folded.push_str(if c.is_alphanumeric() { "x" } else { " {emoji} " });
        }
    }
}

/// What compatibility decomposition leaves as it is.
fn plain_form(c: char) -> Option<&'static str> {
    Some(match c {
        // What redaction leaves for reading: `redact::PLACEHOLDER`.
        '\u{fffc}' => "[redacted]",
        '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{2032}' | '\u{00b4}' | '\u{02bc}' => "'",
        '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{00ab}' | '\u{00bb}' => "\"",
        '\u{2013}' | '\u{2014}' | '\u{2015}' | '\u{2212}' => " - ",
        '\u{2010}' | '\u{2011}' | '\u{2012}' | '\u{2022}' | '\u{00b7}' | '\u{2023}' | '\u{25cf}' | '\u{25aa}' => "-",
        '\u{2192}' | '\u{21d2}' | '\u{27a1}' | '\u{2794}' => " -> ",
        '\u{2026}' => "...",
        '\u{00a0}' | '\u{202f}' | '\u{2009}' | '€' | '£' | '\u{00bf}' | '\u{00a1}' | '\u{00b0}' | '\u{00ba}'
        | '\u{00aa}' => " ",
        'ß' => "ss",
        'ø' | 'Ø' => "o",
        'æ' | 'Æ' => "ae",
        'œ' | 'Œ' => "oe",
        'ł' | 'Ł' => "l",
        'ı' => "i",
        '\u{00d7}' => "x",
        '\u{00bd}' => ".5",
        '\u{2610}' => "[ ]",
        _ => return None,
    })
}

fn is_mark(c: char) -> bool {
    matches!(c, '\u{0300}'..='\u{036f}' | '\u{1ab0}'..='\u{1aff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

/// Default-ignorable characters, skin tones and joiners: they change how a text looks, not what it says.
fn is_ignorable(c: char) -> bool {
    matches!(c,
        '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{1f3fb}'..='\u{1f3ff}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// Undoes UTF-8 that was read as Mac Roman, Latin-1 or Windows-1252, run by run.
fn mend_mojibake(text: &str) -> String {
    let mut mended = String::with_capacity(text.len());
    let mut run = String::new();
    for c in text.chars() {
        if c.is_ascii() {
            flush(&mut run, &mut mended);
            mended.push(c);
        } else {
            run.push(c);
        }
    }
    flush(&mut run, &mut mended);
    mended
}

/// A run that is valid UTF-8 under one of the wrong tables, with two characters or more, was misread.
fn flush(run: &mut String, mended: &mut String) {
    let read_back = |byte_of: fn(char) -> Option<u8>| {
        let bytes: Option<Vec<u8>> = run.chars().map(byte_of).collect();
        bytes.and_then(|bytes| String::from_utf8(bytes).ok())
    };
    match read_back(latin_byte).or_else(|| read_back(mac_byte)) {
        Some(right) if !run.is_empty() => mended.push_str(&right),
        _ => mended.push_str(run),
    }
    run.clear();
}

/// Bytes 0x80 to 0x9f of Windows-1252; the rest is Latin-1.
const WINDOWS: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘', '’',
    '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// Bytes 0x80 to 0xff of Mac Roman.
const MAC: &str = "ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü†°¢£§•¶ß®©™´¨≠ÆØ∞±≤≥¥µ∂∑∏π∫ªºΩæø¿¡¬√ƒ≈∆«»…\u{a0}ÀÃÕŒœ–—“”‘’÷◊ÿŸ⁄€‹›ﬁﬂ‡·‚„‰ÂÊÁËÈÍÎÏÌÓÔ\u{f8ff}ÒÚÛÙıˆ˜¯˘˙˚¸˝˛ˇ";

fn latin_byte(c: char) -> Option<u8> {
    u8::try_from(u32::from(c)).ok().or_else(|| {
        let at = WINDOWS.iter().position(|&known| known == c)?;
        u8::try_from(0x80 + at).ok()
    })
}

fn mac_byte(c: char) -> Option<u8> {
    let at = MAC.chars().position(|known| known == c)?;
    u8::try_from(0x80 + at).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str) -> String {
        fold(text, &Emoji::from([('✅', "tick".to_owned())])).trim().to_owned()
    }

    #[test]
    fn the_same_comment_however_written() {
        assert_eq!(folded("it\u{2019}s do\u{200b}ne"), "it's done");
        assert_eq!(folded("étape ﬁnie"), "etape finie");
        assert_eq!(folded("3\u{fe0f}\u{20e3} ✅\u{fe0f}"), "#3   {tick}");
        assert_eq!(folded("étape"), "etape");
        assert_eq!(folded("ＤＯＮＥ"), "done");
    }

    #[test]
    fn misread_utf8_is_mended() {
        assert_eq!(folded("Ã©tape"), "etape");
        assert_eq!(folded("itâ€™s"), "it's");
        assert_eq!(folded("âœ…"), "{tick}");
        assert_eq!(folded("‚úÖ"), "{tick}");
        assert_eq!(folded("it‚Äôs"), "it's");
        assert_eq!(folded("√©tape"), "etape");
    }

    #[test]
    fn mac_roman_has_128_characters() {
        assert_eq!(MAC.chars().count(), 128);
    }
}
