//! An engine that is really stopped and started again, with all that it ran.

use fleet::{InstanceState, Profile, RestartPolicy, Start};
use serde_json::{Value, json};
use testkit::{DockerEngine, PrivateEngine, eventually, opencode_image};

use super::Boxes;
use crate::support::PATIENCE;

const CHECK: &str = "org.opencode-portal.check";

/// The container of a check whose program was killed in the middle.
async fn a_check_left_behind(engine: &DockerEngine) -> String {
    let file = tempfile::Builder::new().suffix(".json").tempfile().unwrap();
    let body = json!({ "Image": opencode_image(engine).await, "Cmd": ["--version"], "Labels": { CHECK: "x" } });
    std::fs::write(file.path(), body.to_string()).unwrap();
    let (status, answer) = engine.ask("POST", "/containers/create", Some(file.path())).await.unwrap();
    assert_eq!(status, 201, "{}", String::from_utf8_lossy(&answer));
    let answer: Value = serde_json::from_slice(&answer).unwrap();
    answer["Id"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_stopped_engine_ended_is_told_and_comes_back_by_its_policy() {
    let Some(mut private) = PrivateEngine::start().await else { return };
    let boxes = Boxes::at(private.engine().clone()).await;
    let fleet = &boxes.ground.fleet;
    let again = Profile { restart: RestartPolicy::OnFailure, ..boxes.profile() };
    let (id, first) = boxes.ready_with(again).await;
    let other = fleet.start(Start { another: true, ..boxes.start(boxes.profile()) }).await.unwrap();
    boxes.ready(&other).await;
    let session = boxes.ground.prompt(&id, "@text 5000 words at 50/s").await;
    boxes.ground.wait(&id, |instance| instance.doing().is_some()).await;

    let left = a_check_left_behind(&boxes.engine).await;

    private.stop().await;
    let age = private.data().join("containers").join(&left).join("config.v2.json");
    let mut written: Value = serde_json::from_slice(&std::fs::read(&age).unwrap()).unwrap();
    written["Created"] = json!("2026-01-01T00:00:00Z");
    std::fs::write(&age, written.to_string()).unwrap();
    for id in [&id, &other] {
        let lost = boxes.ground.wait(id, |instance| matches!(instance.state, InstanceState::Unknown { .. })).await;
        assert!(lost.container().is_some(), "nothing is dropped");
    }
    private.start_again().await;

    let back = boxes.ground.wait(&id, |instance| instance.state == InstanceState::Ready).await;
    assert!(back.run > first.run, "it was started again");
    assert_eq!(back.container().unwrap().id, first.container().unwrap().id, "in the container that it had");
    // An opencode that is asked to end may tell of its own that its answer is over; nothing else is named.
    assert!(back.interrupted.iter().all(|one| *one == session), "{:?}", back.interrupted);
    let sessions = boxes.ground.call(&id, fleet::Method::Get, "/session", None).await;
    assert!(sessions.to_string().contains(session.as_str()), "{sessions}");
    let history = fleet.history(&id).await.unwrap();
    let crashed = history.iter().find(|entry| entry.state == "crashed").unwrap_or_else(|| panic!("{history:?}"));
    assert!(crashed.reason.contains("Its engine ended it"), "{crashed:?}");

    let ended = boxes.ground.wait(&other, |instance| matches!(instance.state, InstanceState::Crashed(_))).await;
    assert!(ended.last_end.as_deref().unwrap().starts_with("Its engine ended it"), "{:?}", ended.last_end);
    assert!(ended.restart.is_none(), "nobody wanted that");
    let checks = async || boxes.engine.containers_with(CHECK).await;
    eventually("what nobody waits for any longer is removed", PATIENCE, async || {
        checks().await.is_empty().then_some(())
    })
    .await;
    boxes.end().await;
}
