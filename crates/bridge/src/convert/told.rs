//! What sort of failure an error of a server, an engine, a machine or the system is, and what to do about it.
//!
//! Every error is named: a new one has to be thought of here. Where there is no hint, the message says itself what to do.

use fleet::{ApiError, CertificateProblem, LaunchError, RemoteDirectoryError, RemoteFailure, SshError};

use crate::Code;
use crate::Code::{Invalid, NotFound, OpencodeMissing, Precondition, Unavailable};

/// What a window is told of an error beside its message.
pub(super) struct Told {
    /// What sort of failure.
    pub(super) code: Code,
    /// What to do about it.
    pub(super) hint: Option<String>,
}

impl Told {
    /// Its message says all.
    pub(super) fn plain(code: Code) -> Self {
        Self { code, hint: None }
    }

    /// With what to do.
    pub(super) fn with(code: Code, hint: &str) -> Self {
        Self { code, hint: Some(hint.to_owned()) }
    }
}

/// Of a server.
pub(super) fn of_server(error: &ApiError) -> Told {
    match error {
        ApiError::NotFound { .. } => Told::with(NotFound, "It may be gone already"),
        // The words are the server's own.
        ApiError::Refused { .. } => Told::plain(Precondition),
        ApiError::Configuration { .. } => {
            Told::with(Precondition, "Correct the file; an instance of ours starts again with it by itself")
        }
        ApiError::NotForwardable { .. } => Told::plain(Invalid),
        ApiError::Authorities { .. } => Told::with(Invalid, "Choose a file with certificates in PEM"),
        // A 401 of a server is not a 401 of ours: it must not send a browser to its own login.
        ApiError::Unauthorized { .. } => {
            Told::with(Unavailable, "Restart the instance from here, so that we know its password")
        }
        ApiError::Unreachable { .. } | ApiError::Timeout { .. } => {
            Told::with(Unavailable, "Try again, or restart the instance")
        }
        ApiError::Certificate { untrusted, .. } => Told::with(Unavailable, for_certificate(&untrusted.problem)),
        ApiError::Encryption { .. } => {
            Told::with(Unavailable, "Check the address and its port; what answers there may want `http://`")
        }
        // It is tried again by itself, or the message says what to do.
        ApiError::Moved { .. } | ApiError::StreamStalled { .. } | ApiError::StreamBroken { .. } => {
            Told::plain(Unavailable)
        }
        ApiError::Malformed { .. } => {
            Told::with(Unavailable, "Its version of opencode may be newer than this app knows")
        }
    }
}

fn for_certificate(problem: &CertificateProblem) -> &'static str {
    match problem {
        CertificateProblem::UnknownIssuer | CertificateProblem::Other { .. } => {
            "Compare its fingerprint with the server's own, and trust it only if they are the same; or give the file of the authority that signed it"
        }
        CertificateProblem::Changed { .. } => {
            "Ask whoever runs the server whether it was renewed, and trust the new one only if its fingerprint is the server's own"
        }
        CertificateProblem::Expired => {
            "Whoever runs the server has to renew it; until then, trust just this one, and only if its fingerprint is the server's own"
        }
        CertificateProblem::NotYetValid => "Set the clock of this machine right, or that of the server",
        CertificateProblem::WrongName { .. } => {
            "Use the name that it is for; or trust just this one, and only if its fingerprint is the server's own"
        }
    }
}

