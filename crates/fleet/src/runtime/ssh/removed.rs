//! What another host of this user has removed while its machine was out of reach there, and we still follow.

use crate::event::{Event, RunId};
use crate::files::{left_there_file, record_file};
use crate::runtime::context::Context;
use crate::runtime::watching::{Stamp, stamp};
use crate::ssh::{LeftThere, SshEvent};
use crate::{Instance, InstanceId, State};

/// Looks for it, if what is written down has changed. Blocks.
pub(in crate::runtime) fn look(context: &Context, seen: &mut Stamp) {
    let stamp = stamp(&left_there_file::path(&context.folders.state));
    if *seen == stamp {
        return;
    }
    *seen = stamp;
    for (id, left) in left_there_file::read(&context.folders.state) {
        // With a record it was not removed: a start was given up, whose own host sees to it.
        let is_removed = || !record_file::path(&context.folders.records(), &id).exists();
        let at = followed(&context.states.borrow(), &id, &left);
        if let Some(at) = at.filter(|_| is_removed()) {
            tracing::info!(instance = %id, host = left.host, "Another Portal has removed it, and ends it");
            context.report(Event::Ssh(SshEvent::Removed { at }));
        }
    }
}

/// The run of ours that this is.
fn followed(state: &State, id: &InstanceId, left: &LeftThere) -> Option<RunId> {
    let instance: &Instance = state.instances.get(id).filter(|instance| !instance.state.is_ended())?;
    let process = instance.process_elsewhere()?;
    (left.process.as_ref() == Some(process)).then(|| RunId { instance: id.clone(), run: instance.run })
}
