//! What can go wrong with processes, ports and containers.

use std::{io, path::PathBuf};

use thiserror::Error;

/// A failure of the operating system, or of something that it runs.
#[derive(Debug, Error)]
pub enum LaunchError {
    /// The program to start is not there.
    #[error("The program `{}` does not exist", .program.display())]
    ProgramMissing {
        /// What was to be started.
        program: PathBuf,
    },
    /// The program is there but the system refuses to run it.
    #[error("The program `{}` cannot be run", .program.display())]
    CannotRun {
        /// What was to be started.
        program: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The folder to start in cannot be used (any more).
    #[error("The folder `{}` cannot be entered", .directory.display())]
    DirectoryGone {
        /// The folder.
        directory: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The log file cannot be opened, read or rotated.
    #[error("The log file `{}` cannot be used", .path.display())]
    Log {
        /// The log file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// No port is left in the range.
    #[error("No port is free from {from} on")]
    NoFreePort {
        /// Where the search began.
        from: u16,
    },
    /// A signal was refused.
    #[error("Process {pid} cannot be signalled")]
    Signal {
        /// The process.
        pid: u32,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A process lives on after SIGKILL (it hangs in the kernel).
    #[error("Process {pid} does not end, not even when killed")]
    WouldNotEnd {
        /// The process.
        pid: u32,
    },
    /// A process that was to be ended as part of a tree is not below its root (any more), or is the root itself.
    #[error("Process {pid} is not among what process {root} has started; look again at what runs there")]
    NotInTree {
        /// The process that was to be ended.
        pid: u32,
        /// The process that it was said to belong to.
        root: u32,
    },
    /// The number of a process that was to be ended belongs to another one by now, or it runs another program.
    #[error("Process {pid} is not the one any more that was shown; look again at what runs there")]
    NotThatProcess {
        /// Its number.
        pid: u32,
    },
    /// The container engine does not answer: what it runs is not known.
    #[error("The Docker engine at `{address}` cannot be reached")]
    EngineUnreachable {
        /// Where it was looked for.
        address: String,
        /// What the connection said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The engine did not answer in time: what it runs is not known.
    #[error("The Docker engine at `{address}` did not answer within {seconds} s")]
    EngineTimeout {
        /// Where it is.
        address: String,
        /// How long it was given.
        seconds: u64,
    },
    /// No container of that name or id.
    #[error("The container `{container}` does not exist")]
    ContainerGone {
        /// Its name or id.
        container: String,
    },
    /// The engine refused.
    #[error("The Docker engine refused: {message}")]
    EngineRefused {
        /// Its HTTP status.
        status: u16,
        /// Its own words.
        message: String,
    },
    /// The engine said something that is not understood.
    #[error("The Docker engine's answer is not understood")]
    EngineAnswer {
        /// What is wrong with it.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The address of the engine is of a kind that we cannot speak with.
    #[error("The Docker address `{address}` is not supported, only unix:// and tcp:// are")]
    EngineAddress {
        /// The address.
        address: String,
    },
    /// There is no interface that another machine could be on.
    #[error("This machine is in no network")]
    NoNetwork,
    /// The port for announcements in the local network is held by a program that shares it with nobody.
    #[error("Port {port} for announcements in the local network cannot be opened, another program may hold it")]
    AnnouncementPort {
        /// The port.
        port: u16,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// Listening for announcements in the local network failed.
    #[error("Announcements in the local network cannot be listened for")]
    Announcements {
        /// What the library said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}
