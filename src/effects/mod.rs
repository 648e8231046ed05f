//! Effects done: one variant, one file, the same name.
