//! A secret for the inputs: control characters in the bytes stand for it, so that mutations move it about whole.
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::sync::LazyLock;

/// The variable whose value the secret is.
pub const VARIABLE: &str = "BYBIT_API_SECRET";

/// How many characters of the secret in a row are residue.
const WINDOW: usize = 8;

/// Drawn with a fixed seed: an input that fails has to fail again.
static SECRET: LazyLock<String> = LazyLock::new(|| {
    let mut dice = fastrand::Rng::with_seed(12);
    (0..40).map(|_| dice.alphanumeric()).collect()
});

/// The secret, as `.env` holds it.
pub fn secret() -> &'static str {
    &SECRET
}

/// The text with the secret, pieces and disguises of it in place of the first control characters.
pub fn planted(data: &[u8]) -> String {
    let mut text = String::with_capacity(data.len());
    for character in String::from_utf8_lossy(data).chars() {
        match character {
            '\u{1}' => text.push_str(secret()),
            '\u{2}' => text.push_str(&secret()[..20]),
            '\u{3}' => text.push_str(&secret()[10..22]),
            '\u{4}' => text.push_str(&STANDARD.encode(secret())),
            '\u{5}' => secret().bytes().for_each(|byte| text.extend(hex(byte))),
            '\u{7}' => text.push_str(&base32(&secret()[9..18])),
            '\u{6}' => secret().chars().for_each(|c| text.extend([c, '\u{200b}'])),
            other => text.push(other),
        }
    }
    text
}

fn base32(bytes: &str) -> String {
    let bits: Vec<u8> = bytes
        .bytes()
        .flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1))
        .collect();
    let value = |bits: &[u8]| (0..5).fold(0, |all, place| all << 1 | bits.get(place).copied().unwrap_or(0));
    let letter = |value: u8| char::from(if value < 26 { b'A' + value } else { b'2' + value - 26 });
    bits.chunks(5).map(|bits| letter(value(bits))).collect()
}

fn hex(byte: u8) -> [char; 2] {
    [byte >> 4, byte & 15].map(|half| char::from_digit(u32::from(half), 16).unwrap_or_default())
}

/// Whether eight characters of the secret in a row stand in a text, whatever their case.
pub fn leaks_in(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    let secret = secret().to_ascii_lowercase();
    (0..=secret.len() - WINDOW).any(|at| text.contains(&secret[at..at + WINDOW]))
}
