//! One queue for each provider, so that its calls go one after the other.
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The queues of all providers, by the provider's id.
#[derive(Default)]
pub struct ProviderQueues(Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>);

impl ProviderQueues {
    /// The queue of one provider; whoever holds its lock is the one who asks.
    pub fn of(&self, provider: &str) -> Arc<tokio::sync::Mutex<()>> {
        lock(&self.0).entry(provider.to_owned()).or_default().clone()
    }
}

/// Locks a plain map, which a panic elsewhere leaves whole.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
