//! The known values: collected from the variables of a `.env`, also those of before a rotation.
use super::encodings::{self, WINDOW};
use super::names::NameWords;
use super::secret_parts::SecretParts;
use super::value::KnownValue;
use secrecy::{ExposeSecret as _, SecretString};
use std::collections::{BTreeMap, BTreeSet};

/// What marks a previous value in a list of variables: `NAME@previous`.
const PREVIOUS_SUFFIX: &str = "@previous";

/// The known values, ready to be looked up.
#[derive(Default)]
pub struct KnownValues {
    pub(super) values: Vec<KnownValue>,
    variables: Vec<SecretVariable>,
    /// Where each variable stands among them.
    places: BTreeMap<String, usize>,
    unmaskable: BTreeSet<String>,
    overlooked: BTreeSet<String>,
}

/// A variable of which values are known.
pub(in crate::redact) struct SecretVariable {
    pub(in crate::redact) name: String,
    /// Whether its value is an identifier, whose secret half is another variable.
    pub(in crate::redact) identifier: bool,
    /// Where its values stand among all.
    values: Vec<usize>,
}

impl KnownValues {
    /// No values: patterns and phrases alone.
    pub fn none() -> Self {
        Self::default()
    }

    /// Chooses the secret variables of a whole `.env` by name and shape; plain settings are left out.
    /// A name that ends in `@previous` gives a previous value of the variable before it.
    pub fn from_env(entries: impl IntoIterator<Item = (String, SecretString)>) -> Self {
        let mut known = Self::none();
        let mut names = BTreeSet::new();
        for (name, value) in entries {
            known.add(name.strip_suffix(PREVIOUS_SUFFIX).unwrap_or(&name), &value);
            names.insert(name);
        }
        for variable in &mut known.variables {
            variable.identifier |= has_secret_half(&variable.name, &names);
        }
        known
    }

    /// Adds a value that a variable has or had before, if it is a secret by name and shape. Pieces of a value stay
    /// recognisable after its rotation.
    pub fn add(&mut self, name: &str, secret: &SecretString) {
        let parts = SecretParts::of(name, secret.expose_secret());
        let mut ordinary = parts.ordinary;
        let mut values = Vec::new();
        for part in &parts.secrets {
            let of_part = values_of(&part.as_str().into(), false);
            ordinary |= of_part.iter().all(is_words);
            values.extend(of_part);
        }
        let spoken = parts.spoken.iter();
        values.extend(spoken.flat_map(|part| values_of(&part.as_str().into(), true)));
        if ordinary {
            self.unmaskable.insert(name.to_owned());
        }
        if parts.overlooked {
            self.overlooked.insert(name.to_owned());
        }
        self.put(name, values);
    }

    /// Adds a secret part of a former value, as [`Self::former`] gave it.
    pub fn add_former(&mut self, name: &str, part: &SecretString, words: bool) {
        self.put(name, values_of(part, words));
    }

    fn put(&mut self, name: &str, values: Vec<KnownValue>) {
        if values.is_empty() {
            return;
        }
        let variable = self.place_of(name);
        for value in values {
            let value = KnownValue { variable, ..value };
            let of_variable = &mut self.variables[variable].values;
            if !of_variable.iter().any(|other| self.values[*other].is_same(&value)) {
                of_variable.push(self.values.len());
                self.values.push(value);
            }
        }
    }

    /// The variables whose names say that they hold a secret, but whose values are too short or too ordinary to be found
    /// in a text: masking them would mask half of what people say.
    pub fn unmaskable(&self) -> impl Iterator<Item = &str> {
        self.unmaskable.iter().map(String::as_str)
    }

    /// The variables of which something random is not masked, since it may be an id that people write: only their owner knows.
    pub fn overlooked(&self) -> impl Iterator<Item = &str> {
        self.overlooked.iter().map(String::as_str)
    }

    /// Names the variables whose values are identifiers (a Bybit key id): masked, but no secret on their own.
    pub fn set_identifiers(&mut self, names: &[String]) {
        for variable in &mut self.variables {
            variable.identifier |= names.iter().any(|name| name == &variable.name);
        }
    }

