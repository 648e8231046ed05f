//! Hostile texts take time by their length, not by its square: all that a text may be made of, repeated.
use super::known::KnownValues;
use super::patterns::Patterns;
use super::redactor::Redactor;
use std::time::{Duration, Instant};

/// A made-up value, of which the units hold pieces.
const VALUE: &str = "q7Zt4Kp9Lm2Xc8Vb6Nw3";

/// Values of which pieces count as they are spelled.
const SHORT: &str = "x9Kq2mVb";
const SIGNED: &str = "k#9$L!2@x^Q&7*z%";

/// What a text of beginnings, labels, signs and disguises alone may be made of, besides the table's own beginnings.
const UNITS: &[&str] = &[
    "-----BEGIN PRIVATE KEY-----",
    "-----BEGIN PRIVATE KEY-----\n",
    "-----BEGIN PRIVATE KEY-----\nQUJD\n-----END ",
    "-----BEGIN PRIVATE KEY-----\\n",
    "eyJaaaaaaaa-",
    "eyJaaaaaaaa.",
    "ntn_a1",
    "gsk_-",
    "xoxb-..",
    "https://a:b",
    "https://a:b@",
    "https://a.b/?key=a1B2c3D4e5&",
    "Bearer ",
    "Bearer  a",
    "first\n",
    "first\t",
    "the first 8 ",
    "last 4 of the key: 9f3Q, ",
    "ends in 9f3Q ",
    "(first",
    "[redacted: ",
    "[redacted: key]",
    "[redacted: BYBIT_API_SECRET] key: a1B2c3D4 ",
    "[redacted: piece of a key]q7Zt4K",
    "key=a1B2c3D4 ",
    "key: a1B2c3D4e5F6g7H8i9J0k1 ",
    "password=a1! ",
    "password=a1;b=",
    "password=a1&",
    "password: a|1(",
    "a;b&c",
    "name: X_TOKEN\n",
    "name=\"key\", {",
    "key.",
    "keys:\n",
    "arn:secret:",
    "a://b:c|",
    "(first 8",
    "password=",
    "token:",
    "key=\"",
    "cookie: a=",
    "jdbc:oracle:thin:a/",
    "a://b:c/",
    "<password>",
    "key ",
    "a****b",
    "a1B2...",
    "x",
    "…",
    "[...]",
    "\"",
    "''",
    "((",
    "}",
    "%25",
    "%41",
    "%2541",
    "=41",
    "\\u0041",
    "\\x41",
    "&#65;",
    "&#x41;",
    "&amp;",
    "<b>",
    "</b>",
    "<b>q</b>",
    "[/b]",
    "<!--",
    "<a ",
    "113, ",
    "113,119,101,114,116,121 ",
    "0071",
    "7100",
    "00 71 ",
    "0071 ",
    "00",
    "chr(",
    "u",
    "\u{e0071}",
    "\u{e0161}",
    "a[redacted: key]",
    "[redacted: key]b[redacted: password] ",
    "q7Zt4[redacted: key]",
    "%u0041",
    "%00%41",
    "\\000041",
    "&amp;amp;",
    "&nbsp;",
    "&",
    "<",
    "a1B2c3D4e5",
    "a1B2c3D4e5 ",
    "QUJDREVGRw",
    "QUJDREVG ",
    "41 42 43 ",
    "41:",
    "4142434445464748",
    "MFRGGZDF",
    "\u{200b}",
    "a\u{336}",
    "\u{301}",
    "ﷺ",
    "𝐀",
    "А",
    "q7Zt4K",
    "q7Zt4K ",
    "4Kp9Lm2X|",
    "q7Zt4Kp9Lm2Xc8Vb6Nw3",
    "q_7_Z_t_4_K_p_9_",
    "\"q7Zt4K\" + ",
    "q7*t4*p9*m2*c8*b6*w3",
    "q7t4p9m2",
    "q7Zt4Kp9Lm2Xc8Vb6Nw",
    "7*t4*p9",
    "x9Kq2",
    "9Kq2mV",
    "k#9$L!",
    "#9$L!2@x ",
    "0123456789:A",
    "| password |\n|--|\n",
    "| password ",
    "password: |\n ",
    "seed phrase: army ",
    "backup codes: 1a2b ",
    "TOTP seed: JBSW Y3DP ",
    "-----BEGIN PUBLIC KEY-----",
    "-----BEGIN PUBLIC KEY-----\n-----END ",
    "%C3%BC",
    "\\u00fc\\$",
    "&uuml;",
    "q7Z t4K ",
    "q7Zt4 ",
    "7*t4*p9 x9K2 ",
    "|",
    " ",
    "\n",
    "'",
    "[31m",
    "[",
    "\\e[31mq\\e[0m",
    "[0]=q ",
    "1\tq\n2\t7\n",
    "1 2 ",
    "7 8 q ",
    "0000000 3771 745a ",
    "0000020 ",
    "0b110100, ",
    "71h ",
    "6335576263355762",
    "Y3E3WnQ0S3A5TG0y/",
    "aaaaaaaaaaaaaaaa/",
    "4Kp9 ",
    "Kp9Lm; ",
];

fn redactor() -> Redactor {
    let values = [
        ("BYBIT_API_SECRET", VALUE),
        ("ADMIN_PW", SHORT),
        ("LONG_PASSWORD", SIGNED),
    ];
    let known = KnownValues::from_env(values.map(|(name, value)| (name.to_owned(), value.to_owned().into())));
    Redactor::new(Patterns::builtin(), known)
}

fn units() -> Vec<String> {
    let beginnings = Patterns::builtin();
    let beginnings = beginnings.secrets.iter().flat_map(|secret| secret.starts.iter());
    let beginnings = beginnings.enumerate().map(|(number, start)| match number % 3 {
        0 => start.clone(),
        1 => format!("{start}-"),
        _ => format!("{start}a1B2c3D4 "),
    });
    beginnings.chain(UNITS.iter().map(|unit| (*unit).to_owned())).collect()
}

fn taken(redactor: &Redactor, unit: &str, bytes: usize, times: usize) -> Duration {
    let text = unit.repeat(bytes / unit.len());
    let start = Instant::now();
    for _ in 0..times {
        let (spans, _) = redactor.settled(&text);
        redactor.findings(&text, &spans);
    }
    start.elapsed()
}

/// A text takes as long as eight of an eighth of its length; by the square it would take eight times as long. Both are
/// about as long at work, so that a busy machine slows both, and one measurement that is no square is proof.
fn grows_by_the_square(redactor: &Redactor, unit: &str, bytes: usize) -> bool {
    (0..8).all(|_| taken(redactor, unit, 8 * bytes, 1) > 3 * taken(redactor, unit, bytes, 8))
}

#[test]
fn hostile_texts_take_time_by_their_length() {
    let redactor = redactor();
    let mut units = units();
    units.retain(|unit| grows_by_the_square(&redactor, unit, 3_000));
    assert_eq!(units, Vec::<String>::new());
}

#[test]
#[ignore = "takes minutes without optimisation"]
fn long_hostile_texts_take_time_by_their_length() {
    let redactor = redactor();
    let mut slowest: Vec<(Duration, String)> = units()
        .into_iter()
        .map(|unit| (taken(&redactor, &unit, 100_000, 1), unit))
        .collect();
    slowest.sort_unstable_by(|one, other| other.cmp(one));
    println!("the slowest 100 kB: {:?}", &slowest[..8]);
    let mut units = units();
    units.retain(|unit| grows_by_the_square(&redactor, unit, 100_000));
    assert_eq!(units, Vec::<String>::new());
}
