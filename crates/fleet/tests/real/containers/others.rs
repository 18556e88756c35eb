//! Containers that somebody else has made.

use std::path::Path;

use fleet::{Discovery, Fleet, InstanceState, Kind, Options, Owner, Source};
use serde_json::json;
use testkit::{DockerEngine, World, eventually, opencode_image};

use super::Broom;
use crate::support::{PATIENCE, choose_binary, folders};

const MARK: &str = "portal-test-others";

/// Makes and starts a container as somebody else would.
async fn run(engine: &DockerEngine, world: &World, name: &str, password: Option<&str>, network: &str) -> String {
    run_labelled(engine, world, name, (password, network), &[]).await
}

async fn run_labelled(
    engine: &DockerEngine,
    world: &World,
    name: &str,
    (password, network): (Option<&str>, &str),
    more: &[(&str, &str)],
) -> String {
    let mut labels = json!({ MARK: world.root().to_str().unwrap() });
    for (label, value) in more {
        labels[*label] = json!(value);
    }
    let image = opencode_image(engine).await;
    let project = world.project().to_str().unwrap();
    let mut environment = vec!["HOME=/tmp".to_owned()];
    environment.extend(password.map(|password| format!("OPENCODE_SERVER_PASSWORD={password}")));
    let port = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port().to_string();
    let inside = if network == "host" { port.as_str() } else { "4096" };
    let body = json!({
        "Image": image,
        "Cmd": ["serve", "--hostname", "0.0.0.0", "--port", inside],
        "WorkingDir": project,
        "Env": environment,
        "Labels": labels,
        "ExposedPorts": { "4096/tcp": {} },
        "HostConfig": {
            "Binds": [format!("{project}:{project}")],
            "NetworkMode": network,
            "PortBindings": { "4096/tcp": [{ "HostIp": "127.0.0.1", "HostPort": "" }] },
        },
    });
    let file = world.root().join(format!("{name}.json"));
    std::fs::write(&file, body.to_string()).unwrap();
    let (status, answer) =
        engine.ask("POST", &format!("/containers/create?name={name}"), Some(Path::new(&file))).await.unwrap();
    assert_eq!(status, 201, "{}", String::from_utf8_lossy(&answer));
    let answer: serde_json::Value = serde_json::from_slice(&answer).unwrap();
    let id = answer["Id"].as_str().unwrap().to_owned();
    engine.act(&id, "start").await;
    id
}

async fn look(world: &World) -> Fleet {
    Fleet::open(folders(world), Options { discovery: Discovery::AsSet, stays: true }).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_container_of_others_is_found_once_and_let_in() {
    let Some(engine) = DockerEngine::find().await else { return };
    if std::env::var_os("DOCKER_HOST").is_none() {
        // It is looked for where Docker's own command would look.
        return;
    }
    for (network, number) in [("bridge", 1), ("host", 2)] {
        let world = World::new();
        choose_binary(&world, &testkit::opencode_binary());
        let label = format!("{MARK}={}", world.root().display());
        let _broom = Broom(engine.clone(), label.clone());
        let name = format!("portal-others-{number}-{}", std::process::id());
        let id = run(&engine, &world, &name, Some("hunter2"), network).await;
        // An entry of another program means the same one.
        let registry = json!({ "instances": [{
            "id": "entry001", "name": "written down", "directory": world.project(), "port": null, "opencodePort": null,
            "hostname": "127.0.0.1", "opencodePid": null, "webPid": null, "startedAt": "2026-01-01T00:00:00.000Z",
            "instanceType": "docker", "containerId": id,
        }] });
        std::fs::write(folders(&world).registry(), registry.to_string()).unwrap();
        let fleet = look(&world).await;
        let here = || {
            let state = fleet.state();
            let here = state.instances.values().filter(|instance| instance.directory == world.project());
            here.cloned().collect::<Vec<_>>()
        };
        let found = eventually("it is found and lets us in", PATIENCE, async || {
            here().into_iter().find(|instance| instance.state == InstanceState::Ready)
        })
        .await;
        assert!(matches!(found.kind, Kind::Docker { .. }), "{:?}", found.kind);
        assert_eq!((found.owner, found.name.as_str()), (Owner::External, "written down"));
        assert!(found.sources.is_superset(&[Source::Registry, Source::Container].into()), "{:?}", found.sources);
        fleet.looked_around().await.unwrap();
        let all = here();
        assert_eq!(all.len(), 1, "it is one instance: {all:#?}");
        // A container is anybody's to stop and start.
        fleet.stop(&found.id).await.unwrap();
        fleet.wait_until(&found.id, PATIENCE, |instance| instance.state == InstanceState::Stopped).await.unwrap();
        fleet.restart(&found.id).await.unwrap();
        fleet.wait_until(&found.id, PATIENCE, |instance| instance.state == InstanceState::Ready).await.unwrap();
        assert!(fleet.remove(&found.id).await.is_err(), "it is not ours to remove");
        fleet.shut_down(fleet::AtQuit::Keep).await;
        super::remove(&engine, &label).await;
    }
}

/// The same path of the state folder, as in two containers that share one engine: what was made there is not ours.
#[tokio::test(flavor = "multi_thread")]
async fn a_container_that_only_names_the_path_of_our_folder_is_somebody_elses() {
    let Some(engine) = DockerEngine::find().await else { return };
    if std::env::var_os("DOCKER_HOST").is_none() {
        // It is looked for where Docker's own command would look.
        return;
    }
    let world = World::new();
    choose_binary(&world, &testkit::opencode_binary());
    let mark = format!("{MARK}={}", world.root().display());
    let _broom = Broom(engine.clone(), mark.clone());
    let state = folders(&world).state;
    let ours = [
        ("org.opencode-portal.instance", "abcd1234"),
        ("org.opencode-portal.state", state.to_str().unwrap()),
        ("org.opencode-portal.directory", world.project().to_str().unwrap()),
    ];
    let (other_id, no_id) = ([("org.opencode-portal.state-id", "00000000000000000000000000000000")], []);
    for (number, id) in [&other_id[..], &no_id[..]].into_iter().enumerate() {
        let name = format!("portal-elsewhere-{number}-{}", std::process::id());
        let labels: Vec<(&str, &str)> = ours.iter().chain(id).copied().collect();
        let container = run_labelled(&engine, &world, &name, (Some("hunter2"), "bridge"), &labels).await;
        let fleet = look(&world).await;
        let found = eventually("it is found", PATIENCE, async || {
            let state = fleet.state();
            state.instances.values().find(|instance| instance.directory == world.project()).cloned()
        })
        .await;
        assert_eq!(found.owner, Owner::External);
        assert!(found.sources.contains(&Source::Container), "{:?}", found.sources);
        fleet.wait_until(&found.id, PATIENCE, |instance| instance.state == InstanceState::Ready).await.unwrap();
        assert!(fleet.remove_with_data(&found.id).await.is_err(), "it is not ours to remove");
        fleet.stop_all(fleet::Scope::default()).await.unwrap();
        fleet.shut_down(fleet::AtQuit::Stop).await;
        assert_eq!(engine.inspect(&container).await["State"]["Running"], true, "nor ours to stop");
        engine.remove(&container).await;
    }
    super::remove(&engine, &mark).await;
}
