//! Images that are got again.

use std::sync::Arc;

use super::super::{Bench, answers, failure, start_call};
use super::{docker, others};
use crate::Profile;
use crate::containers::{ContainersEvent, GetImage, Phase};
use crate::effect::Effect;
use crate::event::Event;

fn again(bench: &mut Bench) -> Vec<Effect> {
    let call = bench.call();
    bench.happens(Event::Containers(ContainersEvent::GetImageAgain { call, id: Bench::id() }))
}

fn start_again(bench: &mut Bench, profile: Arc<Profile>) -> Vec<Effect> {
    let call = bench.call();
    let start = start_call(Bench::id(), Some(profile));
    bench.happens(Event::Containers(ContainersEvent::StartWithImageAgain { call, start }))
}

fn launched(effects: &[Effect]) -> Option<GetImage> {
    effects.iter().find_map(|effect| if let Effect::Launch(plan) = effect { Some(plan.get_image) } else { None })
}

fn refused(effects: &[Effect]) -> String {
    let [Err(error)] = answers(effects)[..] else { panic!("{effects:?}") };
    error.to_string()
}

#[test]
fn an_image_is_got_again_for_one_start_of_what_does_not_run() {
    let mut bench = Bench::new();
    assert_eq!(launched(&bench.start_boxed(docker())), Some(GetImage::IfMissing));
    assert!(refused(&again(&mut bench)).contains("is starting: it cannot be started with its image got again"));
    bench.up();
    assert!(refused(&start_again(&mut bench, docker())).contains("cannot be started with its image got again"));
    bench.stop();
    let at = bench.at();
    bench.happens(Event::Stopped { at, result: Ok(()) });
    bench.is("stopped");

    assert_eq!(launched(&again(&mut bench)), Some(GetImage::Again));
    bench.is("starting");
    let at = bench.at();
    bench.happens(Event::LaunchFailed { at, failure: failure("no registry") });
    bench.is("crashed");
    // What failed is not tried for ever: the image at hand is good enough for a start as usual.
    let call = bench.call();
    let effects = bench.happens(Event::Restart { call, id: Bench::id() });
    assert_eq!(launched(&effects), Some(GetImage::IfMissing));
}

#[test]
fn one_that_is_not_there_yet_is_started_so_if_it_is_a_container() {
    let mut bench = Bench::new();
    assert!(refused(&start_again(&mut bench, Arc::new(Profile::default()))).contains("has no image to get again"));
    assert!(bench.core.state.instances.is_empty());
    assert_eq!(launched(&start_again(&mut bench, docker())), Some(GetImage::Again));
    bench.is("starting");
}

#[test]
fn a_process_and_a_container_of_others_have_no_image_to_get_again() {
    let mut bench = Bench::new();
    bench.start("aaaaaaaa");
    assert!(refused(&again(&mut bench)).contains("runs in no container that Portal makes"));
    let mut bench = Bench::new();
    bench.engine(Ok(vec![others(Phase::Running)]), &[]);
    let id = bench.core.state.instances.keys().next().unwrap().clone();
    let call = bench.call();
    let effects = bench.happens(Event::Containers(ContainersEvent::GetImageAgain { call, id }));
    assert!(refused(&effects).contains("runs in no container that Portal makes"), "{effects:?}");
}
