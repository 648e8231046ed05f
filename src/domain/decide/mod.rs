//! Deciding: state and event in, a decision out. It cannot fail.
