//! When the next rotation is due.
