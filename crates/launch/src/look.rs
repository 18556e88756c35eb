//! One look at one process, or at all: what the system says of them now.

use std::path::{Path, PathBuf};

/// What the system says of a process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) parent: Option<u32>,
    /// The leader of its process group; 0 when that is beyond what we can see.
    pub(crate) group: u32,
    /// The leader of its session; 0 when that is beyond what we can see.
    pub(crate) session: u32,
    pub(crate) started_at: u64,
    /// Not always to be read: of others' processes, and for a moment while a process begins or ends.
    pub(crate) executable: Option<PathBuf>,
    pub(crate) is_zombie: bool,
}

pub(crate) use platform::{look_at, look_at_all};

/// An upgrade replaces the file under a running process; it stays the same process.
pub(crate) fn without_deleted_mark(executable: &Path) -> PathBuf {
    match executable.to_str().and_then(|text| text.strip_suffix(" (deleted)")) {
        Some(kept) => PathBuf::from(kept),
        None => executable.to_owned(),
    }
}

#[cfg(target_os = "linux")]
mod platform {
    //! Straight from `/proc`: sysinfo gives the start time in whole seconds of a clock that may be set.

    use std::{
        collections::HashMap,
        fs::{self, File},
        io::Read,
    };

    use super::{Seen, without_deleted_mark};

    /// Every process, without its executable.
    pub(crate) fn look_at_all() -> HashMap<u32, Seen> {
        let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
        let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        pids.filter_map(|pid: u32| Some((pid, stat(pid)?))).collect()
    }

    pub(crate) fn look_at(pid: u32) -> Option<Seen> {
        let seen = stat(pid)?;
        let executable = fs::read_link(format!("/proc/{pid}/exe")).ok().map(|path| without_deleted_mark(&path));
        Some(Seen { executable, ..seen })
    }

    /// One read gives all of it; a second one would only say so.
    fn stat(pid: u32) -> Option<Seen> {
        let mut line = [0; 1024];
        let length = File::open(format!("/proc/{pid}/stat")).ok()?.read(&mut line).ok()?;
        parse_stat(line.get(..length)?)
    }

    /// The fields after the name: state, parent, group, session and, as the 22nd of all, the start time.
    /// The name in brackets may itself hold brackets and spaces, so they are counted from the last one.
    pub(super) fn parse_stat(stat: &[u8]) -> Option<Seen> {
        let after_name = stat.iter().rposition(|byte| *byte == b')')? + 1;
        let fields: Vec<&str> = std::str::from_utf8(stat.get(after_name..)?).ok()?.split_ascii_whitespace().collect();
        let number = |at: usize| fields.get(at).and_then(|field| field.parse().ok());
        Some(Seen {
            parent: number(1),
            group: number(2)?,
            session: number(3)?,
            started_at: fields.get(19)?.parse().ok()?,
            executable: None,
            is_zombie: matches!(*fields.first()?, "Z" | "X" | "x"),
        })
    }
}

#[cfg(not(target_os = "linux"))]
mod platform {
    //! Through sysinfo; the start time is in whole seconds.

    use std::collections::HashMap;

    use sysinfo::{Pid, Process, ProcessRefreshKind, ProcessStatus, ProcessesToUpdate, System, UpdateKind};

    use super::{Seen, without_deleted_mark};

    pub(crate) fn look_at(pid: u32) -> Option<Seen> {
        let mut system = System::new().ok()?;
        let pid = Pid::from_u32(pid);
        system.refresh_processes_specifics(
            ProcessesToUpdate::Some(&[pid]),
            true,
            ProcessRefreshKind::nothing().without_tasks().with_exe(UpdateKind::Always),
        );
        system.process(pid).map(|process| seen(pid, process))
    }

    /// Every process, without its executable.
    pub(crate) fn look_at_all() -> HashMap<u32, Seen> {
        let Ok(mut system) = System::new() else { return HashMap::new() };
        system.refresh_processes_specifics(ProcessesToUpdate::All, true, ProcessRefreshKind::nothing().without_tasks());
        system.processes().iter().map(|(pid, process)| (pid.as_u32(), seen(*pid, process))).collect()
    }

    fn seen(pid: Pid, process: &Process) -> Seen {
        Seen {
            parent: process.parent().map(Pid::as_u32),
            group: group_of(pid.as_u32()),
            session: process.session_id().map_or(0, Pid::as_u32),
            started_at: process.start_time(),
            executable: process.exe().map(without_deleted_mark),
            is_zombie: matches!(process.status(), ProcessStatus::Zombie | ProcessStatus::Dead),
        }
    }

    #[cfg(unix)]
    fn group_of(pid: u32) -> u32 {
        let pid = i32::try_from(pid).ok().and_then(rustix::process::Pid::from_raw);
        let group = pid.and_then(|pid| rustix::process::getpgid(Some(pid)).ok());
        group.and_then(|group| u32::try_from(group.as_raw_nonzero().get()).ok()).unwrap_or(0)
    }

    #[cfg(not(unix))]
    fn group_of(_pid: u32) -> u32 {
        0
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn the_stat_line_is_read_whatever_the_name() {
        let rest = "S 1 5 6 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 987654 10 20";
        for name in ["opencode", "a) Z 1", "((", ") R", "name with spaces"] {
            let expected =
                Seen { parent: Some(1), group: 5, session: 6, started_at: 987_654, executable: None, is_zombie: false };
            assert_eq!(platform::parse_stat(format!("7 ({name}) {rest}").as_bytes()), Some(expected), "{name}");
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
