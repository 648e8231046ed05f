//! The monitor: every key's verdict, age and days left.
