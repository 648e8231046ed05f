//! What was last read of the properties of each page.
use super::{Client, Error, Page, WritableProperties};
use crate::domain::ids::PageId;
use crate::domain::page::PropertyNames;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The properties of the pages that we can write. Clones are the same cache: the intake reads them anew now and then, and
/// effects write by them.
#[derive(Clone)]
pub struct PropertyCache {
    names: PropertyNames,
    known: Arc<Mutex<HashMap<PageId, WritableProperties>>>,
}

impl PropertyCache {
    /// Nothing is known yet of the properties with these names.
    pub fn new(names: PropertyNames) -> Self {
        Self {
            names,
            known: Arc::default(),
        }
    }

    /// How properties are called.
    pub fn names(&self) -> &PropertyNames {
        &self.names
    }

    /// Finds the properties of a page that was just read, and keeps them.
    pub async fn read(&self, notion: &Client, page: &Page) -> Result<WritableProperties, Error> {
        let last = self.known(&page.id);
        let read = WritableProperties::read(notion, page, &self.names, last.as_ref()).await?;
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(page.id.clone(), read.clone());
        Ok(read)
    }

    fn known(&self, page: &PageId) -> Option<WritableProperties> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(page).cloned()
    }

    /// The properties of a page as they are known, or after reading it when they are not.
    pub async fn of(&self, notion: &Client, page: &PageId) -> Result<WritableProperties, Error> {
        if let Some(properties) = self.known(page) {
            return Ok(properties);
        }
        let page = notion.page(page).await?;
        self.read(notion, &page).await
    }
}
