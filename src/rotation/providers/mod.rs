//! The providers of keys, read from `config/providers.toml`: which variables are theirs, how a key is probed, what an
//! answer means, and what people do to replace a key. Data only; `probe` makes the calls.
mod answer;
mod capture;
mod hosts;
mod makers;
mod origin;
mod other_names;
mod provider;
mod spec;
mod table;

pub use crate::domain::schedule::Priority;
pub use answer::{AnswerRule, ProviderAnswer, Then};
pub use capture::Captures;
pub use makers::{Gateway, Maker, address_words, gateways, maker_of_host, maker_of_value, makers};
pub use origin::KeyOrigin;
pub use provider::{Instance, Method, Provider, Request, Signer, TimeEndpoint, Variable};
pub use spec::ProviderFault;
pub use table::{OF_THE_GUIDE, Providers};

#[cfg(test)]
mod tests;
