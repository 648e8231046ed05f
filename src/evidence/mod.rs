//! Looks: one file for each kind of check.
