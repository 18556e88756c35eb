//! Containers that somebody else has made.

use std::path::Path;
use std::sync::Arc;

use fleet::{Discovery, Fleet, Instance, InstanceState, Kind, Options, Owner, SettingsPatch, Source};
use serde_json::{Value, json};
use testkit::{DockerEngine, World, eventually, opencode_image};

use super::{Boxes, Broom};
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
    let made = make(engine, world, name, |body| {
        for (label, value) in more {
            body["Labels"][*label] = json!(value);
        }
        if let Some(password) = password {
            body["Env"] = json!(["HOME=/tmp", format!("OPENCODE_SERVER_PASSWORD={password}")]);
        }
        if network == "host" {
            let port = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
            body["Cmd"][4] = json!(port.to_string());
        }
        body["HostConfig"]["NetworkMode"] = json!(network);
    });
    let id = made.await;
    engine.act(&id, "start").await;
    id
}

/// Makes a container as somebody else would, and does not start it.
async fn make(engine: &DockerEngine, world: &World, name: &str, change: impl FnOnce(&mut Value)) -> String {
    let project = world.project().to_str().unwrap();
    let mut body = json!({
        "Image": opencode_image(engine).await,
        "Cmd": ["serve", "--hostname", "0.0.0.0", "--port", "4096"],
        "WorkingDir": project,
        "Env": ["HOME=/tmp"],
        "Labels": { MARK: world.root().to_str().unwrap() },
        "ExposedPorts": { "4096/tcp": {} },
        "HostConfig": {
            "Binds": [format!("{project}:{project}")],
            "NetworkMode": "bridge",
            "PortBindings": { "4096/tcp": [{ "HostIp": "127.0.0.1", "HostPort": "" }] },
        },
    });
    change(&mut body);
    let file = world.root().join(format!("{name}.json"));
    std::fs::write(&file, body.to_string()).unwrap();
    let (status, answer) =
        engine.ask("POST", &format!("/containers/create?name={name}"), Some(Path::new(&file))).await.unwrap();
    assert_eq!(status, 201, "{}", String::from_utf8_lossy(&answer));
    let answer: Value = serde_json::from_slice(&answer).unwrap();
    answer["Id"].as_str().unwrap().to_owned()
}

async fn look(world: &World) -> Fleet {
    Fleet::open(folders(world), Options { discovery: Discovery::AsSet, stays: true }).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_container_of_others_is_found_once_and_let_in() {
    let Some(engine) = DockerEngine::find().await else { return };
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

/// The one of the world's project that somebody else has made.
fn others(fleet: &Fleet, world: &World) -> Option<Arc<Instance>> {
    let state = fleet.state();
    let is_it = |instance: &&Arc<Instance>| {
        instance.directory == world.project() && instance.owner == Owner::External && instance.container().is_some()
    };
    state.instances.values().find(is_it).cloned()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_does_not_run_is_found_and_started_and_one_that_ends_at_once_has_ended() {
    // The image has another name than opencode's, and a shell has the command.
    const COMMAND: &str =
        "test -e /tmp/once && exit 3; touch /tmp/once; exec opencode serve --hostname 0.0.0.0 --port 4096";
    let Some(engine) = DockerEngine::find().await else { return };
    let world = World::new();
    choose_binary(&world, &testkit::opencode_binary());
    let mark = format!("{MARK}={}", world.root().display());
    let _broom = Broom(engine.clone(), mark.clone());
    let image = engine.get(&format!("/images/{}/json", opencode_image(&engine).await)).await["Id"].clone();
    make(&engine, &world, &format!("portal-stopped-{}", std::process::id()), |body| {
        body["Image"] = image;
        body["Entrypoint"] = json!(["sh", "-c", COMMAND]);
        body["Cmd"] = json!([]);
    })
    .await;
    let fleet = look(&world).await;
    let found = eventually("it is found", PATIENCE, async || others(&fleet, &world)).await;
    let id = &found.id;
    fleet.wait_until(id, PATIENCE, |instance| instance.state == InstanceState::Stopped).await.unwrap();
    fleet.restart(id).await.unwrap();
    fleet.wait_until(id, PATIENCE, |instance| instance.state == InstanceState::Ready).await.unwrap();
    fleet.stop(id).await.unwrap();
    fleet.wait_until(id, PATIENCE, |instance| instance.state == InstanceState::Stopped).await.unwrap();
    let answer = tokio::time::timeout(PATIENCE, fleet.restart(id)).await;
    answer.expect("whoever starts it gets an answer").unwrap();
    let has_failed = |instance: &Instance| {
        instance.state == InstanceState::Stopped
            && instance.last_end.as_deref().is_some_and(|end| end.contains("exit code 3"))
    };
    fleet.wait_until(id, PATIENCE, has_failed).await.unwrap();
    fleet.shut_down(fleet::AtQuit::Keep).await;
    super::remove(&engine, &mark).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_nobody_looked_for_only_our_own_containers_are_seen() {
    let Some(boxes) = Boxes::new().await else { return };
    let _broom = boxes.broom();
    let world = &boxes.ground.world;
    let mark = format!("{MARK}={}", world.root().display());
    let _others = Broom(boxes.engine.clone(), mark.clone());
    let (own, instance) = boxes.ready_with(boxes.profile()).await;
    let container = instance.container().unwrap().id.clone();
    run(&boxes.engine, world, &format!("portal-unasked-{}", std::process::id()), None, "bridge").await;
    // Its engine was looked at since: that shows.
    boxes.engine.act(&container, "pause").await;
    boxes.ground.wait(&own, |instance| matches!(instance.state, InstanceState::Degraded { .. })).await;
    assert_eq!(boxes.ground.fleet.state().instances.len(), 1, "{:?}", boxes.ground.fleet.state().instances);
    boxes.engine.act(&container, "unpause").await;
    boxes.ready(&own).await;

    let fleet = look(world).await;
    let is_shown = async |what: &str, is_shown: bool| {
        eventually(what, PATIENCE, async || (others(&fleet, world).is_some() == is_shown).then_some(())).await;
    };
    let discover = |discover| SettingsPatch { discover: Some(discover), ..SettingsPatch::default() };
    is_shown("it is found", true).await;
    fleet.update_settings(discover(false)).await.unwrap();
    is_shown("it is not shown any more", false).await;
    fleet.wait_until(&own, PATIENCE, |instance| instance.state == InstanceState::Ready).await.unwrap();
    fleet.update_settings(discover(true)).await.unwrap();
    is_shown("it is found again", true).await;
    assert_eq!(boxes.ground.fleet.state().instances.len(), 1, "the other host was not asked to look");
    fleet.shut_down(fleet::AtQuit::Keep).await;
    super::remove(&boxes.engine, &mark).await;
    boxes.end().await;
}
