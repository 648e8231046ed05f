//! Prompt and facts to rich text.
