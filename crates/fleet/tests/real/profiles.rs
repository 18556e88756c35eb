//! What is kept of how an instance is run: that it reaches the process, outlives the app, and shows no secret.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Stdio;

use fleet::{AtQuit, FleetError, InstanceState, LogLevel, Method, Port, Profile, ProfileError};
use serde_json::json;
use testkit::{demo, eventually, no_process_left, opencode_binary, until};

use crate::support::{Ground, PATIENCE, folders, open};

const SECRET: &str = "hunter2-and-more";

/// A port that nobody listens on now.
fn free_port() -> u16 {
    std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
}

/// The world's environment, kept in a profile: what is started without a caller has it too.
pub fn profile(ground: &Ground) -> Profile {
    let mut environment = ground.world.environment();
    environment.extend(demo::instance_environment(&ground.model.base_url()));
    environment.retain(|(name, _)| name != "OPENCODE_PERMISSION");
    environment.sort();
    environment.dedup_by(|later, earlier| later.0 == earlier.0);
    Profile { environment, ..Profile::default() }
}

fn read(path: PathBuf) -> String {
    String::from_utf8_lossy(&std::fs::read(path).unwrap_or_default()).replace('\0', "\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_in_a_profile_reaches_the_process_and_is_kept() {
    let ground = Ground::new().await;
    let binary = ground.world.root().join("bin/my-opencode");
    testkit::shell_script(&binary, &format!("exec '{}' \"$@\"", opencode_binary().display()));
    let port = free_port();
    let mut given = profile(&ground);
    given.port = Port::new(port);
    given.hostname = Some("0.0.0.0".to_owned());
    given.binary = Some(binary);
    given.arguments = vec!["--cors".to_owned(), "http://cors.example".to_owned()];
    given.environment.push(("MY_TOKEN".to_owned(), SECRET.to_owned()));
    given.config = Some(format!(r#"{{"username":"Ann","provider":{{"x":{{"options":{{"apiKey":"{SECRET}"}}}}}}}}"#));
    given.permission = Some(r#"{"webfetch":"deny"}"#.to_owned());
    given.log_level = LogLevel::Debug;
    given.group = Some("work".to_owned());
    let mut start = ground.start();
    start.environment = Vec::new();
    start.profile = Some(given.clone());
    let id = ground.fleet.start(start).await.unwrap();
    let ready = ground.wait_for(&id, &InstanceState::Ready).await;
    assert_eq!((ready.host.as_str(), ready.port.unwrap().get()), ("127.0.0.1", port));

    let pid = ready.process().unwrap().pid;
    let proc = |name: &str| PathBuf::from(format!("/proc/{pid}/{name}"));
    let arguments = read(proc("cmdline"));
    let expected = format!(
        "serve\n--hostname\n0.0.0.0\n--port\n{port}\n--print-logs\n--log-level\nDEBUG\n--cors\nhttp://cors.example\n"
    );
    assert!(arguments.ends_with(&expected), "{arguments}");
    assert!(!arguments.contains(SECRET));
    let environment = read(proc("environ"));
    for line in [
        format!("MY_TOKEN={SECRET}"),
        format!("PORTAL_INSTANCE={id}"),
        format!("PORTAL_STATE={}", folders(&ground.world).state.display()),
        r#"OPENCODE_PERMISSION={"webfetch":"deny"}"#.to_owned(),
    ] {
        assert!(environment.lines().any(|there| there == line), "{line}");
    }
    // The overrides lie over the configuration that the environment brings.
    let config = ground.call(&id, Method::Get, "/config", None).await;
    assert_eq!(config["username"], "Ann");
    assert_eq!(config["model"], "demo/scripted");
    assert_eq!(config["permission"]["webfetch"], "deny");

    let file = folders(&ground.world).profiles().join(format!("{id}.json"));
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert!(!format!("{:?}", ground.fleet.state()).contains(SECRET), "no state shows it");
    let log = ground.fleet.log_tail(&id, 5_000).await.unwrap().lines.join("\n");
    assert!(log.contains("level=DEBUG") || log.contains("level=INFO"), "{log}");
    assert!(!log.contains(SECRET), "no log shows it");

    // The next app finds it as it was run.
    let Ground { world, fleet, model } = ground;
    fleet.shut_down(AtQuit::Keep).await;
    let ground = Ground { fleet: open(&world).await, world, model };
    let adopted = ground.wait_for(&id, &InstanceState::Ready).await;
    assert_eq!(*adopted.profile, given);
    assert_eq!((adopted.host.as_str(), adopted.process().unwrap().pid), ("127.0.0.1", pid));
    ground.fleet.stop(&id).await.unwrap();
    ground.fleet.remove(&id).await.unwrap();
    until("the profile goes with the instance", PATIENCE, async || !file.exists()).await;
    ground.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_for_everything_holds_for_what_the_configuration_allows() {
    let ground = Ground::new().await;
    let mut given = profile(&ground);
    given.config = Some(json!({ "permission": { "bash": "allow" } }).to_string());
    given.permission = Some(r#""ask""#.to_owned());
    let mut start = ground.start();
    start.environment = Vec::new();
    start.profile = Some(given);
    let id = ground.fleet.start(start).await.unwrap();
    ground.wait_for(&id, &InstanceState::Ready).await;
    let session = ground.prompt(&id, "@bash touch made").await;
    let request = ground.request(&id).await;
    let instance = ground.fleet.instance(&id).unwrap();
    assert_eq!(instance.requests[&request].session, session);
    assert!(!ground.world.project().join("made").exists(), "it was not asked first");
    ground.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fixed_port_that_is_taken_is_an_error_that_names_who_has_it() {
    let ground = Ground::new().await;
    // Another program than this one has it.
    let port = free_port();
    let script =
        format!("import socket,time;s=socket.socket();s.bind(('127.0.0.1',{port}));s.listen();time.sleep(600)");
    let mut holder = tokio::process::Command::new("python3")
        .args(["-c", &script])
        .envs(ground.world.environment())
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    until("the port is held", PATIENCE, async || std::net::TcpStream::connect(("127.0.0.1", port)).is_ok()).await;
    let mut start = ground.start();
    start.profile = Some(Profile { port: Port::new(port), ..Profile::default() });
    let id = ground.fleet.start(start).await.unwrap();
    let crashed = ground.wait(&id, |instance| matches!(instance.state, InstanceState::Crashed(_))).await;
    let InstanceState::Crashed(failure) = &crashed.state else { unreachable!() };
    let pid = holder.id().unwrap();
    assert!(failure.cause.contains(&format!("Port {port} of its profile is taken by `python3")), "{failure:?}");
    assert!(failure.cause.contains(&format!("(pid {pid})")), "{failure:?}");
    holder.kill().await.unwrap();
    ground.fleet.restart(&id).await.unwrap();
    let ready = ground.wait_for(&id, &InstanceState::Ready).await;
    assert_eq!(ready.port.unwrap().get(), port);

    // One of ours that has it is named by its name.
    let mut start = ground.start_in(&ground.world.root().join("home"));
    start.profile = Some(Profile { port: Port::new(port), ..Profile::default() });
    let second = ground.fleet.start(start).await.unwrap();
    let crashed = ground.wait(&second, |instance| matches!(instance.state, InstanceState::Crashed(_))).await;
    let InstanceState::Crashed(failure) = &crashed.state else { unreachable!() };
    assert!(failure.cause.contains(&format!("taken by instance `{}`", ready.name)), "{failure:?}");
    ground.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_that_cannot_be_run_is_refused_before_anything_starts() {
    let ground = Ground::new().await;
    let text = ground.world.write("notes.txt", "");
    for (profile, expected) in [
        (Profile { config: Some("{".to_owned()), ..Profile::default() }, "line 1, column 1"),
        (Profile { binary: Some("/nowhere/opencode".into()), ..Profile::default() }, "it does not exist"),
        (Profile { binary: Some(text), ..Profile::default() }, "it may not be executed"),
        (Profile { binary: Some("opencode".into()), ..Profile::default() }, "it is not a whole path"),
        (Profile { arguments: vec!["--port=1".to_owned()], ..Profile::default() }, "use the profile's port"),
    ] {
        let mut start = ground.start();
        start.profile = Some(profile);
        let error = ground.fleet.start(start).await.unwrap_err();
        assert!(matches!(error, FleetError::Profile(_)), "{error}");
        assert!(error.to_string().contains(expected), "{error}");
    }
    assert!(ground.fleet.state().instances.is_empty());
    let id = ground.ready().await;
    let secret = vec![("OPENCODE_SERVER_PASSWORD".to_owned(), SECRET.to_owned())];
    let refused = ground.fleet.set_profile(&id, Profile { environment: secret, ..Profile::default() }).await;
    let Err(FleetError::Profile(error @ ProfileError::OwnVariable { .. })) = refused else { panic!("{refused:?}") };
    assert!(!error.to_string().contains(SECRET));
    ground.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_on_disk_is_followed_and_one_that_makes_no_sense_is_put_aside() {
    let ground = Ground::new().await;
    let id = ground.ready().await;
    let pinned = Profile { is_pinned: true, ..Profile::default() };
    ground.fleet.set_profile(&id, pinned).await.unwrap();
    // Another app of the same person sees it, and what it changes is seen here.
    let other = open(&ground.world).await;
    other.wait_until(&id, PATIENCE, |instance| instance.profile.is_pinned).await.unwrap();
    other.set_profile(&id, Profile { group: Some("b".to_owned()), ..Profile::default() }).await.unwrap();
    ground.wait(&id, |instance| instance.profile.group.is_some() && !instance.profile.is_pinned).await;
    other.shut_down(AtQuit::Keep).await;

    let folder = folders(&ground.world).profiles();
    std::fs::write(folder.join(format!("{id}.json")), "{ nonsense").unwrap();
    let notice = eventually("it is noticed", PATIENCE, async || {
        let state = ground.fleet.state();
        state.notices.values().find(|notice| notice.id.as_str().starts_with("profile-")).cloned()
    });
    let notice = notice.await;
    assert!(notice.message.contains("makes no sense") && notice.hint.is_some(), "{notice:?}");
    let names: Vec<String> =
        folder.read_dir().unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert!(names.iter().any(|name| name.contains(".corrupt-")), "{names:?}");
    assert_eq!(ground.fleet.instance(&id).unwrap().profile.group.as_deref(), Some("b"), "what is known stays");
    ground.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_instances_of_a_directory_share_sessions_and_nothing_else() {
    let ground = Ground::new().await;
    let first = ground.ready().await;
    let mut start = ground.start();
    start.another = true;
    let second = ground.fleet.start(start).await.unwrap();
    assert_ne!(first, second);
    ground.wait_for(&second, &InstanceState::Ready).await;
    let names = [&first, &second].map(|id| ground.fleet.instance(id).unwrap().name.clone());
    assert_eq!(names, ["project", "project 2"]);

    // What one does, the other has in its list, because they share opencode's database.
    let session = ground.prompt(&first, "@bash echo hello").await;
    ground.request(&first).await;
    let listed = ground.call(&second, Method::Get, "/session", None).await;
    assert!(listed.as_array().unwrap().iter().any(|listed| listed["id"] == session.as_str()), "{listed}");
    // But what runs and what waits is known to the one that runs it alone.
    let statuses = ground.call(&second, Method::Get, "/session/status", None).await;
    assert!(statuses.get(session.as_str()).is_none(), "{statuses}");
    assert_eq!(ground.call(&second, Method::Get, "/permission", None).await, serde_json::json!([]));
    assert_eq!(ground.fleet.instance(&second).unwrap().waiting(), 0);

    // Each has its own life, also for the next app.
    ground.fleet.stop(&second).await.unwrap();
    assert_eq!(ground.fleet.instance(&first).unwrap().state, InstanceState::Ready);
    ground.fleet.restart(&second).await.unwrap();
    ground.wait_for(&second, &InstanceState::Ready).await;
    let Ground { world, fleet, model } = ground;
    fleet.shut_down(AtQuit::Keep).await;
    let ground = Ground { fleet: open(&world).await, world, model };
    for id in [&first, &second] {
        ground.wait_for(id, &InstanceState::Ready).await;
    }
    ground.fleet.shut_down(AtQuit::Stop).await;
    no_process_left(&ground.world).await;
}
