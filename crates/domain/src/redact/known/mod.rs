//! The values of `.env`, present and previous, and how pieces of them are found in a text in any disguise.
//!
//! [`KnownValues`] holds them folded, in memory that is wiped. A [`WindowIndex`] over them answers whether six characters
//! of a text stand in any value; [`encodings`] reads base64, base32 and hex, [`spelled`] what is short or full of signs, also in other [`spellings`],
//! [`gapped`] what has characters left out, [`scattered`] short pieces with words between them (by [`triples`]); [`guessing`] says how hard a value is to guess; [`secret_variables`] tells by
//! [`names`] and shapes ([`random`]) which variables hold a secret at all, [`secret_parts`] what of a value is one: of [`addresses`],
//! connection strings ([`settings`]), JSON and other text ([`within`]).
mod addresses;
mod encodings;
mod gapped;
mod guessing;
mod known_values;
mod names;
mod random;
mod scattered;
mod search;
mod secret_parts;
mod secret_variables;
mod settings;
mod spelled;
mod spelled_search;
mod spellings;
mod triples;
mod value;
mod window_index;
mod within;

pub use known_values::KnownValues;
pub use spellings::base64;

pub(super) use secret_variables::is_secret;
pub(super) use window_index::WindowIndex;
