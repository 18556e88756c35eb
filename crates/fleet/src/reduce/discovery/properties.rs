//! Whatever is seen in whatever order, in the end there is one instance for each server.

use std::collections::BTreeSet;
use std::sync::Arc;

use opencode_api::{BasePath, Certificate, CertificateProblem, Scheme, UntrustedCertificate};
use proptest::prelude::*;

use super::super::reduce;
use super::super::tables::identity;
use crate::core::Core;
use crate::discovery::{Credentials, DiscoveryEffect, DiscoveryEvent, Endpoint, Found, ProcessSeen};
use crate::effect::Effect;
use crate::event::{CallId, Event, RunId};
use crate::{InstanceId, Kind, Owner, Port, Role, Settings, Source, State, Timestamp};

const SOURCES: [Source; 5] = [Source::Process, Source::Registry, Source::ServiceFile, Source::Added, Source::Mdns];

fn ports() -> impl Strategy<Value = u16> {
    4096..4100_u16
}

fn hosts() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["127.0.0.1", "10.0.0.2", "build"])
}

fn endpoints() -> impl Strategy<Value = Endpoint> {
    let scheme = prop_oneof![4 => Just(Scheme::Http), 1 => Just(Scheme::Https)];
    (hosts(), ports(), scheme).prop_map(|(host, port, scheme)| {
        let own = ["10.0.0.2".parse().unwrap()];
        let endpoint = Endpoint::new(host, Port::new(port).unwrap()).among(&own);
        endpoint.behind(scheme, host, BasePath::default())
    })
}

fn process() -> impl Strategy<Value = Found> {
    let bind = prop::sample::select(vec!["0.0.0.0", "127.0.0.1", "10.0.0.2"]);
    let role = prop::sample::select(vec![Role::Serve, Role::Tui]);
    let mark = prop::sample::select(vec!["aaaaaaaa", "bbbbbbbb"]).prop_map(InstanceId::from);
    // Some of them are those that ours will have.
    let pid = prop_oneof![3 => 40..44_u32, 1 => 10..14_u32];
    let facts = (prop::option::of((bind, ports())), prop::option::of(30..34_u32), prop::option::weighted(0.2, mark));
    (pid, role, facts).prop_map(|(pid, role, (listens, wrapper, mark))| {
        let listens = listens.map(|(host, port)| format!("{host}:{port}").parse().unwrap());
        let seen = ProcessSeen {
            identity: identity(pid),
            role,
            command: String::new(),
            listens: listens.into_iter().collect(),
            wrappers: wrapper.into_iter().collect(),
            mark,
        };
        Found { process: Some(seen), is_verified: true, ..Found::by(Source::Process) }
    })
}

fn said(source: Source) -> impl Strategy<Value = Found> {
    let id = prop::sample::select(vec!["aaaaaaaa", "rrrrrrrr", "cccccccc"]).prop_map(InstanceId::from);
    (endpoints(), prop::option::of(30..46_u32), prop::option::of(id), any::<bool>()).prop_map(
        move |(endpoint, pid, id, is_verified)| Found {
            endpoint: Some(endpoint),
            pid: pid.filter(|_| source != Source::Added && source != Source::Mdns),
            id: id.filter(|_| source == Source::Registry || source == Source::Added),
            is_verified: is_verified || source == Source::Added,
            ..Found::by(source)
        },
    )
}

/// All that one source sees. No source sees a thing twice.
pub(in crate::reduce) fn lists() -> impl Strategy<Value = (Source, Vec<Found>)> {
    prop::sample::select(SOURCES.to_vec()).prop_flat_map(|source| {
        let found = if source == Source::Process {
            prop::collection::vec(process(), 0..4).boxed()
        } else {
            prop::collection::vec(said(source), 0..3).boxed()
        };
        (Just(source), found).prop_map(|(source, mut found)| {
            let mut pids = BTreeSet::new();
            let mut places: Vec<Endpoint> = Vec::new();
            found.retain(|found| {
                let is_new = found.process.as_ref().is_none_or(|seen| pids.insert(seen.identity.pid));
                let is_elsewhere = found.endpoint.as_ref().is_none_or(|place| !places.contains(place));
                places.extend(found.endpoint.clone());
                is_new && is_elsewhere
            });
            (source, found)
        })
    })
}

