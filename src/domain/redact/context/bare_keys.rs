//! Bare keys and passwords: a token that nobody would write by hand, where the words speak of a key.
use super::clause::{PrecedingNoun, Surroundings};
use crate::domain::redact::known::is_secret;
use crate::domain::redact::patterns::Patterns;
use crate::domain::redact::shape::{self, CharCounts};
use crate::domain::redact::span::{ContextRule, Hit};

/// Tokens longer than this are no keys but data; only patterns look at them.
const LONGEST: usize = 400;

/// From this length on a string of three kinds of characters needs no noun, only the lack of a veto.
const LONG: usize = 28;

pub(super) fn search(patterns: &Patterns, around: &Surroundings, hits: &mut Vec<Hit>) {
    let bytes = around.text.as_bytes();
    let nouns = around.has_nouns();
    let kind = |b: &u8| CHUNK[*b as usize];
    let mut at = 0;
    // Only chunks with a capital or a digit are looked at: the search goes from one to the next.
    while let Some(next) = bytes[at..].iter().position(|b| kind(b) & (UPPER | DIGIT) != 0) {
        let telling = at + next;
        let start = telling - bytes[at..telling].iter().rev().take_while(|b| kind(b) != 0).count();
        at = telling + bytes[telling..].iter().take_while(|b| kind(b) != 0).count();
        if at - start < 6 || at - start > LONGEST {
            continue;
        }
        // A capital at the beginning is that of a word.
        let first = kind(&bytes[start]) & !UPPER;
        let kinds = bytes[start + 1..at].iter().fold(first, |kinds, b| kinds | kind(b));
        // Without any noun only strings of three kinds can be keys, and the longer tokens of patterns.
        let telling = kinds & THREE == THREE || (nouns && kinds & (UPPER | DIGIT) != 0);
        if telling && kinds & SIGN != 0 {
            chunk(patterns, around, start, at, hits);
        } else if telling {
            token(patterns, around, start, at, hits);
        }
    }
}

const SIGN: u8 = 1;
const UPPER: u8 = 2;
const DIGIT: u8 = 4;
const LOWER: u8 = 8;
const THREE: u8 = UPPER | DIGIT | LOWER;

/// 0 for what ends a chunk: blanks, quotes, brackets, bars, everything outside ASCII.
const CHUNK: [u8; 256] = chunk_bytes();

#[expect(clippy::cast_possible_truncation, reason = "all values are below 128")]
const fn chunk_bytes() -> [u8; 256] {
    let mut table = [0; 256];
    let mut byte = 0x21;
    while byte < 0x7f {
        table[byte] = match byte as u8 {
            b'"' | b'\'' | b'`' | b'(' | b')' | b'[' | b']' | b'{' | b'}' | b'<' | b'>' | b'|' | b'&' => 0,
            b'A'..=b'Z' => UPPER,
            b'a'..=b'z' => LOWER,
            b'0'..=b'9' => DIGIT,
            _ => SIGN,
        };
        byte += 1;
    }
    table
}

/// Finds the value in a chunk with signs, and judges that.
fn chunk(patterns: &Patterns, around: &Surroundings, start: usize, end: usize, hits: &mut Vec<Hit>) {
    let chunk = &around.text[start..end];
    if let Some(scheme) = chunk.find(':').and_then(|_| chunk.find("://")) {
        query(around, start + scheme, end, hits);
    } else if !chunk.starts_with("data:") {
        let (start, end) = value(around.text, start, end);
        token(patterns, around, start, end, hits);
    }
}

fn token(patterns: &Patterns, around: &Surroundings, start: usize, end: usize, hits: &mut Vec<Hit>) {
    if end - start < 6 {
        return;
    }
    if end - start >= 30
        && let Some(hit) = patterns.search_token(around.text, start)
    {
        hits.push(hit);
        return;
    }
    if let Some(rule) = judge(around, start, end) {
        hits.push(Hit::key(start..end, rule));
    }
}

