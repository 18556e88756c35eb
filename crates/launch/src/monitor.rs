//! What process trees use of memory and processor, process by process.
//!
//! It looks at the trees that are asked for and at nothing else, because it does so every few seconds for as long as the program runs.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use crate::ProcessIdentity;

mod command;
#[cfg(not(target_os = "linux"))]
#[path = "monitor/elsewhere.rs"]
mod looking;
#[cfg(target_os = "linux")]
#[path = "monitor/linux.rs"]
mod looking;
mod memory;
mod part;
mod seen;
mod tree_usage;

use looking::{Looker, proportional};
use memory::Proportions;
pub use part::{Part, part_of};
use seen::SeenProcess;
pub use tree_usage::{Measure, ProcessUsage, TreeUsage};

/// Over a shorter time the system's clock ticks are too coarse for a share.
const SHORTEST_TIME: Duration = Duration::from_millis(200);

/// Measures process trees. Keeps what it needs to tell the processor's share from one look to the next.
#[derive(Debug, Default)]
pub struct ProcessMonitor {
    looker: Looker,
    proportions: Proportions,
    /// When the shares were last taken.
    measured_at: Option<Instant>,
    shares: HashMap<u32, Share>,
}

/// What one process had of the processor.
#[derive(Debug, Clone, Copy)]
struct Share {
    /// Since it started.
    spent: Duration,
    /// Tells a process from a later one of the same number.
    started_at: u64,
    percent: f32,
}

impl ProcessMonitor {
    /// A monitor that has measured nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// What the tree of each process uses, in the order asked; `None` for one that is not running.
    /// `mcp_commands`: the configured ones of all of them.
    ///
    /// A root inside of another one's tree is measured by itself and left out there, so that the trees can be added up.
    pub fn trees(&mut self, roots: &[ProcessIdentity], mcp_commands: &[Vec<String>]) -> Vec<Option<TreeUsage>> {
        if roots.is_empty() {
            return Vec::new();
        }
        let trees = self.looker.look(roots);
        let now = Instant::now();
        self.take_shares(&trees, now);
        self.proportions.measure(trees.iter().flatten().flatten(), now, proportional);
        trees.iter().map(|tree| tree.as_ref().map(|tree| self.usage_of(tree, mcp_commands))).collect()
    }

    fn take_shares(&mut self, trees: &[Option<Vec<SeenProcess>>], now: Instant) {
        let elapsed = self.measured_at.map(|at| now - at);
        if elapsed.is_some_and(|elapsed| elapsed < SHORTEST_TIME) {
            return;
        }
        self.measured_at = Some(now);
        let before = std::mem::take(&mut self.shares);
        for process in trees.iter().flatten().flatten() {
            let earlier = before.get(&process.pid).filter(|earlier| earlier.started_at == process.started_at);
            let earlier = earlier.map(|earlier| earlier.spent);
            let percent = elapsed.map_or(0.0, |elapsed| percent(process, earlier, elapsed));
            let share = Share { spent: process.spent, started_at: process.started_at, percent };
            self.shares.insert(process.pid, share);
        }
    }

    /// The measure of a tree that was measured for the better part. The rest of it, what has just come, counts in full.
    fn measure_of(&self, tree: &[SeenProcess]) -> Measure {
        let resident = |process: &SeenProcess| process.resident;
        let all: u64 = tree.iter().map(resident).sum();
        let measured: u64 = tree.iter().filter(|process| self.proportions.of(process).is_some()).map(resident).sum();
        if measured > 0 && measured >= all / 2 { Measure::Pss } else { Measure::Rss }
    }

    fn usage_of(&self, tree: &[SeenProcess], mcp_commands: &[Vec<String>]) -> TreeUsage {
        let parts = parts(tree, mcp_commands);
        let measure = self.measure_of(tree);
        let processes: Vec<ProcessUsage> = tree
            .iter()
            .map(|process| ProcessUsage {
                identity: ProcessIdentity {
                    pid: process.pid,
                    started_at: process.started_at,
                    executable: process.executable.clone(),
                },
                parent: process.parent,
                command: command::shown(&process.command, &process.name),
                memory: match measure {
                    Measure::Pss => self.proportions.of(process).unwrap_or(process.resident),
                    Measure::Rss => process.resident,
                },
                cpu_percent: self.shares.get(&process.pid).map_or(0.0, |share| share.percent),
                part: parts[&process.pid],
                started_at_ms: process.started_at_ms,
            })
            .collect();
        TreeUsage {
            memory: processes.iter().map(|process| process.memory).sum(),
            measure,
            cpu_percent: processes.iter().map(|process| process.cpu_percent).sum(),
            processes,
        }
    }
}

/// The share of a process since the look before. `earlier`: what it had then.
fn percent(process: &SeenProcess, earlier: Option<Duration>, elapsed: Duration) -> f32 {
    // One that was there before but was not looked at says nothing of the time in between.
    let is_new = process.age <= elapsed;
    let earlier = match earlier {
        Some(earlier) => earlier,
        None if is_new => Duration::ZERO,
        None => return 0.0,
    };
    process.spent.saturating_sub(earlier).div_duration_f32(elapsed) * 100.0
}

/// The part of each process: a child of the server by its command, everything below it like its parent.
fn parts(tree: &[SeenProcess], mcp_commands: &[Vec<String>]) -> HashMap<u32, Part> {
    let by_pid: HashMap<u32, &SeenProcess> = tree.iter().map(|process| (process.pid, process)).collect();
    let mut parts = HashMap::new();
    if let Some(root) = tree.first() {
        parts.insert(root.pid, Part::Server);
    }
    for process in tree {
        // Up to one whose part is known, then down again: a parent's number need not be the smaller one.
        let mut line = Vec::new();
        let mut next = Some(process);
        while let Some(process) = next.filter(|process| !parts.contains_key(&process.pid) && line.len() <= tree.len()) {
            line.push(process);
            next = by_pid.get(&process.parent).copied();
        }
        for process in line.into_iter().rev() {
            let inherited = parts.get(&process.parent).copied().filter(|part| *part != Part::Server);
            let part = inherited.unwrap_or_else(|| part_of(&process.command, mcp_commands));
            parts.insert(process.pid, part);
        }
    }
    parts
}

#[cfg(test)]
mod tests;
