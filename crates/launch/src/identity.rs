//! Who a process is: enough to tell it from another one that got its number later.

use std::path::{Path, PathBuf};

use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System, UpdateKind};

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
        let seen = platform::look_at(pid)?;
        if seen.is_zombie {
            return None;
        }
        Some(Self { pid, started_at: seen.started_at, executable: seen.executable? })
    }

    /// Looks at a child that was started a moment ago and not waited for. It may have ended already; then it counts as having run `program`.
    pub(crate) fn of_child(pid: u32, program: &Path) -> Self {
        let seen = platform::look_at(pid);
        Self {
            pid,
            started_at: seen.as_ref().map_or(0, |seen| seen.started_at),
            executable: seen.and_then(|seen| seen.executable).unwrap_or_else(|| program.canonicalize().unwrap_or_else(|_| program.to_owned())),
        }
    }

    /// Whether just this process runs now: same number, start time and executable, and not a zombie.
    ///
    /// A child of this very program may have replaced its executable meanwhile (a script that ends in `exec`): its number cannot have been given away.
    pub fn is_alive(&self) -> bool {
        self.after_exec().is_some_and(|now| now.executable == self.executable || platform::look_at(self.pid).is_some_and(|seen| seen.parent == Some(std::process::id())))
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
    environ.iter().find_map(|entry| entry.strip_prefix("OPENCODE_SERVER_PASSWORD=").map(str::to_owned)).filter(|password| !password.is_empty())
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

struct Seen {
    parent: Option<u32>,
    started_at: u64,
    executable: Option<PathBuf>,
    is_zombie: bool,
}

/// An upgrade replaces the file under a running process; it stays the same process.
fn without_deleted_mark(executable: &Path) -> PathBuf {
    match executable.to_str().and_then(|text| text.strip_suffix(" (deleted)")) {
        Some(kept) => PathBuf::from(kept),
        None => executable.to_owned(),
    }
}

#[cfg(target_os = "linux")]
mod platform {
    //! Straight from `/proc`: sysinfo gives the start time in whole seconds of a clock that may be set.

    use std::fs;

    use super::{Seen, without_deleted_mark};

    pub(super) fn look_at(pid: u32) -> Option<Seen> {
        let stat = fs::read(format!("/proc/{pid}/stat")).ok()?;
        let (state, parent, started_at) = parse_stat(&stat)?;
        let executable = fs::read_link(format!("/proc/{pid}/exe")).ok().map(|path| without_deleted_mark(&path));
        Some(Seen { parent: Some(parent), started_at, executable, is_zombie: matches!(state, b'Z' | b'X' | b'x') })
    }

    /// State, parent and start time (fields 3, 4 and 22). The name in brackets may itself hold brackets and spaces, so count from the last one.
    pub(super) fn parse_stat(stat: &[u8]) -> Option<(u8, u32, u64)> {
        let after_name = stat.iter().rposition(|byte| *byte == b')')? + 1;
        let text = std::str::from_utf8(stat.get(after_name..)?).ok()?;
        let mut fields = text.split_ascii_whitespace();
        let state = *fields.next()?.as_bytes().first()?;
        let parent = fields.next()?.parse().ok()?;
        let started_at = fields.nth(17)?.parse().ok()?;
        Some((state, parent, started_at))
    }
}

#[cfg(not(target_os = "linux"))]
mod platform {
    //! Through sysinfo; the start time is in whole seconds.

    use super::{Pid, ProcessRefreshKind, ProcessesToUpdate, Seen, System, UpdateKind, without_deleted_mark};

    pub(super) fn look_at(pid: u32) -> Option<Seen> {
        let mut system = System::new().ok()?;
        let pid = Pid::from_u32(pid);
        system.refresh_processes_specifics(ProcessesToUpdate::Some(&[pid]), true, ProcessRefreshKind::nothing().without_tasks().with_exe(UpdateKind::Always));
        let process = system.process(pid)?;
        Some(Seen {
            parent: process.parent().map(Pid::as_u32),
            started_at: process.start_time(),
            executable: process.exe().map(without_deleted_mark),
            is_zombie: matches!(process.status(), ProcessStatus::Zombie | ProcessStatus::Dead),
        })
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn the_stat_line_is_read_whatever_the_name() {
        let rest = "S 1 7 7 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 987654 10 20";
        for name in ["opencode", "a) Z 1", "((", ") R", "name with spaces"] {
            assert_eq!(platform::parse_stat(format!("7 ({name}) {rest}").as_bytes()), Some((b'S', 1, 987_654)), "{name}");
        }
        for broken in ["", "7 opencode S 1", "7 (opencode) S 1 2", "7 (opencode) "] {
            assert_eq!(platform::parse_stat(broken.as_bytes()), None, "{broken}");
        }
    }

    #[test]
    fn a_replaced_file_is_the_same_executable() {
        assert_eq!(without_deleted_mark(Path::new("/usr/bin/opencode (deleted)")), Path::new("/usr/bin/opencode"));
        assert_eq!(without_deleted_mark(Path::new("/usr/bin/opencode")), Path::new("/usr/bin/opencode"));
    }
}
