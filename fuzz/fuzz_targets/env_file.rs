//! The target `env_file` under libFuzzer: see [`keyminder_fuzz::env_file`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| keyminder_fuzz::env_file(data));
