//! Bad directories, bad programs, bad files: each with a clear message, and nothing lost.

use std::os::unix::fs::PermissionsExt;

use fleet::{DirectoryError, Failure, FleetError, InstanceState};
use testkit::{Fake, World, eventually, fake_opencode, no_process_left};

use crate::support::{Ground, PATIENCE, choose_binary, folders, open};

async fn fails_to_start(fake: Fake) -> Failure {
    let world = World::new();
    let binary = fake_opencode(&world.root().join("bin"), fake);
    let ground = Ground::with_binary(world, &binary).await;
    let id = ground.fleet.start(ground.start()).await.unwrap();
    let crashed = ground.wait(&id, |instance| matches!(instance.state, InstanceState::Crashed(_))).await;
    let InstanceState::Crashed(failure) = crashed.state.clone() else { unreachable!() };
    no_process_left(&ground.world).await;
    ground.end().await;
    failure
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_exits_at_once_shows_its_last_words() {
    let failure = fails_to_start(Fake::ExitsAtOnce).await;
    assert!(failure.cause.contains("exit code 3"), "{failure:?}");
    assert!(failure.last_lines.iter().any(|line| line.contains("the database is on fire")), "{failure:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_no_opencode_is_refused() {
    for fake in [Fake::PrintsGarbage, Fake::NotExecutable] {
        let world = World::new();
        let binary = fake_opencode(&world.root().join("bin"), fake);
        let ground = Ground::with_binary(world, &binary).await;
        let error = ground.fleet.start(ground.start()).await.unwrap_err();
        assert!(matches!(error, FleetError::OpencodeBroken { .. }), "{fake:?}: {error}");
        ground.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_ignores_the_polite_signal_is_killed() {
    let world = World::new();
    let binary = fake_opencode(&world.root().join("bin"), Fake::IgnoresSigterm);
    let ground = Ground::with_binary(world, &binary).await;
    let id = ground.fleet.start(ground.start()).await.unwrap();
    ground.wait(&id, |instance| instance.process().is_some()).await;
    ground.fleet.stop(&id).await.unwrap();
    no_process_left(&ground.world).await;
    ground.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_configuration_shows_what_opencode_says() {
    let ground = Ground::new().await;
    let folder = ground.world.config().join("opencode");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("opencode.json"), "{bad").unwrap();
    let id = ground.fleet.start(ground.start()).await.unwrap();
    let crashed = ground.wait(&id, |instance| matches!(instance.state, InstanceState::Crashed(_))).await;
    let InstanceState::Crashed(failure) = &crashed.state else { unreachable!() };
    assert!(failure.last_lines.iter().any(|line| line.contains("not valid JSON")), "{failure:?}");
    assert!(failure.hint.as_deref().unwrap().contains("configuration"));
    ground.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_directories_are_refused() {
    let ground = Ground::new().await;
    let file = ground.world.write("file", "");
    let refused = |error| match error {
        FleetError::Directory(error) => error,
        other => panic!("{other}"),
    };
    let mut start = ground.start_in(&file);
    assert!(matches!(refused(ground.fleet.start(start).await.unwrap_err()), DirectoryError::NotAFolder { .. }));
    start = ground.start_in(&ground.world.project().join("nowhere"));
    assert!(matches!(refused(ground.fleet.start(start).await.unwrap_err()), DirectoryError::Missing { .. }));
    start = ground.start_in("relative".as_ref());
    assert!(matches!(refused(ground.fleet.start(start).await.unwrap_err()), DirectoryError::Relative { .. }));
    let (path, instance) = ground.fleet.check_directory("~/").await.unwrap();
    assert_eq!((path, instance), (ground.world.home(), None));
    ground.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_registry_is_noticed_and_the_start_goes_on() {
    let is_about_registry = |notice: &&fleet::Notice| notice.id.as_str().starts_with("registry");
    let notice = |ground: &Ground| ground.fleet.state().notices.values().find(is_about_registry).cloned();
    // Corrupt: kept under another name.
    let world = World::new();
    std::fs::write(folders(&world).registry(), "{ nonsense").unwrap();
    let ground = Ground::in_world(world).await;
    ground.ready().await;
    eventually("the corrupt registry is noticed", PATIENCE, async || notice(&ground)).await;
    let copies = || std::fs::read_dir(ground.world.home()).unwrap().flatten();
    eventually("it is backed up", PATIENCE, async || {
        copies().find(|entry| entry.file_name().to_string_lossy().starts_with(".portal.json.corrupt-"))
    })
    .await;
    ground.end().await;

    // Read-only: left alone.
    let world = World::new();
    let path = folders(&world).registry();
    std::fs::write(&path, "{}").unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o444)).unwrap();
    let ground = Ground::in_world(world).await;
    ground.ready().await;
    let seen = eventually("the read-only registry is noticed", PATIENCE, async || notice(&ground)).await;
    assert!(seen.message.contains("read-only"), "{seen:?}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "{}");
    ground.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn containers_of_other_programs_are_shown_and_never_dropped() {
    let world = World::new();
    choose_binary(&world, "/nowhere".as_ref());
    let entry = r#"{"instances":[{"id":"dddddddd","name":"boxed","directory":"/srv/site","opencodePort":4000,"hostname":"0.0.0.0","instanceType":"docker","containerId":"0123456789ab"}]}"#;
    std::fs::write(folders(&world).registry(), entry).unwrap();
    let fleet = open(&world).await;
    let id = fleet::InstanceId::from("dddddddd");
    let seen = fleet.instance(&id).unwrap();
    assert_eq!((seen.name.as_str(), seen.owner), ("boxed", fleet::Owner::External));
    // Without an engine nothing is known of it; with one, the container does not exist.
    let told = |state: &InstanceState| match state {
        InstanceState::Unknown { reason } => !reason.contains("not answered yet"),
        state => *state == InstanceState::Stopped,
    };
    fleet.wait_until(&id, PATIENCE, |instance| told(&instance.state)).await.unwrap();
    assert!(matches!(fleet.remove(&id).await, Err(FleetError::NotNow { .. })));
    fleet.shut_down(fleet::AtQuit::Stop).await;
    assert_eq!(std::fs::read_to_string(folders(&world).registry()).unwrap(), entry);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_stolen_between_choice_and_use_is_tried_again() {
    let world = World::new();
    let (binary, mark) = (world.root().join("opencode"), world.root().join("tried"));
    // The first start finds its port taken, as the real one says it; the next is real.
    let script = format!(
        "if [ \"$1\" = serve ] && [ ! -e '{mark}' ]; then echo \"$5\" > '{mark}'; echo ServeError >&2; exit 1; fi\nexec '{real}' \"$@\"",
        mark = mark.display(),
        real = testkit::opencode_binary().display(),
    );
    testkit::shell_script(&binary, &script);
    let ground = Ground::with_binary(world, &binary).await;
    let id = ground.ready().await;
    let stolen: u16 = std::fs::read_to_string(&mark).unwrap().trim().parse().unwrap();
    assert_ne!(ground.fleet.instance(&id).unwrap().port.unwrap().get(), stolen);
    ground.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn records_that_cannot_be_written_are_noticed_and_the_start_goes_on() {
    let world = World::new();
    let folders = folders(&world);
    // A file in the place of the folder refuses every write, as a full disk does, whoever runs the test.
    std::fs::create_dir_all(&folders.state).unwrap();
    std::fs::write(folders.records(), "").unwrap();
    let ground = Ground::in_world(world).await;
    ground.ready().await;
    let state = ground.fleet.state();
    let notice = state.notices.values().find(|notice| notice.id.as_str() == "records").unwrap();
    assert_eq!(notice.level, fleet::NoticeLevel::Error);
    assert!(notice.hint.is_some());
    ground.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_another_disturbed_in_its_database_is_tried_again() {
    let world = World::new();
    let (binary, mark) = (world.root().join("opencode"), world.root().join("tried"));
    // As two real ones do it that begin with a new database at the same moment.
    let script = format!(
        "if [ \"$1\" = serve ] && [ ! -e '{mark}' ]; then touch '{mark}'; echo 'Failed query: ' >&2; exit 1; fi\nexec '{real}' \"$@\"",
        mark = mark.display(),
        real = testkit::opencode_binary().display(),
    );
    testkit::shell_script(&binary, &script);
    let ground = Ground::with_binary(world, &binary).await;
    ground.ready().await;
    assert!(mark.exists());
    ground.end().await;

    // One whose database is broken for good says so.
    let world = World::new();
    let binary = world.root().join("opencode");
    testkit::shell_script(
        &binary,
        "[ \"$1\" = --version ] && { echo 1.18.33; exit 0; }\necho 'Failed query: x' >&2; exit 1",
    );
    let ground = Ground::with_binary(world, &binary).await;
    let id = ground.fleet.start(ground.start()).await.unwrap();
    let crashed = ground.wait(&id, |instance| matches!(instance.state, InstanceState::Crashed(_))).await;
    let InstanceState::Crashed(failure) = &crashed.state else { unreachable!() };
    assert!(failure.cause.contains("exit code 1"), "{failure:?}");
    assert!(failure.last_lines.iter().any(|line| line.contains("Failed query")), "{failure:?}");
    ground.end().await;
}
