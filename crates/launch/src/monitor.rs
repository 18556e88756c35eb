//! What process trees use of memory and processor.

use std::time::Instant;

use sysinfo::{MINIMUM_CPU_UPDATE_INTERVAL, Pid, ProcessRefreshKind, ProcessesToUpdate, System};

use crate::{ProcessIdentity, process_tree::ProcessTree};

/// What one process tree uses.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Usage {
    /// Resident memory of all its processes, in bytes. Pages that two of them share count twice: telling them apart costs milliseconds a process.
    pub memory: u64,
    /// Share of one core since the call before, in per cent (two busy cores: 200). Zero at the first look at a process.
    pub cpu_percent: f32,
    /// How many processes it is.
    pub processes: usize,
}

/// Measures process trees, all with one scan of the system. Keeps what it needs to tell the processor's share from one call to the next.
#[derive(Debug)]
pub struct ProcessMonitor {
    system: Option<System>,
    /// When the processor's share was last taken.
    measured_at: Option<Instant>,
}

impl ProcessMonitor {
    /// A monitor that has measured nothing yet.
    pub fn new() -> Self {
        Self { system: System::new().ok(), measured_at: None }
    }

    /// What the tree of each process uses, in the order asked; `None` for one that is not running.
    pub fn usage(&mut self, identities: &[ProcessIdentity]) -> Vec<Option<Usage>> {
        let Some(system) = &mut self.system else { return vec![None; identities.len()] };
        if identities.is_empty() {
            return Vec::new();
        }
        let mut wanted = ProcessRefreshKind::nothing().without_tasks().with_memory();
        // Over a shorter time a share says nothing, and asking would spoil the next one.
        if self.measured_at.is_none_or(|at| at.elapsed() >= MINIMUM_CPU_UPDATE_INTERVAL) {
            self.measured_at = Some(Instant::now());
            wanted = wanted.with_cpu();
        }
        system.refresh_processes_specifics(ProcessesToUpdate::All, true, wanted);
        let tree = ProcessTree::of(system);
        identities.iter().map(|identity| identity.is_alive().then(|| sum(system, &tree.tree_of(identity.pid)))).collect()
    }
}

impl Default for ProcessMonitor {
    fn default() -> Self {
        Self::new()
    }
}

fn sum(system: &System, pids: &[u32]) -> Usage {
    let mut total = Usage { memory: 0, cpu_percent: 0.0, processes: 0 };
    for process in pids.iter().filter_map(|pid| system.process(Pid::from_u32(*pid))) {
        total.memory += process.memory();
        total.cpu_percent += process.cpu_usage();
        total.processes += 1;
    }
    total
}
