//! What may run on another machine though no instance has it.

use super::*;

fn ends_later(effects: &[Effect]) -> bool {
    has(effects, |effect| {
        matches!(effect, Effect::Ssh(SshEffect::EndLater { id, left })
            if *id == Bench::id() && left.host == HOST && left.directory == std::path::Path::new(DIRECTORY))
    })
}

#[test]
fn what_is_forgotten_out_of_reach_is_ended_later() {
    let removes = |bench: &mut Bench| {
        let call = bench.call();
        bench.happens(Event::Remove { call, id: Bench::id(), with_data: false })
    };
    let mut bench = Bench::ready_there();
    bench.lost();
    let effects = removes(&mut bench);
    assert!(ends_later(&effects));
    let place = |wanted: fn(&Effect) -> bool| effects.iter().position(wanted).unwrap();
    let gone = place(|effect| matches!(effect, Effect::RemoveRecord { .. }));
    assert!(gone < place(|effect| matches!(effect, Effect::Ssh(_))), "its record does not say that it runs any more");
    // What has ended for sure has left nothing.
    let mut bench = Bench::ready_there();
    bench.stop();
    let at = bench.at();
    bench.happens(Event::Stopped { at, result: Ok(()) });
    let effects = removes(&mut bench);
    assert!(!ends_later(&effects) && has(&effects, |effect| matches!(effect, Effect::RemoveRecord { .. })));
}

/// The record of a host that is no more.
fn seen(life: Life) -> Event {
    let Event::RecordSeen { record, .. } = record(life) else { unreachable!() };
    Event::RecordSeen { record, process: RecordedLife::Dead, host_lives: false }
}

fn intended() -> Event {
    seen(Life::Intended { port: Some(process().port) })
}

#[test]
fn a_start_there_that_is_seen_while_we_follow_the_one_before_is_ended_later_once_that_has_ended() {
    for is_lost in [false, true] {
        let mut bench = Bench::ready_there();
        if is_lost {
            bench.lost();
        }
        assert!(!ends_later(&bench.happens(intended())), "what runs may be what we follow");
        let at = bench.at();
        bench.happens(Event::Ssh(SshEvent::Ended { at, failure: failure("ended"), asked: true }));
        bench.is("stopped");
        let effects = bench.happens(intended());
        assert!(ends_later(&effects) && writes(&effects, |life| *life == Life::Ended), "and told once");
    }
}

#[test]
fn one_that_another_host_has_removed_is_let_go_and_forgotten() {
    let removed = |bench: &mut Bench| {
        let at = bench.at();
        bench.happens(Event::Ssh(SshEvent::Removed { at }))
    };
    for is_lost in [false, true] {
        let mut bench = Bench::ready_there();
        if is_lost {
            bench.lost();
        }
        let effects = removed(&mut bench);
        assert!(!bench.core.state.instances.contains_key(&Bench::id()));
        assert!(!writes(&effects, |_| true) && !ends_later(&effects), "whoever has removed it sees to the rest");
    }
    // What we do ourselves is newer.
    let mut bench = Bench::new();
    bench.start_there(profile(false));
    bench.spawned_there();
    removed(&mut bench);
    bench.is("starting");
    bench.stop();
    removed(&mut bench);
    bench.is("stopping");
}

#[test]
fn what_is_left_out_of_reach_is_known_by_its_process() {
    let mut bench = Bench::ready_there();
    bench.lost();
    let call = bench.call();
    let effects = bench.happens(Event::Remove { call, id: Bench::id(), with_data: false });
    let names_it = |effect: &Effect| matches!(effect, Effect::Ssh(SshEffect::EndLater { left, .. }) if left.process == Some(process()));
    assert!(has(&effects, names_it));
}

#[test]
fn a_start_there_that_nobody_has_seen_the_end_of_is_ended_later() {
    let mut bench = Bench::new();
    bench.core.roster.profiles.insert(Bench::id(), profile(false));
    let effects = bench.happens(intended());
    bench.is("stopped");
    assert!(ends_later(&effects) && writes(&effects, |life| *life == Life::Ended));
    let last_end = bench.instance().last_end.as_deref().unwrap();
    assert!(last_end.contains("while it was being started on `build`"), "{last_end}");
    // The same of one that we know: another host was killed.
    let effects = bench.happens(intended());
    assert!(ends_later(&effects) && writes(&effects, |life| *life == Life::Ended));
    assert!(!ends_later(&bench.happens(seen(Life::Ended))));
    // A process of this machine is looked for here.
    let mut bench = Bench::new();
    assert!(!ends_later(&bench.happens(intended())));
}
