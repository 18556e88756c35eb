//! Who a process is: enough to tell it from another one that got its number later.

use std::path::{Path, PathBuf};

use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System, UpdateKind};

use crate::look::{Seen, look_at};

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
        look_at(self.pid).is_some_and(|seen| self.is_seen_as(&seen, std::process::id()))
    }

    /// The same process after it replaced its program (a wrapper script that ends in `exec`): same number and start time, whatever it runs now.
    ///
    /// Only for a process that was surely ours a moment ago; a record is checked by [`Self::is_alive`].
    #[must_use]
    pub fn after_exec(&self) -> Option<Self> {
        let seen = look_at(self.pid).filter(|seen| self.is_same_start(seen))?;
        Some(Self { executable: seen.executable.unwrap_or_else(|| self.executable.clone()), ..self.clone() })
    }

    /// The executable cannot be read for a moment while a process begins or ends. That says nothing against it: the start time does not lie.
    fn is_seen_as(&self, seen: &Seen, us: u32) -> bool {
        let runs_the_same = seen.executable.as_ref().is_none_or(|now| *now == self.executable);
        self.is_same_start(seen) && (runs_the_same || seen.parent == Some(us))
    }

    fn is_same_start(&self, seen: &Seen) -> bool {
        self.pid > 1 && !seen.is_zombie && seen.started_at == self.started_at
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

/// What a variable says in the environment that a process was started with. `None` when it is not set there, the process is gone, is
/// not the one meant, or may not be looked at.
pub fn variable_of(identity: &ProcessIdentity, name: &str) -> Option<String> {
    let environ = environ_of(identity.pid);
    // Read first, check after: had the number changed hands in between, this would be a stranger's.
    identity.after_exec()?;
    environ.iter().find_map(|entry| Some(entry.strip_prefix(name)?.strip_prefix('=')?.to_owned()))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_fits_one_process_only() {
        const US: u32 = 50;
        let identity = |pid| ProcessIdentity { pid, started_at: 7, executable: "/bin/opencode".into() };
        let seen = |started_at, executable: Option<&str>, parent, is_zombie| Seen {
            parent: Some(parent),
            group: 1,
            session: 1,
            started_at,
            executable: executable.map(PathBuf::from),
            is_zombie,
        };
        let same = Some("/bin/opencode");
        for (pid, now, expected, why) in [
            (20, seen(7, same, 1, false), true, "it is just this one"),
            (20, seen(7, None, 1, false), true, "its executable cannot be read for a moment"),
            (20, seen(7, Some("/bin/other"), US, false), true, "our own child after an exec"),
            (20, seen(7, Some("/bin/other"), 1, false), false, "another program than recorded"),
            (20, seen(8, same, 1, false), false, "a later process of the same number"),
            (20, seen(8, same, US, false), false, "a later child of ours of the same number"),
            (20, seen(8, None, 1, false), false, "a later process that cannot be looked at"),
            (20, seen(7, same, 1, true), false, "a zombie"),
            (20, seen(7, None, US, true), false, "a zombie of ours"),
            (1, seen(7, same, 0, false), false, "the first process of the system"),
            (0, seen(7, same, 0, false), false, "no process"),
        ] {
            assert_eq!(identity(pid).is_seen_as(&now, US), expected, "{why}");
        }
    }
}
