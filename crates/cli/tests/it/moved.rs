//! A container stays at the engine of its first start, from the command line, with a real engine.

use std::os::unix::fs::symlink;

use serde_json::Value;
use testkit::{DockerEngine, eventually, opencode_image};

use crate::program::{Desk, PATIENCE};

async fn app(desk: &Desk) -> Value {
    let all: Vec<Value> = serde_json::from_str(&desk.ok(&["list", "--json"]).await).unwrap();
    all.into_iter().find(|instance| instance["name"] == "app").unwrap()
}

/// The engine at an address of its own.
fn address(desk: &Desk, engine: &DockerEngine, name: &str) -> String {
    let socket = desk.world.root().join(name);
    symlink(engine.socket(), &socket).unwrap();
    format!("unix://{}", socket.display())
}

#[tokio::test]
async fn the_name_of_an_engine_and_its_address_mean_the_same_container() {
    let Some(engine) = DockerEngine::find().await else { return };
    opencode_image(&engine).await;
    let mut desk = Desk::new().await;
    let usual = address(&desk, &engine, "usual.sock");
    desk.set("DOCKER_HOST", &usual);
    let project = desk.project();
    desk.ok(&["start", &project, "--name", "app", "--docker", "--network", "off", "--group", "web"]).await;
    let begun = app(&desk).await;
    assert_eq!(begun["profile"]["place"]["engine"], usual.as_str());
    let listed: Value = serde_json::from_str(&desk.ok(&["engines", "--json"]).await).unwrap();
    let name = listed["engines"][0]["name"].as_str().unwrap();
    assert_ne!(name, usual);
    for engine in [name, &usual, ""] {
        let said = desk.ok(&["start", &project, "--docker", "--engine", engine]).await;
        assert!(said.starts_with("Already running: app (") && !said.contains("What you gave"), "{engine}: {said}");
    }
    let said = desk.ok(&["start", &project, "--docker", "--engine", name, "--memory", "2g"]).await;
    assert!(said.starts_with("Already running: app (") && said.contains("What you gave is kept"), "{said}");
    let kept = &app(&desk).await["profile"];
    assert_eq!(
        (&kept["place"]["memory_mib"], &kept["place"]["network"]),
        (&2_048.into(), &begun["profile"]["place"]["network"])
    );
    assert_eq!((&kept["place"]["engine"], &kept["group"]), (&usual.as_str().into(), &"web".into()));
    let label = format!("org.opencode-portal.instance={}", begun["id"].as_str().unwrap());
    desk.ok(&["stop", "app"]).await;
    desk.ok(&["remove", "app", "--data"]).await;
    eventually("it is removed", PATIENCE, async || engine.containers_with(&label).await.is_empty().then_some(())).await;
    desk.leave().await;
}

#[tokio::test]
async fn another_usual_engine_moves_no_container_and_an_engine_that_is_away_is_named() {
    let Some(engine) = DockerEngine::find().await else { return };
    opencode_image(&engine).await;
    let mut desk = Desk::new().await;
    let [first, second] = ["first.sock", "second.sock"].map(|name| address(&desk, &engine, name));
    desk.set("DOCKER_HOST", &first);
    let project = desk.project();
    desk.ok(&["start", &project, "--name", "app", "--docker"]).await;
    let begun = app(&desk).await;
    assert_eq!(begun["container"]["engine"], first.as_str());
    desk.ok(&["stop", "app"]).await;

    // As after `docker context use`, or where another engine was installed since.
    desk.set("DOCKER_HOST", &second);
    desk.ok(&["start", &project, "--docker"]).await;
    let again = app(&desk).await;
    assert_eq!(again["container"]["engine"], first.as_str());
    assert_eq!(again["container"]["id"], begun["container"]["id"]);
    desk.ok(&["stop", "app"]).await;

    std::fs::remove_file(desk.world.root().join("first.sock")).unwrap();
    let refused = desk.run(&["start", &project, "--docker"]).await;
    assert_ne!(refused.code, 0, "{refused:?}");
    assert!(refused.err.contains(&first), "{refused:?}");
    let id = begun["id"].as_str().unwrap();
    let label = format!("org.opencode-portal.instance={id}");
    let [container] = &engine.containers_with(&label).await[..] else { panic!("another one was made") };
    assert_eq!(engine.inspect(container).await["State"]["Running"], false);

    symlink(engine.socket(), desk.world.root().join("first.sock")).unwrap();
    desk.ok(&["remove", "app", "--data"]).await;
    eventually("it is removed", PATIENCE, async || engine.containers_with(&label).await.is_empty().then_some(())).await;
    desk.leave().await;
}
