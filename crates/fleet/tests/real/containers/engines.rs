//! Engines that stop, come back, hang, and several at once.

use fleet::{DockerPlace, InstanceState, Place, Profile, Start};

use super::Boxes;
use super::door::Door;
use super::relay::Relay;

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
    assert!(ended.last_end.as_deref().unwrap().contains("137"), "{:?}", ended.last_end);
    boxes.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_engine_is_listed_with_what_can_be_chosen_of_it() {
    let Some(boxes) = Boxes::new().await else { return };
    let _broom = boxes.broom();
    let engines = boxes.ground.fleet.docker_engines().await;
    let own = engines.iter().find(|engine| engine.address == boxes.engine.address());
    if let Some(own) = own {
        assert!(own.version.as_deref().is_some_and(|version| version.starts_with("Docker ")), "{own:?}");
        assert!(own.networks.contains(&"bridge".to_owned()) && !own.networks.contains(&"host".to_owned()), "{own:?}");
        assert_eq!((own.problem.as_ref(), own.network_off_problem.as_ref()), (None, None), "it is root's, and here");
        // The image is there, whatever it was used for so far.
        let ours = testkit::opencode_image(&boxes.engine).await;
        assert!(own.images.contains(&ours), "{own:?}");
        assert!(own.images.iter().all(|image| image.to_lowercase().contains("opencode")), "{own:?}");
    }
    assert!(std::env::var_os("DOCKER_HOST").is_none() || own.is_some(), "{engines:?}");
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
