//! One test binary: everything a person sees, through data.
mod providers;
mod redaction;
mod rotation;
mod store;
mod wire;
