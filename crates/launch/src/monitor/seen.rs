//! What one look at the system says of the processes of a tree.

use std::{path::PathBuf, sync::Arc, time::Duration};

/// A process as one look saw it.
#[derive(Debug, Clone)]
pub(super) struct SeenProcess {
    pub(super) pid: u32,
    pub(super) parent: u32,
    /// In the system's own terms, as in an identity.
    pub(super) started_at: u64,
    pub(super) started_at_ms: Option<u64>,
    /// How long it has been running.
    pub(super) age: Duration,
    /// What it had of the processor since it started.
    pub(super) spent: Duration,
    pub(super) resident: u64,
    pub(super) executable: PathBuf,
    /// Its name, as the system cuts it.
    pub(super) name: String,
    pub(super) command: Arc<Vec<String>>,
}
