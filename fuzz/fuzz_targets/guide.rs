//! The target `guide` under libFuzzer: see [`keyminder_fuzz::guide`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| keyminder_fuzz::guide(data));
