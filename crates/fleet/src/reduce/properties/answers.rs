//! What holds of callers: each gets an answer, or something is under way that will give it.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use proptest::prelude::*;

use super::{asked, found, ids, others, reported, roster, runs, supervised};
use crate::containers::ContainersEvent;
use crate::core::Core;
use crate::discovery::DiscoveryEvent;
use crate::effect::Effect;
use crate::event::{CallId, Event};
use crate::reduce::reduce;
use crate::roster::RosterEvent;
use crate::supervision::SupervisionEvent;
use crate::versions::VersionsEvent;
use crate::{Owner, Settings, Timestamp};

/// Who asks for something with this event.
fn caller(event: &Event) -> Option<CallId> {
    match event {
        Event::Start { call, .. }
        | Event::Stop { call, .. }
        | Event::Restart { call, .. }
        | Event::Remove { call, .. }
        | Event::Rename { call, .. }
        | Event::Answer { call, .. }
        | Event::UpdateSettings { call, .. }
        | Event::ShutDown { call, .. }
        | Event::Discovery(
            DiscoveryEvent::Added { call, .. }
            | DiscoveryEvent::Changed { call, .. }
            | DiscoveryEvent::Unlocked { call, .. }
            | DiscoveryEvent::StopExternal { call, .. },
        )
        | Event::Supervision(
            SupervisionEvent::Sleep { call, .. }
            | SupervisionEvent::Wake { call, .. }
            | SupervisionEvent::Dismiss { call, .. },
        )
        | Event::Roster(
            RosterEvent::SetProfile { call, .. }
            | RosterEvent::StartAll { call, .. }
            | RosterEvent::StopAll { call, .. }
            | RosterEvent::RestartFailed { call, .. },
        )
        | Event::Containers(ContainersEvent::GetImageAgain { call, .. })
        | Event::Versions(VersionsEvent::Look { call } | VersionsEvent::Update { call, .. }) => Some(*call),
        _ => None,
    }
}

/// Who waits for something that the core knows to be under way.
fn held(core: &Core) -> BTreeSet<CallId> {
    let behind = core.behind.values().flat_map(|behind| {
        let over_time = &behind.over_time;
        [&behind.starting, &behind.stopping, &behind.removing, &over_time.sleepers, &over_time.wakers]
            .into_iter()
            .flatten()
    });
    behind.copied().chain(core.roster.lots.iter().map(|lot| lot.call)).chain(core.closing).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, max_shrink_iters: 4096, ..ProptestConfig::default() })]

    #[test]
    fn nobody_waits_for_nothing(
        events in prop::collection::vec(
            prop_oneof![
                3 => asked(),
                2 => supervised(),
                2 => roster::many(),
                5 => reported(),
                2 => others::events(ids(), runs()),
            ],
            1..120,
        ),
    ) {
        let mut core = Core::new(Settings::initial(), None, PathBuf::from("/logs"));
        core.state.opencode = found();
        core.state.settings = Arc::new(Settings::initial());
        let (mut waiting, mut replying) = (BTreeSet::new(), BTreeSet::new());
        for (number, event) in events.into_iter().enumerate() {
            // An id is given once: one that is known is given to nothing new.
            if let Event::Start { start, .. } = &event
                && core.state.instances.contains_key(&start.fresh)
            {
                let place = start.profile.as_ref().map(|profile| &profile.place);
                let existing = core.state.in_place(&start.directory, place);
                let is_new = existing.is_none_or(|known| known.owner == Owner::External && !known.state.is_live());
                if is_new {
                    continue;
                }
            }
            waiting.extend(caller(&event));
            if let Event::Replied { call, .. } = &event {
                replying.remove(call);
            }
            let told = format!("{event:?}");
            let (next, effects) = reduce(core, event, Timestamp(1_000 + number as u64 * 100));
            core = next;
            for effect in &effects {
                match effect {
                    Effect::Answer { call, .. } => {
                        waiting.remove(call);
                    }
                    Effect::Reply { call, .. } => {
                        replying.insert(*call);
                    }
                    _ => {}
                }
            }
            let held = held(&core);
            for call in &waiting {
                prop_assert!(held.contains(call) || replying.contains(call), "{call:?} waits for nothing after {told}");
            }
        }
    }
}