/// An id that an instance of others may get.
pub(in crate::reduce) fn id_of_another() -> InstanceId {
    InstanceId::of("40/7#0")
}

/// What can happen about instances of others.
pub(in crate::reduce) fn events(
    ids: impl Strategy<Value = InstanceId> + 'static,
    runs: impl Strategy<Value = RunId> + 'static,
) -> impl Strategy<Value = Event> {
    let (call, credentials) = (CallId(7), || Credentials::new(None, "pw"));
    let runs = runs.boxed();
    prop_oneof![
        8 => lists().prop_map(|(source, found)| DiscoveryEvent::SourceSeen { source, found }),
        2 => (ids, prop_oneof![3 => Just(40), 1 => 10..44_u32])
            .prop_map(move |(id, pid)| DiscoveryEvent::StopExternal { call, id, pid }),
        1 => runs.clone().prop_map(move |at| DiscoveryEvent::Unlocked { call, at, credentials: credentials() }),
        1 => endpoints().prop_map(move |endpoint| DiscoveryEvent::Added { call, endpoint, credentials: None }),
        1 => endpoints().prop_map(move |endpoint| {
            DiscoveryEvent::Changed { call, endpoint, credentials: Some(credentials()) }
        }),
        1 => runs.clone().prop_map(|at| {
            let problem = CertificateProblem::UnknownIssuer;
            let certificate = Arc::new(UntrustedCertificate { certificate: Certificate::read(b""), problem });
            DiscoveryEvent::Untrusted { at, certificate, reason: "untrusted".to_owned() }
        }),
        1 => (runs, endpoints(), any::<bool>()).prop_map(|(at, endpoint, is_secured)| DiscoveryEvent::Reached {
            at,
            endpoint,
            is_secured,
            directory: Some("/srv/site".into()),
        }),
    ]
    .prop_map(Event::Discovery)
}

/// Whom a person has asked to be ended, naming the process.
pub(in crate::reduce) fn named_by(event: &Event) -> Option<(InstanceId, u32)> {
    match event {
        Event::Discovery(DiscoveryEvent::StopExternal { id, pid, .. }) => Some((id.clone(), *pid)),
        _ => None,
    }
}

/// Whether it is a look: what was seen before may have ended meanwhile.
pub(in crate::reduce) fn is_look(event: &Event) -> bool {
    matches!(event, Event::Discovery(DiscoveryEvent::SourceSeen { .. }))
}

/// A process that is ended as an orphan carries the mark of ours, and no instance has it.
pub(in crate::reduce) fn reaps_only_orphans(core: &Core, effects: &[Effect]) -> Result<(), TestCaseError> {
    for effect in effects {
        let Effect::Discovery(DiscoveryEffect::Reap { instance, identity }) = effect else { continue };
        let mut seen = core.sightings.of(Source::Process).iter().filter_map(|found| found.process.as_ref());
        let has_mark = seen.any(|seen| seen.identity == *identity && seen.mark.as_ref() == Some(instance));
        prop_assert!(has_mark, "a signal to what is not ours");
        let is_wanted = core
            .state
            .instances
            .values()
            .any(|instance| instance.owner == Owner::Portal && instance.process() == Some(identity));
        prop_assert!(!is_wanted, "a signal to the process of an instance that is wanted");
    }
    Ok(())
}

fn see(core: Core, source: Source, found: Vec<Found>) -> Core {
    reduce(core, Event::Discovery(DiscoveryEvent::SourceSeen { source, found }), Timestamp(1_000)).0
}

fn empty() -> Core {
    Core::new(Settings::initial(), None, "/logs".into())
}

/// What the instances are, without their ids and what they went through.
fn truth(state: &State) -> BTreeSet<String> {
    let tell = |instance: &crate::Instance| {
        let process = instance.process().map(|process| process.pid);
        format!("{:?} {process:?} {:?} {:?}", instance.sources, instance.url(), instance.owner)
    };
    state.instances.values().map(|instance| tell(instance)).collect()
}

