//! The ids under which the bot writes, now and before.
use crate::domain::ids::PersonId;
use std::sync::{Arc, PoisonError, RwLock};

/// All ids under which we wrote: the present one and all former ones, so that what stands under an older token is still
/// ours. Clones are the same list: it grows when the token is swapped.
#[derive(Clone, Default)]
pub struct OwnIds(Arc<RwLock<Arc<[PersonId]>>>);

impl OwnIds {
    /// A list of these ids.
    pub fn new(ids: Vec<PersonId>) -> Self {
        Self(Arc::new(RwLock::new(ids.into())))
    }

    /// As they are now.
    pub fn all(&self) -> Arc<[PersonId]> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// From now on this one too.
    pub fn add(&self, id: &PersonId) {
        let mut ids = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if !ids.contains(id) {
            *ids = ids.iter().chain([id]).cloned().collect();
        }
    }
}