    /// Whether somebody who tries many could hit so much of this value: all of it in one place, or half.
    pub(in crate::redact) fn is_guessable(&self, value: usize, whole: bool) -> bool {
        self.values
            .get(value)
            .is_some_and(|value| value.guessable[usize::from(whole)])
    }

    /// How many characters of a value are not public.
    pub(in crate::redact) fn chars(&self, value: usize) -> Option<usize> {
        self.values.get(value).map(KnownValue::chars)
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The secret parts of values that no present value has, each with its variable, and whether it is found as words are,
    /// only as a whole: what a caller may keep after a rotation, sealed. Of a value with several secrets those that are
    /// still in use are none of them.
    pub fn former<'a>(&'a self, present: &Self) -> Vec<(&'a str, &'a SecretString, bool)> {
        let mut parts = Vec::new();
        let of_one_part = |one: &KnownValue, other: &KnownValue| {
            one.variable == other.variable && one.source.expose_secret() == other.source.expose_secret()
        };
        // A variable of whatever name may have it.
        let raws: BTreeSet<&[u8]> = present.values.iter().map(|value| value.raw.as_slice()).collect();
        for values in self.values.chunk_by(of_one_part) {
            let value = &values[0];
            let is_held = values.iter().any(|value| raws.contains(value.raw.as_slice()));
            let is_present = is_held || present.stands_in(&value.source);
            if !is_present {
                let name = self.variables[value.variable].name.as_str();
                parts.push((name, &value.source, is_words(value)));
            }
        }
        parts
    }

    /// Whether a value stands in this one, as it is or in base64: a user and a password are one value there. What is
    /// shorter than a window is in many values by chance.
    fn stands_in(&self, part: &SecretString) -> bool {
        let part = part.expose_secret();
        let holds = |text: &str, shortest: usize| {
            let mut raw = self.values.iter().map(|value| &value.raw);
            raw.any(|raw| raw.len() >= shortest && std::str::from_utf8(raw).is_ok_and(|raw| text.contains(raw)))
        };
        holds(part, WINDOW) || encodings::of_base64(part).is_some_and(|hidden| holds(&hidden, 1))
    }

    /// The variables whose names are labels; a hit holds a place in this list.
    pub(in crate::redact) fn variables(&self) -> &[SecretVariable] {
        &self.variables
    }

    /// The place of a variable in the list, which it joins if it is new.
    fn place_of(&mut self, name: &str) -> usize {
        if let Some(place) = self.places.get(name) {
            return *place;
        }
        self.variables.push(SecretVariable {
            name: name.to_owned(),
            identifier: name.ends_with("_ID") && !NameWords::of(name).is_secret_id(),
            values: Vec::new(),
        });
        let place = self.variables.len() - 1;
        self.places.insert(name.to_owned(), place);
        place
    }
}

/// A secret part in all its spellings; `words`: it is found only as a whole, as what is too short or too plain to have
/// pieces.
fn values_of(part: &SecretString, words: bool) -> Vec<KnownValue> {
    let secret = part.expose_secret();
    match KnownValue::of(0, part, secret).filter(|_| !words) {
        Some(value) => value.in_all_spellings(secret),
        None => KnownValue::spoken(0, part, secret),
    }
}

/// Whether a value is found only as a whole.
fn is_words(value: &KnownValue) -> bool {
    value.spoken && value.weak.is_some()
}

/// `X_API_KEY` is an identifier where `X_API_SECRET` or `X_SECRET_KEY` stands beside it.
fn has_secret_half(name: &str, names: &BTreeSet<String>) -> bool {
    let Some(stem) = name.strip_suffix("_KEY").filter(|stem| !stem.ends_with("SECRET")) else {
        return false;
    };
    let provider = stem.strip_suffix("_API").unwrap_or(stem);
    [
        format!("{stem}_SECRET"),
        format!("{provider}_SECRET"),
        format!("{provider}_SECRET_KEY"),
        format!("{provider}_API_SECRET"),
    ]
    .iter()
    .any(|half| names.contains(half))
}
