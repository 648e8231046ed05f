//! Bare keys and passwords: a token that nobody would write by hand, where the words speak of a key.
use super::clause::{PrecedingNoun, Surroundings, sends_elsewhere};
use super::objects::is_object;
use super::talk;
use super::token::{TokenShape, is_plain, is_random, is_uuid, look, may_be_password};
use crate::redact::known::is_secret;
use crate::redact::patterns::Patterns;
use crate::redact::shape;
use crate::redact::span::{ContextRule, Hit, HitSource};
use std::cell::OnceCell;
use std::ops::Range;

/// Tokens longer than this are data; only patterns and names look at them.
const LONGEST: usize = 1 << 14;

/// Tokens longer than this are data unless a noun says that they are a key.
const DATA: usize = 400;

/// From this length on a string of three kinds of characters needs no noun, only the lack of a veto.
const LONG: usize = 28;

pub(super) fn search(patterns: &Patterns, around: &Surroundings, hits: &mut Vec<Hit>) {
    let bytes = around.text.as_bytes();
    let nouns = around.has_nouns();
    let public = OnceCell::new();
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
        if telling && is_public(&public, around.text, start) {
            continue;
        }
        if kinds & (SIGN | DIGIT) == SIGN | DIGIT && at - start >= FORM && form(patterns, around.text, start, at, hits)
        {
            continue;
        }
        if telling && kinds & SIGN != 0 {
            chunk(patterns, around, start, at, hits);
        } else if telling {
            token(patterns, around, start, at, hits);
        }
    }
}

/// Chunks of this length may be a key of a fixed form without a public beginning, which so many hex digits begin.
const FORM: usize = 34;
const HEX: usize = 8;

/// A key without a fixed beginning that a chunk is, or that a name in it is given; its form alone tells.
fn form(patterns: &Patterns, text: &str, start: usize, end: usize, hits: &mut Vec<Hit>) -> bool {
    let chunk = &text[start..end];
    let value = chunk.rfind('=').map_or(0, |sign| sign + 1);
    // All of them begin with hex.
    let is_hex = |at: &usize| {
        let beginning = chunk.as_bytes().get(*at..at + HEX);
        beginning.is_some_and(|bytes| bytes.iter().all(u8::is_ascii_hexdigit))
    };
    let mut places = [0, value].into_iter().filter(is_hex);
    let hit = places.find_map(|at| patterns.search_token(text, start + at));
    let found = hit.is_some();
    hits.extend(hit);
    found
}

/// Whether a place is in a block that everybody may read; these are looked for when first asked.
fn is_public(blocks: &OnceCell<Vec<Range<usize>>>, text: &str, place: usize) -> bool {
    let blocks = blocks.get_or_init(|| public_blocks(text));
    let behind = blocks.partition_point(|block| block.end <= place);
    blocks.get(behind).is_some_and(|block| block.start <= place)
}

/// Blocks of PEM that everybody may read: public keys and certificates.
fn public_blocks(text: &str) -> Vec<Range<usize>> {
    const BEGIN: &str = "-----BEGIN ";
    const LONGEST_KIND: usize = 48;
    let mut blocks = Vec::new();
    let mut at = 0;
    while let Some(begin) = text[at..].find(BEGIN).map(|begin| at + begin) {
        at = begin + BEGIN.len();
        let near = &text[at..text.floor_char_boundary(at + LONGEST_KIND)];
        let kind = near.split("-----").next().unwrap_or_default();
        if kind.len() == near.len() || !(kind.contains("PUBLIC") || kind.contains("CERTIFICATE")) {
            continue;
        }
        let Some(end) = text[at..].find("-----END ").map(|end| at + end) else {
            break;
        };
        let body = at + kind.len();
        let lines = text[body..end].split(['\n', '\r', '-']).map(str::trim);
        let is_base64 = |line: &str| !line.contains(char::is_whitespace) || line.contains(": ");
        if lines.clone().all(is_base64) {
            blocks.push(begin..end);
        }
        at = end;
    }
    blocks
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
        // `Server=…;Password=…;`: each setting for itself.
        let mut at = start;
        for setting in chunk.split(';') {
            let (from, to) = value(around.text, at, at + setting.len());
            token(patterns, around, from, to, hits);
            at += setting.len() + 1;
        }
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
    let listed = || hits.last().and_then(|last| rule_of_list(around.text, last, start, end));
    if let Some(rule) = judge(patterns, around, start, end).or_else(listed) {
        hits.push(Hit::key(start..end, rule));
    }
}

/// Keys stand in lists: `…, … and …`, one a line. What follows a key in one, as long and of the same shape, is one too.
fn rule_of_list(text: &str, last: &Hit, start: usize, end: usize) -> Option<ContextRule> {
    const SEPARATORS: [&str; 20] = [
        "", ",", ";", "|", "/", "+", "&", "-", "*", ", and", "and", "or", "en", "of", "und", "oder", "et", "ou", "y",
        "e",
    ];
    let HitSource::Context(rule) = last.source else {
        return None;
    };
    let separated = text
        .get(last.end..start)
        .is_some_and(|between| SEPARATORS.contains(&between.trim()));
    let [before, token] = [text.get(last.start..last.end)?, &text[start..end]];
    let alike = before.len() == token.len() && look(before) == look(token) && !is_plain(token);
    (separated && alike && look(token) != TokenShape::Plain).then_some(rule)
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
    let body = body.trim_end_matches('\\');
    let from = behind_names(body);
    let noun = body[from..].len()
        - body[from..]
            .trim_start_matches(['.', ',', ':', '*', '~', '-', '#', '@'])
            .len();
    (start + from + noun, start + body.len().max(from + noun))
}

