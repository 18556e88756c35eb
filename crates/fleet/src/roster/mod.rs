//! The instances that are ours as a whole: their profiles, their groups, starting and stopping many.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use crate::event::CallId;
use crate::{InstanceId, Profile};

/// What can happen to the roster.
#[derive(Debug)]
pub(crate) enum RosterEvent {
    /// Somebody changes how an instance is run and shown. The profile was checked.
    SetProfile { call: CallId, id: InstanceId, profile: Arc<Profile> },
    /// Somebody wants everything of a scope started.
    StartAll { call: CallId, scope: Scope },
    /// Somebody wants everything of a scope stopped.
    StopAll { call: CallId, scope: Scope },
    /// Somebody wants what crashed in a scope started again.
    RestartFailed { call: CallId, scope: Scope },
    /// A profile is new on disk, or has changed there.
    ProfileSeen { id: InstanceId, profile: Arc<Profile> },
    /// A profile is on disk no more.
    ProfileGone { id: InstanceId },
    /// A host that stays has opened the fleet and has seen all records.
    Opened,
    /// These ran last, and nobody has started them again yet.
    RanLast { ids: Vec<InstanceId> },
}

/// What we do about the roster.
#[derive(Debug)]
pub(crate) enum RosterEffect {
    /// Write an instance's profile.
    SaveProfile { id: InstanceId, profile: Arc<Profile> },
    /// Write down that these ran and are to be started again, should the person want that.
    RememberRunning { ids: Vec<InstanceId> },
    /// Read what ran last and forget it, so that no other host starts it, too.
    ClaimRunning,
}

/// Some of the instances that are ours.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// Only this group; none: all.
    pub group: Option<String>,
}

/// What belongs to the roster and shows nowhere.
#[derive(Clone, Debug, Default)]
pub(crate) struct Roster {
    /// The profiles on disk, of instances known and not yet known.
    pub(crate) profiles: BTreeMap<InstanceId, Arc<Profile>>,
    /// What waits to be started, in order.
    pub(crate) queue: VecDeque<InstanceId>,
    /// What the queue has started and is on its way up.
    pub(crate) rising: BTreeSet<InstanceId>,
    /// Who waits for several instances.
    pub(crate) lots: Vec<Lot>,
}

/// A caller who waits for several instances.
#[derive(Clone, Debug)]
pub(crate) struct Lot {
    pub(crate) call: CallId,
    pub(crate) of: Vec<InstanceId>,
    /// Whether they are to be stopped.
    pub(crate) goes_down: bool,
}
