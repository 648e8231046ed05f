//! SQLite: one process, group commits.
