//! What a start does with a container that is there already, however it came to be so.

use std::sync::atomic::{AtomicBool, Ordering};

use fleet::{AtQuit, DockerPlace, InstanceState, Pass, Place, Profile, Start};
use serde_json::Value;
use testkit::{demo, eventually};

use super::Boxes;
use super::stand_in::StandIn;
use crate::support::PATIENCE;

#[tokio::test(flavor = "multi_thread")]
async fn one_that_was_only_half_made_is_made_anew() {
    let Some(boxes) = Boxes::new().await else { return };
    let _broom = boxes.broom();
    let (id, instance) = boxes.ready_with(boxes.profile()).await;
    boxes.stop(&id).await;
    let inspected = boxes.inspect(&instance).await;
    let container = instance.container().unwrap();
    boxes.engine.remove(&container.id).await;
    let volume = container.volume.clone().unwrap();
    let (status, _) = boxes.engine.ask("DELETE", &format!("/volumes/{volume}"), None).await.unwrap();
    assert_eq!(status, 204);
    // As if Portal had been killed between the making of the container and the end of that: its volume is root's, and nobody has an account.
    let half = create(&boxes, &inspected).await;
    assert_eq!(boxes.engine.inspect(&half).await["State"]["Status"], "created");

    boxes.ground.fleet.restart(&id).await.unwrap();
    let again = boxes.ready(&id).await;
    assert_ne!(again.container().unwrap().id, half);
    assert_eq!(boxes.containers().await, [again.container().unwrap().id.clone()]);
    boxes.ground.call(&id, fleet::Method::Post, "/session", Some(serde_json::json!({}))).await;
    boxes.end().await;
}

