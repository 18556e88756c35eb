//! One instance as a window shows it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{CertificateView, ContainerView, ProfileView, WayView};

/// One opencode server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct InstanceView {
    /// Our id, stable over restarts of the server.
    pub id: String,
    /// What the person calls it; the last part of the directory unless renamed.
    pub name: String,
    /// Absolute path of the directory it serves.
    pub directory: String,
    /// What it runs in.
    pub kind: KindView,
    /// Who started it.
    pub owner: OwnerView,
    /// What is so now.
    pub state: StateView,
    /// By what we know of it, in the order of trust.
    pub sources: Vec<SourceView>,
    /// What kind of program serves.
    pub role: RoleView,
    /// The command line of a process that somebody else started, secrets masked.
    pub command: Option<String>,
    /// False: it lets in whoever asks. None: not known (yet).
    pub is_secured: Option<bool>,
    /// Host that it is reached at; `127.0.0.1` for what runs here.
    pub host: String,
    /// Port, when it has one.
    pub port: Option<u16>,
    /// How it is reached.
    pub way: WayView,
    /// Its container, when it runs in one.
    pub container: Option<ContainerView>,
    /// The machine that it runs on, as `ssh` takes it.
    pub ssh_host: Option<String>,
    /// Process id, when it is a process of this machine.
    pub pid: Option<u32>,
    /// Version of opencode that it reported.
    pub version: Option<String>,
    /// When the server was started, in ms since the epoch.
    #[ts(type = "number | null")]
    pub started_at_ms: Option<u64>,
    /// Resident memory of the whole process tree, in bytes.
    #[ts(type = "number | null")]
    pub memory_bytes: Option<u64>,
    /// Processor use of the whole process tree, in percent of one core.
    pub cpu_percent: Option<f32>,
    /// What it is doing now: the running tool or the last sentence.
    pub doing: Option<String>,
    /// Requests that wait for a person.
    pub waiting: u32,
    /// How it ended the last time, when that was not asked for and no longer shows as its state.
    pub last_end: Option<String>,
    /// When it is started again by itself, after a crash.
    pub restart: Option<RestartView>,
    /// Sessions that ran when the server ended, until they are continued or dismissed.
    pub interrupted: Vec<InterruptedView>,
    /// Whether its process tree uses more memory than its budget.
    pub is_over_budget: bool,
    /// How it is run and shown.
    pub profile: ProfileView,
    /// True for the tour: it talks to the built-in scripted model, not to a real one.
    pub demo: bool,
    /// The command line that attaches a terminal UI to it, without its password.
    pub attach_command: Option<String>,
    /// Where its output is kept.
    pub log_path: Option<String>,
}

impl InstanceView {
    /// A process of ours that does not run and has nothing to tell.
    pub fn stopped(id: &str, name: &str, directory: &str) -> Self {
        Self {
            id: id.to_owned(),
            name: name.to_owned(),
            directory: directory.to_owned(),
            kind: KindView::Process,
            owner: OwnerView::Portal,
            sources: vec![SourceView::Started],
            role: RoleView::Serve,
            command: None,
            is_secured: None,
            host: "127.0.0.1".to_owned(),
            state: StateView::Stopped,
            port: None,
            way: WayView::default(),
            container: None,
            ssh_host: None,
            pid: None,
            version: None,
            started_at_ms: None,
            memory_bytes: None,
            cpu_percent: None,
            doing: None,
            waiting: 0,
            last_end: None,
            restart: None,
            interrupted: Vec::new(),
            is_over_budget: false,
            profile: ProfileView::default(),
            demo: false,
            attach_command: None,
            log_path: None,
        }
    }
}

/// What an instance runs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum KindView {
    /// A process of this machine.
    Process,
    /// A container.
    Docker,
    /// A process of another machine, reached by `ssh`.
    Ssh,
    /// Only an address: another machine, or a program that we cannot see.
    Remote,
}

/// By what an instance is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SourceView {
    /// We started it.
    Started,
    /// A process of this machine.
    Process,
    /// The registry that programs share, `~/.portal.json`.
    Registry,
    /// opencode's own file for its background service.
    ServiceFile,
    /// The person added its address.
    Added,
    /// It announces itself in the local network.
    Mdns,
    /// A container of an engine of this machine.
    Container,
}

/// What kind of program serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RoleView {
    /// `opencode serve`, or not known.
    Serve,
    /// `opencode web`.
    Web,
    /// `opencode acp`, for an editor.
    Acp,
    /// A terminal UI.
    Tui,
}

/// A restart to come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RestartView {
    /// When, in ms since the epoch.
    #[ts(type = "number")]
    pub at_ms: u64,
    /// Which try it will be, from 1.
    pub attempt: u32,
    /// How many tries there are; none: no end.
    pub attempts: Option<u32>,
}

/// A session that ran when its server ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct InterruptedView {
    /// opencode's id.
    pub session: String,
    /// Its title.
    pub title: String,
}

/// Who started an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum OwnerView {
    /// We did; we may stop it.
    Portal,
    /// Somebody else did.
    External,
}

/// The state of an instance. One colour, one shape and one word each in every surface.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum StateView {
    /// Not running; it can be started.
    Stopped,
    /// On its way up.
    Starting {
        /// What it is doing: `Finding opencode`, `Starting the process`, `Waiting for the first answer`.
        step: String,
        /// Since when, in ms since the epoch.
        #[ts(type = "number")]
        since_ms: u64,
    },
    /// Answers with our credentials.
    Ready {
        /// What its sessions do.
        activity: Activity,
    },
    /// On its way down.
    Stopping,
    /// Stopped by us because it was idle.
    Asleep,
    /// The process lives, but does not answer, or its stream is stalled.
    Degraded {
        /// Why we say so.
        reason: String,
    },
    /// Answers 401 and we hold no password that it takes.
    Locked,
    /// It lives, but cannot be talked to: a terminal UI that opened no port, or an address where nobody is trusted.
    Unreachable {
        /// Why, and how to start it so that it is reachable.
        reason: String,
        /// The certificate that it shows and that is not trusted, if that is why.
        certificate: Option<CertificateView>,
    },
    /// Ended without being asked to, or never got ready.
    Crashed {
        /// What happened, with the exit status or signal.
        cause: String,
        /// What to do about it.
        hint: Option<String>,
        /// The last lines of its output.
        last_lines: Vec<String>,
    },
    /// What would know cannot be reached.
    Unknown {
        /// What could not be reached.
        reason: String,
    },
}

impl StateView {
    /// The state in one word, the same on every surface.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Stopped => "stopped",
            Self::Starting { .. } => "starting",
            Self::Ready { activity: Activity::Idle } => "idle",
            Self::Ready { activity: Activity::Busy } => "busy",
            Self::Ready { activity: Activity::Waiting } => "waiting for you",
            Self::Stopping => "stopping",
            Self::Asleep => "asleep",
            Self::Degraded { .. } => "degraded",
            Self::Locked => "locked",
            Self::Unreachable { .. } => "not reachable",
            Self::Crashed { .. } => "crashed",
            Self::Unknown { .. } => "unknown",
        }
    }
}

/// What the sessions of a ready instance do, taken together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Activity {
    /// No session runs.
    Idle,
    /// At least one session runs.
    Busy,
    /// At least one request waits for a person.
    Waiting,
}
