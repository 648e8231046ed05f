//! What stands between a value and the wire, for every probe alike: what is no key is not sent, and no key goes to
//! somebody who is not its maker. Nothing is trimmed silently: a stray blank or quote is a common cause of trouble.
use super::probed::{Hint, OtherMaker};
use crate::outbound::destination;
use crate::rotation::key_within::{behind, in_front};
use crate::rotation::providers::{Maker, Provider, maker_of_value};
use crate::rotation::reference::reference;
use secrecy::{ExposeSecret, SecretString};

/// Words of which texts in place of a key are made, in the languages in which people write them; in a key, none stands
/// alone between two signs.
const PLACEHOLDER_WORDS: &str = "your yours changeme placeholder replace replaceme insert example sample dummy todo tbd \
    fixme redacted enter paste here provided none null nil undefined votre cl\u{e9} cle ici ins\u{e9}rer inserer remplacer \
    jouw sleutel hier vervang plak dein deine deinen schl\u{fc}ssel schluessel einf\u{fc}gen ersetzen clave aqu\u{ed} aqui \
    reemplazar pegar sua chave substituir colar tua chiave inserire";

/// What only a text in place of a key holds.
const PLACEHOLDER_SIGNS: [&str; 6] = ["...", "\u{2026}", "<", "${", "{{", "***"];

/// As many equal characters at the end are nobody's key: `sk-xxxxxxxx`.
const REPEATED: usize = 6;
/// So many of the sign that people write for what is left out.
const LEFT_OUT: usize = 4;

/// Why a value cannot be a key of this provider, and is not sent.
pub(super) fn unfit(provider: &Provider, names: &[String], values: &[SecretString]) -> Option<Hint> {
    provider.variables.iter().zip(values).find_map(|(variable, value)| {
        let value = value.expose_secret();
        let name = || {
            let used = names.iter().find(|name| variable.answers_to(name));
            used.unwrap_or(&variable.name).clone()
        };
        let quoted = |quote: char| value.len() > 1 && value.starts_with(quote);
        if let Some(kept) = reference(&name(), value) {
            Some(Hint::Reference(Box::new(kept)))
        } else if value.contains("-----BEGIN") {
            Some(Hint::RsaKey(name()))
        } else if is_placeholder(value) {
            Some(Hint::Placeholder(name()))
        } else if let Some(what) = in_front(variable, value) {
            Some(Hint::InFront(name(), what.to_owned()))
        } else if let Some(mark) = behind(variable, value) {
            Some(Hint::Behind(name(), mark.to_owned()))
        } else if value.contains(|c: char| c.is_whitespace() || c.is_control()) {
            Some(Hint::Blanks(name()))
        } else if quoted('"') || quoted('\'') {
            Some(Hint::Quotes(name()))
        } else if let Some((maker, prefix)) = other_maker(provider, value) {
            Some(Hint::OtherMaker(Box::new(OtherMaker {
                variable: name(),
                maker: maker.title.clone(),
                prefix: prefix.to_owned(),
                host: provider.host().to_owned(),
                belongs_in: maker.variable.clone(),
            })))
        } else if variable.other_kind.as_ref().is_some_and(|kind| kind.is_match(value)) {
            Some(Hint::OtherKind(name()))
        } else if variable.format.as_ref().is_some_and(|format| !format.is_match(value)) {
            let hint = if reads_as_words(value) {
                Hint::Placeholder
            } else {
                Hint::Format
            };
            Some(hint(name()))
        } else {
            None
        }
    })
}

fn other_maker<'v>(provider: &Provider, value: &'v str) -> Option<(&'static Maker, &'v str)> {
    let (maker, prefix) = maker_of_value(value)?;
    let own = maker.id == provider.maker || provider.prefixes.iter().any(|own| value.starts_with(own.as_str()));
    (!own).then_some((maker, prefix))
}

/// Whether a value stands in place of a key that somebody has yet to put there.
pub(in crate::rotation) fn is_placeholder(value: &str) -> bool {
    let words = value.split(|c: char| !c.is_alphanumeric());
    let is_word = |word: &str| {
        let word = word.to_lowercase();
        PLACEHOLDER_WORDS.split_whitespace().any(|known| word == known)
    };
    let repeated = |text: &str| {
        let mut characters = text.chars();
        characters.next().is_some_and(|first| characters.all(|c| c == first))
    };
    let last = value.rsplit(['-', '_', '.']).next().unwrap_or_default();
    PLACEHOLDER_SIGNS.iter().any(|sign| value.contains(sign))
        || words.into_iter().any(is_word)
        || last.chars().count() >= REPEATED && repeated(last)
        || last.len() >= LEFT_OUT && last.bytes().all(|byte| byte.eq_ignore_ascii_case(&b'x'))
        || repeated(value)
}

/// Whether a value that has not the form of a key is a few words: `put-the-key-in`.
fn reads_as_words(value: &str) -> bool {
    let words: Vec<&str> = value.split(['_', '-', '.']).collect();
    words.len() > 1
        && words
            .iter()
            .all(|word| (1..=12).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_alphabetic()))
}

/// The host to which a base address goes.
pub(super) fn host_of_base(base: &str) -> String {
    destination(base)
        .map(|url| url.host_str().unwrap_or_default().to_owned())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests;
