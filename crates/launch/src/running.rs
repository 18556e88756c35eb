//! A process that we started, and how it ends.

use std::{fmt, process::ExitStatus};

use process_wrap::tokio::ChildWrapper;

use crate::ProcessIdentity;

/// A process that we started. Dropping this leaves it alone.
pub struct Running {
    /// Who it is.
    pub identity: ProcessIdentity,
    child: Box<dyn ChildWrapper>,
}

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Exit {
    /// By itself, with this code.
    Code(i32),
    /// By this signal.
    Signal(i32),
    /// It cannot be told (somebody else took its status).
    Unknown,
}

impl Running {
    pub(crate) fn new(identity: ProcessIdentity, child: Box<dyn ChildWrapper>) -> Self {
        Self { identity, child }
    }

    /// Waits until the process itself has ended. Its children may live on; [`crate::stop`] ends them too.
    pub async fn wait(&mut self) -> Exit {
        self.child.wait().await.map_or(Exit::Unknown, Exit::from)
    }
}

impl fmt::Debug for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Running").field("identity", &self.identity).finish_non_exhaustive()
    }
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => write!(f, "exit code {code}"),
            Self::Signal(signal) => write!(f, "signal {signal}"),
            Self::Unknown => f.write_str("an unknown status"),
        }
    }
}

impl From<ExitStatus> for Exit {
    fn from(status: ExitStatus) -> Self {
        #[cfg(unix)]
        if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
            return Self::Signal(signal);
        }
        status.code().map_or(Self::Unknown, Self::Code)
    }
}
