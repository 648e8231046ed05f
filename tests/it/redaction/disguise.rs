//! The forms in which pieces of a known value turn up.
use super::keys::{KINDS, Keys};
use super::{knowing, masked};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use std::fmt::Write as _;

/// One form in which a known value turns up.
struct Disguise {
    name: &'static str,
    /// Makes it from the secret part of a value; the number varies it.
    dress: fn(&str, usize) -> String,
}

const fn disguise(name: &'static str, dress: fn(&str, usize) -> String) -> Disguise {
    Disguise { name, dress }
}

const DISGUISES: &[Disguise] = &[
    disguise("prefix", |key, n| key[..8 + n % 8].to_owned()),
    disguise("middle", |key, n| middle(key, n).to_owned()),
    disguise("suffix", |key, n| key[key.len() - 7 - n % 8..].to_owned()),
    disguise("whole", |key, _| key.to_owned()),
    disguise("case", |key, n| {
        if n.is_multiple_of(2) {
            middle(key, n).to_uppercase()
        } else {
            middle(key, n).to_lowercase()
        }
    }),
    disguise("spaced", |key, n| split(middle(key, n), 1 + n % 4, " ")),
    disguise("newline", |key, n| split(middle(key, n), 4, "\n")),
    disguise("zero_width", |key, n| split(middle(key, n), 1 + n % 5, "\u{200b}")),
    disguise("backtick", |key, n| split(middle(key, n), 4, "``")),
    disguise("hyphen", |key, n| split(middle(key, n), 4, "-")),
    disguise("dotted", |key, n| split(middle(key, n), 4, ".")),
    disguise("percent", |key, n| encoded(middle(key, n), "%", "")),
    disguise("base64", |key, n| STANDARD.encode(middle(key, n))),
    disguise("base64_line", |key, n| {
        URL_SAFE_NO_PAD.encode(format!("{}{key}", &"user:"[n % 3..]))
    }),
    disguise("hex", |key, n| encoded(middle(key, n), "", "")),
    disguise("full_width", |key, n| {
        middle(key, n)
            .chars()
            .filter_map(|c| char::from_u32(u32::from(c) + 0xfee0))
            .collect()
    }),
    disguise("starred", |key, _| {
        format!("{}****{}", &key[..4], &key[key.len() - 4..])
    }),
    disguise("two_parts", |key, _| {
        format!("{} and then {}", &key[..key.len() / 2], &key[key.len() / 2..])
    }),
    disguise("separated", |key, n| {
        split(middle(key, n), 1 + n % 4, ["_", "/", ",", "|", "🔑", ", "][n % 6])
    }),
    disguise("struck", |key, n| split(middle(key, n), 1, "\u{336}")),
    disguise("hex_blank", |key, n| {
        encoded(middle(key, n), "", " ").trim_end().to_owned()
    }),
    disguise("hex_colon", |key, n| {
        encoded(middle(key, n), "", ":").trim_end_matches(':').to_owned()
    }),
    disguise("hex_escaped", |key, n| encoded(middle(key, n), "\\x", "")),
    disguise("html", |key, n| encoded(middle(key, n), "&#x", ";")),
    disguise("unicode", |key, n| encoded(middle(key, n), "\\u00", "")),
    disguise("quoted_printable", |key, n| encoded(middle(key, n), "=", "")),
    disguise("percent_twice", |key, n| encoded(middle(key, n), "%25", "")),
    disguise("base64_groups", |key, n| {
        split(&STANDARD.encode(middle(key, n)), 4, " ")
    }),
    disguise("base32", |key, n| base32(&key[n % 3..][..7 + n % 9])),
    disguise("base32_line", |key, n| {
        base32(&format!("{}{key}", &"user:"[n % 5..])).to_lowercase()
    }),
    disguise("look_alikes", |key, n| {
        let looks = |c| match c {
            'a' => 'а',
            'c' => 'с',
            'e' => 'е',
            'B' => 'В',
            'H' => 'Н',
            other => other,
        };
        middle(key, n).chars().map(looks).collect()
    }),
    disguise("every_nth_starred", |key, n| without_every(key, 3 + n % 8, "*")),
    disguise("every_nth_left_out", |key, n| without_every(key, 3 + n % 8, "")),
    disguise("piece_with_every_nth_starred", |key, n| {
        without_every(&key[n % 2..16 + n % 2], 4 + n % 5, ["*", "•", "_", "…"][n % 4])
    }),
    disguise("typed_label", |key, n| {
        split(
            middle(key, n),
            1 + n % 5,
            ["[redacted: key]", " [redacted: password] "][n % 2],
        )
    }),
    disguise("numbers", |key, n| {
        numbers(middle(key, n), [", ", " ", ",", "; "][n % 4])
    }),
    disguise("number_array", |key, n| format!("[{}]", numbers(middle(key, n), ","))),
    disguise("chr", |key, n| format!("chr({})", numbers(middle(key, n), ")+chr("))),
    disguise("octal", |key, n| {
        each(middle(key, n), |byte| format!("{byte:03o} "))
            .trim_end()
            .to_owned()
    }),
    disguise("binary", |key, n| {
        each(middle(key, n), |byte| format!("{byte:08b} "))
            .trim_end()
            .to_owned()
    }),
    disguise("hex_literals", |key, n| {
        encoded(middle(key, n), [" 0x", ", 0x", ",0X"][n % 3], "")
    }),
    disguise("utf_16", |key, n| {
        let sign = ["", " ", ":", "-"][n % 4];
        encoded(middle(key, n), "00", sign).trim_end_matches(sign).to_owned()
    }),
    disguise("utf_16_reversed", |key, n| encoded(middle(key, n), "", "00")),
    disguise("utf_16_bytes", |key, n| {
        encoded(middle(key, n), ["00 ", ""][n % 2], [" ", " 00 "][n % 2])
            .trim_end()
            .to_owned()
    }),
    disguise("utf_16_escaped", |key, n| {
        encoded(middle(key, n), ["\\x00\\x", "%00%"][n % 2], "")
    }),
    disguise("percent_u", |key, n| encoded(middle(key, n), "%u00", "")),
    disguise("style_sheet", |key, n| encoded(middle(key, n), "\\0000", "")),
    disguise("code_points", |key, n| encoded(middle(key, n), " U+00", "")),
    disguise("html_twice", |key, n| encoded(middle(key, n), "&amp;#x", ";")),
    disguise("entities", |key, n| {
        split(
            middle(key, n),
            1 + n % 3,
            ["&nbsp;", "&#8203;", "&shy;", "&zwnj;"][n % 4],
        )
    }),
    disguise("tags", |key, n| {
        let (open, close) = [
            ("<b>", "</b>"),
            ("[i]", "[/i]"),
            ("<x-y a=\"z\">", "</x-y>"),
            ("", "<wbr>"),
        ][n % 4];
        each(middle(key, n), |byte| format!("{open}{}{close}", char::from(byte)))
    }),
    disguise("escaped_signs", |key, n| {
        split(
            middle(key, n),
            1 + n % 3,
            ["%20", "%E2%80%8B", "\\u200b", "\\x0a", "&#10;"][n % 5],
        )
    }),
    disguise("escaped_widths", |key, n| {
        each(middle(key, n), |byte| format!("&#{};", u32::from(byte) + 0xfee0))
    }),
    disguise("comments", |key, n| {
        split(middle(key, n), 1 + n % 3, ["<!-- -->", "<!---->"][n % 2])
    }),
    disguise("carried", |key, n| {
        let first = [0xe_0000, 0xe_00f0][n % 2];
        let carried: String = key[..12]
            .bytes()
            .filter_map(|byte| char::from_u32(first + u32::from(byte)))
            .collect();
        format!("🙂{carried}")
    }),
    disguise("invisible", |key, n| {
        let sign = [
            '\u{2800}',
            '\u{1d173}',
            '\u{fffa}',
            '\u{302a}',
            '\u{a0}',
            '\u{e0041}',
            '\u{1e8d0}',
        ][n % 7];
        split(middle(key, n), 1 + n % 3, &sign.to_string().repeat(1 + n % 20))
    }),
    disguise("rows_of_signs", |key, n| {
        split(middle(key, n), 3, &["-", "~", "🔑", "|"][n % 4].repeat(20))
    }),
    disguise("list_of_parts", |key, n| {
        parts(
            key,
            n,
            |number, part| format!("{}{} {part}", number + 1, [".", ")", ":"][n % 3]),
            "\n",
        )
    }),
    disguise("parts_in_json", |key, n| {
        parts(
            key,
            n,
            |number, part| format!("\"{}\": \"{part}\"", ["a", "b", "c", "d", "e"][number]),
            ", ",
        )
    }),
    disguise("parts_in_a_table", |key, n| {
        parts(key, n, |number, part| format!("| part {} | {part} |", number + 1), "\n")
    }),
    disguise("parts_in_html", |key, n| {
        parts(key, n, |_, part| format!("<tr><td>{part}</td></tr>"), "")
    }),
    disguise("parts_in_a_sentence", |key, n| {
        parts(
            key,
            n,
            |_, part| part.to_owned(),
            [" and then ", ", then ", " what is "][n % 3],
        )
    }),
    disguise("halves", |key, n| {
        let (head, tail) = middle(key, n).split_at(5);
        format!("\"{head}\" + \"{tail}\"")
    }),
];

