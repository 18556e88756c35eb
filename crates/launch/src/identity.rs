//! Who a process is: enough to tell it from another one that got its number later.

use std::path::{Path, PathBuf};

use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System, UpdateKind};

use crate::look::look_at;

/// One process and no other. Process ids are reused; the start time and the executable tell the later one apart.
///
/// The fields are plain, so that they can be recorded.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ProcessIdentity {
    /// The process id.
    pub pid: u32,
    /// When it started, in the system's own terms: clock ticks since boot on Linux (unmoved when the clock is set), seconds since 1970 elsewhere.
    pub started_at: u64,
    /// The file that it runs.
    pub executable: PathBuf,
}

impl ProcessIdentity {
    /// Looks at a living process. `None` when there is none, it is a zombie, or it may not be looked at (another user's).
    pub fn observe(pid: u32) -> Option<Self> {
        if pid <= 1 {
            return None;
        }
        let seen = look_at(pid)?;
        if seen.is_zombie {
            return None;
        }
        Some(Self { pid, started_at: seen.started_at, executable: seen.executable? })
    }

    /// Looks at a child that was started a moment ago and not waited for. It may have ended already; then it counts as having run `program`.
    pub(crate) fn of_child(pid: u32, program: &Path) -> Self {
        let seen = look_at(pid);
        Self {
            pid,
            started_at: seen.as_ref().map_or(0, |seen| seen.started_at),
            executable: seen
                .and_then(|seen| seen.executable)
                .unwrap_or_else(|| program.canonicalize().unwrap_or_else(|_| program.to_owned())),
        }
    }

    /// Whether just this process runs now: same number, start time and executable, and not a zombie.
    ///
    /// A child of this very program may have replaced its executable meanwhile (a script that ends in `exec`): its number cannot have been given away.
    pub fn is_alive(&self) -> bool {
        self.after_exec().is_some_and(|now| {
            now.executable == self.executable
                || look_at(self.pid).is_some_and(|seen| seen.parent == Some(std::process::id()))
        })
    }

    /// The same process after it replaced its program (a wrapper script that ends in `exec`): same number and start time, whatever it runs now.
    ///
    /// Only for a process that was surely ours a moment ago; a record is checked by [`Self::is_alive`].
    #[must_use]
    pub fn after_exec(&self) -> Option<Self> {
        Self::observe(self.pid).filter(|now| now.started_at == self.started_at)
    }
}

/// The password that a server of ours was started with, out of its own environment: it is stored nowhere else.
///
/// `None` when the process is gone, is not the one recorded, or has none.
pub fn password_of(identity: &ProcessIdentity) -> Option<String> {
    if !identity.is_alive() {
        return None;
    }
    let environ = environ_of(identity.pid);
    // Read first, check after: had the number changed hands in between, this would be a stranger's.
    identity.is_alive().then_some(())?;
    environ
        .iter()
        .find_map(|entry| entry.strip_prefix("OPENCODE_SERVER_PASSWORD=").map(str::to_owned))
        .filter(|password| !password.is_empty())
}

fn environ_of(pid: u32) -> Vec<String> {
    let Ok(mut system) = System::new() else { return Vec::new() };
    let pid = Pid::from_u32(pid);
    system.refresh_processes_specifics(
        ProcessesToUpdate::Some(&[pid]),
        true,
        ProcessRefreshKind::nothing().without_tasks().with_environ(UpdateKind::Always),
    );
    system
        .process(pid)
        .map(|process| process.environ().iter().filter_map(|entry| entry.to_str().map(str::to_owned)).collect())
        .unwrap_or_default()
}