/// Another container like that one, made and not started.
async fn create(boxes: &Boxes, inspected: &Value) -> String {
    let mut body = inspected["Config"].clone();
    body["HostConfig"] = inspected["HostConfig"].clone();
    let path = boxes.ground.world.root().join("half.json");
    std::fs::write(&path, body.to_string()).unwrap();
    let (status, answer) = boxes.engine.ask("POST", "/containers/create", Some(&path)).await.unwrap();
    assert_eq!(status, 201, "{}", String::from_utf8_lossy(&answer));
    serde_json::from_slice::<Value>(&answer).unwrap()["Id"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_paused_goes_on_or_is_left_alone_and_is_never_ended() {
    let Some(mut boxes) = Boxes::new().await else { return };
    let _broom = boxes.broom();
    // What a start is given beside its profile is known to nobody who opens a fleet later.
    let environment = demo::instance_environment(&boxes.model.base_url());
    let profile = Profile { environment, ..boxes.profile() };
    let start = Start { environment: Vec::new(), ..boxes.start(profile.clone()) };
    let id = boxes.ground.fleet.start(start).await.unwrap();
    let instance = boxes.ready(&id).await;
    let container = instance.container().unwrap().id.clone();
    boxes.stop(&id).await;

    // Made as the profile says: it goes on where it stood.
    start_and_pause_unseen(&mut boxes, &container).await;
    let started = boxes.engine.inspect(&container).await["State"]["StartedAt"].clone();
    boxes.ground.fleet.restart(&id).await.unwrap();
    boxes.ready(&id).await;
    boxes.ground.call(&id, fleet::Method::Get, "/session", None).await;
    let state = boxes.engine.inspect(&container).await["State"].clone();
    assert_eq!((&state["Status"], &state["StartedAt"]), (&Value::from("running"), &started));
    assert_eq!(boxes.containers().await, std::slice::from_ref(&container));

    // Made otherwise: what it was doing is not thrown away.
    boxes.stop(&id).await;
    let place = DockerPlace { memory_mib: Some(2048), ..boxes.place() };
    let changed = Profile { place: Place::Docker(place), ..profile };
    boxes.ground.fleet.set_profile(&id, changed).await.unwrap();
    start_and_pause_unseen(&mut boxes, &container).await;
    boxes.ground.fleet.restart(&id).await.unwrap();
    eventually("the start is refused", PATIENCE, async || {
        let history = boxes.ground.fleet.history(&id).await.unwrap();
        history.iter().any(|entry| entry.reason.contains("is paused, and was made before")).then_some(())
    })
    .await;
    assert_eq!(boxes.engine.inspect(&container).await["State"]["Status"], "paused");

    // As its hint says.
    boxes.engine.act(&container, "unpause").await;
    boxes.ground.wait(&id, |instance| instance.state == InstanceState::Ready).await;
    boxes.stop(&id).await;
    boxes.ground.fleet.restart(&id).await.unwrap();
    let anew = boxes.ready(&id).await;
    assert_ne!(anew.container().unwrap().id, container);
    assert_eq!(boxes.inspect(&anew).await["HostConfig"]["Memory"], 2_147_483_648_u64);
    boxes.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_was_at_work_goes_on_though_its_start_fails() {
    let Some(mut boxes) = Boxes::new().await else { return };
    let _broom = boxes.broom();
    let stand_in = StandIn::of(boxes.engine.socket());
    let environment = demo::instance_environment(&boxes.model.base_url());
    let profile = Profile { environment, ..Boxes::profile_at(stand_in.address()) };
    let start = Start { environment: Vec::new(), ..boxes.start(profile) };
    let id = boxes.ground.fleet.start(start).await.unwrap();
    let container = boxes.ready(&id).await.container().unwrap().id.clone();
    boxes.stop(&id).await;
    start_and_pause_unseen(&mut boxes, &container).await;
    let started = boxes.engine.inspect(&container).await["State"]["StartedAt"].clone();
    // The engine loses its tongue as soon as it is unpaused.
    let (is_unpaused, of_it) = (AtomicBool::new(false), format!("/containers/{container}/json"));
    stand_in.says(move |_, path| {
        is_unpaused.fetch_or(path.ends_with("/unpause"), Ordering::Relaxed);
        let is_lost = is_unpaused.load(Ordering::Relaxed) && path.contains(&of_it);
        is_lost.then(|| (500, r#"{"message":"lost"}"#.to_owned()))
    });
    boxes.ground.fleet.restart(&id).await.unwrap();
    eventually("the start is given up", PATIENCE, async || {
        let history = boxes.ground.fleet.history(&id).await.unwrap();
        history.iter().any(|entry| entry.reason.contains("lost")).then_some(())
    })
    .await;
    stand_in.steps_aside();
    boxes.ready(&id).await;
    boxes.ground.call(&id, fleet::Method::Get, "/session", None).await;
    let state = boxes.engine.inspect(&container).await["State"].clone();
    assert_eq!((&state["Status"], &state["StartedAt"]), (&Value::from("running"), &started));
    boxes.stop(&id).await;
    boxes.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_it_is_given_of_the_persons_is_in_it_and_a_renewed_access_makes_no_other() {
    let Some(boxes) = Boxes::new().await else { return };
    let _broom = boxes.broom();
    let (home, auth) = (boxes.ground.world.home(), boxes.ground.world.data().join("opencode/auth.json"));
    std::fs::write(home.join(".gitconfig"), "[include]\n\tpath = more\n").unwrap();
    std::fs::write(home.join("more"), "[user]\n\tname = Ada\n\temail = ada@a.example\n").unwrap();
    std::fs::create_dir_all(auth.parent().unwrap()).unwrap();
    let write = |access: &str, refresh: &str| {
        let provider = serde_json::json!({ "type": "oauth", "access": access, "refresh": refresh, "expires": 1 });
        std::fs::write(&auth, serde_json::json!({ "somebody": provider }).to_string()).unwrap();
    };
    write("first-access", "a-secret");
    let pass = Pass { auth: true, git: true, ..Pass::default() };
    let place = Place::Docker(DockerPlace { pass, ..boxes.place() });
    let (id, first) = boxes.ready_with(Profile { place, ..Profile::default() }).await;
    let inspected = boxes.inspect(&first).await;
    let environment = inspected["Config"]["Env"].to_string();
    for given in ["GIT_AUTHOR_NAME=Ada", "GIT_COMMITTER_EMAIL=ada@a.example", "OPENCODE_AUTH_CONTENT=", "a-secret"] {
        assert!(environment.contains(given), "{given} is not in {environment}");
    }
    let mode = |path: &std::path::Path| {
        std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(path).unwrap().permissions()) & 0o777
    };
    assert_eq!(mode(&crate::support::folders(&boxes.ground.world).state.join("secret")), 0o600);

    boxes.stop(&id).await;
    write("second-access", "a-secret");
    boxes.ground.fleet.restart(&id).await.unwrap();
    let again = boxes.ready(&id).await;
    assert_eq!(again.container().unwrap().id, first.container().unwrap().id);
    boxes.stop(&id).await;
    write("second-access", "another-secret");
    boxes.ground.fleet.restart(&id).await.unwrap();
    let anew = boxes.ready(&id).await;
    assert_ne!(anew.container().unwrap().id, first.container().unwrap().id);
    assert!(boxes.inspect(&anew).await["Config"]["Env"].to_string().contains("another-secret"));
    boxes.end().await;
}

/// While no host looks: whoever opens one next finds a container that stands still, of an instance that had ended.
async fn start_and_pause_unseen(boxes: &mut Boxes, container: &str) {
    boxes.ground.fleet.clone().shut_down(AtQuit::Keep).await;
    boxes.engine.act(container, "start").await;
    boxes.engine.act(container, "pause").await;
    boxes.ground.fleet = crate::support::open(&boxes.ground.world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_git_folder_that_is_not_inside_is_told_as_long_as_the_instance_is_known() {
    let Some(boxes) = Boxes::new().await else { return };
    let _broom = boxes.broom();
    let fleet = &boxes.ground.fleet;
    let main = boxes.ground.world.root().join("main/.git");
    let side = main.join("worktrees/side");
    std::fs::create_dir_all(&side).unwrap();
    std::fs::write(side.join("commondir"), "../..\n").unwrap();
    std::fs::write(boxes.ground.world.project().join(".git"), format!("gitdir: {}\n", side.display())).unwrap();
    let told = || fleet.state().notices.values().filter(|told| told.message.contains("git does not work")).count();
    let (id, _) = boxes.ready_with(boxes.profile()).await;
    assert_eq!(told(), 1, "{:?}", fleet.state().notices);
    boxes.stop(&id).await;
    fleet.remove_with_data(&id).await.unwrap();
    assert_eq!(told(), 0, "{:?}", fleet.state().notices);
    boxes.end().await;
}
