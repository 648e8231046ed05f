//! A small Notion of our own. It imports nothing of the rest, on purpose: a shared wrong name would cancel out.
//!
//! [`Sandbox`] is the whole service as a value: [`Sandbox::handle`] takes a request and gives an answer, with clock and
//! randomness given at its making, so a simulation can drive it without a socket. [`serve`] puts it on one.
//!
//! Two control APIs play the people: `/sandbox/...` at its own address (comments, faults, time, what was asked), and
//! `/standins/...` at the address of [`providers`] (keys that are made, limited, deleted).
mod api;
mod block;
mod blocks;
mod capabilities;
mod change;
mod comments;
mod conflicts;
mod control_api;
mod faults;
mod filter;
mod http;
mod ids;
mod items;
mod journal;
mod markdown;
mod pages;
mod paging;
pub mod providers;
mod rate;
mod rich_text;
mod schema;
mod server;
mod service;
mod sources;
mod state;
mod state_file;
mod synced;
mod users;
mod values;
mod versions;
mod view;
mod webhook_sender;
mod webhooks;
mod wire;
mod world;

pub use ids::Id;
pub use rate::Rate;
pub use server::{Options, Running, serve};
pub use service::Sandbox;
pub use webhooks::{Delivery, signature};
pub use wire::{Answer, Failure, Request, Transmission};

#[cfg(test)]
mod tests;
