//! One opencode server, as the fleet knows it.
//!
//! Plain data; `reduce` alone changes it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use launch::ProcessIdentity;
use opencode_api::{Port, RequestId, SessionId};

use crate::{
    ContainerRef, InstanceId, InstanceState, Profile, Request, Session, SessionStatus, Source, Timestamp, Way,
};

/// One opencode server.
#[derive(Clone, Debug, PartialEq)]
pub struct Instance {
    /// Our id, stable over restarts of the server.
    pub id: InstanceId,
    /// Place in the order of first sight.
    pub ordinal: u64,
    /// What the person calls it.
    pub name: String,
    /// Absolute path of the directory it serves.
    pub directory: PathBuf,
    /// What it runs in.
    pub kind: Kind,
    /// Who started it.
    pub owner: Owner,
    /// By what we know of it.
    pub sources: BTreeSet<Source>,
    /// What kind of program serves.
    pub role: Role,
    /// The command line of a process that somebody else started, secrets masked.
    pub command: Option<String>,
    /// False: it lets in whoever asks. None: not known.
    pub is_secured: Option<bool>,
    /// How it is run and shown.
    pub profile: Arc<Profile>,
    /// What is so now.
    pub state: InstanceState,
    /// Where it is reached: a name or an IP address, without brackets.
    pub host: String,
    /// Where it listens, when it does.
    pub port: Option<Port>,
    /// How it is reached there.
    pub way: Way,
    /// Version of opencode that it reported.
    pub version: Option<String>,
    /// When the server was started.
    pub started_at: Option<Timestamp>,
    /// What its process tree uses.
    pub usage: Option<Usage>,
    /// Recent and live sessions.
    pub sessions: BTreeMap<SessionId, Arc<Session>>,
    /// Everything that waits for a person.
    pub requests: BTreeMap<RequestId, Arc<Request>>,
    /// The port of the scripted model that it talks to, for the tour.
    pub demo: Option<Port>,
    /// Where its output is kept.
    pub log: Option<PathBuf>,
    /// How it ended the last time, when that was not asked for and no longer shows as a state.
    pub last_end: Option<String>,
    /// When it is started again by itself.
    pub restart: Option<Restart>,
    /// Sessions that ran when the server ended, until they are continued or dismissed.
    pub interrupted: BTreeSet<SessionId>,
    /// Whether its process tree uses more memory than its budget.
    pub is_over_budget: bool,
    /// Directories that its sessions have used, its own among them.
    pub directories: BTreeSet<PathBuf>,
    /// Which of its starts this is; reports of an earlier one are dropped.
    pub run: u64,
}

/// What an instance runs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A process of this machine; none while it does not run.
    Process {
        /// The process, checked before every signal.
        identity: Option<ProcessIdentity>,
    },
    /// A container; none while there is none.
    Docker {
        /// The container, running or not.
        container: Option<ContainerRef>,
    },
    /// A process of another machine, started and reached by `ssh`.
    Ssh {
        /// As `ssh` takes it.
        host: String,
        /// The process there; none while it does not run.
        process: Option<ProcessElsewhere>,
    },
    /// Only an address: another machine, or a program that we cannot see.
    Remote,
}

/// A process of another machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProcessElsewhere {
    /// Its number there.
    pub pid: u32,
    /// When it started, as that machine writes it: together with the number it means one process only.
    pub started: String,
    /// Where it listens there, on loopback.
    pub port: Port,
}

/// What kind of program serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// `opencode serve`, or not known.
    Serve,
    /// `opencode web`.
    Web,
    /// `opencode acp`.
    Acp,
    /// A terminal UI.
    Tui,
}

/// A restart to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Restart {
    /// When.
    pub at: Timestamp,
    /// Which try it will be, from 1.
    pub attempt: u32,
    /// How many tries there are; none: no end.
    pub attempts: Option<u32>,
}

/// Who started an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// We did; we may stop it.
    Portal,
    /// Somebody else did; no signal of ours ever reaches its processes.
    External,
}

