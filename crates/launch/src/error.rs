//! What can go wrong with processes, ports and containers.

use std::{io, path::PathBuf};

use thiserror::Error;

use crate::docker::EngineProblem;

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
    /// The engine is there but its socket is not for this user.
    #[error(
        "The Docker engine at `{address}` does not let this user in: join the group `docker` (`sudo usermod -aG docker $USER`) and log in again, or use a rootless engine"
    )]
    EnginePermission {
        /// Where it is.
        address: String,
    },
    /// The engine's certificate or ours was not accepted.
    #[error("The certificates for the Docker engine at `{address}` were not accepted: {reason}")]
    EngineTls {
        /// Where it is.
        address: String,
        /// What is wrong with them.
        reason: String,
    },
    /// The engine is older than what we speak.
    #[error(
        "The engine at `{address}` is too old: it speaks version {api} of Docker's interface, 1.41 (Docker 20.10) or newer is needed"
    )]
    EngineTooOld {
        /// Where it is.
        address: String,
        /// The version that it speaks.
        api: String,
    },
    /// An engine that was found cannot be used.
    #[error("The Docker engine `{name}` cannot be used")]
    EngineUnusable {
        /// Its name.
        name: String,
        /// Why.
        #[source]
        source: Box<EngineProblem>,
    },
    /// There is no engine on this machine.
    #[error("There is no Docker engine on this machine")]
    NoEngine,
    /// There is no engine of the name that a person gave.
    #[error("There is no Docker engine `{name}`, only these: {known}")]
    EngineUnknown {
        /// The name.
        name: String,
        /// Those that there are.
        known: String,
    },
    /// The engine is on another machine.
    #[error(
        "The Docker engine at `{address}` is on another machine (`{machine}`), which cannot see the folders of this one: choose an engine of this machine, or start opencode there over SSH"
    )]
    EngineElsewhere {
        /// Where it is reached.
        address: String,
        /// The name of its machine.
        machine: String,
    },
    /// The engine's disk is full.
    #[error(
        "The Docker engine at `{address}` has no space left: `docker system df` shows what takes it, `docker system prune` removes what is unused"
    )]
    EngineDiskFull {
        /// Where it is.
        address: String,
    },
    /// A container of that name is there already.
    #[error("A container `{name}` is there already: remove or rename it")]
    ContainerNameTaken {
        /// The name.
        name: String,
    },
    /// The port to publish is taken on the machine.
    #[error("The port{} is taken on this machine: choose another one, or none", .port.map(|port| format!(" {port}")).unwrap_or_default())]
    ContainerPortTaken {
        /// The port, if the engine named it.
        port: Option<u16>,
        /// The engine's words.
        message: String,
    },
    /// The container is paused.
    #[error("The container `{container}` is paused: unpause it")]
    ContainerPaused {
        /// Its name or id.
        container: String,
    },
    /// The container runs, is paused or is being started again.
    #[error("The container `{container}` runs: stop it first")]
    ContainerRuns {
        /// Its name or id.
        container: String,
    },
    /// The image for a container is not there.
    #[error("The image `{image}` is not there: it has to be pulled or built first")]
    ImageMissing {
        /// Its name or id.
        image: String,
    },
    /// The network for a container is not there.
    #[error("The network `{network}` is not there: `docker network ls` lists those that are")]
    NetworkMissing {
        /// Its name.
        network: String,
    },
    /// The network for a container is none that one can be in.
    #[error(
        "The network `{network}` of the Docker engine is for no container of Portal's: {reason}. Choose another one"
    )]
    NetworkNotForUs {
        /// Its name.
        network: String,
        /// Why.
        reason: &'static str,
    },
    /// The network for containers without a network is another one than we make.
    #[error(
        "The network `{network}` of the Docker engine is not as it has to be ({reason}): remove it with `docker network rm {network}`, it is made anew at the next start"
    )]
    NetworkNotOurs {
        /// Its name.
        network: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A container without a network cannot be reached on this engine.
    #[error(
        "On the Docker engine at `{address}` a container cannot be without a network and still be reached, because {reason}: let its network be on, or choose an engine that runs on this machine itself, as root"
    )]
    NetworkOffImpossible {
        /// Where it is.
        address: String,
        /// Why.
        reason: &'static str,
    },
    /// The accounts of an image are not what they should be.
    #[error(
        "The list of accounts in the image `{image}` (`/etc/passwd`) is larger than {limit} bytes: choose another image"
    )]
    ImageAccounts {
        /// Its name or id.
        image: String,
        /// How large it may be.
        limit: usize,
    },
    /// The engine cannot see a folder of this machine.
    #[error(
        "The Docker engine cannot share a folder: {message}; in Docker Desktop, allow it under Settings > Resources > File sharing"
    )]
    DirectoryNotShared {
        /// The engine's words, which name the folder.
        message: String,
    },
    /// A volume cannot be removed because a container has it.
    #[error("The volume `{volume}` is used by a container: remove that first")]
    VolumeInUse {
        /// Its name.
        volume: String,
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
