//! Everything that can happen. What is not in this enum cannot change the fleet.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use launch::ProcessIdentity;
use opencode_api::{
    ApiError, Envelope, PermissionReply, PermissionRequest, Port, QuestionRequest, RequestId, SessionId,
};

use crate::containers::ContainersEvent;
use crate::discovery::DiscoveryEvent;
use crate::record::Record;
use crate::roster::RosterEvent;
use crate::ssh::{PromptEvent, SshEvent};
use crate::supervision::SupervisionEvent;
use crate::versions::VersionsEvent;
use crate::{
    AtQuit, Failure, FleetError, InstanceId, Notice, NoticeId, Opencode, Profile, Settings, SettingsPatch, Step, Usage,
};

/// Tells the callers that wait apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct CallId(pub(crate) u64);

/// What a caller gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It is done.
    Done,
    /// It is done with this instance.
    Instance(InstanceId),
}

/// Which start of which instance a report is about. A report of an earlier start is dropped.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct RunId {
    pub(crate) instance: InstanceId,
    pub(crate) run: u64,
}

/// What to start. Made by the handle from what the caller said; the directory is checked.
#[derive(Clone)]
pub(crate) struct StartCall {
    /// The id, if the instance turns out to be new.
    pub(crate) fresh: InstanceId,
    pub(crate) directory: PathBuf,
    pub(crate) name: Option<String>,
    pub(crate) environment: Vec<(String, String)>,
    pub(crate) demo: Option<Port>,
    /// None: as it was run before.
    pub(crate) profile: Option<Arc<Profile>>,
    /// Whether one more is wanted where there is one already.
    pub(crate) another: bool,
}

impl fmt::Debug for StartCall {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The environment may hold the person's keys.
        formatter
            .debug_struct("StartCall")
            .field("fresh", &self.fresh)
            .field("directory", &self.directory)
            .field("name", &self.name)
            .field("demo", &self.demo)
            .finish_non_exhaustive()
    }
}

/// A person's answer to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Permission { reply: PermissionReply, message: Option<String> },
    Question { answers: Vec<Vec<String>> },
    Dismiss,
}

/// What a server told when everything was read again.
#[derive(Clone, Debug)]
pub(crate) struct Snapshot {
    pub(crate) sessions: Vec<opencode_api::Session>,
    /// By directory: what it told of each directory that was asked about. What was known of one that is not here stays.
    pub(crate) directories: BTreeMap<PathBuf, DirectorySnapshot>,
}

/// What a server told of one directory.
#[derive(Clone, Debug, Default)]
pub(crate) struct DirectorySnapshot {
    pub(crate) statuses: BTreeMap<SessionId, opencode_api::SessionStatus>,
    pub(crate) permissions: Vec<PermissionRequest>,
    pub(crate) questions: Vec<QuestionRequest>,
}

/// Everything that can happen.
#[derive(Debug)]
pub(crate) enum Event {
    // What callers ask for.
    Start {
        call: CallId,
        start: StartCall,
    },
    Stop {
        call: CallId,
        id: InstanceId,
    },
    Restart {
        call: CallId,
        id: InstanceId,
    },
    Remove {
        call: CallId,
        id: InstanceId,
        /// Whether a volume that keeps its sessions is removed, too.
        with_data: bool,
    },
    Rename {
        call: CallId,
        id: InstanceId,
        name: String,
    },
    Answer {
        call: CallId,
        id: InstanceId,
        request: RequestId,
        answer: Answer,
    },
    UpdateSettings {
        call: CallId,
        patch: SettingsPatch,
    },
    InstallOpencode,
    LookForOpencode,
    ShutDown {
        call: CallId,
        at_quit: AtQuit,
    },

    // The opencode binary. A report of an earlier search is dropped.
    OpencodeSeen {
        search: u64,
        opencode: Opencode,
    },
    InstallProgress {
        search: u64,
        line: String,
    },
    InstallFailed {
        search: u64,
        reason: String,
    },

