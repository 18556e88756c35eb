//! From the start of a container to its removal, with a session in it.

use fleet::{InstanceState, Method, Mount, Network, Place, Profile, RestartPolicy, Scope};
use serde_json::Value;
use testkit::eventually;

use super::Boxes;
use crate::support::PATIENCE;

#[tokio::test(flavor = "multi_thread")]
async fn a_session_in_a_container_survives_everything_but_its_volume() {
    let Some(boxes) = Boxes::new().await else { return };
    let _broom = boxes.broom();
    let fleet = &boxes.ground.fleet;
    // A process of the same directory is another instance.
    let process = boxes.ground.ready().await;
    let profile = Profile {
        config: Some(r#"{"username":"boxed"}"#.to_owned()),
        permission: Some(r#"{"edit":"allow","bash":"allow"}"#.to_owned()),
        environment: vec![("FROM_PROFILE".to_owned(), "it is here".to_owned())],
        ..boxes.profile()
    };
    let (id, instance) = boxes.ready_with(profile.clone()).await;
    assert_ne!(id, process);
    assert_eq!(fleet.start(boxes.start(profile.clone())).await.unwrap(), id, "found again by its place");
    assert_eq!(fleet.start(boxes.ground.start()).await.unwrap(), process, "and the process by its own");
    boxes.stop(&process).await;

    let inspected = boxes.inspect(&instance).await;
    let label = |name: &str| inspected["Config"]["Labels"][format!("org.opencode-portal.{name}")].as_str();
    assert_eq!(label("instance"), Some(id.as_str()));
    assert_eq!(label("directory"), boxes.ground.world.project().to_str());
    assert_eq!(label("version"), Some("1.18.33"));
    assert!(label("plan").is_some() && label("state").is_some());
    assert_eq!(instance.version.as_deref(), Some("1.18.33"));
    let password = variable(&inspected, "OPENCODE_SERVER_PASSWORD").unwrap();
    assert_eq!(password.len(), 43);
    assert!(!inspected["Config"]["Cmd"].to_string().contains(&password));
    let bindings = &inspected["NetworkSettings"]["Ports"]["4096/tcp"];
    assert_eq!(bindings[0]["HostIp"], "127.0.0.1", "{bindings}");
    assert_eq!(bindings[0]["HostPort"], instance.port.unwrap().get().to_string());
    assert_eq!(inspected["HostConfig"]["Init"], true);

    // The agent edits a file and runs a command; both see the project at its own path.
    boxes.ground.world.write("a.txt", "one\n");
    let session =
        boxes.ground.prompt(&id, "@edit a.txt one => two\n@bash pwd; echo $FROM_PROFILE > from-inside.txt").await;
    eventually("the file is written", PATIENCE, async || {
        boxes.ground.world.project().join("from-inside.txt").exists().then_some(())
    })
    .await;
    assert_eq!(boxes.ground.world.read("a.txt"), "two\n");
    eventually("the variable is written", PATIENCE, async || {
        (boxes.ground.world.read("from-inside.txt") == "it is here\n").then_some(())
    })
    .await;
    let config = boxes.ground.call(&id, Method::Get, "/config", None).await;
    assert_eq!(config["username"], "boxed");

    // Stopped and started: the same container. Changed: another one with the same volume.
    let first = instance.container().unwrap().clone();
    boxes.stop(&id).await;
    assert_eq!(boxes.inspect(&fleet.instance(&id).unwrap()).await["State"]["Running"], false);
    fleet.restart(&id).await.unwrap();
    let again = boxes.ready(&id).await;
    assert_eq!(again.container().unwrap().id, first.id);
    fleet.rename(&id, "Blue box").await.unwrap();
    let place = fleet::DockerPlace { memory_mib: Some(2048), ..boxes.place() };
    fleet.set_profile(&id, Profile { place: Place::Docker(place), ..profile }).await.unwrap();
    fleet.restart(&id).await.unwrap();
    let changed = boxes.ground.wait(&id, |instance| {
        instance.state == InstanceState::Ready && instance.container().is_some_and(|now| now.id != first.id)
    });
    let changed = changed.await;
    let inspected = boxes.inspect(&changed).await;
    assert_eq!(inspected["HostConfig"]["Memory"], 2_147_483_648_u64);
    assert!(inspected["Name"].as_str().unwrap().contains("Blue-box"), "{}", inspected["Name"]);
    let sessions = boxes.ground.call(&id, Method::Get, "/session", None).await;
    assert!(sessions.to_string().contains(session.as_str()), "{sessions}");
    assert_eq!(boxes.containers().await.len(), 1);

    // Removed: the volume stays unless it is to go.
    boxes.stop(&id).await;
    let volume = changed.container().unwrap().volume.clone().unwrap();
    fleet.remove(&id).await.unwrap();
    assert!(boxes.containers().await.is_empty());
    let (status, _) = boxes.engine.ask("GET", &format!("/volumes/{volume}"), None).await.unwrap();
    assert_eq!(status, 200);
    let (id, instance) = boxes.ready_with(boxes.profile()).await;
    let volume = instance.container().unwrap().volume.clone().unwrap();
    boxes.stop(&id).await;
    fleet.remove_with_data(&id).await.unwrap();
    assert!(fleet.instance(&id).is_err());
    let (status, _) = boxes.engine.ask("GET", &format!("/volumes/{volume}"), None).await.unwrap();
    assert_eq!(status, 404);
    boxes.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_agent_writes_belongs_to_the_user_of_the_profile() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let Some(boxes) = Boxes::new().await else { return };
    let _broom = boxes.broom();
    let project = boxes.ground.world.project();
    std::fs::set_permissions(project, std::fs::Permissions::from_mode(0o777)).unwrap();
    for (user, name) in [(None, "ours.txt"), (Some("12345:23456"), "theirs.txt")] {
        let place = fleet::DockerPlace { user: user.map(str::to_owned), ..boxes.place() };
        let profile =
            Profile { place: Place::Docker(place), permission: Some(r#""allow""#.to_owned()), ..Profile::default() };
        let (id, _) = boxes.ready_with(profile).await;
        boxes.ground.prompt(&id, &format!("@write {name} hello")).await;
        let path = project.join(name);
        eventually("the file is written", PATIENCE, async || path.exists().then_some(())).await;
        let written = std::fs::metadata(&path).unwrap();
        let us = std::fs::metadata("/proc/self").unwrap();
        let expected = if user.is_some() { (12345, 23456) } else { (us.uid(), us.gid()) };
        assert_eq!((written.uid(), written.gid()), expected, "{name}");
        boxes.stop(&id).await;
        boxes.ground.fleet.remove_with_data(&id).await.unwrap();
    }
    boxes.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_sleeps_wakes_and_starts_again_after_a_crash_as_a_process_does() {
    let Some(boxes) = Boxes::new().await else { return };
    let _broom = boxes.broom();
    let fleet = &boxes.ground.fleet;
    let profile = Profile { restart: RestartPolicy::OnFailure, ..boxes.profile() };
    let (id, first) = boxes.ready_with(profile).await;
    boxes.ground.wait(&id, |instance| instance.usage.is_some()).await;
    // Not while a busy machine keeps it from answering.
    eventually("it is put to sleep", PATIENCE, async || fleet.sleep(&id).await.ok()).await;
    assert_eq!(fleet.instance(&id).unwrap().state, InstanceState::Asleep);
    assert_eq!(boxes.inspect(&first).await["State"]["Running"], false);
    fleet.wake(&id).await.unwrap();
    boxes.ready(&id).await;

    let session = boxes.ground.prompt(&id, "@stall").await;
    boxes
        .ground
        .wait(&id, |instance| {
            instance.sessions.get(&session).is_some_and(|session| session.status != fleet::SessionStatus::Idle)
        })
        .await;
    // Not by the engine: whoever asks that for the end of one wants it ended.
    let pid = boxes.inspect(&first).await["State"]["Pid"].to_string();
    assert!(std::process::Command::new("kill").args(["-KILL", &pid]).status().unwrap().success());
    let crashed = boxes.ground.wait(&id, |instance| matches!(instance.state, InstanceState::Crashed(_))).await;
    let InstanceState::Crashed(failure) = &crashed.state else { panic!() };
    assert!(failure.cause.contains("137"), "{}", failure.cause);
    assert!(crashed.interrupted.contains(&session));
    boxes.ground.wait(&id, |instance| instance.state == InstanceState::Ready).await;
    let history = fleet.history(&id).await.unwrap();
    assert!(history.iter().any(|entry| entry.reason.contains("exit code 137")), "{history:?}");
    fleet.stop_all(Scope::default()).await.unwrap();
    assert_eq!(fleet.instance(&id).unwrap().state, InstanceState::Stopped);
    boxes.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rest_of_a_profile_is_in_the_container() {
    let Some(boxes) = Boxes::new().await else { return };
    let _broom = boxes.broom();
    let more = boxes.ground.world.root().join("more");
    std::fs::create_dir(&more).unwrap();
    let port = fleet::Port::new(testkit_port()).unwrap();
    let place = fleet::DockerPlace {
        cpu_percent: Some(150),
        pids: Some(500),
        mounts: vec![Mount { path: more.clone(), target: Some("/more".into()), is_writable: false }],
        ..boxes.place()
    };
    let profile = Profile {
        place: Place::Docker(place),
        port: Some(port),
        arguments: vec!["--cors".to_owned(), "http://a.example".to_owned()],
        log_level: fleet::LogLevel::Debug,
        ..Profile::default()
    };
    let (_, instance) = boxes.ready_with(profile).await;
    assert_eq!(instance.port, Some(port));
    let inspected = boxes.inspect(&instance).await;
    let command = inspected["Config"]["Cmd"].to_string();
    assert!(command.contains("DEBUG") && command.contains(r#""--cors","http://a.example""#), "{command}");
    assert_eq!(inspected["HostConfig"]["NanoCpus"], 1_500_000_000_u64);
    assert_eq!(inspected["HostConfig"]["PidsLimit"], 500);
    let mounts = inspected["Mounts"].as_array().unwrap();
    let mount = mounts.iter().find(|mount| mount["Destination"] == "/more").unwrap();
    assert_eq!((&mount["Source"], &mount["RW"]), (&Value::from(more.to_str().unwrap()), &Value::from(false)));
    boxes.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_network_it_is_reached_all_the_same() {
    let Some(boxes) = Boxes::new().await else { return };
    let _broom = boxes.broom();
    let place = fleet::DockerPlace { network: Network::Off, ..boxes.place() };
    let (_, instance) = boxes.ready_with(Profile { place: Place::Docker(place), ..Profile::default() }).await;
    let inspected = boxes.inspect(&instance).await;
    assert_eq!(inspected["NetworkSettings"]["Ports"]["4096/tcp"], Value::Null);
    boxes.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_of_the_persons_is_the_containers_and_its_port_is_on_loopback_all_the_same() {
    let Some(boxes) = Boxes::new().await else { return };
    let _broom = boxes.broom();
    let name = format!("portal-test-{}", std::process::id());
    let body = boxes.ground.world.root().join("network.json");
    std::fs::write(&body, serde_json::json!({ "Name": name, "Driver": "bridge" }).to_string()).unwrap();
    let (status, answer) = boxes.engine.ask("POST", "/networks/create", Some(&body)).await.unwrap();
    assert_eq!(status, 201, "{}", String::from_utf8_lossy(&answer));
    let place = fleet::DockerPlace { network: Network::Named(name.clone()), ..boxes.place() };
    let (id, instance) = boxes.ready_with(Profile { place: Place::Docker(place), ..Profile::default() }).await;
    boxes.ground.call(&id, Method::Post, "/session", Some(serde_json::json!({}))).await;
    let shown = boxes.inspect(&instance).await["NetworkSettings"].clone();
    let networks: Vec<&String> = shown["Networks"].as_object().unwrap().keys().collect();
    assert_eq!((networks, &shown["Ports"]["4096/tcp"][0]["HostIp"]), (vec![&name], &Value::from("127.0.0.1")));
    boxes.stop(&id).await;
    boxes.ground.fleet.remove_with_data(&id).await.unwrap();
    let (status, _) = boxes.engine.ask("DELETE", &format!("/networks/{name}"), None).await.unwrap();
    assert_eq!(status, 204);
    boxes.end().await;
}

fn variable(inspected: &Value, name: &str) -> Option<String> {
    let mut lines = inspected["Config"]["Env"].as_array()?.iter().filter_map(Value::as_str);
    lines.find_map(|line| line.strip_prefix(name)?.strip_prefix('=').map(str::to_owned))
}

/// A port that was free a moment ago.
fn testkit_port() -> u16 {
    std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
}
