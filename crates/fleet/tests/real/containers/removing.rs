//! Removing what an instance has at its engine: nothing that is in use, and nothing is forgotten because the engine is away.

use std::fs::File;
use std::time::Duration;

use fleet::{DockerPlace, FleetError, Place, Profile};
use testkit::eventually;

use super::Boxes;
use super::door::Door;
use crate::support::{PATIENCE, folders};

async fn volume_is_there(boxes: &Boxes, volume: &str) -> bool {
    let (status, _) = boxes.engine.ask("GET", &format!("/volumes/{volume}"), None).await.unwrap();
    status == 200
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_somebody_starts_at_that_moment_is_not_removed() {
    let Some(boxes) = Boxes::new().await else { return };
    let _broom = boxes.broom();
    let fleet = &boxes.ground.fleet;
    let (id, instance) = boxes.ready_with(boxes.profile()).await;
    let container = instance.container().unwrap().clone();
    boxes.stop(&id).await;
    // Another host has the directory, as it has during a start.
    let held = hold_the_directories(&boxes);
    let mut removing = Box::pin(fleet.remove_with_data(&id));
    let soon = tokio::time::timeout(Duration::from_millis(200), &mut removing).await;
    assert!(soon.is_err(), "it waits for the directory: {soon:?}");
    boxes.engine.act(&container.id, "start").await;
    drop(held);
    let error = removing.await.unwrap_err();
    assert!(matches!(&error, FleetError::NotNow { state: "running", .. }), "{error}");
    assert_eq!(boxes.engine.inspect(&container.id).await["State"]["Running"], true);
    assert!(volume_is_there(&boxes, container.volume.as_deref().unwrap()).await);
    boxes.ready(&id).await;
    boxes.stop(&id).await;
    fleet.remove_with_data(&id).await.unwrap();
    assert!(boxes.containers().await.is_empty());
    assert!(!volume_is_there(&boxes, container.volume.as_deref().unwrap()).await);
    boxes.end().await;
}

fn hold_the_directories(boxes: &Boxes) -> Vec<File> {
    let locks = std::fs::read_dir(folders(&boxes.ground.world).locks()).unwrap();
    let is_directory = |name: &str| name.strip_suffix(".lock").is_some_and(|name| !name.contains('.'));
    let mut held = Vec::new();
    for entry in locks.map(Result::unwrap).filter(|entry| is_directory(&entry.file_name().to_string_lossy())) {
        let file = File::options().write(true).open(entry.path()).unwrap();
        file.try_lock().unwrap();
        held.push(file);
    }
    assert!(!held.is_empty());
    held
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_removed_while_its_engine_is_away_goes_when_it_is_back() {
    let Some(mut boxes) = Boxes::new().await else { return };
    let _broom = boxes.broom();
    let mut door = Door::to(boxes.engine.socket());
    for with_data in [false, true] {
        let place = DockerPlace { engine: Some(door.address()), ..boxes.place() };
        let (id, instance) = boxes.ready_with(Profile { place: Place::Docker(place), ..Profile::default() }).await;
        let volume = instance.container().unwrap().volume.clone().unwrap();
        boxes.stop(&id).await;
        door.close();
        if with_data {
            boxes.ground.fleet.remove_with_data(&id).await.unwrap();
        } else {
            boxes.ground.fleet.remove(&id).await.unwrap();
        }
        assert!(boxes.ground.fleet.instance(&id).is_err());
        let told = boxes.ground.fleet.state();
        let told = told.notices.values().find(|notice| notice.message.contains(&volume)).unwrap();
        assert_eq!(told.message.contains("stays"), !with_data, "{}", told.message);
        assert_eq!(boxes.containers().await.len(), 1);
        if with_data {
            // The wish outlives the host that was told.
            boxes.reopen().await;
            assert!(boxes.ground.fleet.instance(&id).is_err());
        }
        door.open();
        eventually("its container is removed", PATIENCE, async || boxes.containers().await.is_empty().then_some(()))
            .await;
        eventually("nothing more is to be done", PATIENCE, async || {
            let is_done = !folders(&boxes.ground.world).state.join("forgotten.json").exists();
            (is_done && boxes.ground.fleet.state().notices.is_empty()).then_some(())
        })
        .await;
        assert_eq!(volume_is_there(&boxes, &volume).await, !with_data);
        assert!(boxes.ground.fleet.instance(&id).is_err());
    }
    boxes.end().await;
}