    // A start on its way.
    /// The intent is on disk: from here on a crash of ours leaves a trace.
    Recorded {
        at: RunId,
        /// Where it will listen, where that is known before it runs.
        port: Option<Port>,
    },
    /// The start has come so far.
    Stepped {
        at: RunId,
        step: Step,
    },
    /// Another host of the same user has started this directory meanwhile.
    TakenElsewhere {
        at: RunId,
        record: Box<Record>,
    },
    /// The process runs and its record is complete.
    Spawned {
        at: RunId,
        identity: ProcessIdentity,
        port: Port,
    },
    /// The start is over, and nothing of it runs.
    LaunchFailed {
        at: RunId,
        failure: Failure,
    },
    /// It answers with our credentials, for the first time in this run.
    Answered {
        at: RunId,
        version: String,
    },
    /// It answers 401.
    Refused {
        at: RunId,
    },
    /// It lives, but does not answer, or its stream fails.
    Unanswered {
        at: RunId,
        reason: String,
    },

    // A process or container that runs.
    /// The process is gone. `asked`: another host of the same user asked it to end.
    Exited {
        at: RunId,
        failure: Failure,
        asked: bool,
        /// Whether it ended by itself and says that all is well.
        is_clean: bool,
    },
    /// The stop that we asked for is over.
    Stopped {
        at: RunId,
        result: Result<(), FleetError>,
    },
    UsageSeen {
        usage: BTreeMap<InstanceId, Usage>,
    },
    /// A task of this instance broke: a mistake of ours.
    Panicked {
        at: RunId,
        message: String,
    },

    // What is found on disk.
    /// This is what the saved settings say, after our change of that number.
    SettingsSeen {
        settings: Settings,
        after: u64,
    },
    RecordSeen {
        record: Box<Record>,
        process: RecordedLife,
        host_lives: bool,
    },
    RecordGone {
        id: InstanceId,
    },

    // What a server tells.
    /// The stream is open; everything is being read again.
    StreamOpened {
        at: RunId,
    },
    Resynced {
        at: RunId,
        snapshot: Box<Snapshot>,
    },
    Told {
        at: RunId,
        envelope: Box<Envelope>,
    },
    SessionRead {
        at: RunId,
        session: Box<opencode_api::Session>,
    },
    Replied {
        at: RunId,
        call: CallId,
        request: RequestId,
        result: Result<(), ApiError>,
    },

    // What has rooms of its own.
    Containers(ContainersEvent),
    Discovery(DiscoveryEvent),
    Supervision(SupervisionEvent),
    Roster(RosterEvent),
    Versions(VersionsEvent),
    Ssh(SshEvent),
    Prompt(PromptEvent),

    // Trouble beside any instance.
    NoticeRaised(Notice),
    NoticeOver(NoticeId),
}

/// What the system says of what a record says to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RecordedLife {
    /// It is that process, and it lives.
    Alive,
    /// It runs elsewhere: whoever looks there tells.
    Elsewhere,
    /// It does not live, or there is none.
    Dead,
}

impl Event {
    /// The run that a report is about.
    pub(crate) fn run(&self) -> Option<&RunId> {
        match self {
            Self::Recorded { at, .. }
            | Self::Stepped { at, .. }
            | Self::TakenElsewhere { at, .. }
            | Self::Spawned { at, .. }
            | Self::LaunchFailed { at, .. }
            | Self::Answered { at, .. }
            | Self::Refused { at }
            | Self::Unanswered { at, .. }
            | Self::Exited { at, .. }
            | Self::Stopped { at, .. }
            | Self::Panicked { at, .. }
            | Self::StreamOpened { at }
            | Self::Resynced { at, .. }
            | Self::Told { at, .. }
            | Self::SessionRead { at, .. }
            | Self::Replied { at, .. } => Some(at),
            Self::Containers(event) => event.run(),
            Self::Discovery(event) => event.run(),
            Self::Ssh(event) => Some(event.run()),
            Self::Supervision(event) => event.run(),
            Self::Start { .. }
            | Self::Stop { .. }
            | Self::Restart { .. }
            | Self::Remove { .. }
            | Self::Rename { .. }
            | Self::Answer { .. }
            | Self::UpdateSettings { .. }
            | Self::InstallOpencode
            | Self::LookForOpencode
            | Self::ShutDown { .. }
            | Self::OpencodeSeen { .. }
            | Self::InstallProgress { .. }
            | Self::InstallFailed { .. }
            | Self::UsageSeen { .. }
            | Self::SettingsSeen { .. }
            | Self::RecordSeen { .. }
            | Self::RecordGone { .. }
            | Self::Prompt(_)
            | Self::Roster(_)
            | Self::Versions(_)
            | Self::NoticeRaised(_)
            | Self::NoticeOver(_) => None,
        }
    }
}
