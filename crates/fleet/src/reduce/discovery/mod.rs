//! Decides about instances that we did not start: which of them there are, who may get in, and who may be ended.

mod asked;
mod door;
mod groups;
mod orphans;
mod shown;

#[cfg(test)]
pub(super) mod properties;
#[cfg(test)]
mod tables;
#[cfg(test)]
mod trust_tables;

use super::turn::Turn;
use crate::discovery::DiscoveryEvent;
use crate::event::{Event, RunId};
use crate::{InstanceId, InstanceState, Kind, Owner};

pub(super) use asked::{forget_address, rename_address};
pub(super) use door::attach;

/// Takes in what happened.
pub(super) fn happened(turn: &mut Turn, event: DiscoveryEvent) {
    match event {
        DiscoveryEvent::SourceSeen { source, found } => shown::source_seen(turn, source, found),
        DiscoveryEvent::Added { call, endpoint, credentials } => asked::added(turn, call, &endpoint, credentials),
        DiscoveryEvent::Changed { call, endpoint, credentials } => asked::changed(turn, call, &endpoint, credentials),
        DiscoveryEvent::Unlocked { call, at, credentials } => asked::unlocked(turn, call, &at, credentials),
        DiscoveryEvent::StopExternal { call, id, pid } => asked::stop_external(turn, call, &id, pid),
        DiscoveryEvent::Untrusted { at, certificate, reason } => door::untrusted(turn, &at, certificate, reason),
        DiscoveryEvent::Reached { at, endpoint, is_secured, directory } => {
            shown::reached(turn, &at, endpoint, is_secured, directory);
        }
    }
}

/// Whether an instance of ours, or a container, may have become what was taken for somebody else's until now.
pub(super) fn is_concerned(event: &Event) -> bool {
    matches!(
        event,
        Event::Recorded { .. }
            | Event::Spawned { .. }
            | Event::TakenElsewhere { .. }
            | Event::RecordSeen { .. }
            | Event::RecordGone { .. }
            | Event::Containers(_)
    )
}

/// Whether a report about a process is about one that we started, or have ended. What becomes of others is only seen.
pub(super) fn may_report(turn: &Turn, event: &Event) -> bool {
    match event {
        Event::Stopped { at, .. } => {
            !is_found(turn, &at.instance) || turn.core.sightings.ending.contains_key(&at.instance)
        }
        Event::Recorded { at, .. }
        | Event::Spawned { at, .. }
        | Event::TakenElsewhere { at, .. }
        | Event::LaunchFailed { at, .. }
        | Event::Exited { at, .. } => !is_found(turn, &at.instance),
        _ => true,
    }
}

/// Looks once more at what was seen last.
pub(super) fn see_anew(turn: &mut Turn) {
    shown::show(turn);
}

/// A stop is over: what was somebody else's is gone, unless something else says that it is there.
pub(super) fn stopped(turn: &mut Turn, at: &RunId) {
    let id = &at.instance;
    let Some(ended) = turn.core.sightings.ending.remove(id) else { return };
    let is_over = turn.instance(id).is_none_or(|instance| instance.state == InstanceState::Stopped);
    if is_over {
        let is_it =
            |found: &crate::discovery::Found| found.process.as_ref().is_some_and(|process| process.identity == ended);
        turn.core.sightings.retain_mut(|found| !is_it(found));
        shown::show(turn);
    }
}

/// Whether we only look at it: it is neither ours nor a container of the registry.
fn is_found(turn: &Turn, id: &InstanceId) -> bool {
    turn.instance(id).is_some_and(|instance| {
        instance.owner == Owner::External
            && matches!(instance.kind, Kind::Process { .. } | Kind::Ssh { .. } | Kind::Remote)
    })
}
