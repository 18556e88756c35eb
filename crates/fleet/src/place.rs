//! Where an instance of ours is to run: a process of this machine, a container, or another machine over SSH.
//!
//! What the person chose, kept in the profile. What it runs in now is [`crate::Kind`].

use std::path::PathBuf;

use crate::Kind;

/// Where an instance of ours is to run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// A process of this machine.
    #[default]
    Process,
    /// A container of an engine.
    Docker(DockerPlace),
    /// A process of another machine, reached by the system's `ssh`.
    Ssh(SshPlace),
}

/// How a container is made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DockerPlace {
    /// The name of a Docker context, or an engine's address; none: the usual one, whose address is put here at the first start.
    pub engine: Option<String>,
    /// The image; none: ours, built for the pinned opencode.
    pub image: Option<String>,
    /// The memory that it may use; more, and the engine kills it. None: no limit.
    pub memory_mib: Option<u32>,
    /// The processor time that it may use, in percent of one core. None: no limit.
    pub cpu_percent: Option<u32>,
    /// How many processes and threads it may have. None: our own limit.
    pub pids: Option<u32>,
    /// What it can reach.
    pub network: Network,
    /// What else of this machine it sees.
    pub mounts: Vec<Mount>,
    /// As whom it runs, `UID:GID`; none: as the person.
    pub user: Option<String>,
    /// What of the person's it gets.
    pub pass: Pass,
}

/// What a container can reach.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Network {
    /// The internet, by the engine's usual network.
    #[default]
    On,
    /// No other machine, and with Docker no other container. Nothing is published then: it is reached at its own address, and itself
    /// reaches what this machine offers on all of its addresses. That works only with an engine that runs on this machine itself, as
    /// root; elsewhere the start says so before anything is made.
    Off,
    /// What one of the person's networks reaches.
    Named(String),
}

/// A path of this machine in a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// The path here; `~` is the home folder.
    pub path: PathBuf,
    /// The path in the container; none: the same.
    pub target: Option<PathBuf>,
    /// Whether it can be changed from inside.
    pub is_writable: bool,
}

/// What of the person's a container gets. Nothing unless it was chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pass {
    /// opencode's keys of model providers, `auth.json`, read-only.
    pub auth: bool,
    /// The name and address that git writes into commits.
    pub git: bool,
    /// The SSH agent's socket.
    pub ssh_agent: bool,
    /// Variables of the login shell, by name.
    pub variables: Vec<String>,
}

/// How another machine is reached.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SshPlace {
    /// As `ssh` takes it: a host of `~/.ssh/config`, or `user@host`.
    pub host: String,
    /// Whether the server there goes on when we end with "stop".
    pub stays: bool,
}

impl Place {
    /// What kind of place it is, in one word.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Process => "process",
            Self::Docker(_) => "docker",
            Self::Ssh(_) => "ssh",
        }
    }

    /// What an instance runs in that is here, while it does not run.
    pub(crate) fn kind(&self) -> Kind {
        match self {
            Self::Process => Kind::Process { identity: None },
            Self::Docker(_) => Kind::Docker { container: None },
            Self::Ssh(place) => Kind::Ssh { host: place.host.clone(), process: None },
        }
    }

    /// Whether an instance in this place is in the one that is wanted, so that it stays the same instance.
    /// Where no engine is wanted, any of them does. Engines are compared as they are spelled: whoever is told one spells it as the
    /// instances that are there do.
    pub fn is_like(&self, wanted: &Self) -> bool {
        match (self, wanted) {
            (Self::Process, Self::Process) => true,
            (Self::Docker(one), Self::Docker(wanted)) => wanted.engine.is_none() || one.engine == wanted.engine,
            (Self::Ssh(one), Self::Ssh(wanted)) => one.host == wanted.host,
            _ => false,
        }
    }

    /// The same, staying at the engine of the place that is known where it names none itself: what an instance keeps is there.
    pub(crate) fn staying(self, known: &Self) -> Self {
        match (self, known) {
            (Self::Docker(mut place), Self::Docker(known)) => {
                place.engine = place.engine.or_else(|| known.engine.clone());
                Self::Docker(place)
            }
            (place, _) => place,
        }
    }

    /// The engine that it names, if it is a container's.
    pub(crate) fn engine(&self) -> Option<&str> {
        match self {
            Self::Docker(place) => place.engine.as_deref(),
            Self::Process | Self::Ssh(_) => None,
        }
    }

    /// Whether it is still open which engine it is at.
    pub(crate) fn is_anywhere(&self) -> bool {
        matches!(self, Self::Docker(place) if place.engine.is_none())
    }
}
