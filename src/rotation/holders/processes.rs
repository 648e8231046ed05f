//! Running programs of the same user: what stands in their environments and command lines, and which of them run in the
//! project. Linux tells it in `/proc`, macOS by `ps`.
#[cfg(target_os = "linux")]
use super::proc;
#[cfg(target_os = "macos")]
use super::ps;
use super::running::Running;
use super::sought::Sought;
use std::path::Path;

/// Looks at all programs of this user but ourselves. What cannot be read, or ends meanwhile, is passed over.
#[cfg(target_os = "linux")]
pub(super) fn running(sought: &Sought, project: &Path) -> Running {
    proc::running(Path::new("/proc"), std::process::id(), sought, project)
}

/// Looks at all programs of this user but ourselves. Which of them work in the project, and may have read its `.env`, is not
/// told: so not everybody is seen.
#[cfg(target_os = "macos")]
pub(super) fn running(sought: &Sought, _project: &Path) -> Running {
    Running {
        holding: ps::holding(&ps::output(), std::process::id(), sought),
        ..Running::default()
    }
}

/// Other systems show no program's environment.
#[cfg(not(any(target_os = "linux", target_os = "macos")))]
pub(super) fn running(_sought: &Sought, _project: &Path) -> Running {
    Running::default()
}