/// The value within a chunk: behind `NAME=` or `name:`, without the punctuation of the sentence.
fn value(text: &str, start: usize, end: usize) -> (usize, usize) {
    let chunk = &text[start..end];
    let mut body = chunk.trim_end_matches(['.', ',', ':', ';', '!', '?', '*']);
    if body.starts_with("s/") || body.starts_with("s,") {
        body = body
            .strip_suffix("/g")
            .or_else(|| body.strip_suffix('/'))
            .unwrap_or(body);
    }
    let unpadded = body.trim_end_matches('=');
    let name = unpadded
        .rfind('=')
        .or_else(|| unpadded.rfind(':').filter(|at| !is_telegram(unpadded, *at)));
    let from = name.map_or(0, |at| at + 1);
    let noun = body[from..].len()
        - body[from..]
            .trim_start_matches(['.', ',', ':', '*', '~', '-', '#', '@'])
            .len();
    (start + from + noun, start + body.len().max(from + noun))
}

fn is_telegram(chunk: &str, colon: usize) -> bool {
    colon >= 8
        && chunk[..colon]
            .trim_start_matches('*')
            .bytes()
            .all(|b| b.is_ascii_digit())
        && chunk.len() - colon > 30
}

/// Parameters of a URL that are named like a key.
fn query(around: &Surroundings, start: usize, end: usize, hits: &mut Vec<Hit>) {
    let url = &around.text[start..end];
    let mut at = url.find(['?', '#']).unwrap_or(url.len());
    while at < url.len() {
        let parameter = &url[at + 1..];
        let length = parameter.find(['&', '#', ';']).unwrap_or(parameter.len());
        if let Some((name, value)) = parameter[..length].split_once('=') {
            let secret = is_secret(name, value) || name == "sig" || name.ends_with("ignature");
            let value_start = start + at + 1 + name.len() + 1;
            if secret && value.len() >= 8 && shape::is_random(value) {
                hits.push(Hit::key(value_start..value_start + value.len(), ContextRule::Key));
            }
        }
        at += 1 + length;
    }
}

/// What a token looks like.
#[derive(Clone, Copy, PartialEq, Eq)]
enum TokenShape {
    /// Digits and letters of both cases, 16 or more.
    Strong,
    /// Hex, or digits and letters of one case, 16 or more.
    Flat,
    /// Random, but short.
    Short,
    /// Letters, digits and a sign that only passwords have.
    Password,
    /// A version, a date, a path, words.
    Plain,
}

fn judge(around: &Surroundings, start: usize, end: usize) -> Option<ContextRule> {
    let token = &around.text[start..end];
    if is_plain(token) {
        return None;
    }
    let look = look(token);
    if look == TokenShape::Plain && !may_be_password(token) {
        return None;
    }
    if !token.bytes().any(|b| b.is_ascii_digit()) && around.names_something(start, end) {
        return None;
    }
    let noun = around.preceding_noun(start, end);
    let rule = if look == TokenShape::Password || noun.as_ref().is_some_and(|noun| noun.password) {
        ContextRule::Password
    } else {
        ContextRule::Key
    };
    let precedes_noun = || around.precedes_noun(start, end);
    let near = |words: usize| {
        noun.as_ref().is_some_and(|noun| {
            noun.gap == 0 || (noun.gap == 1 && noun.sign) || (noun.gap <= words && around.has_provider(start, end))
        })
    };
    let is_key = match look {
        TokenShape::Strong => is_strong_key(around, start, end),
        TokenShape::Flat => near(2) || precedes_noun() || around.is_assigned_to_provider(start, end),
        TokenShape::Short => noun
            .is_some_and(|noun| noun.gap == 0 && (noun.sign || token.len() >= 8) || noun.gap == 1 && token.len() >= 10),
        TokenShape::Password => {
            near(3)
                || precedes_noun()
                || (around.has_provider(start, end) && around.text[..start].ends_with(' ') && token.len() >= 12)
        }
        TokenShape::Plain => noun.is_some_and(|noun| is_said_password(around.text, start, token, &noun)),
    };
    is_key.then_some(rule)
}

/// Three kinds of characters, sixteen or more of them: a key unless something says that it is an id.
fn is_strong_key(around: &Surroundings, start: usize, end: usize) -> bool {
    let token = &around.text[start..end];
    if around.is_vetoed(start, end) {
        return false;
    }
    // `cus_…`, `req_…`: providers of ids put a word before them.
    let id = token
        .split_once('_')
        .is_some_and(|(kind, _)| kind.len() <= 8 && kind.bytes().all(|b| b.is_ascii_lowercase()));
    (token.len() >= LONG && !id) || around.speaks_of_keys(start, end) || around.is_alone(start, end)
}

