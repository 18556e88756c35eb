//! What is remembered of one recognised process from look to look, and how little of it is read again. Linux.

use std::{
    collections::HashMap,
    ffi::{OsStr, OsString},
    net::SocketAddr,
    os::unix::ffi::OsStrExt,
    path::PathBuf,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use rustix::time::{ClockId, clock_gettime};

use super::{
    ancestors::Ancestors,
    candidate::{self, Candidate, Marks},
    procfs::Procfs,
    role::{self, Form},
    shown,
};
use crate::{ProcessIdentity, look::look_at};

/// See [`super::wrapping::Member::is_young`].
const YOUNG_FOR: Duration = Duration::from_secs(1);
/// Until then an environment that cannot be read may be one that cannot be read yet.
const UNREADABLE_FOR: Duration = Duration::from_secs(5);
/// The start of a process is told from two clocks that are not read at one moment. By more than this, the clock was set.
const SAME_START_MS: u64 = 2_000;
/// In the arguments or the program of whatever is recognised.
const NAME: &[u8] = b"opencode";

/// Whose open files are searched for sockets. Those of whom nothing is known, and of whom one has ended, always are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Search {
    Nobody,
    /// Who does not listen so far, as somebody has begun to.
    Silent,
    All,
}

/// A recognised process and what its facts were taken from.
#[derive(Debug)]
pub(super) struct Remembered {
    pub(super) candidate: Candidate,
    /// As the kernel gives them.
    command_line: Vec<u8>,
    parent: Option<u32>,
    current_folder: Option<PathBuf>,
    /// The inodes of those of its sockets that listen; `None` before it was looked.
    sockets: Option<Vec<u64>>,
}

impl Remembered {
    /// Looks at a process, whatever it was before.
    fn recognise(proc: &mut Procfs, ancestors: &mut Ancestors, pid: u32) -> Option<Box<Self>> {
        let executable = proc.executable(pid)?;
        Self::recognise_by(proc, ancestors, pid, &executable)
    }

    /// The same when its executable has just been read.
    pub(super) fn recognise_by(
        proc: &mut Procfs,
        ancestors: &mut Ancestors,
        pid: u32,
        executable: &OsStr,
    ) -> Option<Box<Self>> {
        let command_line = proc.command_line(pid)?;
        if !contains_name(command_line) && !contains_name(executable.as_bytes()) {
            return None;
        }
        Self::look_closely(proc, ancestors, pid).map(Box::new)
    }

    /// Who it is is read before and after everything else, so that all of it is of one process and one program.
    fn look_closely(proc: &mut Procfs, ancestors: &mut Ancestors, pid: u32) -> Option<Self> {
        let identity = ProcessIdentity::observe(pid)?;
        let command_line = proc.command_line(pid)?.to_vec();
        let arguments = split(&command_line);
        let mut recognised = role::recognise(Some(&identity.executable), &arguments)?;
        if proc.owner(pid)? != rustix::process::geteuid().as_raw() || is_contained(proc, pid) {
            return None;
        }
        let age = Age::of(identity.started_at);
        let marks = match proc.environment(pid) {
            Some(variables) => Marks::read(variables.split(|byte| *byte == 0).map(OsStr::from_bytes)),
            // Whose it is is not known yet.
            None if age.is_below(UNREADABLE_FOR) => return None,
            None => Marks::default(),
        };
        if marks.is_bun && recognised.form == Form::Program {
            recognised = role::recognise_bun(&arguments)?;
        }
        let current_folder = proc.current_folder(pid);
        let directory = candidate::folder_of(&recognised, &marks, current_folder.as_deref()).ok()?;
        let parent = look_at(pid)?.parent;
        let above = ancestors.above(proc, parent);
        (ProcessIdentity::observe(pid)? == identity).then_some(())?;
        let candidate = Candidate {
            identity,
            command: shown::line(&arguments),
            arguments,
            recognised,
            marks,
            directory,
            listens: Vec::new(),
            started_at_ms: age.started_at_ms(),
            is_young: age.is_below(YOUNG_FOR),
            above,
        };
        Some(Self { candidate, command_line, parent, current_folder, sockets: None })
    }

