//! One test binary: everything a person sees, through data.

mod providers;
mod rotation;
