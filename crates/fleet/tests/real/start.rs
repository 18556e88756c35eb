//! Starting and stopping.

use std::time::Duration;

use fleet::{FleetError, InstanceState, Opencode};
use serde_json::Value;
use testkit::{World, eventually, no_process_left};

use crate::support::{Ground, PATIENCE, folders};

fn registry(world: &World) -> Vec<Value> {
    let text = std::fs::read(folders(world).registry()).unwrap_or_default();
    let json: Value = serde_json::from_slice(&text).unwrap_or_default();
    json["instances"].as_array().cloned().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn starts_stops_and_leaves_nothing() {
    let ground = Ground::new().await;
    let id = ground.fleet.start(ground.start()).await.unwrap();
    assert!(matches!(ground.fleet.instance(&id).unwrap().state, InstanceState::Starting { .. }));
    let ready = ground.wait_for(&id, &InstanceState::Ready).await;
    assert_eq!(ready.version.as_deref(), Some("1.18.33"));
    assert!(ready.port.unwrap().get() >= 3100);
    eventually("the entry is in the registry", PATIENCE, async || (registry(&ground.world).len() == 1).then_some(()))
        .await;
    let entry = &registry(&ground.world)[0];
    assert_eq!(entry["id"], id.as_str());
    assert_eq!(entry["opencodePid"], ready.process().unwrap().pid);
    assert_eq!(ground.fleet.state().settings.recent_directories, [ground.world.project().to_path_buf()]);

    // The same directory again, a slash more or less: the same instance.
    let again = ground.fleet.start(ground.start_in(&ground.world.project().join(""))).await.unwrap();
    assert_eq!(again, id);
    // What was measured first may be of a process that had just begun.
    ground.wait(&id, |instance| instance.usage.is_some_and(|usage| usage.memory_bytes > 50_000_000)).await;

    ground.fleet.stop(&id).await.unwrap();
    let stopped = ground.fleet.instance(&id).unwrap();
    assert_eq!((&stopped.state, stopped.process()), (&InstanceState::Stopped, None));
    no_process_left(&ground.world).await;
    eventually("the entry is gone", PATIENCE, async || registry(&ground.world).is_empty().then_some(())).await;

    ground.fleet.restart(&id).await.unwrap();
    let ready = ground.wait_for(&id, &InstanceState::Ready).await;
    let first = ready.process().unwrap().pid;
    ground.fleet.restart(&id).await.unwrap();
    let ready = ground.wait(&id, |instance| {
        instance.state == InstanceState::Ready && instance.process().is_some_and(|process| process.pid != first)
    });
    ready.await;
    ground.fleet.rename(&id, " Blue ").await.unwrap();
    assert_eq!(ground.fleet.instance(&id).unwrap().name, "Blue");
    assert!(matches!(ground.fleet.rename(&id, "  ").await, Err(FleetError::EmptyName)));
    assert!(matches!(ground.fleet.remove(&id).await, Err(FleetError::NotNow { .. })));
    ground.fleet.stop(&id).await.unwrap();
    ground.fleet.remove(&id).await.unwrap();
    assert!(ground.fleet.instance(&id).is_err());
    ground.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_starts_at_once_give_one_instance() {
    let ground = Ground::new().await;
    let (first, second) = tokio::join!(ground.fleet.start(ground.start()), ground.fleet.start(ground.start()));
    assert_eq!(first.unwrap(), second.unwrap());
    assert_eq!(ground.fleet.state().instances.len(), 1);
    ground.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn strange_directories_are_served() {
    let ground = Ground::in_world(World::with_project("my proj 100%41 größe")).await;
    let id = ground.ready().await;
    let path = ground.call(&id, fleet::Method::Get, "/path", None).await;
    assert_eq!(path["directory"], ground.world.project().to_str().unwrap());
    let session = ground.prompt(&id, "@text Hello").await;
    let instance = ground.wait(&id, |instance| instance.sessions.contains_key(&session)).await;
    assert_eq!(instance.sessions[&session].directory, ground.world.project());
    ground.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_in_use_is_passed_over_and_a_stolen_one_retried() {
    let ground = Ground::new().await;
    // A server that answers anything, so that only its missing lock tells it from ours.
    let held = std::net::TcpListener::bind(("127.0.0.1", 3100));
    let id = ground.ready().await;
    let port = ground.fleet.instance(&id).unwrap().port.unwrap();
    assert_ne!(port.get(), 3100);
    drop(held);
    ground.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_while_it_starts_ends_it() {
    let ground = Ground::new().await;
    let id = ground.fleet.start(ground.start()).await.unwrap();
    tokio::time::timeout(Duration::from_secs(20), ground.fleet.stop(&id)).await.unwrap().unwrap();
    assert_eq!(ground.fleet.instance(&id).unwrap().state, InstanceState::Stopped);
    no_process_left(&ground.world).await;
    ground.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_opencode_is_said() {
    let world = World::new();
    let ground = Ground::with_binary(world, "/nowhere/opencode".as_ref()).await;
    assert!(matches!(ground.fleet.state().opencode, Opencode::Missing { .. } | Opencode::Broken { .. }));
    let error = ground.fleet.start(ground.start()).await.unwrap_err();
    assert!(matches!(error, FleetError::OpencodeMissing | FleetError::OpencodeBroken { .. }), "{error}");
    assert!(ground.fleet.state().instances.is_empty());
    ground.end().await;
}
