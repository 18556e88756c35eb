//! What process trees use of memory and processor.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System};

use crate::{ProcessIdentity, process_tree::ProcessTree};

mod part;
mod tree_usage;

pub use part::{Part, part_of};
pub use tree_usage::{Measure, ProcessUsage, TreeUsage};

/// What one process tree uses.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Usage {
    /// Resident memory of all its processes, in bytes. Pages that two of them share count twice: telling them apart costs milliseconds a process.
    pub memory: u64,
    /// Share of one core since the call before, in per cent (two busy cores: 200). Zero at the first call.
    pub cpu_percent: f32,
    /// How many processes it is.
    pub processes: usize,
}

/// Over a shorter time the system's clock ticks are too coarse for a share.
const SHORTEST_TIME: Duration = Duration::from_millis(200);

/// Measures process trees, all with one scan of the system. Keeps what it needs to tell the processor's share from one call to the next.
#[derive(Debug)]
pub struct ProcessMonitor {
    system: Option<System>,
    /// When the shares were last taken.
    measured_at: Option<Instant>,
    processors: HashMap<Pid, Processor>,
}

/// What one process had of the processor.
#[derive(Debug, Clone, Copy)]
struct Processor {
    /// Since it started.
    spent_ms: u64,
    /// Tells a process from a later one of the same number.
    start_time: u64,
    percent: f32,
}

impl ProcessMonitor {
    /// A monitor that has measured nothing yet.
    pub fn new() -> Self {
        Self { system: System::new().ok(), measured_at: None, processors: HashMap::new() }
    }

    /// What the tree of each process uses, in the order asked; `None` for one that is not running.
    pub fn usage(&mut self, identities: &[ProcessIdentity]) -> Vec<Option<Usage>> {
        if identities.is_empty() {
            return Vec::new();
        }
        let Some(mut system) = self.system.take() else { return vec![None; identities.len()] };
        system.refresh_processes_specifics(
            ProcessesToUpdate::All,
            true,
            ProcessRefreshKind::nothing().without_tasks().with_memory().with_cpu(),
        );
        self.take_shares(&system);
        let tree = ProcessTree::of(&system);
        let usage = identities
            .iter()
            .map(|identity| identity.is_alive().then(|| self.sum(&system, &tree.tree_of(identity.pid))))
            .collect();
        self.system = Some(system);
        usage
    }

    /// What the tree of each process uses, in the order asked; `None` for one that is not running. `mcp_commands`: the configured ones of all of them.
    pub fn trees(&mut self, roots: &[ProcessIdentity], mcp_commands: &[Vec<String>]) -> Vec<Option<TreeUsage>> {
        let _coming = mcp_commands;
        let tree = |usage: Usage| TreeUsage {
            memory: usage.memory,
            measure: Measure::Rss,
            cpu_percent: usage.cpu_percent,
            processes: Vec::new(),
        };
        self.usage(roots).into_iter().map(|usage| usage.map(tree)).collect()
    }

    /// By our own subtraction: the library's share is lost for a process that it first sees between two looks.
    fn take_shares(&mut self, system: &System) {
        let now = Instant::now();
        let elapsed = self.measured_at.map(|at| now - at);
        if elapsed.is_some_and(|elapsed| elapsed < SHORTEST_TIME) {
            return;
        }
        self.measured_at = Some(now);
        let before = std::mem::take(&mut self.processors);
        for (pid, process) in system.processes() {
            let (spent_ms, start_time) = (process.accumulated_cpu_time(), process.start_time());
            let earlier = before
                .get(pid)
                .filter(|earlier| earlier.start_time == start_time)
                .map_or(0, |earlier| earlier.spent_ms);
            let percent = match elapsed {
                #[expect(clippy::cast_precision_loss, reason = "a share of some milliseconds")]
                Some(elapsed) => spent_ms.saturating_sub(earlier) as f32 / elapsed.as_millis() as f32 * 100.0,
                None => 0.0,
            };
            self.processors.insert(*pid, Processor { spent_ms, start_time, percent });
        }
    }

    fn sum(&self, system: &System, pids: &[u32]) -> Usage {
        let mut total = Usage { memory: 0, cpu_percent: 0.0, processes: 0 };
        for pid in pids.iter().map(|pid| Pid::from_u32(*pid)) {
            if let Some(process) = system.process(pid) {
                total.memory += process.memory();
                total.cpu_percent += self.processors.get(&pid).map_or(0.0, |processor| processor.percent);
                total.processes += 1;
            }
        }
        total
    }
}

impl Default for ProcessMonitor {
    fn default() -> Self {
        Self::new()
    }
}
