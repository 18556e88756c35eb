//! Restarts, what was interrupted, sleep and waking, the history.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use launch::clocks::ClockJump;
use opencode_api::{ServerEvent, SessionId};

use super::{Bench, answers, failure, has, identity, port, wire_session};
use crate::effect::Effect;
use crate::event::{Event, Outcome};
use crate::record::{Aftermath, Life, Record};
use crate::supervision::{HistoryEntry, SupervisionEffect, SupervisionEvent};
use crate::{
    FleetError, InstanceId, InstanceState, Profile, Restart, RestartPolicy, SettingsPatch, SleepRule, Timestamp,
};

impl Bench {
    fn is_run(&mut self, change: impl FnOnce(&mut Profile)) {
        let instance = self.core.state.instances.get_mut(&Self::id()).unwrap();
        let mut profile = (*instance.profile).clone();
        change(&mut profile);
        Arc::make_mut(instance).profile = Arc::new(profile);
    }

    fn restarts(&mut self, policy: RestartPolicy) {
        self.is_run(|profile| profile.restart = policy);
    }

    fn supervision(&mut self, event: SupervisionEvent) -> Vec<Effect> {
        self.happens(Event::Supervision(event))
    }

    fn ends(&mut self, is_clean: bool) -> Vec<Effect> {
        let at = self.at();
        self.happens(Event::Exited { at, failure: failure("signal 9"), asked: false, is_clean })
    }

    /// The plan among the effects, taken, with its pause.
    fn plans(&mut self, effects: &[Effect]) -> Option<u64> {
        let plan = effects.iter().find_map(|effect| match effect {
            Effect::Supervision(SupervisionEffect::PlanRestart { at, after, attempt, attempts }) => {
                Some((at.clone(), *after, *attempt, *attempts))
            }
            _ => None,
        });
        let (at, after, attempt, attempts) = plan?;
        let due = Timestamp(self.now + u64::try_from(after.as_millis()).unwrap());
        let restart = Restart { at: due, attempt, attempts };
        self.supervision(SupervisionEvent::RestartPlanned { at, restart });
        assert_eq!(self.instance().restart, Some(restart));
        Some(after.as_secs())
    }

    fn due(&mut self) -> Vec<Effect> {
        let at = self.at();
        self.supervision(SupervisionEvent::RestartDue { at })
    }

    fn runs(&mut self) {
        let at = self.at();
        self.happens(Event::Recorded { at: at.clone(), port: Some(port()) });
        self.happens(Event::Spawned { at: at.clone(), identity: identity(43), port: port() });
        self.happens(Event::Answered { at, version: "1".to_owned() });
        self.is("ready");
    }

    fn after(&mut self, time: Duration) {
        self.now += u64::try_from(time.as_millis()).unwrap();
    }

    fn looked(&mut self, used: &[(&str, u64)], watched: &[&str]) -> bool {
        let used = used.iter().map(|(id, at)| (InstanceId::from(*id), Timestamp(*at))).collect::<BTreeMap<_, _>>();
        let watched = watched.iter().map(|id| InstanceId::from(*id)).collect::<BTreeSet<_>>();
        let effects = self.supervision(SupervisionEvent::Looked { used, watched });
        keeps(&effects)
    }

    fn sleeps_after(&mut self, minutes: u32) {
        let call = self.call();
        let patch = SettingsPatch { sleep_after_minutes: Some(minutes), ..SettingsPatch::default() };
        self.happens(Event::UpdateSettings { call, patch });
    }

    fn kept(&mut self, result: Result<(), FleetError>) -> Vec<Effect> {
        let at = self.at();
        self.supervision(SupervisionEvent::Kept { at, result })
    }

    fn has_stopped(&mut self) -> Vec<Effect> {
        let at = self.at();
        self.happens(Event::Stopped { at, result: Ok(()) })
    }

    fn sleep(&mut self) -> Vec<Effect> {
        let call = self.call();
        self.supervision(SupervisionEvent::Sleep { call, id: Self::id() })
    }

    fn wake(&mut self) -> Vec<Effect> {
        let call = self.call();
        self.supervision(SupervisionEvent::Wake { call, id: Self::id() })
    }

