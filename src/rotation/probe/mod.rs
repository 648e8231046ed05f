//! One probe, one verdict: a harmless authenticated call for each key. No body, URL or header of it is ever kept,
//! logged or put into an error: some bodies echo pieces of keys, and Telegram's URL holds one.
pub mod consent;
mod echo;
mod elsewhere;
mod gate;
mod http;
mod probed;
mod prober;
mod round;
mod settings;
mod shared;

pub(super) use gate::is_placeholder;
pub use probed::{Elsewhere, Hint, OtherMaker, Probed};
pub use prober::Prober;
pub use settings::{EnvPlace, ProbeError, ProbeSettings};

#[cfg(test)]
mod tests;