    /// The same process in this look. If its number is another process's by now, or it runs another program, that one is looked at.
    pub(super) fn still(
        mut self: Box<Self>,
        proc: &mut Procfs,
        ancestors: &mut Ancestors,
        is_due: bool,
    ) -> Option<Box<Self>> {
        let identity = &self.candidate.identity;
        let pid = identity.pid;
        let seen = look_at(pid)?;
        let is_same = !seen.is_zombie
            && seen.started_at == identity.started_at
            && seen.executable.as_ref() == Some(&identity.executable);
        if !is_same {
            return Self::recognise(proc, ancestors, pid);
        }
        if !is_due && seen.parent == self.parent {
            return Some(self);
        }
        if proc.command_line(pid) != Some(&self.command_line) {
            return Self::recognise(proc, ancestors, pid);
        }
        self.parent = seen.parent;
        self.candidate.above = ancestors.above(proc, self.parent);
        Some(self)
    }

    /// Reads what changes while a process runs. Looking through what it has open costs most, so one that listens already
    /// and begins to at another place, too, is looked through when it has its turn.
    pub(super) fn refresh(&mut self, proc: &Procfs, listening: &HashMap<u64, SocketAddr>, search: Search) {
        let candidate = &mut self.candidate;
        let pid = candidate.identity.pid;
        let age = Age::of(candidate.identity.started_at);
        candidate.is_young = age.is_below(YOUNG_FOR);
        let (known, now) = (candidate.started_at_ms.unwrap_or(0), age.started_at_ms());
        if now.is_some_and(|now| now.abs_diff(known) > SAME_START_MS) {
            candidate.started_at_ms = now;
        }
        let current = proc.current_folder(pid);
        if current.is_some() && current != self.current_folder {
            self.current_folder = current;
            let folder = candidate::folder_of(&candidate.recognised, &candidate.marks, self.current_folder.as_deref());
            candidate.directory = folder.unwrap_or_else(|_| candidate.directory.take());
        }
        let is_to_search = match (&self.sockets, search) {
            (None, _) | (_, Search::All) => true,
            (Some(sockets), search) => {
                let has_ended = sockets.iter().any(|inode| !listening.contains_key(inode));
                has_ended || (sockets.is_empty() && search == Search::Silent)
            }
        };
        if is_to_search {
            let mut sockets = proc.sockets(pid);
            sockets.retain(|inode| listening.contains_key(inode));
            candidate.listens = sockets.iter().filter_map(|inode| listening.get(inode).copied()).collect();
            candidate.listens.sort_unstable();
            candidate.listens.dedup();
            self.sockets = Some(sockets);
        }
    }
}

fn contains_name(bytes: &[u8]) -> bool {
    bytes.windows(NAME.len()).any(|part| part == NAME)
}

pub(super) fn split(command_line: &[u8]) -> Vec<OsString> {
    let line = command_line.strip_suffix(b"\0").unwrap_or(command_line);
    line.split(|byte| *byte == 0).map(|word| OsStr::from_bytes(word).to_owned()).collect()
}

/// In a container of its own, with another network and other process numbers: nobody reaches it from here, and Docker tells of it.
fn is_contained(proc: &Procfs, pid: u32) -> bool {
    ["net", "pid"].iter().all(|kind| {
        let theirs = proc.namespace(&pid.to_string(), kind);
        theirs.is_some() && theirs != proc.namespace("self", kind)
    })
}

/// When a process started, as two clocks tell it.
struct Age {
    age: Duration,
}

impl Age {
    /// From clock ticks since the machine was started, time asleep included.
    fn of(ticks: u64) -> Self {
        let since_boot = clock_gettime(ClockId::Boottime);
        let since_boot = Duration::try_from(since_boot).unwrap_or_default();
        let started =
            Duration::from_millis(ticks.saturating_mul(1_000) / rustix::param::clock_ticks_per_second().max(1));
        Self { age: since_boot.saturating_sub(started) }
    }

    fn is_below(&self, limit: Duration) -> bool {
        self.age < limit
    }

    /// In milliseconds since 1970.
    fn started_at_ms(&self) -> Option<u64> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
        now.checked_sub(self.age)?.as_millis().try_into().ok()
    }
}