/// Of the system or a container engine.
pub(super) fn of_launch(error: &LaunchError) -> Told {
    match error {
        LaunchError::ProgramMissing { .. } | LaunchError::CannotRun { .. } => {
            Told::with(OpencodeMissing, "Install opencode, or choose its binary in the settings")
        }
        LaunchError::DirectoryGone { .. } => {
            Told::with(Invalid, "Choose another directory, or change the permissions of this one")
        }
        LaunchError::Log { .. } => Told::with(Unavailable, "Make room on the disk, and check that the file is yours"),
        LaunchError::NoFreePort { .. } => Told::with(Unavailable, "End a program that listens at one, and try again"),
        LaunchError::Signal { .. } => Told::with(Unavailable, "It may be another user's; end it as that user"),
        LaunchError::WouldNotEnd { .. } => Told::with(
            Unavailable,
            "It waits for a disk or a network; when that answers, or the machine was restarted, it ends",
        ),
        LaunchError::NotInTree { .. } | LaunchError::NotThatProcess { .. } => {
            Told::with(Precondition, "It may have ended by itself; look at what runs now")
        }
        LaunchError::EngineUnreachable { .. } | LaunchError::EngineTimeout { .. } => {
            Told::with(Unavailable, "Start the container engine, or restart it, and try again")
        }
        LaunchError::EngineTls { .. } => {
            Told::with(Unavailable, "Correct the certificates of its context, or those in `DOCKER_CERT_PATH`")
        }
        LaunchError::EngineTooOld { .. } => Told::with(Unavailable, "Update it, or choose another engine"),
        LaunchError::EngineUnusable { source, .. } => Told::with(Unavailable, &source.to_string()),
        LaunchError::EngineUnknown { .. } => Told::with(Invalid, "Choose one of them, or give an engine's address"),
        LaunchError::EngineRefused { .. } => {
            Told::with(Unavailable, "When what it says is put right, try again; the engine's own log may tell more")
        }
        LaunchError::EngineAnswer { .. } => Told::with(
            Unavailable,
            "Its version may be newer than this app knows; update the app, or choose another engine",
        ),
        LaunchError::ContainerGone { .. } => {
            Told::with(NotFound, "Somebody may have removed it; a start of the instance makes it anew")
        }
        LaunchError::ImageMissing { .. } => Told::with(NotFound, "A start of the instance gets it"),
        // Their messages say what to do themselves.
        LaunchError::NetworkMissing { .. }
        | LaunchError::NetworkOffImpossible { .. }
        | LaunchError::EngineElsewhere { .. }
        | LaunchError::ImageAccounts { .. }
        | LaunchError::DirectoryNotShared { .. }
        | LaunchError::EngineAddress { .. } => Told::plain(Invalid),
        LaunchError::ContainerNameTaken { .. }
        | LaunchError::ContainerPortTaken { .. }
        | LaunchError::ContainerPaused { .. }
        | LaunchError::ContainerRuns { .. }
        | LaunchError::NetworkNotOurs { .. }
        | LaunchError::NetworkNotForUs { .. }
        | LaunchError::VolumeInUse { .. } => Told::plain(Precondition),
        LaunchError::EnginePermission { .. } | LaunchError::EngineDiskFull { .. } => Told::plain(Unavailable),
        LaunchError::NoEngine => Told::with(Unavailable, fleet::INSTALL_AN_ENGINE),
        LaunchError::NoNetwork => Told::with(Unavailable, "Connect it to one"),
        LaunchError::AnnouncementPort { .. } => Told::with(
            Unavailable,
            "End that program; until then servers of the local network are not found by themselves",
        ),
        LaunchError::Announcements { .. } => {
            Told::with(Unavailable, "Add the addresses of servers of the local network by hand")
        }
    }
}

/// Of the way to another machine.
pub(super) fn of_ssh(error: &SshError) -> Told {
    match error {
        // Their messages say what to do themselves.
        SshError::BadHost { .. } => Told::plain(Invalid),
        SshError::NotInstalled
        | SshError::UnknownHost { .. }
        | SshError::Refused { .. }
        | SshError::Unreachable { .. }
        | SshError::TimedOut { .. }
        | SshError::HostKeyChanged { .. }
        | SshError::HostKeyUnknown { .. }
        | SshError::WantsPassword { .. }
        | SshError::NotAnswered { .. }
        | SshError::KeyRefused { .. } => Told::plain(Unavailable),
        SshError::CannotRun { .. } => {
            Told::with(Unavailable, "Try `ssh -V` in a terminal; install OpenSSH's client anew")
        }
        SshError::BadConfiguration { .. } => {
            Told::with(Unavailable, "Correct ~/.ssh/config in the place that it names")
        }
        SshError::NoShell { .. } => Told::with(
            Unavailable,
            "Take a user there who may run commands: `ssh HOST true` in a terminal has to end without a word",
        ),
        SshError::LineLost { .. } => Told::with(Unavailable, "Check the network; it is tried again by itself"),
        SshError::TooSlow { .. } => Told::with(Unavailable, "Look at what keeps that machine busy, and try again"),
        SshError::CommandFailed { .. } | SshError::Answer { .. } => {
            Told::with(Unavailable, "Log in there in a terminal, and look at what its login files do and at its disk")
        }
        SshError::NotForwarded { .. } => {
            Told::with(Unavailable, "`AllowTcpForwarding yes` in its sshd_config allows it")
        }
        SshError::Folder { .. } => Told::with(Unavailable, "Make room on the disk, and check that the folder is yours"),
        SshError::NotOnThisSystem => {
            Told::with(Unavailable, "Forward the server's port with `ssh -L`, and add it as an address")
        }
    }
}

/// Of a directory of another machine.
pub(super) fn of_directory_there(error: &RemoteDirectoryError) -> Told {
    match error {
        // Their messages say what to do themselves.
        RemoteDirectoryError::Missing { .. }
        | RemoteDirectoryError::NotAFolder { .. }
        | RemoteDirectoryError::Unreadable { .. } => Told::plain(Invalid),
        RemoteDirectoryError::Ssh(error) => of_ssh(error),
    }
}

/// Of a program on another machine.
pub(super) fn of_elsewhere(error: &RemoteFailure) -> Told {
    match error {
        // Their messages say what to do themselves.
        RemoteFailure::Directory { .. } | RemoteFailure::Program { .. } | RemoteFailure::Log { .. } => {
            Told::plain(Unavailable)
        }
        RemoteFailure::Ended { .. } | RemoteFailure::GivenUp { .. } => {
            Told::with(Unavailable, "Start it again; what it wrote is in its log")
        }
        RemoteFailure::WouldNotEnd { .. } => Told::with(
            Unavailable,
            "It waits for a disk or a network there; when that answers, or the machine was restarted, it ends",
        ),
        RemoteFailure::Ssh(error) => of_ssh(error),
    }
}
