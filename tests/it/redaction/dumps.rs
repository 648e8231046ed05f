//! A known value as programs print it: dumps of its bytes, one character a line, in colours, encoded twice.
use super::keys::{KINDS, Keys};
use super::{knowing, masked};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::fmt::Write as _;

/// What a program is called, and how it prints a text.
type Program = (&'static str, fn(&str) -> String);

const PROGRAMS: [Program; 32] = [
    ("od -x", |key| {
        words(key, "{:07o} ", 2, |w| format!("{:04x} ", little(w)))
    }),
    ("hexdump", |key| {
        words(key, "{:07x} ", 2, |w| format!("{:04x} ", little(w)))
    }),
    ("od -An -x", |key| words(key, "", 2, |w| format!(" {:04x}", little(w)))),
    ("od", |key| words(key, "{:07o} ", 2, |w| format!("{:06o} ", little(w)))),
    ("od -d", |key| {
        words(key, "{:07o}  ", 2, |w| format!("{:5} ", little(w)))
    }),
    ("od -X", |key| {
        words(key, "{:07o} ", 4, |w| format!("       {:08x}", little(w)))
    }),
    ("od -t x1", |key| words(key, "{:07o} ", 1, |w| format!("{:02x} ", w[0]))),
    ("od -b", |key| words(key, "{:07o} ", 1, |w| format!("{:03o} ", w[0]))),
    ("cat -n", |key| each(key, |at, c| format!("{:6}\t{c}\n", at + 1))),
    ("nl", |key| each(key, |at, c| format!("     {}  {c}\n", at + 1))),
    ("array", |key| each(key, |at, c| format!("[{at}]={c} "))),
    ("bash", |key| each(key, |at, c| format!("[{at}]=\"{c}\" "))),
    ("print_r", |key| each(key, |at, c| format!("    [{at}] => {c}\n"))),
    ("sentence", |key| {
        each(key, |at, c| format!("character {} is {c}; ", at + 1))
    }),
    ("yaml", |key| each(key, |at, c| format!("{at}: {c}\n"))),
    ("json", |key| {
        format!("{{{}}}", each(key, |at, c| format!("\"{at}\": {}, ", u32::from(c))))
    }),
    ("json hex", |key| {
        each(key, |at, c| format!("{at}: 0x{:02x}\n", u32::from(c)))
    }),
    ("grep", |key| each(key, |_, c| format!("\x1b[01;31m{c}\x1b[0m"))),
    ("grep -K", |key| {
        each(key, |_, c| format!("\x1b[01;31m\x1b[K{c}\x1b[m\x1b[K"))
    }),
    ("\\e", |key| each(key, |_, c| format!("\\e[31m{c}\\e[0m"))),
    ("\\033", |key| each(key, |_, c| format!("\\033[1;31m{c}\\033[0m"))),
    ("\\x1b", |key| each(key, |_, c| format!("\\x1b[38;5;196m{c}\\x1b[0m"))),
    ("^[", |key| each(key, |_, c| format!("^[[31m{c}^[[0m"))),
    ("stripped", |key| each(key, |_, c| format!("[31m{c}[0m"))),
    ("base64 | xxd -p", |key| hex(&STANDARD.encode(key))),
    ("base64 | base64", |key| STANDARD.encode(STANDARD.encode(key))),
    ("xxd -p | base64", |key| STANDARD.encode(hex(key))),
    ("powershell", |key| {
        each(key, |_, c| format!("[char]0x{:02X}+", u32::from(c)))
    }),
    ("python 0b", |key| each(key, |_, c| format!("{:#b}, ", u32::from(c)))),
    ("python 0o", |key| each(key, |_, c| format!("{:#o}, ", u32::from(c)))),
    ("assembler", |key| each(key, |_, c| format!("{:02X}h ", u32::from(c)))),
    ("basic", |key| each(key, |_, c| format!("&H{:02X} ", u32::from(c)))),
];

fn each(key: &str, write: impl Fn(usize, char) -> String) -> String {
    key.chars().enumerate().map(|(at, c)| write(at, c)).collect()
}

fn hex(text: &str) -> String {
    each(text, |_, c| format!("{:02x}", u32::from(c)))
}

/// Lines of sixteen bytes behind their offset, in words of so many.
fn words(key: &str, offset: &str, width: usize, write: impl Fn(&[u8]) -> String) -> String {
    let mut text = String::new();
    for (number, line) in format!("{key}\n").as_bytes().chunks(16).enumerate() {
        let at = 16 * number;
        let written = match offset.trim() {
            "{:07o}" => write!(text, "{at:07o} "),
            "{:07x}" => write!(text, "{at:07x} "),
            _ => Ok(()),
        };
        written.expect("a String takes all");
        for word in line.chunks(width) {
            text += &write(word);
        }
        text.push('\n');
    }
    text
}

fn little(word: &[u8]) -> u32 {
    word.iter().rev().fold(0, |all, byte| all << 8 | u32::from(*byte))
}

#[test]
fn what_programs_print_of_a_known_value_vanishes() {
    let mut keys = Keys::new(71);
    let mut wrong = String::new();
    for (name, print) in PROGRAMS {
        for round in 0..24 {
            let kind = &KINDS[round % 7];
            let key = keys.draw(kind);
            let body = &key[kind.prefix.len()..];
            let printed = print(&body[..body.len().min(36)]);
            let clean = masked(
                &knowing(kind.name, &key),
                &format!("look:\n{printed}\nis what it printed"),
            );
            let label = format!("[redacted: {}]", kind.name);
            let rest = clean.replace(&label, "").replace("is what it printed", "").len();
            // Offsets and the end of the line may stay.
            if !clean.contains(&label) || rest > 56 || rest * 2 > printed.len() {
                let _ = writeln!(wrong, "{name}: {printed}\n  {clean}");
                break;
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn dumps_of_other_things_stay() {
    let mut keys = Keys::new(72);
    let redactor = knowing("BYBIT_API_SECRET", &keys.draw(&KINDS[1]));
    for (name, print) in PROGRAMS {
        let printed = print("the quick brown fox");
        let clean = masked(&redactor, &printed);
        assert!(!clean.contains("BYBIT_API_SECRET"), "{name}: {clean}");
    }
    let said = "1. a plan\n2. b team\n3. c level\n4. d day\n5. e mail\n6. f word\n7. g force";
    assert_eq!(masked(&redactor, said), said);
}

/// Parts of a value in another order, with words between them.
#[test]
fn parts_in_any_order_vanish() {
    let mut keys = Keys::new(73);
    for round in 0..60 {
        let kind = &KINDS[[0, 1, 3, 6][round % 4]];
        let key = keys.draw(kind);
        let body = &key[kind.prefix.len()..];
        let length = 4 + round % 2;
        let mut parts: Vec<(usize, &str)> = (0..body.len() / length)
            .map(|part| (part, &body[part * length..(part + 1) * length]))
            .take(5)
            .collect();
        parts.reverse();
        if round % 3 == 0 {
            parts.swap(0, 1);
        }
        if length == 5 {
            parts.truncate(3);
        }
        let said: Vec<String> = parts
            .iter()
            .map(|(part, text)| format!("part {}: {text}", part + 1))
            .collect();
        let clean = masked(&knowing(kind.name, &key), &said.join("; "));
        for (_, part) in &parts {
            assert!(!clean.contains(part), "{said:?}: {clean}");
        }
    }
    let redactor = knowing("BYBIT_API_SECRET", "q7live4Kp9test2Xc8Vb2024wZ");
    let said = "we test it live in 2024, then live again: test, live, 2024, test";
    assert_eq!(masked(&redactor, said), said);
}
