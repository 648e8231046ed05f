//! The one redactor of the process, which is replaced whole when `.env` changes.
use super::redactor::Redactor;
use std::sync::{Arc, PoisonError, RwLock};

/// A handle on the redactor in force; clones share it.
#[derive(Clone)]
pub struct SharedRedactor(Arc<RwLock<Arc<Redactor>>>);

impl SharedRedactor {
    /// Starts with this redactor.
    pub fn new(redactor: Redactor) -> Self {
        Self(Arc::new(RwLock::new(Arc::new(redactor))))
    }

    /// The redactor in force.
    pub fn current(&self) -> Arc<Redactor> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts another redactor in force.
    pub fn replace(&self, redactor: Redactor) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(redactor);
    }
}
