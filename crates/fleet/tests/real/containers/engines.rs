//! Engines that stop, come back, hang, and several at once.

use fleet::{DockerPlace, InstanceState, Place, Profile, RestartPolicy, Start};
use testkit::eventually;

use super::Boxes;
use super::door::Door;
use super::relay::Relay;
use crate::support::PATIENCE;

fn through(address: String) -> Profile {
    let place = DockerPlace { engine: Some(address), ..DockerPlace::default() };
    Profile { place: Place::Docker(place), ..Profile::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_that_stops_or_hangs_makes_its_own_unknown_and_nothing_else() {
    let Some(boxes) = Boxes::new().await else { return };
    let _broom = boxes.broom();
    let fleet = &boxes.ground.fleet;
    let mut door = Door::to(boxes.engine.socket());
    let (id, _) = boxes.ready_with(through(door.address())).await;
    let other = Start { another: true, ..boxes.start(boxes.profile()) };
    let other = fleet.start(other).await.unwrap();
    boxes.ready(&other).await;
    let record = crate::support::folders(&boxes.ground.world).records().join(format!("{id}.json"));
    let before = std::fs::read(&record).unwrap();

    door.close();
    let lost = boxes.ground.wait(&id, |instance| matches!(instance.state, InstanceState::Unknown { .. })).await;
    assert!(lost.container().is_some(), "nothing is dropped");
    assert_eq!(std::fs::read(&record).unwrap(), before, "nothing is rewritten");
    assert_eq!(fleet.instance(&other).unwrap().state, InstanceState::Ready);
    door.open();
    boxes.ready(&id).await;

    door.hang();
    boxes.ground.wait(&id, |instance| matches!(instance.state, InstanceState::Unknown { .. })).await;
    // It holds up nobody else.
    fleet.stop(&other).await.unwrap();
    fleet.restart(&other).await.unwrap();
    boxes.ready(&other).await;
    door.open();
    boxes.ready(&id).await;

    // It ended while its engine could not be seen.
    let container = fleet.instance(&id).unwrap().container().unwrap().id.clone();
    door.close();
    boxes.ground.wait(&id, |instance| matches!(instance.state, InstanceState::Unknown { .. })).await;
    boxes.engine.act(&container, "kill").await;
    door.open();
    let ended = boxes.ground.wait(&id, |instance| instance.state == InstanceState::Stopped).await;
    // The engine remembers what it was asked for.
    assert!(ended.last_end.as_deref().unwrap().contains("with Docker"), "{:?}", ended.last_end);
    boxes.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_engine_is_listed_with_what_can_be_chosen_of_it() {
    let Some(boxes) = Boxes::new().await else { return };
    let _broom = boxes.broom();
    let engines = boxes.ground.fleet.docker_engines().await;
    let own = engines.iter().find(|engine| engine.address == boxes.engine.address());
    let own = own.unwrap_or_else(|| panic!("the tests' engine is where any would look: {engines:?}"));
    assert!(own.version.as_deref().is_some_and(|version| version.starts_with("Docker ")), "{own:?}");
    assert!(own.networks.contains(&"bridge".to_owned()) && !own.networks.contains(&"host".to_owned()), "{own:?}");
    assert_eq!((own.problem.as_ref(), own.network_off_problem.as_ref()), (None, None), "it is root's, and here");
    // The image is there, whatever it was used for so far.
    let ours = testkit::opencode_image(&boxes.engine).await;
    assert!(own.images.contains(&ours), "{own:?}");
    assert!(own.images.iter().all(|image| image.to_lowercase().contains("opencode")), "{own:?}");
    boxes.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_container_that_its_engine_cannot_tell_of_is_no_reason_to_give_up_the_others() {
    let Some(boxes) = Boxes::new().await else { return };
    let _broom = boxes.broom();
    let fleet = &boxes.ground.fleet;
    let relay = Relay::to(boxes.engine.socket());
    let (broken, instance) = boxes.ready_with(through(relay.address())).await;
    let other = Start { another: true, ..boxes.start(through(relay.address())) };
    let other = fleet.start(other).await.unwrap();
    let other_container = boxes.ready(&other).await.container().unwrap().id.clone();
    let container = instance.container().unwrap().id.clone();

    relay.breaks(&container);
    // Each of these is a reason to look at all that is there.
    boxes.engine.act(&container, &format!("rename?name=portal-test-broken-{}", std::process::id())).await;
    for (action, word) in [("pause", "degraded"), ("unpause", "ready")] {
        boxes.engine.act(&other_container, action).await;
        boxes.ground.wait(&other, |instance| instance.state.word() == word).await;
        assert_eq!(fleet.instance(&broken).unwrap().state, InstanceState::Ready);
    }
    for id in [&broken, &other] {
        let history = fleet.history(id).await.unwrap();
        let was_lost = history.iter().any(|entry| entry.state == "unknown");
        assert!(!was_lost, "its engine was never lost: {history:?}");
    }
    boxes.ground.call(&broken, fleet::Method::Get, "/session", None).await;
    boxes.end().await;
}

/// What one look could not see is looked at again, though nothing new is told of it.
#[tokio::test(flavor = "multi_thread")]
async fn what_could_not_be_looked_at_when_it_changed_shows_later() {
    let Some(boxes) = Boxes::new().await else { return };
    let _broom = boxes.broom();
    let relay = Relay::to(boxes.engine.socket());
    let (id, instance) = boxes.ready_with(through(relay.address())).await;
    let container = instance.container().unwrap().id.clone();
    boxes.engine.act(&container, "pause").await;
    boxes.ground.wait(&id, |instance| matches!(instance.state, InstanceState::Degraded { .. })).await;
    relay.breaks(&container);
    let before = relay.news();
    boxes.engine.act(&container, "unpause").await;
    // Its engine has told, and tells nothing more of it.
    let is_over = || relay.news() > before && relay.failures() > 0;
    eventually("it is looked at in vain", PATIENCE, async || is_over().then_some(())).await;
    relay.mends();
    boxes.ready(&id).await;
    boxes.end().await;
}

/// Its engine was slow for a moment, and nobody heard that it was asked to end.
#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_ended_with_docker_while_its_engine_is_slow_is_not_started_again() {
    let Some(boxes) = Boxes::new().await else { return };
    let _broom = boxes.broom();
    let relay = Relay::to(boxes.engine.socket());
    let profile = Profile { restart: RestartPolicy::Always, ..through(relay.address()) };
    let (id, instance) = boxes.ready_with(profile).await;
    relay.swallows_a_list().await;
    boxes.engine.act(&instance.container().unwrap().id, "kill").await;
    let ended = boxes.ground.wait(&id, |instance| instance.state.is_ended()).await;
    assert_eq!(ended.state, InstanceState::Stopped);
    assert!(ended.last_end.as_deref().unwrap().contains("with Docker"), "{:?}", ended.last_end);
    assert!(ended.restart.is_none(), "nobody wants that: {:?}", ended.restart);
    let history = boxes.ground.fleet.history(&id).await.unwrap();
    assert!(!history.iter().any(|entry| entry.state == "unknown"), "its engine was never lost: {history:?}");
    boxes.end().await;
}
