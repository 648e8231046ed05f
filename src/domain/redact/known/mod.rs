//! The values of `.env`, present and previous, and how pieces of them are found in a text in any disguise.
//!
//! [`KnownValues`] holds them folded, in memory that is wiped; previous ones can also be kept as keyed hashes alone
//! ([`previous`]). A [`WindowIndex`] over them answers whether six characters of a text stand in any value; [`decode`]
//! reads base64 and hex; [`secret_variables`] tells which variables hold a secret at all.
mod decode;
mod known_values;
mod previous;
mod search;
mod secret_variables;
mod value;

pub use known_values::KnownValues;
pub use previous::PreviousValuesError;
pub(super) use search::WindowIndex;
pub(super) use secret_variables::is_secret;
