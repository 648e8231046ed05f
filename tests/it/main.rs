//! One test binary: everything a person sees, through data.
mod canary;
mod child;
mod cli;
mod corpus;
mod crash;
mod flood;
mod hostile;
mod providers;
mod redaction;
mod returned;
mod rotation;
mod scenarios;
mod store;
mod tidy;
mod token;
mod wire;
mod words;
