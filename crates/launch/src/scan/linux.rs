//! Looking through `/proc`, at what is new and at little else. Linux.
//!
//! Reading what a process runs costs microseconds, and a machine has thousands. So a process that is no opencode is looked at again only
//! while it is new (a shell may be about to run another program) and in turn, a tenth of all at each look: a number that now is
//! another process's, or an old shell that became an opencode, is seen within ten looks. When somebody began to listen, a glance
//! at every process shows at once which of them have replaced their program.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
    net::SocketAddr,
    time::{Duration, Instant},
};

use super::{
    FoundProcess,
    ancestors::Ancestors,
    candidate,
    procfs::Procfs,
    remembered::{Remembered, Search},
    socket_diagnosis, sockets,
};

/// So long a process is looked at each time.
const NEW_FOR: Duration = Duration::from_secs(5);
/// In so many looks everybody has had a turn.
const TURNS: u32 = 10;

/// Looks, and remembers.
#[derive(Debug)]
pub(super) struct Looker {
    proc: Option<Procfs>,
    known: HashMap<u32, Known>,
    /// The addresses by the inodes of their sockets.
    listening: HashMap<u64, SocketAddr>,
    looks: u32,
    /// See [`Procfs::last_number`].
    last_number: Option<u32>,
    /// For so many looks it has stayed.
    quiet_looks: u32,
    /// See [`NEW_FOR`].
    new_for: Duration,
}

/// A process that was seen before.
#[derive(Debug)]
struct Known {
    since: Instant,
    /// The look that saw it last.
    seen: u32,
    /// Stands for its executable.
    program: Option<u64>,
    opencode: Option<Box<Remembered>>,
}

impl Looker {
    pub(super) fn new() -> Self {
        Self {
            proc: Procfs::open(),
            known: HashMap::new(),
            listening: HashMap::new(),
            looks: 0,
            last_number: None,
            quiet_looks: 0,
            new_for: NEW_FOR,
        }
    }

    pub(super) fn look(&mut self) -> Vec<FoundProcess> {
        let Some(proc) = &mut self.proc else { return Vec::new() };
        let now = Instant::now();
        self.looks = self.looks.wrapping_add(1);

        // The table first: who begins to listen after it was read is in the next one, and that is then another.
        let listening = listening(proc);
        let somebody_began = listening.keys().any(|inode| !self.listening.contains_key(inode));
        self.listening = listening;

        let mut ancestors = Ancestors::default();
        // Listing all is most of what a look costs when nothing is new. A number is given away a moment before its process can be seen,
        // so one more list is made; and in a container the number may not be the real one, so it is not believed for long.
        let last_number = proc.last_number();
        let is_quiet = last_number.is_some() && last_number == self.last_number && !somebody_began;
        self.quiet_looks = if is_quiet { self.quiet_looks + 1 } else { 0 };
        self.last_number = last_number;
        let pids = if self.quiet_looks % TURNS > 1 { self.known.keys().copied().collect() } else { proc.pids() };
        for pid in pids {
            if pid <= 1 || pid == std::process::id() {
                continue;
            }
            let known = self.known.entry(pid).or_insert(Known { since: now, seen: 0, program: None, opencode: None });
            known.seen = self.looks;
            let has_turn = pid % TURNS == self.looks % TURNS;
            let is_due = has_turn || now - known.since < self.new_for;
            known.opencode = match known.opencode.take() {
                None if is_due || somebody_began => known.recognise(proc, &mut ancestors, pid, is_due),
                None => None,
                Some(opencode) => opencode.still(proc, &mut ancestors, is_due),
            };
            if let Some(opencode) = &mut known.opencode {
                let search = match (has_turn, somebody_began) {
                    (true, _) => Search::All,
                    (false, true) => Search::Silent,
                    (false, false) => Search::Nobody,
                };
                opencode.refresh(proc, &self.listening, search);
            }
        }
        self.known.retain(|_, known| known.seen == self.looks);

        let opencodes: Vec<_> =
            self.known.values().filter_map(|known| Some(&known.opencode.as_ref()?.candidate)).collect();
        candidate::found(&opencodes)
    }
}

impl Known {
    /// Looks at it if that is due, or if it runs another program than it did.
    fn recognise(
        &mut self,
        proc: &mut Procfs,
        ancestors: &mut Ancestors,
        pid: u32,
        is_due: bool,
    ) -> Option<Box<Remembered>> {
        let executable = proc.executable(pid)?;
        let mut hasher = DefaultHasher::new();
        executable.hash(&mut hasher);
        let before = self.program.replace(hasher.finish());
        (is_due || before != self.program)
            .then(|| Remembered::recognise_by(proc, ancestors, pid, &executable))
            .flatten()
    }
}

fn listening(proc: &Procfs) -> HashMap<u64, SocketAddr> {
    if let Ok(sockets) = socket_diagnosis::listening() {
        return sockets.into_iter().collect();
    }
    let tables = ["tcp", "tcp6"].map(|name| proc.socket_table(name, sockets::has_ended));
    tables.iter().flat_map(|table| sockets::listening(table)).collect()
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;

    #[test]
    fn an_old_shell_that_becomes_an_opencode_is_seen_when_its_turn_comes() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("opencode");
        assert!(Command::new("cp").arg("/usr/bin/tail").arg(&program).status().unwrap().success());
        std::fs::write(folder.path().join("serve"), "").unwrap();
        let mut shell = Command::new("sh")
            .args(["-c", "read go; exec ./opencode -f serve"])
            .current_dir(folder.path())
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let mut looker = Looker { new_for: Duration::ZERO, ..Looker::new() };
        let pid = shell.id();
        let sees = |looker: &mut Looker| looker.look().iter().any(|found| found.identity.pid == pid);
        for _ in 0..TURNS {
            assert!(!sees(&mut looker), "it is a shell");
        }
        drop(shell.stdin.take());
        let executable = format!("/proc/{pid}/exe");
        let deadline = Instant::now() + Duration::from_secs(20);
        while !std::fs::read_link(&executable).is_ok_and(|runs| runs == program) {
            assert!(Instant::now() < deadline, "the shell becomes another program");
            std::thread::yield_now();
        }
        // Twice, as the first time its arguments may not be there yet.
        let found = (0..2 * TURNS).any(|_| sees(&mut looker));
        shell.kill().unwrap();
        shell.wait().unwrap();
        assert!(found);
        assert!(!sees(&mut looker), "it has ended");
    }
}
