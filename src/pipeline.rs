//! The way of a comment.
