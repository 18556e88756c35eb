//! Removing what an instance has at its engine: nothing that is in use, and nothing is forgotten because the engine is away.

use std::fs::File;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use fleet::{FleetError, InstanceState, Start};
use serde_json::json;
use testkit::eventually;

use super::Boxes;
use super::door::Door;
use super::stand_in::StandIn;
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
        let (id, instance) = boxes.ready_with(Boxes::profile_at(door.address())).await;
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

#[tokio::test(flavor = "multi_thread")]
async fn what_has_just_ended_is_started_and_removed_though_the_list_still_says_that_it_runs() {
    let Some(boxes) = Boxes::new().await else { return };
    let _broom = boxes.broom();
    let fleet = &boxes.ground.fleet;
    let stand_in = StandIn::of(boxes.engine.socket());
    let (id, first) = boxes.ready_with(Boxes::profile_at(stand_in.address())).await;
    let list = boxes.engine.get("/containers/json?all=true").await.to_string();
    stand_in.says(move |_, path| path.contains("/containers/json").then(|| (200, list.clone())));
    boxes.stop(&id).await;
    fleet.restart(&id).await.unwrap();
    let again = boxes.ready(&id).await;
    assert_eq!(again.container().unwrap().id, first.container().unwrap().id);
    boxes.stop(&id).await;
    fleet.remove_with_data(&id).await.unwrap();
    assert!(boxes.containers().await.is_empty());
    boxes.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_volume_of_the_same_name_that_others_have_made_stays() {
    let Some(boxes) = Boxes::new().await else { return };
    let _broom = boxes.broom();
    let (id, instance) = boxes.ready_with(boxes.profile()).await;
    let container = instance.container().unwrap().clone();
    let volume = container.volume.unwrap();
    boxes.stop(&id).await;
    boxes.engine.remove(&container.id).await;
    let (status, _) = boxes.engine.ask("DELETE", &format!("/volumes/{volume}"), None).await.unwrap();
    assert_eq!(status, 204);
    // As of another machine with the same engine, whose state folder has the same path.
    let state = folders(&boxes.ground.world).state;
    let labels = json!({ "org.opencode-portal.state": state, "org.opencode-portal.state-id": "another" });
    let body = boxes.ground.world.root().join("volume.json");
    std::fs::write(&body, json!({ "Name": volume, "Labels": labels }).to_string()).unwrap();
    let (status, _) = boxes.engine.ask("POST", "/volumes/create", Some(&body)).await.unwrap();
    assert_eq!(status, 201);
    boxes.ground.fleet.remove_with_data(&id).await.unwrap();
    assert!(boxes.ground.fleet.instance(&id).is_err());
    assert!(volume_is_there(&boxes, &volume).await);
    boxes.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_left_stays_while_somebody_has_its_directory() {
    let Some(boxes) = Boxes::new().await else { return };
    let _broom = boxes.broom();
    let fleet = &boxes.ground.fleet;
    let mut door = Door::to(boxes.engine.socket());
    let (id, instance) = boxes.ready_with(Boxes::profile_at(door.address())).await;
    let container = instance.container().unwrap().id.clone();
    let other = Start { another: true, ..boxes.start(Boxes::profile_at(door.address())) };
    let other = fleet.start(other).await.unwrap();
    boxes.ready(&other).await;
    boxes.stop(&id).await;
    door.close();
    fleet.remove_with_data(&id).await.unwrap();
    boxes.ground.wait(&other, |instance| matches!(instance.state, InstanceState::Unknown { .. })).await;
    let held = hold_the_directories(&boxes);
    door.open();
    // Its engine was looked at.
    boxes.ready(&other).await;
    assert!(boxes.containers().await.contains(&container), "whoever has the directory may be about to start it");
    drop(held);
    eventually("it is removed", PATIENCE, async || (!boxes.containers().await.contains(&container)).then_some(()))
        .await;
    boxes.stop(&other).await;
    boxes.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_left_waits_for_its_own_engine_though_another_one_answers_there() {
    let Some(boxes) = Boxes::new().await else { return };
    let _broom = boxes.broom();
    let stand_in = StandIn::of(boxes.engine.socket());
    let mut door = Door::to(&stand_in.socket());
    let (id, instance) = boxes.ready_with(Boxes::profile_at(door.address())).await;
    let volume = instance.container().unwrap().volume.clone().unwrap();
    boxes.stop(&id).await;
    door.close();
    boxes.ground.fleet.remove_with_data(&id).await.unwrap();
    // Another engine has nothing of it.
    let asked = Arc::new(AtomicUsize::new(0));
    let (counted, of_it) = (Arc::clone(&asked), format!("/volumes/{volume}"));
    stand_in.says(move |_, path| {
        if path.contains(&of_it) {
            counted.fetch_add(1, Ordering::Relaxed);
            return Some((404, r#"{"message":"no such volume"}"#.to_owned()));
        }
        path.contains("/containers/json").then(|| (200, "[]".to_owned()))
    });
    door.open();
    // More than once: what was asked for first did not end it.
    eventually("it is looked for", PATIENCE, async || (asked.load(Ordering::Relaxed) > 1).then_some(())).await;
    assert_eq!(boxes.containers().await.len(), 1);
    eventually("nobody is told to start it", PATIENCE, async || {
        boxes.ground.fleet.state().notices.is_empty().then_some(())
    })
    .await;
    stand_in.steps_aside();
    eventually("it is removed", PATIENCE, async || boxes.containers().await.is_empty().then_some(())).await;
    eventually("its volume is removed", PATIENCE, async || (!volume_is_there(&boxes, &volume).await).then_some(()))
        .await;
    eventually("nothing more is to be done", PATIENCE, async || {
        (!folders(&boxes.ground.world).state.join("forgotten.json").exists()).then_some(())
    })
    .await;
    boxes.end().await;
}