/// What holds of every state.
pub(in crate::reduce) fn holds(core: &Core) -> Result<(), TestCaseError> {
    let instances: Vec<_> = core.state.instances.values().collect();
    for (place, instance) in instances.iter().enumerate() {
        for other in &instances[place + 1..] {
            let same = |process: &launch::ProcessIdentity| other.process() == Some(process);
            // What two records say is their hosts' affair.
            let is_of_records = instance.owner == Owner::Portal && other.owner == Owner::Portal;
            prop_assert!(is_of_records || !instance.process().is_some_and(same), "two instances of one process");
            let is_address = |instance: &crate::Instance| instance.kind == Kind::Remote && instance.port.is_some();
            let is_same_place = instance.endpoint() == other.endpoint();
            prop_assert!(!(is_address(instance) && is_address(other) && is_same_place), "two instances at one address");
        }
        let is_of_others = instance.kind == Kind::Remote;
        prop_assert!(instance.owner == Owner::External || !is_of_others);
        prop_assert!(instance.owner == Owner::Portal || instance.log.is_none());
    }
    Ok(())
}

/// What holds after each look: everything that is to be shown is.
pub(in crate::reduce) fn nothing_is_lost(core: &Core) -> Result<(), TestCaseError> {
    if core.closing.is_some() {
        return Ok(());
    }
    for source in SOURCES {
        for found in core.sightings.of(source).iter().filter(|found| found.is_shown_alone()) {
            if let Some(seen) = &found.process {
                let is_it = |instance: &&Arc<crate::Instance>| {
                    instance.process().is_some_and(|process| seen.is_or_is_under(process.pid))
                };
                let is_ending = core.sightings.ending.values().any(|ending| *ending == seen.identity);
                let is_marked = seen.mark.is_some();
                let is_shown = core.state.instances.values().any(|instance| is_it(&instance));
                prop_assert!(is_shown || is_ending || is_marked, "a process was lost: {seen:?}");
            } else {
                let is_known = core.state.instances.values().any(|instance| {
                    let is_of_ours = instance.owner == Owner::Portal
                        && found.endpoint.as_ref().is_some_and(|endpoint| instance.port == Some(endpoint.port));
                    instance.sources.contains(&source) || found.id.as_ref() == Some(&instance.id) || is_of_ours
                });
                let is_ending = !core.sightings.ending.is_empty();
                // It is the process's, which is looked at above.
                let mut seen = core.sightings.of(Source::Process).iter().filter_map(|found| found.process.as_ref());
                let is_of_process = seen.any(|seen| {
                    found.pid.is_some_and(|pid| seen.is_or_is_under(pid))
                        || found.endpoint.as_ref().is_some_and(|endpoint| seen.answers_at(endpoint))
                });
                prop_assert!(is_known || is_ending || is_of_process, "an entry was lost: {found:?}");
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn the_order_in_which_things_are_seen_makes_no_difference(
        before in prop::collection::vec(lists(), 0..12),
        last in prop::collection::vec(lists(), 0..5),
        order in Just(SOURCES.to_vec()).prop_shuffle(),
    ) {
        // What each source sees in the end.
        let list = |source: Source| {
            last.iter().rev().find(|(of, _)| *of == source).map(|(_, found)| found.clone()).unwrap_or_default()
        };
        let mut wild = empty();
        for (source, found) in before {
            wild = see(wild, source, found);
            holds(&wild)?;
            nothing_is_lost(&wild)?;
        }
        for source in order {
            wild = see(wild, source, list(source));
            holds(&wild)?;
            nothing_is_lost(&wild)?;
        }
        // What was said of a process that ended was doubted; its source says it again.
        for source in SOURCES {
            wild = see(wild, source, list(source));
        }
        let mut plain = empty();
        for source in SOURCES {
            plain = see(plain, source, list(source));
        }
        prop_assert_eq!(truth(&wild.state), truth(&plain.state));
        prop_assert_eq!(wild.state.instances.len(), plain.state.instances.len());
    }
}
