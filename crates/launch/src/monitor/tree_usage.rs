//! What one measurement says. Plain data; how it is measured is told elsewhere.

use crate::{ProcessIdentity, monitor::Part};

/// What one process tree uses: a process and all that it started.
#[derive(Debug, Clone, PartialEq)]
pub struct TreeUsage {
    /// Memory of all its processes, in bytes.
    pub memory: u64,
    /// What kind of memory that is.
    pub measure: Measure,
    /// Share of one core since the look before, in per cent (two busy cores: 200). Zero at the first look.
    pub cpu_percent: f32,
    /// Each process, the root first, then in the order of their process ids.
    pub processes: Vec<ProcessUsage>,
}

/// What kind of memory is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Measure {
    /// Pages that several processes share are divided among them, so that sums are right.
    Pss,
    /// Pages that several processes share count for each of them.
    Rss,
}

/// What one process uses.
#[derive(Debug, Clone, PartialEq)]
pub struct ProcessUsage {
    /// Which process.
    pub identity: ProcessIdentity,
    /// The process that it belongs to now; 0 when that is not known.
    pub parent: u32,
    /// Its command: short, on one line, with secrets masked.
    pub command: String,
    /// Memory in bytes, in the tree's measure.
    pub memory: u64,
    /// Share of one core since the look before, in per cent.
    pub cpu_percent: f32,
    /// What it is to the server.
    pub part: Part,
    /// When it started, in milliseconds since 1970.
    pub started_at_ms: Option<u64>,
}
