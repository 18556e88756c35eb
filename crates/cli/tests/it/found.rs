//! What somebody else started: listed, let in, and ended only when that is confirmed.

use serde_json::Value;
use testkit::{DockerEngine, RealServer, eventually, opencode_image};

use crate::program::{Desk, Done, PATIENCE};

/// What was found in this world, by its directory; other tests of this machine have servers, too.
async fn found(desk: &Desk) -> Value {
    let project = desk.project();
    let seen = eventually("it is listed", PATIENCE, async || {
        let all: Vec<Value> = serde_json::from_str(&desk.ok(&["list", "--json"]).await).unwrap();
        all.into_iter().find(|instance| instance["directory"] == project.as_str())
    });
    seen.await
}

#[tokio::test]
async fn what_others_run_is_listed_let_in_and_ended_only_when_confirmed() {
    let mut desk = Desk::new().await;
    desk.discovers();
    let server = RealServer::start(&desk.world, &desk.model).await;
    let instance = found(&desk).await;
    assert_eq!((&instance["owner"], &instance["pid"]), (&"external".into(), &server.pid().into()));
    let id = instance["id"].as_str().unwrap();
    let project = desk.project();
    let table = desk.ok(&["list"]).await;
    assert!(table.lines().any(|line| line.contains("found: process") && line.ends_with(&project)), "{table}");

    if instance["state"]["state"] == "locked" {
        let wrong = desk.run_with_input(&["unlock", &project, "--keep", "file"], "wrong\n").await;
        assert_eq!(wrong.code, 1, "{wrong:?}");
        let right = format!("{}\n", server.password());
        let right = desk.run_with_input(&["unlock", &project, "--keep", "file"], &right).await;
        assert_eq!(right.code, 0, "{right:?}");
        let said = desk.ok(&["list", "--json"]).await;
        assert!(!said.contains(server.password()));
    }

    // Nobody is there to be asked: nothing is ended.
    let refused = desk.run(&["stop", &project]).await;
    assert_eq!(refused.code, 1, "{refused:?}");
    assert!(refused.err.contains(&format!("pid {}", server.pid())) && refused.err.contains("--yes"), "{refused:?}");
    assert!(std::fs::exists(format!("/proc/{}", server.pid())).unwrap());
    let stopped = desk.ok(&["stop", &project, "--yes"]).await;
    assert!(stopped.contains(id), "{stopped}");
    drop(server);
    desk.leave().await;
}

/// A container with opencode as somebody else would make it.
async fn theirs(desk: &Desk, engine: &DockerEngine, name: &str) -> String {
    let project = desk.project();
    let body = serde_json::json!({
        "Image": opencode_image(engine).await,
        "Cmd": ["serve", "--hostname", "0.0.0.0", "--port", "4096"],
        "WorkingDir": project,
        "Env": ["HOME=/tmp"],
        "ExposedPorts": { "4096/tcp": {} },
        "HostConfig": {
            "Binds": [format!("{project}:{project}")],
            "PortBindings": { "4096/tcp": [{ "HostIp": "127.0.0.1", "HostPort": "" }] },
        },
    });
    let file = desk.world.root().join("theirs.json");
    std::fs::write(&file, body.to_string()).unwrap();
    let (status, answer) = engine.ask("POST", &format!("/containers/create?name={name}"), Some(&file)).await.unwrap();
    assert_eq!(status, 201, "{}", String::from_utf8_lossy(&answer));
    let answer: Value = serde_json::from_slice(&answer).unwrap();
    let id = answer["Id"].as_str().unwrap().to_owned();
    engine.act(&id, "start").await;
    id
}

#[tokio::test]
async fn a_container_that_somebody_else_made_is_stopped_and_restarted_only_when_confirmed() {
    let Some(engine) = DockerEngine::find().await else { return };
    let mut desk = Desk::new().await;
    desk.set("DOCKER_HOST", &engine.address());
    desk.discovers();
    let name = format!("portal-cli-theirs-{}", std::process::id());
    let container = theirs(&desk, &engine, &name).await;
    let id = found(&desk).await["id"].as_str().unwrap().to_owned();
    // A command of its own may be over before it was found again.
    let said = async |arguments: &[&str]| -> Done {
        eventually("it is found again", PATIENCE, async || {
            let done = desk.run(arguments).await;
            (done.code != 3).then_some(done)
        })
        .await
    };
    let state = async || engine.inspect(&container).await["State"].clone();
    let begun = state().await["StartedAt"].clone();
    for command in ["stop", "restart"] {
        let refused = said(&[command, &id]).await;
        assert_eq!(refused.code, 1, "{refused:?}");
        for part in [&name, "Somebody else started", &format!("Give --yes to {command} it")] {
            assert!(refused.err.contains(part), "{part}: {refused:?}");
        }
    }
    assert_eq!((&state().await["Running"], &state().await["StartedAt"]), (&true.into(), &begun));
    let declined = eventually("it is found in a terminal", PATIENCE, async || {
        let shown = desk.in_terminal(&["stop", &id], "n\n").await;
        (!shown.contains("There is no instance")).then_some(shown)
    });
    let declined = declined.await;
    assert!(
        declined.contains(&format!("container `{name}`")) && declined.contains("Nothing was stopped"),
        "{declined}"
    );
    assert_eq!(state().await["Running"], true);

    let restarted = said(&["restart", &id, "--yes"]).await;
    assert_eq!(restarted.code, 0, "{restarted:?}");
    assert_ne!(state().await["StartedAt"], begun);
    let stopped = said(&["stop", &id, "--yes"]).await;
    assert_eq!(stopped.code, 0, "{stopped:?}");
    assert_eq!(state().await["Running"], false);
    engine.remove(&container).await;
    desk.leave().await;
}
