//! The target `rules` under libFuzzer: see [`keyminder_fuzz::rules`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| keyminder_fuzz::rules(data));
