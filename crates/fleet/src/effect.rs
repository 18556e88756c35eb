//! Everything that the fleet can do. The runtime performs these and reports back as events.

use std::collections::BTreeSet;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use launch::ProcessIdentity;
use opencode_api::{Port, RequestId, SessionId};

use crate::containers::{ContainersEffect, GetImage};
use crate::discovery::{Attachment, DiscoveryEffect};
use crate::event::{Answer, CallId, Outcome, RunId};
use crate::record::{Aftermath, Life, Record};
use crate::registry::Entry;
use crate::roster::RosterEffect;
use crate::ssh::{PromptEffect, SshEffect};
use crate::supervision::SupervisionEffect;
use crate::versions::VersionsEffect;
use crate::{Change, FleetError, InstanceId, Profile, SettingsChange};

/// Everything that the fleet can do.
#[derive(Debug)]
pub(crate) enum Effect {
    /// Tell those who watch.
    Publish(Change),
    /// Tell the caller who waits.
    Answer {
        call: CallId,
        result: Result<Outcome, FleetError>,
    },

    /// Start what is planned, where its profile says, and see it through to its first answer.
    Launch(Box<LaunchPlan>),
    /// See an adopted process through to its first answer, and report when it is gone.
    Adopt {
        at: RunId,
        identity: ProcessIdentity,
        host: String,
        port: Port,
    },
    /// Ask a server that somebody else started to let us in.
    Attach {
        at: RunId,
        to: Box<Attachment>,
    },
    /// Read the event stream from now on, with a full reading at each beginning.
    Connect {
        at: RunId,
    },
    /// Read everything again.
    Resync {
        at: RunId,
    },
    /// Have nothing to do with the server any more.
    Disconnect {
        instance: InstanceId,
    },

    /// End the whole tree of this process of ours.
    StopProcess {
        at: RunId,
        identity: ProcessIdentity,
    },
    /// End the whole tree of a process that we have just started and that nobody wants any more. Nothing is reported.
    EndStray {
        at: RunId,
        identity: ProcessIdentity,
    },

    /// Read a session that we only know by its id.
    ReadSession {
        at: RunId,
        directory: PathBuf,
        session: SessionId,
    },
    /// Answer a request.
    Reply {
        at: RunId,
        call: CallId,
        directory: PathBuf,
        request: RequestId,
        answer: Answer,
    },

    /// Write an instance's record.
    WriteRecord(Box<Record>),
    /// Remove an instance's record and its output.
    RemoveRecord {
        id: InstanceId,
    },
    /// Put our entry into the registry that we share.
    Register(Box<Entry>),
    /// Take our entry out of it.
    Unregister {
        id: InstanceId,
        pid: u32,
    },
    /// Make a change to the settings that are saved. Its number comes back with what they say after it.
    ChangeSettings {
        number: u64,
        change: SettingsChange,
    },

    // What has rooms of its own.
    Containers(ContainersEffect),
    Discovery(DiscoveryEffect),
    Supervision(SupervisionEffect),
    Roster(RosterEffect),
    Versions(VersionsEffect),
    Ssh(SshEffect),
    Prompt(PromptEffect),

    /// Look for opencode.
    LookForOpencode {
        search: u64,
        setting: Option<PathBuf>,
    },
    /// Install opencode into our own data folder.
    InstallOpencode {
        search: u64,
    },
}

/// What a start needs to know.
#[derive(Clone)]
pub(crate) struct LaunchPlan {
    pub(crate) at: RunId,
    pub(crate) name: String,
    pub(crate) directory: PathBuf,
    /// The program of this machine that it runs, where it is one.
    pub(crate) binary: Option<PathBuf>,
    pub(crate) environment: Vec<(String, String)>,
    pub(crate) demo: Option<Port>,
    /// Sessions that its last run left behind; the record goes on to name them.
    pub(crate) interrupted: BTreeSet<SessionId>,
    /// How it is run.
    pub(crate) profile: Arc<Profile>,
    /// Where it will be reached.
    pub(crate) host: String,
    /// Ports of our other instances, and those that they always get.
    pub(crate) taken: Vec<u16>,
    /// Whether a person waits for it and can be asked what is needed on the way.
    pub(crate) may_ask: bool,
    /// Whether there is no other instance in this directory, so that one that another host has started there is the one.
    pub(crate) is_alone: bool,
    /// How the image of its container is got.
    pub(crate) get_image: GetImage,
}

impl LaunchPlan {
    /// What is kept on disk of the run that it begins, as this host writes it.
    pub(crate) fn record(&self, life: Life, host: Option<ProcessIdentity>) -> Record {
        Record {
            id: self.at.instance.clone(),
            name: self.name.clone(),
            directory: self.directory.clone(),
            demo: self.demo,
            life,
            host,
            last_end: None,
            after: Aftermath { interrupted: self.interrupted.clone(), ..Aftermath::default() },
        }
    }
}

impl fmt::Debug for LaunchPlan {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The environment may hold the person's keys.
        formatter
            .debug_struct("LaunchPlan")
            .field("at", &self.at)
            .field("directory", &self.directory)
            .field("binary", &self.binary)
            .finish_non_exhaustive()
    }
}