/// What a token looks like that is not plain at first sight.
fn look(token: &str) -> TokenShape {
    let counts = CharCounts::of(token);
    let is_sign = |b: &u8| matches!(b, b'!' | b'$' | b'#' | b'%' | b'?' | b'&' | b'*' | b'@' | b'^' | b'~');
    let signs = token.bytes().filter(is_sign).count();
    if signs > 0 {
        let mixed = counts.digit > 0 && counts.letters() > 0 && token.len() >= 8 && signs <= 4;
        return if mixed && !token.contains(['(', '=', ':']) && !token.starts_with(['$', '%', '@', '#']) {
            TokenShape::Password
        } else {
            TokenShape::Plain
        };
    }
    let three = counts.lower > 0 && counts.upper > 0 && counts.digit > 0;
    let random = shape::is_random(token) && has_random_part(token, counts);
    match token.len() {
        _ if !random => TokenShape::Plain,
        16.. if three && shape::changes(token) * 5 >= token.len() => TokenShape::Strong,
        16.. => TokenShape::Flat,
        _ => TokenShape::Short,
    }
}

/// Whether one part of a random token is random by itself: a path or a name of several words is not.
fn has_random_part(token: &str, counts: CharCounts) -> bool {
    if counts.letters() + counts.digit == token.len() {
        return !shape::is_numbered_word(token);
    }
    token
        .split(['-', '_', '.', '/', '+', '='])
        .any(|part| part.len() >= 6 && shape::is_random(part) && !shape::is_numbered_word(part))
}

/// Versions, dates, times, paths, file names, code, digests with their name.
fn is_plain(token: &str) -> bool {
    const BEGINNINGS: [&str; 8] = ["sha256-", "sha384-", "sha512-", "sha1-", "~/", "./", "../", "C:\\"];
    let bytes = token.as_bytes();
    if bytes.iter().all(u8::is_ascii_alphanumeric) {
        return bytes.iter().all(u8::is_ascii_digit) || token.strip_prefix("0x").is_some_and(shape::is_hex);
    }
    let numbers = token.strip_prefix('v').unwrap_or(token);
    let numbered = || {
        numbers.find(['.', '-', ':', '/']).is_some_and(|at| {
            at > 0
                && at <= 4
                && numbers[..at].bytes().all(|b| b.is_ascii_digit())
                && numbers.as_bytes().get(at + 1).is_some_and(u8::is_ascii_digit)
        })
    };
    let path = || {
        token.contains('/')
            && token
                .split('/')
                .filter(|part| shape::is_word(part) && part.len() > 3)
                .count()
                >= 1
    };
    let doubled = |sign: [u8; 2]| bytes.windows(2).any(|pair| pair == sign);
    let code = || {
        token.contains('\\')
            || doubled(*b"()")
            || doubled(*b"::")
            || bytes.iter().all(|b| b.is_ascii_digit() || b.is_ascii_punctuation())
    };
    BEGINNINGS.iter().any(|beginning| token.starts_with(beginning)) || numbered() || path() || code() || is_uuid(token)
}

fn is_uuid(token: &str) -> bool {
    token.len() == 36
        && token.bytes().enumerate().all(|(at, b)| {
            if matches!(at, 8 | 13 | 18 | 23) {
                b == b'-'
            } else {
                b.is_ascii_hexdigit()
            }
        })
}

/// Letters and digits, as weak passwords are.
fn may_be_password(token: &str) -> bool {
    let counts = CharCounts::of(token);
    token.len() >= 6 && counts.digit > 0 && counts.letters() > 2
}

/// `password: harbour77`, `DB_PASSWORD=harbour77`.
fn is_said_password(text: &str, start: usize, token: &str, noun: &PrecedingNoun) -> bool {
    let assigned = text[..start].ends_with(['=', '"', '\'', ' ', ':', '`']);
    noun.password && noun.gap == 0 && noun.sign && assigned && !token.contains(['(', '{', '_'])
}