fn base32(text: &str) -> String {
    let bits: Vec<u8> = text
        .bytes()
        .flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1))
        .collect();
    let value = |bits: &[u8]| (0..5).fold(0, |all, place| all << 1 | bits.get(place).copied().unwrap_or(0));
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    bits.chunks(5)
        .map(|bits| char::from(alphabet[usize::from(value(bits))]))
        .collect()
}

fn each(piece: &str, write: impl Fn(u8) -> String) -> String {
    piece.bytes().map(write).collect()
}

fn numbers(piece: &str, sign: &str) -> String {
    let numbers: Vec<String> = piece.bytes().map(|byte| byte.to_string()).collect();
    numbers.join(sign)
}

fn middle(key: &str, n: usize) -> &str {
    let length = 10 + n % 4;
    let start = (n % 5).min(key.len() - length);
    &key[start..start + length]
}

fn without_every(piece: &str, every: usize, sign: &str) -> String {
    let characters = piece.chars().enumerate();
    let kept = characters.map(|(at, c)| {
        if at % every == every - 1 {
            sign.to_owned()
        } else {
            c.to_string()
        }
    });
    kept.collect()
}

fn split(piece: &str, every: usize, sign: &str) -> String {
    let parts: Vec<String> = piece
        .as_bytes()
        .chunks(every)
        .map(|part| String::from_utf8_lossy(part).into_owned())
        .collect();
    parts.join(sign)
}

