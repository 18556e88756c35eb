//! Other machines: lines that are lost and come back, servers there that are spawned, found, gone; and what may be done with them.

use std::sync::Arc;

use proptest::prelude::*;

use super::{failure, port, runs};
use crate::effect::Effect;
use crate::event::Event;
use crate::ssh::{SshEffect, SshEvent};
use crate::{Kind, Place, ProcessElsewhere, Profile, SshPlace, State};

/// Of an instance that runs on another machine.
pub(super) fn profile() -> Arc<Profile> {
    let place = Place::Ssh(SshPlace { host: "build".to_owned(), stays: false });
    Arc::new(Profile { place, ..Profile::default() })
}

fn process(pid: u32) -> ProcessElsewhere {
    ProcessElsewhere { pid, started: "then".to_owned(), port: port() }
}

/// What can happen about servers of other machines.
pub(super) fn events() -> impl Strategy<Value = Event> {
    let events = prop_oneof![
        4 => (runs(), 10..13_u32).prop_map(|(at, pid)| SshEvent::Spawned { at, process: process(pid), port: port() }),
        2 => runs().prop_map(|at| SshEvent::Reached { at, port: port() }),
        3 => runs().prop_map(|at| SshEvent::Lost { at, reason: "no line".to_owned() }),
        1 => (runs(), any::<bool>()).prop_map(|(at, asked)| SshEvent::Ended { at, failure: failure(), asked }),
        1 => runs().prop_map(|at| SshEvent::Gone { at }),
        1 => runs().prop_map(|at| SshEvent::Removed { at }),
    ];
    events.prop_map(Event::Ssh)
}

/// What may be done with servers of other machines: only the instance's own one is asked to end, and none that is wanted.
pub(super) fn may_be(effect: &Effect, after: &State) -> Result<(), TestCaseError> {
    let Effect::Ssh(effect) = effect else { return Ok(()) };
    let known = |at: &crate::event::RunId| match after.instances.get(&at.instance).map(|instance| &instance.kind) {
        Some(Kind::Ssh { process, .. }) => process.clone(),
        _ => None,
    };
    match effect {
        SshEffect::Adopt { at, process, .. } | SshEffect::Stop { at, process, .. } => {
            prop_assert_eq!(known(at), Some(process.clone()), "another process than the instance's");
        }
        SshEffect::EndStray { at, process, .. } => {
            prop_assert!(known(at).as_ref() != Some(process), "a process that is wanted is ended");
        }
        SshEffect::EndLater { id, .. } => {
            let known = after.instances.get(id).and_then(|instance| instance.process_elsewhere());
            prop_assert!(known.is_none(), "what an instance has is ended");
        }
    }
    Ok(())
}