    fn asleep() -> Self {
        let mut bench = Self::ready();
        bench.sleep();
        bench.kept(Ok(()));
        bench.has_stopped();
        bench.is("asleep");
        bench
    }
}

fn keeps(effects: &[Effect]) -> bool {
    has(effects, |effect| matches!(effect, Effect::Supervision(SupervisionEffect::Keep { .. })))
}

fn launches(effects: &[Effect]) -> bool {
    has(effects, |effect| matches!(effect, Effect::Launch(_)))
}

fn remembers(effects: &[Effect]) -> Vec<(String, String)> {
    let entry = |effect: &Effect| match effect {
        Effect::Supervision(SupervisionEffect::Remember { entry: HistoryEntry { state, reason, .. }, .. }) => {
            Some((state.clone(), reason.clone()))
        }
        _ => None,
    };
    effects.iter().filter_map(entry).collect()
}

#[test]
fn a_policy_decides_what_follows_an_end() {
    let cases = [
        (RestartPolicy::Never, false, None),
        (RestartPolicy::Never, true, None),
        (RestartPolicy::OnFailure, false, Some(1)),
        (RestartPolicy::OnFailure, true, None),
        (RestartPolicy::Always, false, Some(1)),
        (RestartPolicy::Always, true, Some(1)),
    ];
    for (policy, is_clean, expected) in cases {
        let mut bench = Bench::ready();
        bench.restarts(policy);
        let effects = bench.ends(is_clean);
        assert_eq!(bench.plans(&effects), expected, "{policy:?}, clean: {is_clean}");
        assert_eq!(launches(&bench.due()), expected.is_some());
    }
}

#[test]
fn pauses_grow_and_tries_end() {
    let pauses = |policy, count: usize| {
        let mut bench = Bench::ready();
        bench.restarts(policy);
        let mut effects = bench.ends(false);
        let mut pauses = Vec::new();
        for _ in 0..count {
            pauses.push(bench.plans(&effects));
            bench.due();
            if !bench.instance().state.is_live() {
                break;
            }
            let at = bench.at();
            effects = bench.happens(Event::LaunchFailed { at, failure: failure("it ended before it answered") });
        }
        pauses
    };
    assert_eq!(pauses(RestartPolicy::OnFailure, 9), [Some(1), Some(2), Some(4), Some(8), Some(16), None]);
    let always = pauses(RestartPolicy::Always, 9);
    assert_eq!(always[4..], [Some(16), Some(32), Some(60), Some(60), Some(60)]);
}

#[test]
fn one_that_was_well_for_a_minute_begins_anew() {
    for (well, expected) in [(59, Some(2)), (60, Some(1))] {
        let mut bench = Bench::ready();
        bench.restarts(RestartPolicy::OnFailure);
        let effects = bench.ends(false);
        bench.plans(&effects);
        let effects = bench.due();
        assert_eq!(remembers(&effects), [("starting".to_owned(), "It starts again by itself, try 1 of 5".to_owned())]);
        bench.runs();
        bench.after(Duration::from_secs(well));
        let effects = bench.ends(false);
        assert_eq!(bench.plans(&effects), expected, "after {well} s");
    }
}

#[test]
fn a_person_takes_a_planned_restart_away() {
    let planned = || {
        let mut bench = Bench::ready();
        bench.restarts(RestartPolicy::OnFailure);
        let effects = bench.ends(false);
        bench.plans(&effects);
        bench
    };
    let mut bench = planned();
    bench.stop();
    assert_eq!(bench.instance().restart, None);
    assert!(!launches(&bench.due()), "it was stopped");

    let mut bench = planned();
    let old = bench.at();
    assert!(launches(&bench.start("bbbbbbbb")));
    assert_eq!(bench.instance().restart, None);
    assert!(!launches(&bench.supervision(SupervisionEvent::RestartDue { at: old })), "it runs already");

    let mut bench = planned();
    let call = bench.call();
    bench.happens(Event::ShutDown { call, at_quit: crate::AtQuit::Keep });
    assert!(!launches(&bench.due()), "nothing begins while everything ends");
}

