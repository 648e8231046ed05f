//! The target `redact` under libFuzzer: see [`keyminder_fuzz::redact`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| keyminder_fuzz::redact(data));
