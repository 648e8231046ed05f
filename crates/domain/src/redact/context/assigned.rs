//! Values that a name assigns: `password=…`, `"token": "…"`, `--secret …`, `<pwd>…</pwd>`, `password%3D…`, `密码：…`.
//! How the value is written says how little it has to look like a secret: behind `--password` any word is one.
use super::clause::Surroundings;
use super::cookies;
use super::listed;
use super::made_up::{AMBIGUOUS, is_call, is_made_up};
use super::objects::is_object;
use super::sign::{self, Sign};
use super::talk;
use super::token::{self, TokenShape};
use super::value::{self, AssignedValue, Ending};
use crate::redact::patterns::{LiteralMeaning, Patterns, Word, is_reference};
use crate::redact::shape;
use crate::redact::span::{ContextRule, Hit};
use std::ops::Range;

/// How far a name reaches beyond the noun in it, in bytes.
const NAME: usize = 48;

/// Values of this length are not searched for names once more.
const LONG: usize = 512;

/// Endings that make a name one of something else: `token_id`, `password_file`.
const PLAIN_ENDS: [&str; 40] = [
    "id",
    "ids",
    "name",
    "file",
    "path",
    "dir",
    "url",
    "uri",
    "type",
    "kind",
    "policy",
    "length",
    "len",
    "min",
    "max",
    "limit",
    "count",
    "budget",
    "ttl",
    "expiry",
    "expires",
    "expiration",
    "reset",
    "hint",
    "field",
    "label",
    "prefix",
    "rotation",
    "version",
    "env",
    "stdin",
    "usage",
    "status",
    "format",
    "manager",
    "store",
    "press",
    "hash",
    "regex",
    "size",
];

/// Words before the value in a header: `Authorization: Basic …`.
const SCHEMES: [&str; 8] = [
    "Basic ", "Bearer ", "Token ", "ApiKey ", "basic ", "bearer ", "token ", "Digest ",
];

pub(super) fn search(patterns: &Patterns, around: &Surroundings, hits: &mut Vec<Hit>) {
    let mut settled = 0;
    for word in around.words {
        if word.start < settled {
            continue;
        }
        match word.meaning {
            LiteralMeaning::Noun | LiteralMeaning::Password => {
                let Some(assigned) = Assigned::by(around.text, word) else {
                    continue;
                };
                if let Some(range) = assigned.listed() {
                    settled = range.end;
                    hits.push(Hit::key(range, assigned.kind()));
                    continue;
                }
                let rule = assigned.judge(patterns, around);
                let range = assigned.value.range;
                // A long value is read once: a text of names alone stays cheap.
                if rule.is_some() || range.len() > LONG {
                    settled = range.end;
                }
                hits.extend(rule.map(|rule| Hit::key(range, rule)));
            }
            LiteralMeaning::Cookie => settled = cookies::search(around.text, word.end, hits),
            _ => {}
        }
    }
}

/// A name, and the value that stands behind it.
struct Assigned<'a> {
    text: &'a str,
    word: &'a Word,
    name: (usize, usize),
    value: AssignedValue,
    /// How the value is given.
    sign: Sign,
}

impl<'a> Assigned<'a> {
    /// What stands behind the noun, if that is a sign and a value.
    fn by(text: &'a str, word: &'a Word) -> Option<Self> {
        let bytes = text.as_bytes();
        let in_name = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
        let left = bytes[..word.start].iter().rev().take(NAME).take_while(in_name).count();
        let right = bytes[word.end..].iter().take(NAME).take_while(in_name).count();
        let name = (word.start - left, word.end + right);
        if right > 0 && ends_plainly(&text[word.end..name.1]) {
            return None;
        }
        let option = text[name.0..].starts_with('-')
            && !text[..name.0].ends_with(|c: char| !c.is_whitespace() && !"'\"`".contains(c));
        let element = text[..name.0].ends_with(['<', ':']) && bytes.get(name.1) == Some(&b'>');
        let password = word.meaning == LiteralMeaning::Password;
        let (mut sign, at) = match sign::paired(text, name) {
            Some(at) => (Sign::Code, at),
            None => sign::between(text, name.1, element, option || password)?,
        };
        if sign == Sign::Blank && !option && !value::is_quoted(text, at) {
            let mut said = bytes[at..].iter().take(NAME).take_while(|b| !b.is_ascii_whitespace());
            if !said.any(u8::is_ascii_digit) {
                return None;
            }
            sign = Sign::Bare;
        }
        let at = SCHEMES
            .iter()
            .find(|scheme| text[at..].starts_with(**scheme))
            .map_or(at, |scheme| at + scheme.len());
        let at = value::below(text, at).unwrap_or(at);
        let at = behind_login(text, name.0, at);
        let below = text[at..].len() - text[at..].trim_start().len();
        let is_below = below > 0 && listed::is_below(&text[word.start..word.end]);
        let at = if is_below { at + below } else { at };
        let ending = match sign {
            _ if !password => Ending::Sign,
            _ if element => Ending::Element,
            Sign::Code => Ending::Pair,
            _ => Ending::Password,
        };
        let value = value::at(text, at, ending)?;
        if element && !text[value.range.end..].starts_with("</") {
            return None;
        }
        Some(Self {
            text,
            word,
            name,
            value,
            sign,
        })
    }