#[test]
fn what_ran_when_the_server_ended_is_named_until_it_goes_on() {
    let interrupted = |bench: &Bench| {
        bench.instance().interrupted.iter().map(|session| session.as_str().to_owned()).collect::<Vec<_>>()
    };
    let crashed = || {
        let mut bench = Bench::asking();
        bench.told(ServerEvent::SessionCreated(wire_session("ses_idle", None, "Idle")));
        bench.told(ServerEvent::SessionCreated(wire_session("ses_2", None, "Other")));
        bench.told(ServerEvent::SessionCreated(wire_session("ses_sub", Some("ses_2"), "Sub")));
        bench.busy("ses_2");
        bench.busy("ses_sub");
        // The stream breaks first.
        let at = bench.at();
        bench.happens(Event::Unanswered { at, reason: "the connection is gone".to_owned() });
        let effects = bench.ends(false);
        let record = |effect: &Effect| match effect {
            Effect::WriteRecord(record) => Some(record.after.interrupted.len()),
            _ => None,
        };
        assert_eq!(effects.iter().find_map(record), Some(2), "the record names them");
        bench
    };
    let mut bench = crashed();
    assert_eq!(interrupted(&bench), ["ses_1", "ses_2"], "of a sub-agent it is the session that started it");
    bench.start("bbbbbbbb");
    bench.runs();
    assert_eq!(interrupted(&bench).len(), 2);
    bench.busy("ses_1");
    assert_eq!(interrupted(&bench), ["ses_2"], "one that runs is not interrupted");
    bench.told(ServerEvent::SessionDeleted(wire_session("ses_2", None, "Other")));
    assert!(interrupted(&bench).is_empty(), "one that is gone is not interrupted");

    let mut bench = crashed();
    let call = bench.call();
    let effects = bench.supervision(SupervisionEvent::Dismiss { call, id: Bench::id() });
    assert!(matches!(answers(&effects)[..], [Ok(Outcome::Done)]));
    assert!(interrupted(&bench).is_empty());

    // What somebody stops was not interrupted.
    let mut bench = Bench::asking();
    bench.stop();
    bench.has_stopped();
    assert!(interrupted(&bench).is_empty());
}

#[test]
fn it_sleeps_when_nobody_needs_it_for_long_enough() {
    const MINUTE: Duration = Duration::from_mins(1);
    // Never, unless it is set.
    let mut bench = Bench::ready();
    assert!(!bench.looked(&[], &[]));
    bench.after(MINUTE * 600);
    assert!(!bench.looked(&[], &[]));
    // As the settings say, counted from the first look.
    bench.sleeps_after(30);
    assert!(!bench.looked(&[], &[]));
    bench.after(MINUTE * 29);
    assert!(!bench.looked(&[], &[]));
    bench.after(MINUTE);
    assert!(bench.looked(&[], &[]));
    assert!(!bench.looked(&[], &[]), "it is on its way");
    // Its own rule wins.
    for (rule, expected) in [(SleepRule::Never, false), (SleepRule::After { minutes: 5 }, true)] {
        let mut bench = Bench::ready();
        bench.sleeps_after(30);
        bench.is_run(|profile| profile.sleep = rule);
        bench.looked(&[], &[]);
        bench.after(MINUTE * 6);
        assert_eq!(bench.looked(&[], &[]), expected, "{rule:?}");
    }
}

#[test]
fn what_is_needed_does_not_sleep() {
    const LONG: Duration = Duration::from_hours(2);
    let idle = |change: &dyn Fn(&mut Bench)| {
        let mut bench = Bench::ready();
        bench.sleeps_after(30);
        bench.looked(&[], &[]);
        change(&mut bench);
        bench.after(LONG);
        bench
    };
    let mut bench = idle(&|_| {});
    assert!(!bench.looked(&[], &["aaaaaaaa"]), "it is on screen");
    assert!(!bench.looked(&[], &[]), "it was on screen a moment ago");
    bench.after(LONG);
    assert!(bench.looked(&[], &["bbbbbbbb"]));
    let mut bench = idle(&|_| {});
    let now = bench.now;
    assert!(!bench.looked(&[("aaaaaaaa", now)], &[]), "it was called a moment ago");
    let mut bench = idle(&|bench| {
        bench.told(ServerEvent::SessionCreated(wire_session("ses_1", None, "t")));
        bench.busy("ses_1");
    });
    assert!(!bench.looked(&[], &[]), "it is busy");
    let mut bench = idle(&|_| {});
    let now = bench.now;
    let session = opencode_api::Session { updated_ms: now, ..wire_session("ses_1", None, "t") };
    bench.told(ServerEvent::SessionCreated(session));
    assert!(!bench.looked(&[], &[]), "another program has used it a moment ago");
    let mut bench = idle(&|_| {});
    bench.supervision(SupervisionEvent::Jumped(ClockJump::Slept { ms: 7_200_000 }));
    assert!(!bench.looked(&[], &[]), "nobody could use it while the machine slept");
}