/// What a process tree uses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Usage {
    /// Memory, in bytes: shared pages count in shares where the system tells them.
    pub memory_bytes: u64,
    /// Processor use, in percent of one core.
    pub cpu_percent: f32,
}

/// What the sessions of an instance do, taken together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activity {
    /// No session runs.
    Idle,
    /// At least one session runs.
    Busy,
    /// At least one request waits for a person.
    Waiting,
}

impl Instance {
    /// What its sessions do, taken together.
    pub fn activity(&self) -> Activity {
        if self.requests.values().any(|request| !request.answering) {
            Activity::Waiting
        } else if self.sessions.values().any(|session| session.status != SessionStatus::Idle) {
            Activity::Busy
        } else {
            Activity::Idle
        }
    }

    /// Whether it may stand for a start in its directory. An address may be another machine's, and what belongs to a terminal
    /// or an editor ends with it.
    pub(crate) fn is_of_use_here(&self) -> bool {
        match (self.owner, &self.kind) {
            (Owner::Portal, _) | (_, Kind::Docker { .. }) => true,
            (Owner::External, Kind::Process { .. }) => {
                matches!(self.role, Role::Serve | Role::Web) && self.state == InstanceState::Ready
            }
            (Owner::External, Kind::Ssh { .. } | Kind::Remote) => false,
        }
    }

    /// Whether somebody else started it and will end it. A container is anybody's to start and stop.
    pub fn is_somebody_elses(&self) -> bool {
        self.owner == Owner::External && !matches!(self.kind, Kind::Docker { .. })
    }

    /// Whether we run it: not only shown, but started by us or another host of this user, and ours to start again.
    pub(crate) fn is_run_by_us(&self) -> bool {
        self.owner == Owner::Portal && self.kind != Kind::Remote
    }

    /// The container it runs in, or would.
    pub fn container(&self) -> Option<&ContainerRef> {
        match &self.kind {
            Kind::Docker { container } => container.as_ref(),
            Kind::Process { .. } | Kind::Ssh { .. } | Kind::Remote => None,
        }
    }

    /// The process of another machine it runs in now.
    pub(crate) fn process_elsewhere(&self) -> Option<&ProcessElsewhere> {
        match &self.kind {
            Kind::Ssh { process, .. } => process.as_ref(),
            Kind::Process { .. } | Kind::Docker { .. } | Kind::Remote => None,
        }
    }

    /// The process it runs in now.
    pub fn process(&self) -> Option<&ProcessIdentity> {
        match &self.kind {
            Kind::Process { identity } => identity.as_ref(),
            Kind::Docker { .. } | Kind::Ssh { .. } | Kind::Remote => None,
        }
    }

    /// Titles from the root session down to this one. Sessions that we do not know are left out.
    pub fn path_of(&self, session: &SessionId) -> Vec<String> {
        let mut titles: Vec<String> =
            self.ancestors(session).into_iter().map(|session| session.title.clone()).collect();
        titles.reverse();
        titles
    }

    /// This session, its parent, the parent's parent and so on, as far as we know them.
    pub fn ancestors(&self, session: &SessionId) -> Vec<&Arc<Session>> {
        // A bound, because a server could tell of sessions that are each other's parents.
        const DEEPEST: usize = 16;
        let mut chain = Vec::new();
        let mut next = self.sessions.get(session);
        while let Some(found) = next
            && chain.len() < DEEPEST
        {
            chain.push(found);
            next = found.parent.as_ref().and_then(|parent| self.sessions.get(parent));
        }
        chain
    }

    /// What it is doing now: the step of the session that changed last among those that run.
    pub fn doing(&self) -> Option<&str> {
        self.sessions
            .values()
            .filter(|session| session.status != SessionStatus::Idle && session.doing.is_some())
            .max_by_key(|session| session.updated)
            .and_then(|session| session.doing.as_deref())
    }

    /// How many requests of this session wait for a person.
    pub fn waiting_of(&self, session: &SessionId) -> usize {
        self.requests.values().filter(|request| request.session == *session && !request.answering).count()
    }

    /// How many requests wait for a person.
    pub fn waiting(&self) -> usize {
        self.requests.values().filter(|request| !request.answering).count()
    }
}
