//! Polls each page, knows what it has seen, hears the bell.
