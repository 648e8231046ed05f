//! The names of the parts of the pages that comments are read for: made once for each state of a page, not for each comment.
use crate::domain::page::Guide;
use crate::domain::parts::PartNames;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError};

/// So many pages are kept; then all are forgotten.
const PAGES: usize = 64;

/// The names of pages, by what their guides say.
#[derive(Debug, Default)]
pub struct NamesOfPages(Mutex<HashMap<u64, Arc<PartNames>>>);

impl NamesOfPages {
    /// The names of the parts of this page.
    pub(super) fn of(&self, guide: &Guide) -> Arc<PartNames> {
        let mut hasher = DefaultHasher::new();
        (&guide.title, guide.has_dotted).hash(&mut hasher);
        for step in &guide.steps {
            (step.number, &step.title, &step.commands, step.blocks.first()).hash(&mut hasher);
        }
        for on_page in &guide.criteria {
            (&on_page.block, on_page.step, &on_page.text).hash(&mut hasher);
        }
        for line in &guide.lines {
            (&line.block, &line.text).hash(&mut hasher);
        }
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= PAGES {
            known.clear();
        }
        let names = known.entry(hasher.finish());
        Arc::clone(names.or_insert_with(|| Arc::new(PartNames::of(guide))))
    }
}
