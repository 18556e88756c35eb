//! Why a host cannot be worked on, read from what `ssh` says.

use std::{io, path::PathBuf};

use thiserror::Error;

/// Why a host cannot be worked on. The messages name the remedy.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SshError {
    /// There is no `ssh`.
    #[error("`ssh` was not found; install OpenSSH's client and try again")]
    NotInstalled,
    /// It cannot be run, or has no folder for its socket.
    #[error("`ssh` cannot be run: {message}")]
    CannotRun {
        /// What the system said.
        message: String,
    },
    /// What was given is no host.
    #[error("`{host}` is not a host; give a name from ~/.ssh/config, or user@host")]
    BadHost {
        /// What was given.
        host: String,
    },
    /// The person's own `ssh` configuration is refused by `ssh`.
    #[error("`ssh` does not accept its configuration: {message}")]
    BadConfiguration {
        /// Its words.
        message: String,
    },
    /// No such name.
    #[error("The host `{host}` is not known by that name; check ~/.ssh/config and the network")]
    UnknownHost {
        /// The host.
        host: String,
    },
    /// Nobody listens there.
    #[error("`{host}` refuses connections; check its port, and whether its ssh server runs")]
    Refused {
        /// The host.
        host: String,
    },
    /// It cannot be reached from this network.
    #[error("`{host}` cannot be reached: {message}; check the network and the VPN")]
    Unreachable {
        /// The host.
        host: String,
        /// What `ssh` said.
        message: String,
    },
    /// It did not answer in time.
    #[error("`{host}` did not answer in time; check that it is on and reachable from this network")]
    TimedOut {
        /// The host.
        host: String,
    },
    /// It shows another key than the one that is known.
    #[error(
        "The host key of `{host}` has changed ({}). Somebody may be listening in, or the host was set up anew. \
         Compare the fingerprint with whoever runs it; if it is right, remove the old key with `{remedy}`, \
         and run `ssh {host}` once in a terminal to accept the new one",
        .fingerprint.as_deref().unwrap_or("ssh gave no fingerprint")
    )]
    HostKeyChanged {
        /// The host.
        host: String,
        /// The kind and fingerprint of the key that it shows now.
        fingerprint: Option<String>,
        /// File and line of the key that is known.
        known_in: Option<String>,
        /// The command that removes the old key.
        remedy: String,
    },
    /// Its key is not known yet, and nobody is asked in the background.
    #[error("The host key of `{host}` is not known yet; run `ssh {host}` once in a terminal and accept it")]
    HostKeyUnknown {
        /// The host.
        host: String,
    },
    /// It wants a password, or a key whose passphrase is not in the agent.
    #[error(
        "`{host}` wants a password or a passphrase, and nobody is asked in the background; run `ssh {host}` once in a terminal to see which, \
         then load the key into the agent with `ssh-add`, or put one there with `ssh-copy-id {host}`"
    )]
    WantsPassword {
        /// The host.
        host: String,
    },
    /// What `ssh` asked was not answered.
    #[error("`ssh` asked for `{host}` and had no answer: {asked} Connect again to be asked again")]
    NotAnswered {
        /// The host.
        host: String,
        /// Its question.
        asked: String,
    },
    /// It takes none of our keys.
    #[error(
        "`{host}` takes none of the keys ({methods}); run `ssh {host}` in a terminal, and load the key into the agent with `ssh-add` if it asks for a passphrase"
    )]
    KeyRefused {
        /// The host.
        host: String,
        /// What it would take.
        methods: String,
    },
    /// It lets us in, but runs no commands.
    #[error("`{host}` gives no POSIX shell{}", said(.message))]
    NoShell {
        /// The host.
        host: String,
        /// What it said.
        message: String,
    },
    /// The connection is lost.
    #[error("The connection to `{host}` is lost{}", said(.message))]
    LineLost {
        /// The host.
        host: String,
        /// What `ssh` said last.
        message: String,
    },
    /// A command on the host took too long.
    #[error("A command on `{host}` did not end within {seconds} s")]
    TooSlow {
        /// The host.
        host: String,
        /// How long it was given.
        seconds: u64,
    },
    /// A command on the host failed in a way that is not foreseen.
    #[error("A command on `{host}` failed with exit code {code}{}", said(.message))]
    CommandFailed {
        /// The host.
        host: String,
        /// Its exit code.
        code: i32,
        /// The end of what it wrote to its standard error.
        message: String,
    },
    /// What a command answered is not understood.
    #[error("The answer of `{host}` is not understood: {message}")]
    Answer {
        /// The host.
        host: String,
        /// What is wrong with it.
        message: String,
    },
    /// No port of this machine could be led to the host.
    #[error("No port could be led to `{host}`{}; its ssh server may forbid forwarding", said(.message))]
    NotForwarded {
        /// The host.
        host: String,
        /// What `ssh` said.
        message: String,
    },
    /// The folder for sockets cannot be made.
    #[error("The folder `{}` for the connection cannot be made: {message}", .folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What the system said.
        message: String,
    },
    /// Shared connections do not exist on this system.
    #[error("Other machines over ssh are not supported on this system")]
    NotOnThisSystem,
}

fn said(message: &str) -> String {
    if message.is_empty() { String::new() } else { format!(": {message}") }
}

impl SshError {
    pub(super) fn cannot_run(error: &io::Error) -> Self {
        if error.kind() == io::ErrorKind::NotFound {
            Self::NotInstalled
        } else {
            Self::CannotRun { message: error.to_string() }
        }
    }

    /// Whether trying again later may help without anybody doing anything.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::UnknownHost { .. }
            | Self::Refused { .. }
            | Self::Unreachable { .. }
            | Self::TimedOut { .. }
            | Self::LineLost { .. }
            | Self::TooSlow { .. }
            | Self::NotForwarded { .. } => true,
            Self::NotInstalled
            | Self::CannotRun { .. }
            | Self::BadHost { .. }
            | Self::BadConfiguration { .. }
            | Self::HostKeyChanged { .. }
            | Self::HostKeyUnknown { .. }
            | Self::WantsPassword { .. }
            | Self::NotAnswered { .. }
            | Self::KeyRefused { .. }
            | Self::NoShell { .. }
            | Self::CommandFailed { .. }
            | Self::Answer { .. }
            | Self::Folder { .. }
            | Self::NotOnThisSystem => false,
        }
    }
}
