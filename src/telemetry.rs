//! Logs and metrics behind the redacting writer.
