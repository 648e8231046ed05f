//! How characters look: those that draw nothing, and letters that look like those of ASCII: full-width and mathematical ones, letters with accents, and letters of other
//! scripts (Unicode Technical Standard 39, `confusables.txt`, those that are drawn alike in usual fonts).
use unicode_normalization::char::{decompose_compatible, is_combining_mark};

/// The ASCII character that this one looks like.
pub(super) fn ascii_of(c: char) -> Option<u8> {
    let letter = || {
        let letter = of_another_script(c)?;
        Some(if c.is_uppercase() {
            letter.to_ascii_uppercase()
        } else {
            letter
        })
    };
    let same = if may_be_composed(c) { composed(c) } else { None };
    same.or_else(letter)
}

/// What Unicode itself calls the same character in another dress, or the same letter with marks.
fn composed(c: char) -> Option<u8> {
    let mut parts = [None; 2];
    let mut count = 0;
    decompose_compatible(c, |part| {
        if !is_invisible(part) {
            parts[count.min(1)] = Some(part);
            count += 1;
        }
    });
    match parts {
        [Some(one), None] if one.is_ascii() => u8::try_from(one).ok(),
        _ => None,
    }
}

/// Characters that draw nothing of their own: zero-width, joiners, soft hyphen, variation selectors, bidi marks, tags,
/// controls of shorthand and music, blank letters (`Default_Ignorable_Code_Point`, `Cf` and U+2800 of Unicode 16), and marks
/// that are drawn over the letter before them.
pub(super) fn is_invisible(c: char) -> bool {
    let may_be_mark = matches!(c, '\u{300}'..='\u{30ff}' | '\u{a66f}'..='\u{abff}' | '\u{fb1e}' | '\u{10000}'..);
    matches!(c,
        '\u{ad}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{890}' | '\u{891}' | '\u{8e2}' | '\u{115f}' | '\u{1160}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}'
        | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{fe20}'..='\u{fe2f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{110bd}' | '\u{110cd}' | '\u{13430}'..='\u{1345f}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
        || may_be_mark && is_combining_mark(c)
}

/// Where such characters stand. Asking Unicode about every character would let a ligature of eighteen letters cost as much
/// as a line.
fn may_be_composed(c: char) -> bool {
    matches!(c,
        '\u{aa}'..='\u{24f}' | '\u{2b0}'..='\u{2e4}' | '\u{1d2c}'..='\u{1d6a}' | '\u{1e00}'..='\u{1eff}' | '\u{2070}'..='\u{209c}'
        | '\u{2100}'..='\u{217f}' | '\u{2460}'..='\u{24ea}' | '\u{2c7c}' | '\u{fe50}'..='\u{fe6b}' | '\u{ff01}'..='\u{ff5e}'
        | '\u{1d400}'..='\u{1d7ff}' | '\u{1f100}'..='\u{1f190}' | '\u{1fbf0}'..='\u{1fbf9}')
}

/// The letter in lower case.
#[rustfmt::skip]
fn of_another_script(c: char) -> Option<u8> {
    Some(match c {
        '٠' | '۰' | '߀' | '०' => b'0',
        'З' | 'з' => b'3',
        'Ч' | 'ч' => b'4',
        'б' => b'6',
        'ɑ' | 'Α' | 'α' | 'А' | 'а' | 'Ꭺ' | 'ᴀ' => b'a',
        'ƅ' | 'ɓ' | 'ʙ' | 'Β' | 'β' | 'В' | 'Ь' | 'в' | 'Ᏼ' => b'b',
        'ɔ' | 'ϲ' | 'Ϲ' | 'С' | 'с' | 'Ꮯ' | 'ᴄ' => b'c',
        'Đ' | 'đ' | 'ɖ' | 'ɗ' | 'Ԁ' | 'ԁ' | 'Ꭰ' | 'ᴅ' => b'd',
        'ɛ' | 'Ε' | 'ε' | 'Ѐ' | 'Ё' | 'Е' | 'е' | 'ѐ' | 'ё' | 'Ꭼ' | 'ᴇ' => b'e',
        'Ғ' | 'ғ' | 'ꜰ' => b'f',
        'ɡ' | 'ɢ' | 'Ԍ' | 'ԍ' | 'ց' | 'Ꮐ' => b'g',
        'Ħ' | 'ħ' | 'ɦ' | 'ʜ' | 'Η' | 'Н' | 'н' | 'Һ' | 'һ' | 'հ' | 'Ꮋ' => b'h',
        'ı' | 'ɩ' | 'ɪ' | 'Ι' | 'ι' | 'І' | 'Ї' | 'і' | 'ї' => b'i',
        'ϳ' | 'Ј' | 'ј' | 'յ' | 'Ꭻ' | 'ᴊ' => b'j',
        'Κ' | 'κ' | 'К' | 'к' | 'Ꮶ' | 'ᴋ' => b'k',
        'Ł' | 'ł' | 'ɫ' | 'ɭ' | 'ʟ' | 'Ӏ' | 'ӏ' | 'Լ' | 'Ꮮ' => b'l',
        'Μ' | 'М' | 'м' | 'Ꮇ' | 'ᴍ' => b'm',
        'ɴ' | 'Ν' | 'η' | 'п' | 'ո' => b'n',
        'Ø' | 'ø' | 'ɵ' | 'Ο' | 'ο' | 'σ' | 'О' | 'о' | 'Օ' | 'օ' | 'ᴏ' => b'o',
        'Ρ' | 'ρ' | 'Р' | 'р' | 'Ꮲ' | 'ᴘ' => b'p',
        'Ԛ' | 'ԛ' | 'զ' => b'q',
        'ɾ' | 'ʀ' | 'г' | 'Ꮢ' => b'r',
        'ʂ' | 'Ѕ' | 'ѕ' | 'Տ' | 'Ꮪ' | 'ꜱ' => b's',
        'Ŧ' | 'ŧ' | 'ʈ' | 'Τ' | 'τ' | 'Т' | 'т' | 'Ꭲ' | 'ᴛ' => b't',
        'ʋ' | 'μ' | 'υ' | 'Ս' | 'ս' | 'ᴜ' => b'u',
        'ν' | 'Ѵ' | 'ѵ' | 'Ꮩ' | 'ᴠ' => b'v',
        'ɯ' | 'ω' | 'Ԝ' | 'ԝ' | 'Ꮃ' | 'ᴡ' => b'w',
        'Χ' | 'χ' | 'Х' | 'х' => b'x',
        'ɣ' | 'ʏ' | 'Υ' | 'γ' | 'У' | 'у' | 'Ꭹ' => b'y',
        'ʐ' | 'Ζ' | 'Ꮓ' | 'ᴢ' => b'z',
        '\u{1f1e6}'..='\u{1f1ff}' => b'a' + u8::try_from(u32::from(c) - 0x1f1e6).unwrap_or_default(),
        _ => return None,
    })
}
