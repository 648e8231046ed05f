//! Named points between two steps of a write, where tests kill the program. Release builds have none.

/// The variable that says at which point, counted from 1, a debug build kills itself.
#[cfg(debug_assertions)]
const KILL_AT: &str = "DEBUG_KILL_AT_POINT";

/// Kills this process, as `kill -9` does, when it is the point that the test asked for.
#[cfg(debug_assertions)]
pub(super) fn point(name: &str) {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicUsize, Ordering};
    static WANTED: OnceLock<Option<usize>> = OnceLock::new();
    static PASSED: AtomicUsize = AtomicUsize::new(0);
    let wanted = WANTED.get_or_init(|| std::env::var_os(KILL_AT)?.to_str()?.parse().ok());
    let passed = PASSED.fetch_add(1, Ordering::Relaxed) + 1;
    if *wanted == Some(passed) {
        eprintln!("killed at point {passed}: {name}");
        let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
    }
}

/// Does nothing: release builds have no such points.
#[cfg(not(debug_assertions))]
pub(super) fn point(_name: &str) {}
