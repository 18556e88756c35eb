//! What is done to a container behind our back.

use fleet::{DockerPlace, Instance, InstanceState, Place, Profile, RestartPolicy};

use super::Boxes;
use super::relay::Relay;

impl Boxes {
    /// Ends what runs in a container without asking its engine for it.
    async fn crash(&self, instance: &Instance) {
        let pid = self.inspect(instance).await["State"]["Pid"].to_string();
        assert!(std::process::Command::new("kill").args(["-KILL", &pid]).status().unwrap().success());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_done_with_docker_itself_shows() {
    let Some(boxes) = Boxes::new().await else { return };
    let _broom = boxes.broom();
    let fleet = &boxes.ground.fleet;
    // Whatever its policy is: it is for what ends by itself.
    let profile = Profile { restart: RestartPolicy::Always, ..boxes.profile() };
    let (id, instance) = boxes.ready_with(profile).await;
    let container = instance.container().unwrap().id.clone();

    boxes.engine.act(&container, "pause").await;
    let paused = boxes.ground.wait(&id, |instance| matches!(instance.state, InstanceState::Degraded { .. })).await;
    let InstanceState::Degraded { reason } = &paused.state else { panic!() };
    assert!(reason.contains("docker unpause"), "{reason}");
    boxes.engine.act(&container, "unpause").await;
    boxes.ready(&id).await;
    boxes.ground.call(&id, fleet::Method::Get, "/session", None).await;

    boxes.engine.act(&container, "rename?name=somebody-elses-name").await;
    boxes
        .ground
        .wait(&id, |instance| {
            instance.container().is_some_and(|container| container.name.as_deref() == Some("somebody-elses-name"))
        })
        .await;

    // Stopped by hand, it has ended, and nobody starts it against that; started by hand, it runs.
    boxes.engine.act(&container, "stop").await;
    let stopped = boxes.ground.wait(&id, |instance| instance.state.is_ended()).await;
    assert_eq!(stopped.state, InstanceState::Stopped);
    assert!(stopped.last_end.as_deref().unwrap().contains("with Docker"), "{:?}", stopped.last_end);
    boxes.engine.act(&container, "start").await;
    let by_hand = boxes.ready(&id).await;
    assert!(by_hand.last_end.is_none());
    boxes.engine.act(&container, "restart").await;
    let is_another =
        |instance: &Instance| instance.state == InstanceState::Ready && instance.started_at > by_hand.started_at;
    let restarted = boxes.ground.wait(&id, is_another).await;
    assert!(restarted.run > by_hand.run, "another run: what the one before it knew is gone");
    boxes.ground.call(&id, fleet::Method::Get, "/session", None).await;

    // What was started by hand may crash like any other.
    boxes.crash(&restarted).await;
    let crashed = boxes.ground.wait(&id, |instance| instance.state.is_ended()).await;
    let InstanceState::Crashed(failure) = &crashed.state else { panic!("{:?}", crashed.state) };
    assert!(failure.cause.contains("137"), "{}", failure.cause);
    // Which its policy answers.
    let again = boxes.ground.wait(&id, |instance| instance.state == InstanceState::Ready).await;
    assert_eq!(again.container().unwrap().id, container);

    // Removed: the next start makes it anew, with the volume.
    let session = boxes.ground.call(&id, fleet::Method::Post, "/session", Some(serde_json::json!({}))).await;
    boxes.engine.remove(&container).await;
    let is_told = |instance: &Instance| {
        instance.state.is_ended()
            && instance.last_end.as_deref().is_some_and(|end| end.contains("removed its container"))
    };
    let removed = boxes.ground.wait(&id, is_told).await;
    assert_eq!(removed.state, InstanceState::Stopped);
    assert!(removed.container().is_none());
    fleet.restart(&id).await.unwrap();
    let anew = boxes.ready(&id).await;
    assert_ne!(anew.container().unwrap().id, container);
    let sessions = boxes.ground.call(&id, fleet::Method::Get, "/session", None).await;
    assert!(sessions.to_string().contains(session["id"].as_str().unwrap()), "{sessions}");
    boxes.end().await;
}

/// An engine tells that a container has ended, and its list says so already, as it did of the end before that.
#[tokio::test(flavor = "multi_thread")]
async fn every_end_of_the_same_container_is_seen() {
    let Some(boxes) = Boxes::new().await else { return };
    let _broom = boxes.broom();
    let relay = Relay::to(boxes.engine.socket());
    let place = DockerPlace { engine: Some(relay.address()), ..DockerPlace::default() };
    let (id, mut instance) = boxes.ready_with(Profile { place: Place::Docker(place), ..Profile::default() }).await;
    let container = instance.container().unwrap().id.clone();
    for number in 1..=3 {
        boxes.crash(&instance).await;
        let crashed = boxes.ground.wait(&id, |instance| instance.state.is_ended()).await;
        assert!(matches!(crashed.state, InstanceState::Crashed(_)), "the end number {number}: {:?}", crashed.state);
        boxes.ground.fleet.restart(&id).await.unwrap();
        instance = boxes.ground.wait(&id, |instance| instance.state == InstanceState::Ready).await;
        assert_eq!(instance.container().unwrap().id, container, "the same container is started again");
    }
    boxes.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_that_were_changed_with_docker_itself_are_the_profiles_at_the_next_start() {
    const GIB: u64 = 1 << 30;
    let Some(boxes) = Boxes::new().await else { return };
    let _broom = boxes.broom();
    let fleet = &boxes.ground.fleet;
    let memory = async |instance: &Instance| boxes.inspect(instance).await["HostConfig"]["Memory"].as_u64();
    let place = DockerPlace { memory_mib: Some(1024), ..boxes.place() };
    let (id, made) = boxes.ready_with(Profile { place: Place::Docker(place), ..Profile::default() }).await;
    let session = boxes.ground.call(&id, fleet::Method::Post, "/session", Some(serde_json::json!({}))).await;
    fleet.restart(&id).await.unwrap();
    let again = boxes.ready(&id).await;
    let container = again.container().unwrap().id.clone();
    assert_eq!(container, made.container().unwrap().id, "nothing was changed");
    assert_eq!(memory(&again).await, Some(GIB));

    let limits = serde_json::json!({"Memory": 2 * GIB, "MemorySwap": 2 * GIB});
    let limits = boxes.ground.world.write("limits.json", &limits.to_string());
    let (status, answer) =
        boxes.engine.ask("POST", &format!("/containers/{container}/update"), Some(&limits)).await.unwrap();
    assert_eq!(status, 200, "{}", String::from_utf8_lossy(&answer));
    assert_eq!(memory(&again).await, Some(2 * GIB));
    fleet.restart(&id).await.unwrap();
    let anew = boxes.ready(&id).await;
    assert_ne!(anew.container().unwrap().id, container);
    assert_eq!(memory(&anew).await, Some(GIB));
    let sessions = boxes.ground.call(&id, fleet::Method::Get, "/session", None).await;
    assert!(sessions.to_string().contains(session["id"].as_str().unwrap()), "{sessions}");
    boxes.end().await;
}
