//! Containers that another host has started, or ours in an earlier life.

use std::process::Command;

use fleet::{AtQuit, DockerPlace, InstanceState, Place, Profile, Step};
use testkit::{eventually, opencode_image};

use super::Boxes;
use crate::support::{PATIENCE, folders, open};

#[tokio::test(flavor = "multi_thread")]
async fn what_was_kept_is_adopted_by_its_record_and_by_its_labels() {
    let Some(mut boxes) = Boxes::new().await else { return };
    let _broom = boxes.broom();
    let (id, before) = boxes.ready_with(boxes.profile()).await;
    boxes.ground.fleet.rename(&id, "Kept").await.unwrap();
    boxes.reopen().await;
    let after = boxes.ready(&id).await;
    assert_eq!((after.name.as_str(), after.port), ("Kept", before.port));
    assert_eq!(after.container().unwrap().id, before.container().unwrap().id);
    // With the password that was read back it is ours to talk to.
    boxes.ground.call(&id, fleet::Method::Get, "/session", None).await;

    // Its record and its profile are lost.
    boxes.ground.fleet.clone().shut_down(AtQuit::Keep).await;
    std::fs::remove_dir_all(folders(&boxes.ground.world).records()).unwrap();
    let other = open(&boxes.ground.world).await;
    boxes.ground.fleet = other;
    // Only who looks at the engine knows it: something else of it is started.
    let profile = Profile { group: Some("x".to_owned()), ..boxes.profile() };
    let second = fleet::Start { another: true, ..boxes.start(profile) };
    let second = boxes.ground.fleet.start(second).await.unwrap();
    let found = boxes.ready(&id).await;
    assert!(matches!(found.profile.place, Place::Docker(_)));
    assert_eq!(found.directory, boxes.ground.world.project());
    boxes.ready(&second).await;
    boxes.stop(&second).await;
    boxes.stop(&id).await;
    boxes.end().await;
}

/// The name of an image whose opencode runs and never answers.
async fn silent_image(boxes: &Boxes) -> String {
    let folder = boxes.ground.world.root().join("silent");
    let version = opencode_image(&boxes.engine).await;
    let (_, number) = version.split_once(':').unwrap();
    let says = format!("case \"$1\" in --version) echo {number};; *) exec sleep 600;; esac");
    testkit::shell_script(&folder.join("opencode"), &says);
    let lines = ["COPY opencode /silent/opencode", "ENV PATH=/silent:/usr/local/bin:/usr/bin:/bin"];
    std::fs::write(folder.join("Dockerfile"), format!("FROM {version}\n{}\n", lines.join("\n"))).unwrap();
    let archive = boxes.ground.world.root().join("silent.tar");
    // Nothing after the end of the archive: an engine that does not read it breaks the connection.
    let made =
        Command::new("tar").args(["-b", "1", "-cf"]).arg(&archive).arg("-C").arg(&folder).arg(".").status().unwrap();
    assert!(made.success());
    let name = "portal-test-silent:1";
    let (status, said) =
        boxes.engine.ask("POST", &format!("/build?t={name}&forcerm=true"), Some(&archive)).await.unwrap();
    let said = String::from_utf8_lossy(&said);
    assert!(status == 200 && !said.contains("errorDetail"), "{status}: {said}");
    name.to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_that_another_host_ends_is_stopped_and_no_crash() {
    let Some(boxes) = Boxes::new().await else { return };
    let _broom = boxes.broom();
    let other = open(&boxes.ground.world).await;
    let waits = |instance: &fleet::Instance| {
        matches!(instance.state, InstanceState::Starting { step: Step::WaitingForAnswer, .. })
    };
    let image = silent_image(&boxes).await;
    let place = Place::Docker(DockerPlace { image: Some(image.clone()), ..boxes.place() });
    let id = boxes.ground.fleet.start(boxes.start(Profile { place, ..Profile::default() })).await.unwrap();
    boxes.ground.wait(&id, waits).await;
    other.wait_until(&id, PATIENCE, waits).await.unwrap();
    other.stop(&id).await.unwrap();
    let ended = boxes.ground.wait(&id, |instance| instance.state.is_ended()).await;
    assert_eq!(ended.state, InstanceState::Stopped);
    other.shut_down(AtQuit::Keep).await;
    boxes.ground.fleet.remove_with_data(&id).await.unwrap();
    boxes.remove_image(&image).await;
    boxes.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hosts_see_the_same() {
    let Some(boxes) = Boxes::new().await else { return };
    let _broom = boxes.broom();
    let other = open(&boxes.ground.world).await;
    let (id, _) = boxes.ready_with(boxes.profile()).await;
    let is_ready = |instance: &fleet::Instance| instance.state == InstanceState::Ready;
    let seen = other.wait_until(&id, PATIENCE, is_ready).await.unwrap();
    assert_eq!(seen.container().map(|container| &container.id), boxes.ready(&id).await.container().map(|own| &own.id));
    // Stopped by one, it is stopped, and not crashed, for the other.
    other.stop(&id).await.unwrap();
    let ended = boxes.ground.wait(&id, |instance| instance.state.is_ended()).await;
    assert_eq!(ended.state, InstanceState::Stopped);
    // Started by one, it runs for the other.
    assert_eq!(other.start(boxes.start(boxes.profile())).await.unwrap(), id);
    boxes.ready(&id).await;
    boxes.stop(&id).await;
    other.wait_until(&id, PATIENCE, |instance| instance.state == InstanceState::Stopped).await.unwrap();
    // Removed by one, it is gone for the other.
    boxes.ground.fleet.remove_with_data(&id).await.unwrap();
    eventually("it is gone", PATIENCE, async || other.instance(&id).is_err().then_some(())).await;
    other.shut_down(AtQuit::Keep).await;
    boxes.end().await;
}
