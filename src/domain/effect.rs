//! All that we can do; each with its key.