    fn judge(&self, patterns: &Patterns, around: &Surroundings) -> Option<ContextRule> {
        let said = &self.text[self.value.range.clone()];
        if said.len() < 4
            || is_reference(said)
            || around.is_placeholder(self.value.range.start, self.value.range.end)
            || !said.contains(char::is_alphanumeric)
        {
            return None;
        }
        if said.contains("://") || patterns.is_id(said) || around.is_of_digest(self.word, token::is_uuid(said)) {
            return None;
        }
        let rule = self.kind();
        let is_secret = match rule {
            ContextRule::Password => self.is_password(said, around),
            ContextRule::Key | ContextRule::Piece => self.is_key(said, around),
        };
        (is_secret && !self.is_in_id(patterns)).then_some(rule)
    }

    /// Whether the name or the way it is written says that any value is a secret.
    fn is_strict(&self) -> bool {
        let line = self.text[..self.name.0].trim_end_matches([' ', '\t', '-', '"', '\'', '|', '*', '[']);
        let begins_line = line.is_empty() || line.ends_with('\n');
        let ends_line = self.text[self.value.range.end..].starts_with(['\n', '\r', '"', '\''])
            || self.text.len() == self.value.range.end;
        match self.sign {
            Sign::Code | Sign::Blank => true,
            Sign::Colon => self.value.quoted || (begins_line && ends_line),
            Sign::Copula => self.value.quoted && !self.text[self.value.range.clone()].contains(' '),
            Sign::Bare => false,
        }
    }

    /// Whether the name stands within the name of an object: `arn:aws:secretsmanager:…:secret:…`.
    fn is_in_id(&self, patterns: &Patterns) -> bool {
        let before = &self.text[self.text.ceil_char_boundary(self.name.0.saturating_sub(160))..self.name.0];
        let start = before
            .rfind(|c: char| c.is_whitespace() || "\"'`=(<[{,".contains(c))
            .map_or(0, |at| at + 1);
        before
            .get(start..)
            .is_some_and(|chunk| !chunk.is_empty() && patterns.is_id(chunk))
    }

    fn is_password(&self, said: &str, around: &Surroundings) -> bool {
        let lower = said.to_lowercase();
        let digits = said.bytes().all(|b| b.is_ascii_digit());
        let named = || around.names_something(self.value.range.start, self.value.range.end);
        let has_digit = said.bytes().any(|b| b.is_ascii_digit());
        // `required|min:8`, `string;`
        let first = lower.split(['|', ';', '&', '<', '>']).next().unwrap_or_default();
        if talk::is_state(first) || (!has_digit && named()) || is_call(said) || self.is_talk(said) {
            return false;
        }
        let pin = self.noun().eq_ignore_ascii_case("pin");
        if pin && said.bytes().filter(u8::is_ascii_digit).count() < 4 {
            return false;
        }
        if self.sign == Sign::Bare {
            let ambiguous = || AMBIGUOUS.iter().any(|noun| noun.eq_ignore_ascii_case(self.noun()));
            return is_made_up(said) && !ambiguous() && !named();
        }
        if said.contains(' ') {
            return self.value.quoted && (is_phrase(self.noun()) || said.split(' ').count() <= 3 && has_digit);
        }
        if digits {
            return self.sign != Sign::Blank && said.len() <= 12 || is_phrase(self.noun());
        }
        if self.is_strict() {
            return !token::is_version(said);
        }
        let letters = said.chars().filter(|c| c.is_alphabetic()).count();
        let signs = said.chars().any(|c| "!$#%?&*@^~+=_-|(){}<>;".contains(c));
        !token::is_plain(said)
            && letters > 2
            && (has_digit && said.len() >= 6 || signs && !said.split(['-', '_']).all(shape::is_word))
    }

    /// Whether people speak of a password here, and what stands behind it is a word, a name of something, or who keeps it.
    fn is_talk(&self, said: &str) -> bool {
        if self.value.quoted || !matches!(self.sign, Sign::Colon | Sign::Copula | Sign::Code) {
            return false;
        }
        let label = &self.text[self.name.0..self.name.1];
        let between = &self.text[self.name.1..self.value.range.start];
        // `пароль:изменён`; `password:x` without a blank is code.
        let signed = self.sign != Sign::Code || between == ":" && !label.is_ascii();
        signed
            && !between.contains(['=', '\n', '"', '\'', '`'])
            && (is_object(said.trim_end_matches(['!', '?', ';']), true)
                || talk::is_keeper(said)
                || is_said_name(label) && !self.is_setting() && talk::is_talk(label, said))
    }