/// Four or five parts of three to five characters, each written in some way.
fn parts(key: &str, n: usize, write: impl Fn(usize, &str) -> String, between: &str) -> String {
    let length = 3 + n % 3;
    let parts = key.as_bytes().chunks(length).take(4 + n % 2);
    let written = parts
        .enumerate()
        .map(|(number, part)| write(number, &String::from_utf8_lossy(part)));
    written.collect::<Vec<_>>().join(between)
}

fn encoded(piece: &str, before: &str, after: &str) -> String {
    piece.bytes().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{before}{byte:02X}{after}");
        text
    })
}

/// Words that a disguise writes around what it hides.
fn wrapping(disguise: &Disguise) -> &'static [&'static str] {
    match disguise.name {
        "tags" => &["b", "i", "x", "y", "a", "z", "wbr"],
        "list_of_parts" => &["1", "2", "3", "4", "5"],
        "parts_in_json" => &["a", "b", "c", "d", "e"],
        "parts_in_a_table" => &["part", "1", "2", "3", "4", "5"],
        "parts_in_html" => &["tr", "td"],
        "chr" => &["chr"],
        "code_points" => &["U"],
        "utf_16_bytes" | "utf_16_escaped" => &["00", "x00"],
        _ => &[],
    }
}

#[test]
fn pieces_of_known_values_vanish_in_every_disguise() {
    let mut keys = Keys::new(13);
    let mut weak = String::new();
    for disguise in DISGUISES {
        let [mut all, mut hidden] = [0, 0];
        let mut shown = String::new();
        for round in 0..60 {
            let kind = &KINDS[round % 7];
            let key = keys.draw(kind);
            let redactor = knowing(kind.name, &key);
            let piece = (disguise.dress)(&key[kind.prefix.len()..], round);
            let text = format!("look, {piece} is what it printed");
            let clean = masked(&redactor, &text);
            all += 1;
            // A word beside the piece may go with it, a character of the piece may not stay.
            let rest = clean.replace(&format!("[redacted: {}]", kind.name), "");
            let mut words = rest
                .split(|c: char| !c.is_alphanumeric())
                .filter(|word| !word.is_empty());
            let said = |word| ["look", "and", "then", "is", "what", "it", "printed"].contains(&word);
            let stays = words.any(|word| !said(word) && !wrapping(disguise).contains(&word));
            if stays || !clean.contains("[redacted: ") {
                let _ = writeln!(shown, "    {text}\n    {clean}");
            } else {
                hidden += 1;
            }
        }
        if hidden * 100 < all * 98 {
            let _ = writeln!(weak, "{}: {hidden} of {all}\n{shown}", disguise.name);
        }
    }
    assert!(weak.is_empty(), "{weak}");
}
