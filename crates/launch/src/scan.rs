//! Finding the opencode servers and terminal interfaces among the processes of this machine.
//!
//! Owns how such a process is recognised and what can be seen of it from outside. It speaks to none of them and signals none:
//! whether what listens really is an opencode is for others to ask.

mod candidate;
mod interpreters;
mod own_arguments;
mod role;
mod shell_text;
mod shown;
mod starters;
mod wrapping;

#[cfg(target_os = "linux")]
mod ancestors;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
mod procfs;
#[cfg(target_os = "linux")]
mod remembered;
#[cfg(target_os = "linux")]
mod socket_diagnosis;
#[cfg(target_os = "linux")]
mod sockets;

#[cfg(not(target_os = "linux"))]
mod elsewhere;

use std::{net::SocketAddr, path::PathBuf};

use crate::ProcessIdentity;

#[cfg(not(target_os = "linux"))]
use elsewhere::Looker;
#[cfg(target_os = "linux")]
use linux::Looker;
pub use role::{Role, role_of};

/// Finds opencode servers and terminal interfaces among the processes of this machine.
///
/// It keeps what it has learned, so that a look that finds nothing new is cheap. It blocks: call it on a thread for that.
#[derive(Debug)]
pub struct Scanner {
    looker: Looker,
}

/// An opencode process, as seen from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundProcess {
    /// The process that serves, the innermost one; not the wrappers around it.
    pub identity: ProcessIdentity,
    /// What it does.
    pub role: Role,
    /// Its arguments in one line for a person, as a shell would take them, with secrets masked.
    pub command: String,
    /// The folder that it works in: its current one, or the one that its arguments name.
    pub directory: Option<PathBuf>,
    /// Where it listens by TCP. What only its children listen on is not there.
    pub listens: Vec<SocketAddr>,
    /// The wrappers above it (npm, node, bun, a shell), outermost first.
    pub wrappers: Vec<u32>,
    /// When it started, in milliseconds since 1970.
    pub started_at_ms: Option<u64>,
    /// What `PORTAL_INSTANCE` says in its environment: the instance that it was started for by one of us.
    pub instance: Option<String>,
    /// What `PORTAL_STATE` says in its environment: the state folder of the one that started it.
    pub state_folder: Option<PathBuf>,
}

impl Scanner {
    /// A scanner that knows nothing yet.
    pub fn new() -> Self {
        Self { looker: Looker::new() }
    }

    /// All of this user's opencode processes that serve or are an interface, by process id.
    pub fn look(&mut self) -> Vec<FoundProcess> {
        self.looker.look()
    }
}

impl Default for Scanner {
    fn default() -> Self {
        Self::new()
    }
}
