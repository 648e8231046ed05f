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
    disguise("typed_label", |key, n| {
        split(
            middle(key, n),
            1 + n % 5,
            ["[redacted: key]", " [redacted: password] "][n % 2],
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

fn middle(key: &str, n: usize) -> &str {
    let length = 10 + n % 4;
    let start = (n % 5).min(key.len() - length);
    &key[start..start + length]
}

fn split(piece: &str, every: usize, sign: &str) -> String {
    let parts: Vec<String> = piece
        .as_bytes()
        .chunks(every)
        .map(|part| String::from_utf8_lossy(part).into_owned())
        .collect();
    parts.join(sign)
}

fn encoded(piece: &str, before: &str, after: &str) -> String {
    piece.bytes().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{before}{byte:02X}{after}");
        text
    })
}

#[test]
fn pieces_of_known_values_vanish_in_every_disguise() {
    let mut keys = Keys::new(13);
    for disguise in DISGUISES {
        let [mut all, mut hidden] = [0, 0];
        for round in 0..60 {
            let kind = &KINDS[round % 7];
            let key = keys.draw(kind);
            let redactor = knowing(kind.name, &key);
            let piece = (disguise.dress)(&key[kind.prefix.len()..], round);
            let text = format!("look, {piece} is what it printed");
            let clean = masked(&redactor, &text);
            all += 1;
            // A word beside the piece may go with it, a character of the piece may not stay.
            let rest = clean
                .replace(&format!("[redacted: {}]", kind.name), "")
                .replace('"', "");
            let said = |word| ["look,", "and", "then", "is", "what", "it", "printed"].contains(&word);
            hidden += usize::from(clean.contains("[redacted: ") && rest.split_whitespace().all(said));
        }
        assert!(hidden * 100 >= all * 98, "{}: {hidden} of {all}", disguise.name);
    }
}
