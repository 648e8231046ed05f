//! Effects done: an effect in, an outcome out. One variant, one file, the same name.
mod back_up_env;
mod check_box;
mod context;
mod gather_evidence;
mod look_up_keys;
mod mark_exposed;
mod mask_block;
mod move_rotation;
mod outcomes;
mod perform;
mod post_reply;
mod probe_keys;
mod set_property;
mod set_status;
mod unmark_exposed;
mod update_reply;
mod watch_exposed;
mod worker;
mod write_schedule;

pub use context::EffectContext;
pub use worker::Worker;
