//! What cannot be done, and that it is said with what to do.

use fleet::{
    AtQuit, DockerPlace, Failure, FleetError, Instance, InstanceState, Mount, Network, Place, Profile, ProfileError,
};
use testkit::{ImageRegistry, eventually};

use super::Boxes;
use crate::support::{PATIENCE, folders, open};

async fn fails(boxes: &Boxes, profile: Profile, cause: &str) -> Failure {
    let id = boxes.ground.fleet.start(boxes.start(profile)).await.unwrap();
    let crashed = boxes.ground.wait(&id, |instance| instance.state.is_ended()).await;
    let InstanceState::Crashed(failure) = &crashed.state else { panic!("{:?}", crashed.state) };
    assert!(failure.cause.contains(cause), "{} does not say {cause}", failure.cause);
    assert!(failure.hint.is_some(), "{failure:?}");
    boxes.ground.fleet.remove_with_data(&id).await.unwrap();
    failure.clone()
}

fn with(place: DockerPlace) -> Profile {
    Profile { place: Place::Docker(place), ..Profile::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_that_cannot_be_says_why_and_leaves_nothing() {
    let Some(boxes) = Boxes::new().await else { return };
    let _broom = boxes.broom();
    let nowhere = format!("unix://{}", boxes.ground.world.root().join("no.sock").display());
    fails(&boxes, with(DockerPlace { engine: Some(nowhere), ..boxes.place() }), "cannot be reached").await;
    fails(&boxes, with(DockerPlace { engine: Some("nobody".to_owned()), ..boxes.place() }), "nobody").await;
    let missing = Network::Named("portal-test-no-such-network".to_owned());
    fails(&boxes, with(DockerPlace { network: missing, ..boxes.place() }), "portal-test-no-such-network").await;
    let image = Some("127.0.0.1:1/no/such:image".to_owned());
    fails(&boxes, with(DockerPlace { image, ..boxes.place() }), "127.0.0.1:1").await;
    let held = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = fleet::Port::new(held.local_addr().unwrap().port());
    fails(&boxes, Profile { port, ..boxes.profile() }, "port").await;
    drop(held);
    assert!(boxes.containers().await.is_empty());
    boxes.end().await;
}

/// A program for a processor that no engine of ours has.
fn foreign_program() -> Vec<u8> {
    let mut foreign = std::fs::read("/bin/sh").unwrap();
    foreign.truncate(4096);
    // The field of the machine: 8 is MIPS.
    foreign[18..20].copy_from_slice(&[8, 0]);
    foreign
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_that_cannot_run_opencode_says_what_is_wrong_with_it() {
    const OPENCODE: &str = "usr/local/bin/opencode";
    let Some(boxes) = Boxes::new().await else { return };
    let _broom = boxes.broom();
    let ends = b"#!/bin/sh\n[ \"$1\" = --version ] && echo 1.18.33 && exit\necho I cannot work here >&2\nexit 3\n";
    let (foreign, native) = (foreign_program(), boxes.architecture().await);
    let made_for = format!("is made for mips64le, the engine runs {native}: choose another one");
    for (architecture, files, cause, hint) in [
        (native.as_str(), &[][..], "has no `opencode` in its PATH: choose another one", "Choose another image"),
        ("mips64le", &[(OPENCODE, foreign.as_slice())], made_for.as_str(), "Choose another image"),
        (&native, &[(OPENCODE, &ends[..])], "ended with exit code 3 before it answered", "Its output says more"),
    ] {
        let layers = vec![ImageRegistry::layer_with_shell(files)];
        let registry = ImageRegistry::of_layers(architecture, layers).await;
        let failure = fails(&boxes, boxes.profile_of(&registry), cause).await;
        let named = failure.cause.contains(&registry.image());
        assert!(named && failure.hint.as_ref().is_some_and(|told| told.contains(hint)), "{failure:?}");
        if cause.contains("exit code") {
            assert!(failure.last_lines.iter().any(|line| line.contains("I cannot work here")), "{failure:?}");
        }
        boxes.remove_image(&registry.image()).await;
    }
    assert!(boxes.containers().await.is_empty());
    boxes.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_is_refused_before_anything_is_started() {
    let Some(boxes) = Boxes::new().await else { return };
    let _broom = boxes.broom();
    let home = boxes.ground.world.home();
    std::fs::create_dir_all(home.join(".ssh")).unwrap();
    let link = boxes.ground.world.root().join("innocent");
    std::os::unix::fs::symlink(home.join(".ssh"), &link).unwrap();
    for (path, expected) in [
        (home.clone(), "home folder"),
        ("~/.ssh".into(), "secrets"),
        (link, "secrets"),
        ("/etc".into(), "system"),
        ("/var/run/docker.sock".into(), ""),
    ] {
        let mounts = vec![Mount { path, target: None, is_writable: false }];
        let error = boxes.ground.fleet.start(boxes.start(with(DockerPlace { mounts, ..boxes.place() }))).await;
        let error = error.unwrap_err();
        assert!(matches!(&error, FleetError::Profile(ProfileError::Mount { .. })), "{error}");
        assert!(error.to_string().contains(expected), "{error}");
    }
    // What this machine runs may be seen, not changed: the folder of the opencode that it runs outside of containers.
    let programs = testkit::opencode_binary().parent().unwrap().to_path_buf();
    let mounts = vec![Mount { path: programs, target: Some("/programs".into()), is_writable: true }];
    let error = boxes.ground.fleet.start(boxes.start(with(DockerPlace { mounts, ..boxes.place() }))).await;
    let error = error.unwrap_err().to_string();
    assert!(error.contains("run later on this machine"), "{error}");
    for (network, expected) in [("host", "as a process"), ("none", "let its network be off")] {
        let network = Network::Named(network.to_owned());
        let error = boxes.ground.fleet.start(boxes.start(with(DockerPlace { network, ..boxes.place() }))).await;
        let error = error.unwrap_err();
        assert!(matches!(&error, FleetError::Profile(ProfileError::NetworkNotForUs { .. })), "{error}");
        assert!(error.to_string().contains(expected), "{error}");
    }
    let environment = vec![("XDG_DATA_HOME".to_owned(), "/tmp/data".to_owned())];
    let error = boxes.ground.fleet.start(boxes.start(Profile { environment, ..boxes.profile() })).await.unwrap_err();
    assert!(matches!(&error, FleetError::Profile(ProfileError::ContainersOwnVariable { .. })), "{error}");
    assert!(boxes.ground.fleet.state().instances.is_empty());
    // An instance stays where it is.
    let (id, _) = boxes.ready_with(boxes.profile()).await;
    let error = boxes.ground.fleet.set_profile(&id, Profile::default()).await.unwrap_err();
    assert!(matches!(error, FleetError::Profile(ProfileError::PlaceFixed { .. })), "{error}");
    boxes.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_that_was_written_by_hand_is_looked_at_before_its_start() {
    const NETWORK: &str = "portal-test-no-such-network";
    let Some(mut boxes) = Boxes::new().await else { return };
    let _broom = boxes.broom();
    let network = Network::Named(NETWORK.to_owned());
    let profile = with(DockerPlace { network, ..boxes.place() });
    let id = boxes.ground.fleet.start(boxes.start(profile)).await.unwrap();
    boxes.ground.wait(&id, |instance| instance.state.is_ended()).await;
    boxes.ground.fleet.clone().shut_down(AtQuit::Keep).await;
    let file = folders(&boxes.ground.world).profiles().join(format!("{id}.json"));
    let before = std::fs::read_to_string(&file).unwrap();
    let by_hand = before.replace(NETWORK, "host");
    assert_ne!(before, by_hand);
    std::fs::write(&file, by_hand).unwrap();
    boxes.ground.fleet = open(&boxes.ground.world).await;

    let _told_below = boxes.ground.fleet.restart(&id).await;
    let is_refused = |instance: &Instance| match &instance.state {
        InstanceState::Crashed(failure) => failure.cause.contains("the network `host`"),
        _ => false,
    };
    boxes.ground.wait(&id, is_refused).await;
    assert!(boxes.containers().await.is_empty());
    boxes.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_during_the_start_leaves_nothing() {
    let Some(boxes) = Boxes::new().await else { return };
    let _broom = boxes.broom();
    let fleet = &boxes.ground.fleet;
    // At once, and after a step more each time.
    for steps in 0..4_usize {
        let id = fleet.start(boxes.start(boxes.profile())).await.unwrap();
        for _ in 0..steps {
            let before = fleet.instance(&id).unwrap().state.clone();
            boxes.ground.wait(&id, |instance| instance.state != before).await;
        }
        tokio::time::timeout(PATIENCE, fleet.stop(&id)).await.unwrap().unwrap();
        assert_eq!(fleet.instance(&id).unwrap().state, InstanceState::Stopped);
        eventually("nothing of it runs", PATIENCE, async || {
            for container in boxes.containers().await {
                if boxes.engine.inspect(&container).await["State"]["Running"] == true {
                    return None;
                }
            }
            Some(())
        })
        .await;
        fleet.remove_with_data(&id).await.unwrap();
        assert!(boxes.containers().await.is_empty());
    }
    boxes.end().await;
}
