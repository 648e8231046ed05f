//! Redaction: raw text in, clean text and findings out.
