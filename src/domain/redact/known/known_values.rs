//! The known values: collected from the variables of a `.env`, also those of before a rotation.
use super::names::NameWords;
use super::secret_parts::SecretParts;
use super::value::KnownValue;
use secrecy::{ExposeSecret as _, SecretString};
use std::collections::BTreeSet;

/// What marks a previous value in a list of variables: `NAME@previous`.
const PREVIOUS_SUFFIX: &str = "@previous";

/// The known values, ready to be looked up.
#[derive(Default)]
pub struct KnownValues {
    pub(super) values: Vec<KnownValue>,
    variables: Vec<SecretVariable>,
    unmaskable: BTreeSet<String>,
    overlooked: BTreeSet<String>,
}

/// A variable of which values are known.
pub(in crate::domain::redact) struct SecretVariable {
    pub(in crate::domain::redact) name: String,
    /// Whether its value is an identifier, whose secret half is another variable.
    pub(in crate::domain::redact) identifier: bool,
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
        let mut names = Vec::new();
        for (name, value) in entries {
            known.add(name.strip_suffix(PREVIOUS_SUFFIX).unwrap_or(&name), &value);
            names.push(name);
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
        let mut values = Vec::new();
        let mut ordinary = parts.ordinary;
        for part in &parts.secrets {
            if let Some(value) = KnownValue::of(0, secret, part) {
                values.extend(value.in_all_spellings(part));
            } else {
                ordinary = true;
                values.extend(KnownValue::spoken(0, secret, part));
            }
        }
        let spoken = parts.spoken.iter();
        values.extend(spoken.flat_map(|part| KnownValue::spoken(0, secret, part)));
        if ordinary {
            self.unmaskable.insert(name.to_owned());
        }
        if parts.overlooked {
            self.overlooked.insert(name.to_owned());
        }
        if values.is_empty() {
            return;
        }
        let variable = self.place_of(name);
        for value in values {
            let value = KnownValue { variable, ..value };
            if !self.values.iter().any(|other| other.is_same(&value)) {
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
    pub(in crate::domain::redact) fn is_guessable(&self, value: usize, whole: bool) -> bool {
        self.values
            .get(value)
            .is_some_and(|value| value.guessable[usize::from(whole)])
    }

    /// How many characters of a value are not public.
    pub(in crate::domain::redact) fn chars(&self, value: usize) -> Option<usize> {
        self.values.get(value).map(KnownValue::chars)
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The values that are none of the present ones, each with its variable: what a caller may keep of them after a
    /// rotation, sealed.
    pub fn former<'a>(&'a self, present: &'a Self) -> impl Iterator<Item = (&'a str, &'a SecretString)> {
        let former = self.values.iter().filter(|value| !present.holds(value));
        let named = former.map(|value| (self.variables[value.variable].name.as_str(), &value.source));
        // A value of several secret parts is one value.
        let mut before = None;
        named.filter(move |(name, source)| {
            let this = Some((*name, source.expose_secret()));
            std::mem::replace(&mut before, this) != this
        })
    }

    /// Whether a variable, whichever it is, has this value.
    fn holds(&self, value: &KnownValue) -> bool {
        self.values.iter().any(|other| other.raw == value.raw)
    }

    /// The variables whose names are labels; a hit holds a place in this list.
    pub(in crate::domain::redact) fn variables(&self) -> &[SecretVariable] {
        &self.variables
    }

    /// The place of a variable in the list, which it joins if it is new.
    fn place_of(&mut self, name: &str) -> usize {
        if let Some(place) = self.variables.iter().position(|variable| variable.name == name) {
            return place;
        }
        self.variables.push(SecretVariable {
            name: name.to_owned(),
            identifier: name.ends_with("_ID") && !NameWords::of(name).is_secret_id(),
        });
        self.variables.len() - 1
    }
}

/// `X_API_KEY` is an identifier where `X_API_SECRET` or `X_SECRET_KEY` stands beside it.
fn has_secret_half(name: &str, names: &[String]) -> bool {
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