#[test]
fn sleep_by_hand_is_refused_with_the_reason() {
    let refused = |mut bench: Bench| {
        let effects = bench.sleep();
        assert!(!keeps(&effects));
        match answers(&effects)[..] {
            [Err(FleetError::NotNow { state, wanted: "put to sleep", .. })] => *state,
            _ => panic!("{effects:?}"),
        }
    };
    assert_eq!(refused(Bench::asking()), "waiting for you");
    let mut bench = Bench::ready();
    bench.told(ServerEvent::SessionCreated(wire_session("ses_1", None, "t")));
    bench.busy("ses_1");
    assert_eq!(refused(bench), "busy");
    let mut bench = Bench::ready();
    bench.ends(false);
    assert_eq!(refused(bench), "crashed");

    let mut bench = Bench::ready();
    assert!(keeps(&bench.sleep()));
    let terminal = FleetError::NotNow { name: "site".to_owned(), state: "terminal", wanted: "put to sleep" };
    let effects = bench.kept(Err(terminal));
    assert!(matches!(answers(&effects)[..], [Err(FleetError::NotNow { state: "terminal", .. })]));
    bench.is("ready");

    // Work came while it was being kept.
    let mut bench = Bench::ready();
    bench.sleep();
    bench.told(ServerEvent::SessionCreated(wire_session("ses_1", None, "t")));
    bench.busy("ses_1");
    let effects = bench.kept(Ok(()));
    assert!(matches!(answers(&effects)[..], [Err(FleetError::NotNow { state: "busy", .. })]));
    bench.is("ready");
}

#[test]
fn it_is_stopped_to_sleep_and_started_to_wake() {
    let mut bench = Bench::ready();
    bench.sleep();
    let effects = bench.kept(Ok(()));
    assert!(has(&effects, |effect| matches!(effect, Effect::StopProcess { .. })));
    assert!(answers(&effects).is_empty());
    let effects = bench.has_stopped();
    bench.is("asleep");
    assert!(matches!(answers(&effects)[..], [Ok(Outcome::Done)]));
    let is_asleep = |effect: &Effect| matches!(effect, Effect::WriteRecord(record) if record.after.is_asleep);
    assert!(has(&effects, is_asleep), "{effects:?}");
    assert!(matches!(answers(&bench.sleep())[..], [Ok(Outcome::Done)]), "it sleeps already");

    let effects = bench.wake();
    assert!(launches(&effects));
    assert_eq!(remembers(&effects)[0].1, "It was woken because it is needed");
    let second = bench.wake();
    assert!(!launches(&second) && answers(&second).is_empty(), "it is waking");
    let at = bench.at();
    bench.happens(Event::Spawned { at: at.clone(), identity: identity(44), port: port() });
    let effects = bench.happens(Event::Answered { at, version: "1".to_owned() });
    assert!(matches!(answers(&effects)[..], [Ok(Outcome::Done), Ok(Outcome::Done)]));

    // One that does not come up says so to whoever waits.
    let mut bench = Bench::asleep();
    bench.wake();
    let at = bench.at();
    let effects = bench.happens(Event::LaunchFailed { at, failure: failure("no") });
    assert!(matches!(answers(&effects)[..], [Err(FleetError::NotNow { state: "crashed", wanted: "woken", .. })]));
}

#[test]
fn whoever_comes_while_it_falls_asleep_finds_it_awake() {
    let falling = || {
        let mut bench = Bench::ready();
        bench.sleep();
        bench.kept(Ok(()));
        bench.is("stopping");
        bench
    };
    let mut bench = falling();
    assert!(answers(&bench.wake()).is_empty());
    let effects = bench.has_stopped();
    assert!(launches(&effects));
    assert!(matches!(answers(&effects)[..], [Err(FleetError::NotNow { .. })]), "whoever wanted it asleep is told");
    bench.runs();
    // Stopped by a person, it does not wake by itself.
    let mut bench = falling();
    bench.stop();
    bench.has_stopped();
    bench.is("stopped");
    let mut bench = Bench::asleep();
    let effects = bench.stop();
    bench.is("stopped");
    assert!(has(&effects, |effect| matches!(effect, Effect::WriteRecord(record) if !record.after.is_asleep)));
}

