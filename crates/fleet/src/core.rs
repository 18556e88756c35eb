//! What `reduce` works on: the public state, and what nobody else needs to see.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use launch::ProcessIdentity;
use opencode_api::{MessageId, PartId, RequestId, SessionId};

use crate::containers::{Engines, GetImage, StartAsked};
use crate::discovery::{Credentials, Said, Sightings};
use crate::event::CallId;
use crate::roster::Roster;
use crate::supervision::OverTime;
use crate::versions::Updating;
use crate::{InstanceId, ProcessElsewhere, Request, Settings, State, Timestamp};

/// A minute, in milliseconds.
const MINUTE_MS: u64 = 60_000;

/// What `reduce` works on.
#[derive(Clone, Debug)]
pub(crate) struct Core {
    /// What everybody may see.
    pub(crate) state: State,
    /// What belongs to an instance and shows nowhere.
    pub(crate) behind: BTreeMap<InstanceId, Behind>,
    /// The place of the next instance in the order of first sight.
    pub(crate) next_ordinal: u64,
    /// Profiles, and what is being started and stopped together.
    pub(crate) roster: Roster,
    /// An update of opencode on its way.
    pub(crate) updating: Updating,
    /// How often opencode was looked for, installed or chosen: only the last counts.
    pub(crate) searches: u64,
    /// How often we have changed the settings.
    pub(crate) settings_changes: u64,
    /// This program, as records name it.
    pub(crate) host: Option<ProcessIdentity>,
    /// The folder of the instances' output.
    pub(crate) logs: PathBuf,
    /// How long a minute of the settings is, in milliseconds.
    pub(crate) minute_ms: u64,
    /// What every source saw last of instances of others.
    pub(crate) sightings: Sightings,
    /// What the container engines told last.
    pub(crate) engines: Engines,
    /// Who waits for the end, once the end was asked for.
    pub(crate) closing: Option<CallId>,
}

/// What belongs to an instance and shows nowhere.
// Independent marks: any of them can be set with any other.
#[allow(clippy::struct_excessive_bools)]
#[derive(Clone, Default)]
pub(crate) struct Behind {
    /// Variables that the caller gave. Kept in memory only, for a restart.
    pub(crate) environment: Arc<Vec<(String, String)>>,
    /// Callers who wait until it is recorded as starting.
    pub(crate) starting: Vec<CallId>,
    /// Callers who wait until nothing of it runs.
    pub(crate) stopping: Vec<CallId>,
    /// Whether it is to start again once it has stopped.
    pub(crate) then_start: bool,
    /// Whether it is to be forgotten once it has stopped.
    pub(crate) then_forget: bool,
    /// Callers who wait until what is left of it is removed, so that it can be forgotten.
    pub(crate) removing: Vec<CallId>,
    /// How its next start gets its image.
    pub(crate) get_image: GetImage,
    /// Whether its start waits for opencode to be found.
    pub(crate) awaits_binary: bool,
    /// When what ran of it in a container and has ended was started: who says that it runs tells of before.
    pub(crate) ended_start: Option<Timestamp>,
    /// The process of another machine that ended last: what a record still says of it is older than that.
    pub(crate) ended_there: Option<ProcessElsewhere>,
    /// Its container is being started.
    pub(crate) container_asked: Option<StartAsked>,
    /// The sessions that ran in its container when the engine was lost, until that tells what became of it. None: nothing ran.
    pub(crate) lost: Option<BTreeSet<SessionId>>,
    /// Whether what runs of it was started by another host, or by us in an earlier life.
    pub(crate) is_adopted: bool,
    /// Whether everything of it was read in this run: until then it could be busy without our knowing.
    pub(crate) is_read: bool,
    /// It got another name while it was being started, which writes the name that it had.
    pub(crate) is_renamed: bool,
    /// No record of it was ever written.
    pub(crate) is_unrecorded: bool,
    /// What the person gave to be let in. Kept in memory only.
    pub(crate) credentials: Option<Credentials>,
    /// What was said at its door the last time.
    pub(crate) said: Option<Said>,
    /// What events have told since a full reading began; they win over what it reads.
    pub(crate) touched: Option<Touched>,
    /// Sessions that are being read.
    pub(crate) reading: BTreeSet<SessionId>,
    /// What running sessions are doing.
    pub(crate) tails: BTreeMap<SessionId, Tail>,
    /// What its supervision remembers.
    pub(crate) over_time: OverTime,
}

impl fmt::Debug for Behind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The environment may hold the person's keys.
        formatter.debug_struct("Behind").field("starting", &self.starting).finish_non_exhaustive()
    }
}

/// What events have told since a full reading began.
#[derive(Clone, Debug, Default)]
pub(crate) struct Touched {
    pub(crate) sessions: BTreeSet<SessionId>,
    pub(crate) asked: BTreeSet<RequestId>,
    pub(crate) gone: BTreeSet<RequestId>,
    /// Requests that came while the instance was not ready, so that it could not hold them yet.
    pub(crate) early: Vec<Request>,
}

/// The end of what a session writes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tail {
    /// The person's last message, whose parts are not the agent's doing.
    pub(crate) prompt: Option<MessageId>,
    /// The part that is being written, if it is text for the person.
    pub(crate) part: Option<PartId>,
    /// Its last characters.
    pub(crate) text: String,
    /// When the session last showed a new sentence.
    pub(crate) shown_at: Timestamp,
}

impl Core {
    /// With no instance.
    pub(crate) fn new(settings: Settings, host: Option<ProcessIdentity>, logs: PathBuf) -> Self {
        Self {
            state: State::initial(settings),
            behind: BTreeMap::new(),
            next_ordinal: 0,
            roster: Roster::default(),
            updating: Updating::default(),
            searches: 0,
            settings_changes: 0,
            host,
            logs,
            sightings: Sightings::default(),
            engines: Engines::default(),
            minute_ms: MINUTE_MS,
            closing: None,
        }
    }
}
