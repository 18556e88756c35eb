//! Containers that another host has started, or ours in an earlier life.

use fleet::{AtQuit, InstanceState, Place};
use testkit::eventually;

use super::Boxes;
use crate::support::{PATIENCE, folders, open};

#[tokio::test(flavor = "multi_thread")]
async fn what_was_kept_is_adopted_by_its_record_and_by_its_labels() {
    let Some(mut boxes) = Boxes::new().await else { return };
    let _broom = boxes.broom();
    let (id, before) = boxes.ready_with(boxes.profile()).await;
    boxes.ground.fleet.rename(&id, "Kept").await.unwrap();
    boxes.reopen().await;
    let after = boxes.ready(&id).await;
    assert_eq!((after.name.as_str(), after.port), ("Kept", before.port));
    assert_eq!(after.container().unwrap().id, before.container().unwrap().id);
    // With the password that was read back it is ours to talk to.
    boxes.ground.call(&id, fleet::Method::Get, "/session", None).await;

    // Its record and its profile are lost.
    boxes.ground.fleet.clone().shut_down(AtQuit::Keep).await;
    std::fs::remove_dir_all(folders(&boxes.ground.world).records()).unwrap();
    let other = open(&boxes.ground.world).await;
    boxes.ground.fleet = other;
    // Only who looks at the engine knows it: something else of it is started.
    let profile = fleet::Profile { group: Some("x".to_owned()), ..boxes.profile() };
    let second = fleet::Start { another: true, ..boxes.start(profile) };
    let second = boxes.ground.fleet.start(second).await.unwrap();
    let found = boxes.ready(&id).await;
    assert!(matches!(found.profile.place, Place::Docker(_)));
    assert_eq!(found.directory, boxes.ground.world.project());
    boxes.ready(&second).await;
    boxes.stop(&second).await;
    boxes.stop(&id).await;
    boxes.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hosts_see_the_same() {
    let Some(boxes) = Boxes::new().await else { return };
    let _broom = boxes.broom();
    let other = open(&boxes.ground.world).await;
    let (id, _) = boxes.ready_with(boxes.profile()).await;
    let is_ready = |instance: &fleet::Instance| instance.state == InstanceState::Ready;
    let seen = other.wait_until(&id, PATIENCE, is_ready).await.unwrap();
    assert_eq!(seen.container().map(|container| &container.id), boxes.ready(&id).await.container().map(|own| &own.id));
    // Stopped by one, it is stopped, and not crashed, for the other.
    other.stop(&id).await.unwrap();
    let ended = boxes.ground.wait(&id, |instance| instance.state.is_ended()).await;
    assert_eq!(ended.state, InstanceState::Stopped);
    // Started by one, it runs for the other.
    assert_eq!(other.start(boxes.start(boxes.profile())).await.unwrap(), id);
    boxes.ready(&id).await;
    boxes.stop(&id).await;
    other.wait_until(&id, PATIENCE, |instance| instance.state == InstanceState::Stopped).await.unwrap();
    // Removed by one, it is gone for the other.
    boxes.ground.fleet.remove_with_data(&id).await.unwrap();
    eventually("it is gone", PATIENCE, async || other.instance(&id).is_err().then_some(())).await;
    other.shut_down(AtQuit::Keep).await;
    boxes.end().await;
}
