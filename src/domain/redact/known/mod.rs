//! The values of `.env`, present and former, and how pieces of them are found in a text in any disguise.
//! Values live here folded, in memory that is wiped; former ones can also be kept as keyed hashes alone.
mod decode;
mod former;
mod name;
mod search;
mod value;

pub use former::FormerFault;
pub use name::{Plainness, is_secret, plainness};
pub(super) use search::Table;

use former::Former;
use secrecy::{ExposeSecret as _, SecretString};
use value::Value;

/// What marks a former value in a list of variables: `NAME@previous`.
pub const PREVIOUS: &str = "@previous";

/// The known values, ready to be looked up.
#[derive(Default)]
pub struct KnownValues {
    values: Vec<Value>,
    former: Vec<Former>,
    labels: Vec<Variable>,
    unmaskable: Vec<String>,
}

/// A variable and whether its value is an identifier, whose secret half is another variable.
pub(super) struct Variable {
    pub(super) name: String,
    pub(super) identifier: bool,
}

impl KnownValues {
    /// No values: patterns and phrases alone.
    pub fn none() -> Self {
        Self::default()
    }

    /// Chooses the secret variables of a whole `.env` by name and shape; plain settings are left out.
    /// A name that ends in `@previous` gives a former value of the variable before it.
    pub fn from_env(entries: impl IntoIterator<Item = (String, SecretString)>) -> Self {
        let mut known = Self::none();
        let mut names = Vec::new();
        for (name, value) in entries {
            match name.strip_suffix(PREVIOUS) {
                Some(variable) => known.add_previous(variable, &value),
                None => known.add(&name, &value),
            }
            names.push(name);
        }
        for variable in &mut known.labels {
            variable.identifier |= has_secret_half(&variable.name, &names);
        }
        known
    }

    /// Adds the present value of a variable, if it is a secret by name and shape.
    pub fn add(&mut self, name: &str, value: &SecretString) {
        match plainness(name, value.expose_secret()) {
            Plainness::Plain => {}
            Plainness::Short => self.unmaskable.push(name.to_owned()),
            Plainness::Secret => self.keep(name, value),
        }
    }

    /// Adds a value that a variable had before; former pieces stay recognisable after a rotation.
    pub fn add_previous(&mut self, name: &str, value: &SecretString) {
        if is_secret(name, value.expose_secret()) {
            self.keep(name, value);
        }
    }

    /// Names the variables whose values are identifiers (a Bybit key id): masked, but no secret on their own.
    pub fn set_identifiers(&mut self, names: &[String]) {
        for variable in &mut self.labels {
            variable.identifier |= names.iter().any(|name| name == &variable.name);
        }
    }

    /// Secret variables whose values are too short or too plain a word to be masked; `check` warns of them.
    pub fn unmaskable(&self) -> &[String] {
        &self.unmaskable
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty() && self.former.is_empty()
    }

    /// All values as keyed hashes of their windows: what a caller may keep of them after a rotation. Whoever holds
    /// these bytes can try short pieces out, so they belong in a file with mode 0600.
    pub fn export(&self) -> Vec<u8> {
        // The hash of a weak password could be tried out whole.
        let strong = self.values.iter().filter(|value| !value.weak);
        let fresh = strong.map(|value| Former::of(value, &self.labels[value.variable].name));
        former::write(fresh.chain(self.former.iter().cloned()))
    }

    /// Adds values that [`KnownValues::export`] wrote.
    pub fn import(&mut self, bytes: &[u8]) -> Result<(), FormerFault> {
        for mut former in former::read(bytes)? {
            former.variable = self.label(&former.name.clone());
            let known = self.former.iter().any(|other| other.is_same(&former));
            if !known {
                self.former.push(former);
            }
        }
        Ok(())
    }

    pub(super) fn variables(&self) -> &[Variable] {
        &self.labels
    }

    fn keep(&mut self, name: &str, secret: &SecretString) {
        let variable = self.label(name);
        match Value::of(variable, secret.expose_secret()) {
            Some(value) => {
                let known = self.values.iter().any(|other| other.is_same(&value));
                if !known {
                    self.values.push(value);
                }
            }
            None => self.unmaskable.push(name.to_owned()),
        }
    }

    fn label(&mut self, name: &str) -> usize {
        if let Some(place) = self.labels.iter().position(|variable| variable.name == name) {
            return place;
        }
        self.labels.push(Variable {
            name: name.to_owned(),
            identifier: name.ends_with("ACCESS_KEY_ID"),
        });
        self.labels.len() - 1
    }
}

/// `X_API_KEY` is an identifier where `X_API_SECRET` or `X_SECRET_KEY` stands beside it.
fn has_secret_half(name: &str, names: &[String]) -> bool {
    let Some(stem) = name.strip_suffix("_KEY").filter(|stem| !stem.ends_with("SECRET")) else {
        return false;
    };
    let maker = stem.strip_suffix("_API").unwrap_or(stem);
    [
        format!("{stem}_SECRET"),
        format!("{maker}_SECRET"),
        format!("{maker}_SECRET_KEY"),
        format!("{maker}_API_SECRET"),
    ]
    .iter()
    .any(|half| names.contains(half))
}
