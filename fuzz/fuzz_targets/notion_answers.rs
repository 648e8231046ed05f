//! The target `notion_answers` under libFuzzer: see [`keyminder_fuzz::notion_answers`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| keyminder_fuzz::notion_answers(data));