/// Where the value begins behind `NAME=`, `name:`, `a.b=`; a sign behind what is no name is part of the value.
fn behind_names(body: &str) -> usize {
    let unpadded = body.trim_end_matches('=');
    let mut from = 0;
    while let Some(length) = unpadded[from..].find(['=', ':']) {
        let name = &unpadded[from..from + length];
        let random = name.len() >= 10 && is_random(name) && !name.contains(['_', '.']);
        if random || is_telegram(unpadded, from + length) {
            break;
        }
        from += length + 1;
    }
    from
}

fn is_telegram(chunk: &str, colon: usize) -> bool {
    colon >= 8
        && chunk[..colon]
            .trim_start_matches('*')
            .trim_start_matches("bot")
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

fn judge(patterns: &Patterns, around: &Surroundings, start: usize, end: usize) -> Option<ContextRule> {
    let token = &around.text[start..end];
    if is_uuid(token) {
        // Makers do give UUIDs as keys; mostly they are names.
        let noun = around.preceding_noun(start, end);
        let said = noun.is_some_and(|noun| noun.gap <= 1 && noun.sign) || around.precedes_noun(start, end);
        return (said && around.has_provider(start, end)).then_some(ContextRule::Key);
    }
    if is_plain(token) {
        let noun = || around.preceding_noun(start, end).is_some_and(|noun| noun.gap == 0);
        return (is_wallet_key(token) && noun()).then_some(ContextRule::Key);
    }
    let look = look(token);
    // What is left of a key behind stars is read elsewhere.
    if token.contains("***") || look == TokenShape::Plain && !may_be_password(token) {
        return None;
    }
    let spoken = look == TokenShape::Plain || !token.bytes().any(|b| b.is_ascii_digit());
    if spoken && around.names_something(start, end) {
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
        TokenShape::Password if is_referred_to(around.text, start) => false,
        TokenShape::Password => {
            near(3)
                || precedes_noun()
                || (around.has_provider(start, end) && around.text[..start].ends_with(' ') && token.len() >= 12)
        }
        TokenShape::Plain => noun.is_some_and(|noun| is_said_password(around.text, start, token, &noun)),
    };
    (is_key && !is_no_key(patterns, around, start, end, rule)).then_some(rule)
}

/// What a verb of looking sends to is where the secret lies.
fn is_referred_to(text: &str, start: usize) -> bool {
    let before = text[..start].trim_end_matches([' ', '.', ':']);
    sends_elsewhere(before.rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or_default())
}

/// `svc-ci-02/see vault`: the password of this user is elsewhere.
fn is_login_of_a_pair(text: &str, start: usize, end: usize) -> bool {
    let inside = text[start..end].split_once('/').map(|(login, _)| start + login.len());
    let behind = &text[inside.unwrap_or(end)..];
    let behind = behind.trim_start_matches(' ').strip_prefix('/');
    behind.is_some_and(|behind| {
        let word = behind
            .trim_start_matches(' ')
            .split(|c: char| !c.is_alphabetic())
            .next();
        word.is_some_and(sends_elsewhere)
    })
}

/// `0x` and 32 bytes in hex: a private key, or the digest of a transaction.
fn is_wallet_key(token: &str) -> bool {
    token.len() == 66 && token.strip_prefix("0x").is_some_and(shape::is_hex)
}

/// The name of an object, or what only stands for a key.
fn is_no_key(patterns: &Patterns, around: &Surroundings, start: usize, end: usize, rule: ContextRule) -> bool {
    let token = &around.text[start..end];
    let password = rule == ContextRule::Password;
    // `DB_PASSWORD=OPS-4821`: what is assigned is meant.
    let assigned = around.text[..start].ends_with(['=', '"', '\'', '`']);
    let before = around.text.as_bytes()[..start].iter().rev();
    let chunk = start - before.take_while(|b| CHUNK[**b as usize] != 0).count();
    patterns.is_id(token)
        || (!assigned && (is_object(token, password) || talk::is_keeper(token)))
        || (password && is_login_of_a_pair(around.text, start, end))
        || (chunk < start && patterns.is_id(&around.text[chunk..end]))
        || around.is_placeholder(start, end)
}

/// Three kinds of characters, sixteen or more of them: a key unless something says that it is an id.
fn is_strong_key(around: &Surroundings, start: usize, end: usize) -> bool {
    let token = &around.text[start..end];
    if around.is_vetoed(start, end) {
        return false;
    }
    if token.len() > DATA {
        return around.preceding_noun(start, end).is_some_and(|noun| noun.gap <= 1) || around.precedes_noun(start, end);
    }
    // `cus_…`, `req_…`: providers of ids put a word before them.
    let id = token
        .split_once('_')
        .is_some_and(|(kind, _)| kind.len() <= 8 && kind.bytes().all(|b| b.is_ascii_lowercase()));
    let spoken = if id {
        around.has_noun(start, end)
    } else {
        around.speaks_of_keys(start, end)
    };
    (token.len() >= LONG && !id) || spoken || around.is_alone(start, end)
}

/// `password: harbour77`, `DB_PASSWORD=harbour77`.
fn is_said_password(text: &str, start: usize, token: &str, noun: &PrecedingNoun) -> bool {
    let assigned = text[..start].ends_with(['=', '"', '\'', ' ', ':', '`', '\n']);
    let colon = noun.gap <= 3 && text[..start].trim_end().ends_with([':', '：', '=']);
    noun.password && (noun.gap == 0 || colon) && noun.sign && assigned && !token.contains(['(', '{', '_'])
}
