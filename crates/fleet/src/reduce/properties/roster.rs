//! What holds of starting many and of updates, whatever happens in between.

use std::path::PathBuf;
use std::sync::Arc;

use proptest::prelude::*;

use super::{asked, calls, found, ids, reported};
use crate::core::Core;
use crate::effect::Effect;
use crate::event::Event;
use crate::reduce::reduce;
use crate::roster::{RosterEvent, Scope};
use crate::versions::VersionsEvent;
use crate::{Activity, InstanceState, Profile, Settings, Timestamp};

pub(super) fn many() -> impl Strategy<Value = Event> {
    let version = || "2.0.0".to_owned();
    prop_oneof![
        2 => calls().prop_map(|call| Event::Roster(RosterEvent::StartAll { call, scope: Scope::default() })),
        1 => calls().prop_map(|call| Event::Roster(RosterEvent::StopAll { call, scope: Scope::default() })),
        1 => calls().prop_map(|call| Event::Roster(RosterEvent::RestartFailed { call, scope: Scope::default() })),
        1 => (calls(), ids(), any::<bool>()).prop_map(|(call, id, is_pinned)| {
            let profile = Arc::new(Profile { is_pinned, ..Profile::default() });
            Event::Roster(RosterEvent::SetProfile { call, id, profile })
        }),
        1 => ids().prop_map(|id| Event::Roster(RosterEvent::RanLast { ids: vec![id] })),
        2 => calls().prop_map(|call| Event::Versions(VersionsEvent::Update { call, version: None })),
        2 => Just(()).prop_map(move |()| {
            let path = PathBuf::from("/new/opencode");
            Event::Versions(VersionsEvent::Installed { version: version(), path })
        }),
        2 => Just(()).prop_map(move |()| Event::Versions(VersionsEvent::Checked { version: version() })),
        1 => Just(()).prop_map(move |()| {
            Event::Versions(VersionsEvent::Failed { version: version(), reason: "no".to_owned() })
        }),
        1 => Just(()).prop_map(|()| Event::Versions(VersionsEvent::Ticked)),
    ]
}

/// Whether a person wants an end, so that a stop is theirs.
fn asks_for_an_end(event: &Event) -> bool {
    matches!(
        event,
        Event::Stop { .. }
            | Event::Restart { .. }
            | Event::Roster(RosterEvent::StopAll { .. })
            | Event::RecordSeen { .. }
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, max_shrink_iters: 4096, ..ProptestConfig::default() })]

    #[test]
    fn an_update_ends_nothing_that_is_busy_and_every_caller_gets_an_answer(
        events in prop::collection::vec(prop_oneof![2 => many(), 2 => asked(), 3 => reported()], 1..120),
    ) {
        let mut core = Core::new(Settings::initial(), None, PathBuf::from("/logs"));
        core.state.opencode = found();
        core.state.settings = Arc::new(Settings { restore_fleet: true, ..Settings::initial() });
        for (number, event) in events.into_iter().enumerate() {
            let is_asked = asks_for_an_end(&event);
            let (next, effects) = reduce(core, event, Timestamp(1_000 + number as u64 * 100));
            core = next;
            for effect in &effects {
                if let Effect::StopProcess { at, .. } = effect
                    && !is_asked
                    && core.updating.roll.as_ref().is_some_and(|roll| roll.back.is_none())
                    && let Some(instance) = core.state.instances.get(&at.instance)
                    && core.behind[&at.instance].then_start
                {
                    prop_assert_eq!(instance.activity(), Activity::Idle, "an update ends what is busy");
                }
            }
            prop_assert!(core.roster.rising.len() <= 2, "more than two at a time");
            let is_under_way = |id| {
                core.state.instances.get(id).is_some_and(|instance| {
                    matches!(instance.state, InstanceState::Starting { .. } | InstanceState::Stopping)
                }) || core.roster.queue.contains(id)
            };
            for lot in &core.roster.lots {
                prop_assert!(lot.of.iter().any(is_under_way), "a caller waits for nothing");
            }
            if let Some(roll) = &core.updating.roll {
                prop_assert!(roll.done.len() <= roll.total);
            }
        }
    }
}
