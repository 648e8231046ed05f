//! All that can happen.
