//! A container that uses more memory than it may.

use fleet::{DockerPlace, InstanceState, Place, Profile};

use super::Boxes;

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_killed_for_its_memory_says_so() {
    let Some(boxes) = Boxes::new().await else { return };
    let _broom = boxes.broom();
    let place = DockerPlace { memory_mib: Some(64), ..boxes.place() };
    let profile = Profile { place: Place::Docker(place), ..Profile::default() };
    let id = boxes.ground.fleet.start(boxes.start(profile)).await.unwrap();
    let crashed = boxes.ground.wait(&id, |instance| matches!(instance.state, InstanceState::Crashed(_))).await;
    let InstanceState::Crashed(failure) = &crashed.state else { panic!() };
    assert!(failure.cause.contains("more memory than its limit of 64 MiB"), "{failure:?}");
    assert!(failure.hint.as_deref().unwrap().contains("more memory"), "{failure:?}");
    boxes.end().await;
}
