//! Why a password could not be kept or found. No error contains one.

use std::{io, path::PathBuf};

use thiserror::Error;

/// A failure of the platform's keyring or of the file.
#[derive(Debug, Error)]
pub enum KeyringError {
    /// The platform has no keyring, or none that runs.
    #[error("There is no keyring on this machine: {reason}")]
    NoKeyring {
        /// How that is known.
        reason: String,
    },
    /// The keyring is locked and was not unlocked.
    #[error("The keyring is locked: {reason}")]
    Locked {
        /// What it said.
        reason: String,
    },
    /// The keyring refused.
    #[error("The keyring refused: {reason}")]
    Refused {
        /// What it said.
        reason: String,
    },
    /// The keyring was given up on. It may still be asking the person for its own password.
    #[error("The keyring did not answer within {seconds} s, a window of it may be waiting for its password")]
    NoAnswer {
        /// How long it was given.
        seconds: u64,
    },
    /// The file cannot be read or written.
    #[error("The password file `{}` cannot be used", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The file was not one of ours any more. It is out of the way: the next attempt begins a new one.
    #[error("The password file `{}` could not be understood and is kept as `{}`", .path.display(), .kept.display())]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// Its new name.
        kept: PathBuf,
    },
}