#[test]
fn sleep_is_in_the_record() {
    let record = |is_asleep| Record {
        id: Bench::id(),
        name: "site".to_owned(),
        directory: "/srv/site".into(),
        demo: None,
        life: Life::Ended,
        host: None,
        last_end: None,
        after: Aftermath { is_asleep, interrupted: [SessionId::from("ses_9")].into(), ..Aftermath::default() },
    };
    let seen = |bench: &mut Bench, is_asleep| {
        let process = crate::event::RecordedLife::Dead;
        bench.happens(Event::RecordSeen { record: Box::new(record(is_asleep)), process, host_lives: false })
    };
    let mut bench = Bench::new();
    let effects = seen(&mut bench, true);
    bench.is("asleep");
    assert_eq!(bench.instance().interrupted.len(), 1);
    assert!(has(&effects, |effect| matches!(effect, Effect::Supervision(SupervisionEffect::ReadKept { .. }))));
    let sessions = vec![wire_session("ses_1", None, "Kept")];
    bench.supervision(SupervisionEvent::KeptRead { id: Bench::id(), sessions });
    assert_eq!(bench.instance().sessions.len(), 1);
    // Another host has ended its sleep.
    seen(&mut bench, false);
    bench.is("stopped");
}

#[test]
fn a_corrected_configuration_starts_it_again_and_a_jump_reads_again() {
    let mut bench = Bench::ready();
    let at = bench.at();
    let effects = bench.supervision(SupervisionEvent::ConfigurationChanged { at: at.clone() });
    assert!(!has(&effects, |effect| matches!(effect, Effect::StopProcess { .. })), "it is well");
    bench.happens(Event::Unanswered { at: at.clone(), reason: "opencode refuses".to_owned() });
    let effects = bench.supervision(SupervisionEvent::ConfigurationChanged { at });
    assert!(has(&effects, |effect| matches!(effect, Effect::StopProcess { .. })));
    assert!(launches(&bench.has_stopped()));

    let mut bench = Bench::ready();
    let effects = bench.supervision(SupervisionEvent::Jumped(ClockJump::Slept { ms: 1 }));
    assert!(has(&effects, |effect| matches!(effect, Effect::Supervision(SupervisionEffect::Reconnect { .. }))));
    let effects = bench.supervision(SupervisionEvent::Jumped(ClockJump::Set { by_ms: -9_000 }));
    assert!(has(&effects, |effect| matches!(effect, Effect::Resync { .. })));
    bench.ends(false);
    let effects = bench.supervision(SupervisionEvent::Jumped(ClockJump::Slept { ms: 1 }));
    assert!(effects.is_empty(), "nothing runs");
}

#[test]
fn each_change_of_state_is_remembered_with_its_reason() {
    let mut bench = Bench::new();
    let mut entries = remembers(&bench.start("aaaaaaaa"));
    let at = bench.at();
    for event in [
        Event::Recorded { at: at.clone(), port: Some(port()) },
        Event::Spawned { at: at.clone(), identity: identity(42), port: port() },
        Event::Answered { at: at.clone(), version: "1".to_owned() },
        Event::Unanswered { at: at.clone(), reason: "It is silent".to_owned() },
        Event::Unanswered { at: at.clone(), reason: "It is silent".to_owned() },
        Event::Exited { at, failure: failure("signal 9"), asked: false, is_clean: false },
    ] {
        entries.extend(remembers(&bench.happens(event)));
    }
    let expected = [
        ("starting", "It was asked to start"),
        ("ready", "It answers"),
        ("degraded", "It is silent"),
        ("crashed", "signal 9"),
    ];
    assert_eq!(entries, expected.map(|(state, reason)| (state.to_owned(), reason.to_owned())));
    assert!(matches!(bench.instance().state, InstanceState::Crashed(_)));
}
