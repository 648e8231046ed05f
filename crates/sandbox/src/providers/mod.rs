//! Stand-ins of the providers on one loopback listener, told apart by the `Host` header. They verify what they are sent
//! (HMAC signature, bearer token) and know live and deleted keys. Like the rest of the sandbox they import nothing of
//! ours: a shared wrong name would cancel out.
//!
//! Control API: `POST /standins/keys {provider}` makes a key, `PUT /standins/keys` says what a key is,
//! `PUT|DELETE /standins/answers` scripts answers, `GET /standins/journal` lists the calls.
mod answers;
mod auth;
mod catalog;
mod control_api;
mod keys;
mod reply;
mod router;
mod stand_ins;

pub use answers::Script;
pub use keys::{Key, KeyState, invent};
pub use router::router;
pub use stand_ins::StandIns;

#[cfg(test)]
mod tests;
