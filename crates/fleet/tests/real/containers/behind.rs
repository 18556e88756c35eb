//! What is done to a container behind our back.

use fleet::InstanceState;

use super::Boxes;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_done_with_docker_itself_shows() {
    let Some(boxes) = Boxes::new().await else { return };
    let _broom = boxes.broom();
    let fleet = &boxes.ground.fleet;
    let (id, instance) = boxes.ready_with(boxes.profile()).await;
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

    // Stopped by hand, it has ended; started by hand, it runs.
    boxes.engine.act(&container, "stop").await;
    boxes.ground.wait(&id, |instance| matches!(instance.state, InstanceState::Crashed(_))).await;
    boxes.engine.act(&container, "start").await;
    boxes.ready(&id).await;
    boxes.engine.act(&container, "restart").await;
    let since = boxes.inspect(&instance).await["State"]["StartedAt"].clone();
    boxes.ready(&id).await;
    assert!(since.is_string());

    // Removed: the next start makes it anew, with the volume.
    let session = boxes.ground.call(&id, fleet::Method::Post, "/session", Some(serde_json::json!({}))).await;
    boxes.engine.remove(&container).await;
    let crashed = boxes.ground.wait(&id, |instance| matches!(instance.state, InstanceState::Crashed(_))).await;
    let InstanceState::Crashed(failure) = &crashed.state else { panic!() };
    assert!(failure.cause.contains("does not exist any more") || failure.cause.contains("137"), "{}", failure.cause);
    fleet.restart(&id).await.unwrap();
    let anew = boxes.ready(&id).await;
    assert_ne!(anew.container().unwrap().id, container);
    let sessions = boxes.ground.call(&id, fleet::Method::Get, "/session", None).await;
    assert!(sessions.to_string().contains(session["id"].as_str().unwrap()), "{sessions}");
    boxes.end().await;
}
