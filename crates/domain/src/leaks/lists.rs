//! Lists of words as patterns: `{name}` in one stands for another.
use std::collections::BTreeMap;

/// The lists of words as patterns, what they take from each other filled in.
#[derive(Default)]
pub(super) struct Lists {
    pub(super) spelt: BTreeMap<String, String>,
}

impl Lists {
    /// Spells a list of words out, and those that it takes in.
    pub(super) fn spell(
        &mut self,
        words: &BTreeMap<String, Vec<String>>,
        name: &str,
        depth: usize,
    ) -> Result<(), String> {
        if self.spelt.contains_key(name) {
            return Ok(());
        }
        let list = words.get(name).filter(|_| depth < 8);
        let joined = list
            .ok_or_else(|| format!("{name:?} is no list of [words], or names itself"))?
            .join("|");
        for inner in names_in(&joined) {
            self.spell(words, inner, depth + 1)?;
        }
        let filled = self.filled(&joined)?;
        self.spelt.insert(name.to_owned(), filled);
        Ok(())
    }

    /// A pattern with each `{name}` filled in.
    pub(super) fn filled(&self, pattern: &str) -> Result<String, String> {
        let mut filled = pattern.to_owned();
        for name in names_in(pattern) {
            let list = self
                .spelt
                .get(name)
                .ok_or_else(|| format!("{name:?} is no list of [words]"))?;
            filled = filled.replace(&format!("{{{name}}}"), &format!("(?:{list})"));
        }
        Ok(filled)
    }
}

/// The lists that a pattern takes in; `{2}` and `{0,4}` are counts.
fn names_in(pattern: &str) -> impl Iterator<Item = &str> {
    let parts = pattern
        .split('{')
        .skip(1)
        .filter_map(|rest| Some(rest.split_once('}')?.0));
    parts.filter(|name| name.bytes().all(|byte| byte.is_ascii_lowercase()))
}
