//! The opencode binary that new instances run.

use std::path::PathBuf;

/// What we know of the opencode binary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opencode {
    /// Being looked for.
    Looking,
    /// Found, and it tells its version.
    Found {
        /// Where.
        path: PathBuf,
        /// What it answered to `--version`.
        version: String,
        /// By what we found it.
        source: OpencodeSource,
    },
    /// Nowhere.
    Missing {
        /// The places looked at, in order.
        searched: Vec<PathBuf>,
        /// What went wrong with the last installation, if one was tried.
        install_error: Option<String>,
    },
    /// There, but not usable.
    Broken {
        /// Where.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
        /// By what we found it.
        source: OpencodeSource,
    },
    /// Being installed into our own data folder.
    Installing {
        /// The installer's last line.
        line: String,
    },
}

/// By what an opencode binary was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpencodeSource {
    /// The person's setting.
    Setting,
    /// The `PATH` of the login shell.
    Path,
    /// A usual place of installers.
    UsualPlace,
    /// Our own data folder.
    Installed,
    /// The pinned one beside the app's sources.
    Pinned,
}
