//! The way out: every HTTP client of the program is built here, and every address that a key, a token or an alert goes to
//! passes the same two questions: is it https (or this machine), and is where it leads a public place.
mod address;
mod client;
mod destination;

pub use address::is_public;
pub use client::{client, is_refused_address};
pub use destination::{DestinationFault, authority, destination, is_loopback};
