//! What an instance uses, and what happened to it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What the process tree of an instance uses.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ResourcesView {
    /// `pss` where shared pages are counted in shares, else `rss`.
    pub measure: MeasureView,
    /// Its processes, the server first.
    pub processes: Vec<ProcessView>,
    /// The last ten minutes, about one every 3 s, oldest first.
    pub recent: Vec<SampleView>,
    /// The last twelve hours, one a minute, oldest first.
    pub hours: Vec<SampleView>,
}

/// How memory is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum MeasureView {
    /// Proportional set size.
    Pss,
    /// Resident set size.
    Rss,
}

/// One process of the tree.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ProcessView {
    /// Process id.
    pub pid: u32,
    /// Tells it from a later process of that id; opaque.
    pub started_at: String,
    /// Process id of its parent.
    pub parent: u32,
    /// Its command line, shortened, secrets masked.
    pub command: String,
    /// What it is for.
    pub part: PartView,
    /// Memory, in bytes.
    #[ts(type = "number")]
    pub memory_bytes: u64,
    /// Processor use, in percent of one core.
    pub cpu_percent: f32,
    /// When it started, in ms since the epoch.
    #[ts(type = "number | null")]
    pub started_at_ms: Option<u64>,
}

/// What a process of a tree is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PartView {
    /// The opencode server itself.
    Server,
    /// An MCP server.
    Mcp,
    /// A language server.
    Lsp,
    /// A terminal's shell.
    Terminal,
    /// A command of the agent's, or something else.
    Tool,
}

/// What was used at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct SampleView {
    /// When, in ms since the epoch.
    #[ts(type = "number")]
    pub at_ms: u64,
    /// Memory, in bytes; of a minute its most.
    #[ts(type = "number")]
    pub memory_bytes: u64,
    /// Processor use, in percent of one core; of a minute its mean.
    pub cpu_percent: f32,
}

/// Ends one process below an instance's server.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct EndChild {
    /// Which instance.
    pub instance: String,
    /// The process.
    pub pid: u32,
    /// As `ProcessView` has it.
    pub started_at: String,
}

/// What happened to an instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct HistoryView {
    /// Newest first.
    pub entries: Vec<HistoryEntryView>,
}

/// One change of an instance's state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct HistoryEntryView {
    /// When, in ms since the epoch.
    #[ts(type = "number")]
    pub at_ms: u64,
    /// The word of the new state.
    pub state: String,
    /// Why.
    pub reason: String,
}
