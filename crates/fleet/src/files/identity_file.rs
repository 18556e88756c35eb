//! How a process is written down, wherever one is.

use std::path::PathBuf;

use launch::ProcessIdentity;
use serde::{Deserialize, Serialize};

/// A [`ProcessIdentity`] in a file.
#[derive(Serialize, Deserialize)]
pub(super) struct IdentityFile {
    pid: u32,
    started_at: u64,
    executable: PathBuf,
}

impl From<&ProcessIdentity> for IdentityFile {
    fn from(identity: &ProcessIdentity) -> Self {
        Self { pid: identity.pid, started_at: identity.started_at, executable: identity.executable.clone() }
    }
}

impl From<IdentityFile> for ProcessIdentity {
    fn from(file: IdentityFile) -> Self {
        Self { pid: file.pid, started_at: file.started_at, executable: file.executable }
    }
}
