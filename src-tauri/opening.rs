//! What is started for a person, and why nothing was.

use std::ffi::OsString;
use std::path::PathBuf;

/// A program to start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// Absolute path.
    pub program: PathBuf,
    /// Its arguments, one by one.
    pub arguments: Vec<OsString>,
    /// Where it starts.
    pub folder: Option<PathBuf>,
}

/// Why nothing was opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpeningError {
    /// Not an absolute path.
    #[error("`{target}` is not an absolute path")]
    NotAbsolute {
        /// What was given.
        target: String,
    },
    /// Nothing is there.
    #[error("There is nothing at `{target}`")]
    NotThere {
        /// What was given.
        target: String,
    },
    /// Not an address that we open.
    #[error("`{target}` is not a web address")]
    NotAnAddress {
        /// What was given.
        target: String,
    },
    /// Not a command that we run in a terminal.
    #[error("`{command}` is nothing that is run in a terminal")]
    NotACommand {
        /// What was given.
        command: String,
    },
    /// What was to be run in a terminal is not installed.
    #[error("`{program}` was not found")]
    NotInstalled {
        /// The program.
        program: String,
    },
    /// None of the programs that we know is installed.
    #[error("No {what} was found")]
    NoProgram {
        /// `editor`, `terminal`, …
        what: &'static str,
        /// The programs looked for.
        known: String,
    },
}

/// How a program takes its target.
#[derive(Clone, Copy, Debug)]
pub enum Takes {
    /// As its one argument.
    Target,
    /// As its one argument, but only files.
    File,
    /// After these arguments.
    After(&'static [&'static str]),
    /// As the end of this argument.
    Joined(&'static str),
    /// As the folder that it starts in.
    Folder,
}
