//! Things that people gave names to: found by a name that one knows, and the names themselves are not given out.
use crate::user_text::UserText;
use std::collections::BTreeMap;
use std::fmt;

/// Properties by the names that people gave them. A name may hold anything, so it can be asked for and not be read;
/// `Debug` shows how many there are.
#[derive(Clone, PartialEq, Eq)]
pub struct Named<T>(BTreeMap<String, T>);

impl<T> Named<T> {
    /// The one of this name.
    pub fn get(&self, name: &str) -> Option<&T> {
        self.0.get(name)
    }

    /// The one of this name, to be changed.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut T> {
        self.0.get_mut(name)
    }

    /// All of them with their names, for whoever looks for one that is called otherwise.
    pub fn named(&self) -> impl Iterator<Item = (UserText, &T)> {
        self.0.iter().map(|(name, one)| (UserText::plain(name), one))
    }

    /// All of them, in the order of their names.
    pub fn values(&self) -> impl Iterator<Item = &T> {
        self.0.values()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<T> Default for Named<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<T> FromIterator<(String, T)> for Named<T> {
    fn from_iter<I: IntoIterator<Item = (String, T)>>(named: I) -> Self {
        Self(named.into_iter().collect())
    }
}

impl<T> fmt::Debug for Named<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Named({})", self.0.len())
    }
}
