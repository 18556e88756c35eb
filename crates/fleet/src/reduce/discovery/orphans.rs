//! Processes that carry our marks and belong to no instance that runs: held back for a moment, because their record may be on its way, and ended when it does not come.

use launch::ProcessIdentity;

use super::super::turn::Turn;
use super::groups::Known;
use crate::discovery::{DiscoveryEffect, Found};
use crate::effect::Effect;
use crate::{InstanceId, Role};

/// How long such a process is shown to nobody.
const HELD_BACK_MS: u64 = 5_000;
/// How long it lives.
const REAPED_MS: u64 = 10_000;
/// How often it must have been seen so.
const REAPED_LOOKS: u32 = 6;

/// Takes in a look at the processes.
pub(super) fn looked(turn: &mut Turn, found: &[Found], known: &[Known]) {
    let seen: Vec<(ProcessIdentity, InstanceId)> = found
        .iter()
        .filter_map(|found| found.process.as_ref())
        .filter(|seen| !known.iter().any(|known| known.owns(seen)))
        .filter_map(|seen| Some((seen.identity.clone(), seen.mark.clone()?)))
        .collect();
    let now = turn.now;
    turn.core.sightings.count(&seen, now);
    let is_server = |identity: &ProcessIdentity| {
        let seen = found.iter().filter_map(|found| found.process.as_ref()).find(|seen| seen.identity == *identity);
        seen.is_some_and(|seen| seen.role == Role::Serve)
    };
    let orphans: Vec<(ProcessIdentity, InstanceId)> = turn
        .core
        .sightings
        .unclaimed()
        .iter()
        .filter(|unclaimed| now.ms_since(unclaimed.waits_since) >= REAPED_MS && unclaimed.looks >= REAPED_LOOKS)
        .filter(|unclaimed| is_server(&unclaimed.identity))
        .map(|unclaimed| (unclaimed.identity.clone(), unclaimed.mark.clone()))
        .collect();
    for (identity, instance) in orphans {
        // What would not end is tried again later.
        turn.core.sightings.wait_anew(&identity, now);
        turn.effect(Effect::Discovery(DiscoveryEffect::Reap { instance, identity }));
    }
}

/// Those that are shown to nobody yet.
pub(super) fn hidden(turn: &Turn) -> Vec<ProcessIdentity> {
    let is_new = |since| turn.now.ms_since(since) < HELD_BACK_MS;
    let unclaimed = turn.core.sightings.unclaimed().iter();
    unclaimed.filter(|unclaimed| is_new(unclaimed.since)).map(|unclaimed| unclaimed.identity.clone()).collect()
}
