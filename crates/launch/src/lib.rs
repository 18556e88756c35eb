//! Everything that touches the operating system: finding and installing opencode, its processes, ports, folders, logs and containers.
//!
//! This crate observes and acts; it decides nothing. It knows nothing of instances, sessions, HTTP or of what is shown to a person.
//! It is the only one that names the process and container libraries.
//!
//! Nothing here reads the environment or the current folder by itself except [`Environment::of_this_process`]: both are passed in.
#![deny(missing_docs)]

pub mod binary;
pub mod clocks;
mod directory;
pub mod docker;
mod environment;
mod error;
mod git;
mod identity;
pub mod install;
pub mod keyring;
mod launching;
pub mod log;
pub mod login_shell;
mod look;
mod marked;
pub mod mdns;
mod monitor;
mod ports;
mod process_tree;
mod running;
mod scan;
mod secrets;
mod shell_words;
mod signal;
pub mod ssh;
mod stop;

pub use binary::{Binary, BinaryQuery, Rejected, Rejection, Search, Source};
pub use directory::{DirectoryError, check_directory};
pub use environment::{Environment, child_environment};
pub use error::LaunchError;
pub use git::{GitIdentity, git_identity};
pub use identity::{ProcessIdentity, password_of, variable_of};
pub use install::{Install, InstallError, PINNED_VERSION, install};
pub use launching::{Launch, serve_arguments, spawn};
pub use log::{LogCursor, LogKeeper, LogLevel, LogLine, LogMatch, LogMatches, LogPage, LogTail, SaveOver};
pub use marked::find_by_environment;
pub use monitor::{Measure, Part, ProcessMonitor, ProcessUsage, TreeUsage, part_of};
pub use ports::{listener_on, listens, next_free_port, own_addresses};
pub use running::{Exit, Running};
pub use scan::{FoundProcess, Role, Scanner, role_of};
pub use shell_words::{line_of, quoted_text};
pub use stop::{LeftBehind, Stopped, end_in_tree, left_behind, stop, stop_marked};