    /// Whether the line is one of several settings: it is indented, or the line before or behind it gives a user.
    fn is_setting(&self) -> bool {
        let start = self.text[..self.name.0].rfind('\n').map_or(0, |at| at + 1);
        let before = self.text[..start].trim_end_matches('\n').rsplit('\n').next();
        let mut behind = self.text[self.value.range.end..].split('\n').skip(1);
        self.text[start..].starts_with([' ', '\t'])
            || talk::is_login(&self.text[start..self.name.0])
            || before.into_iter().chain(behind.next()).any(talk::is_login)
    }

    fn is_key(&self, said: &str, around: &Surroundings) -> bool {
        let length = said.len();
        if self.sign == Sign::Bare || length < 8 || said.contains(' ') || is_call(said) || is_object(said, false) {
            return false;
        }
        // `key: 3f2a…-…` alone may be any key; the name of a variable or of a maker says whose.
        let meant = self.name.1 - self.name.0 > self.word.end - self.word.start
            || self.text[..self.name.0].to_ascii_lowercase().ends_with("api ")
            || !self.noun().eq_ignore_ascii_case("key")
            || around.has_provider(self.name.0, self.value.range.end);
        let identifier = self.noun().to_ascii_lowercase().ends_with("id");
        if token::is_uuid(said) {
            return meant && !identifier;
        }
        if let Some(hex) = said.strip_prefix("0x") {
            return shape::is_hex(hex) && (hex.len() >= 64 || hex.len() >= 32 && hex.len() != 40 && meant);
        }
        if token::is_plain(said) || identifier && self.sign == Sign::Copula {
            return false;
        }
        let secret = || self.noun().to_ascii_lowercase().contains("secret") && self.is_strict();
        match token::look(said) {
            TokenShape::Strong | TokenShape::Flat => true,
            TokenShape::Short => length >= 10 && self.sign != Sign::Copula,
            TokenShape::Password => secret(),
            TokenShape::Plain => has_inner_sign(said) || secret() && token::may_be_password(said),
        }
    }

    /// All of it, where several words, codes or groups are the secret.
    fn listed(&self) -> Option<Range<usize>> {
        let signed = !matches!(self.sign, Sign::Bare | Sign::Blank) || self.value.quoted;
        let name = &self.text[self.name.0.min(self.word.start)..self.word.end];
        listed::at(self.text, self.value.range.start, name).filter(|_| signed)
    }

    /// What the noun says that the value is.
    fn kind(&self) -> ContextRule {
        match self.word.meaning {
            LiteralMeaning::Password => ContextRule::Password,
            _ => ContextRule::Key,
        }
    }

    fn noun(&self) -> &str {
        &self.text[self.word.start..self.word.end]
    }
}

/// Where the password begins behind `user/password:`, whose value gives both.
fn behind_login(text: &str, name: usize, at: usize) -> usize {
    const LONGEST: usize = 64;
    let label = text[..name].strip_suffix('/');
    if !label.is_some_and(|label| talk::ends_with_login(&label[label.ceil_char_boundary(name.saturating_sub(24))..])) {
        return at;
    }
    let near = &text[at..text.floor_char_boundary(at + LONGEST)];
    let Some((login, behind)) = near.split_once('/') else {
        return at;
    };
    let login = login.trim_end();
    if login.is_empty() || login.contains(char::is_whitespace) {
        return at;
    }
    at + near.len() - behind.trim_start().len()
}

/// A name as a sentence has it, not as code: no `db_password`, no `dbPassword`.
fn is_said_name(name: &str) -> bool {
    let capital = name
        .as_bytes()
        .windows(2)
        .any(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase());
    !capital && !name.contains('_')
}

/// `_id`, `-file`: what follows the noun in the name says that no secret is meant.
fn ends_plainly(rest: &str) -> bool {
    rest.split(['_', '-'])
        .any(|word| PLAIN_ENDS.contains(&word.to_ascii_lowercase().as_str()))
}

/// A long token with `=` or `%` inside, as base64 and its relatives have.
fn has_inner_sign(said: &str) -> bool {
    said.len() >= 16
        && !said.contains(['(', '{', '[', '\\', '$'])
        && said
            .split(['=', '%', '~', ':', '!', ';'])
            .any(|part| part.len() >= 10 && token::is_random(part))
}

/// Nouns whose values are made of words or digits.
fn is_phrase(noun: &str) -> bool {
    let noun = noun.to_ascii_lowercase();
    noun.contains("phrase") || noun.contains("zin") || noun.contains("satz")
}
