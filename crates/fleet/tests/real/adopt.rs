//! What another fleet started, or ours in an earlier life.

use fleet::{AtQuit, InstanceState, Kind};
use testkit::{World, no_process_left, opencode_binary, processes_in, until};

use crate::support::{Ground, PATIENCE, folders, open};

#[tokio::test(flavor = "multi_thread")]
async fn what_was_kept_is_adopted() {
    let mut ground = Ground::new().await;
    let id = ground.ready().await;
    ground.fleet.rename(&id, "Kept").await.unwrap();
    let session = ground.prompt(&id, "@bash sleep 1").await;
    let request = ground.request(&id).await;
    let before = ground.fleet.instance(&id).unwrap();
    ground.fleet.clone().shut_down(AtQuit::Keep).await;
    assert!(!processes_in(&ground.world).is_empty(), "it goes on");
    ground.fleet = open(&ground.world).await;
    let after = ground.wait(&id, |instance| instance.requests.contains_key(&request)).await;
    assert_eq!((after.name.as_str(), &after.kind, after.port), ("Kept", &before.kind, before.port));
    assert_eq!(after.requests[&request].session, session);
    ground.fleet.stop(&id).await.unwrap();
    no_process_left(&ground.world).await;
    ground.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_fleets_of_one_user_see_the_same() {
    let ground = Ground::new().await;
    let other = open(&ground.world).await;
    let id = ground.ready().await;
    let seen = other.wait_until(&id, PATIENCE, |instance| instance.state == InstanceState::Ready).await.unwrap();
    assert!(matches!(seen.kind, Kind::Process { identity: Some(_) }));
    // Stopped by one, it is stopped, and not crashed, for the other.
    other.stop(&id).await.unwrap();
    let ended = ground.wait(&id, |instance| instance.state.is_ended()).await;
    assert_eq!(ended.state, InstanceState::Stopped);
    // Started by one, it runs for the other.
    assert_eq!(other.start(ground.start()).await.unwrap(), id);
    ground.wait_for(&id, &InstanceState::Ready).await;
    other.shut_down(AtQuit::Keep).await;
    ground.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_ended_meanwhile_is_stopped_and_says_so() {
    let mut ground = Ground::new().await;
    let id = ground.ready().await;
    let pid = ground.fleet.instance(&id).unwrap().process().unwrap().pid;
    ground.fleet.clone().shut_down(AtQuit::Keep).await;
    assert!(std::process::Command::new("kill").args(["-KILL", &pid.to_string()]).status().unwrap().success());
    no_process_left(&ground.world).await;
    ground.fleet = open(&ground.world).await;
    let stopped = ground.wait_for(&id, &InstanceState::Stopped).await;
    assert!(stopped.last_end.as_deref().unwrap().contains("while Portal was not running"));
    ground.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_spawn_that_was_never_written_down_is_found_by_its_mark() {
    let mut ground = Ground::new().await;
    let id = ground.ready().await;
    let before = ground.fleet.instance(&id).unwrap();
    ground.fleet.clone().shut_down(AtQuit::Keep).await;
    // As if the host had been killed between the spawn and the record of it.
    let path = folders(&ground.world).records().join(format!("{id}.json"));
    let mut record: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    record["life"] = "intended".into();
    record["port"] = before.port.unwrap().get().into();
    record["host"]["pid"] = 0.into();
    record.as_object_mut().unwrap().remove("process");
    std::fs::write(&path, record.to_string()).unwrap();
    ground.fleet = open(&ground.world).await;
    let found = ground.wait_for(&id, &InstanceState::Ready).await;
    assert_eq!(found.process(), before.process());
    ground.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tour_never_outlives_the_app() {
    let mut ground = Ground::new().await;
    let mut start = ground.start();
    start.demo = fleet::Port::new(ground.model.port());
    let id = ground.fleet.start(start).await.unwrap();
    ground.wait_for(&id, &InstanceState::Ready).await;
    ground.fleet.clone().shut_down(AtQuit::Keep).await;
    no_process_left(&ground.world).await;
    ground.fleet = open(&ground.world).await;
    assert!(ground.fleet.state().instances.is_empty(), "the tour leaves no instance behind");
    ground.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_opencode_behind_a_script_is_known_by_what_runs() {
    let world = World::new();
    let script = world.root().join("opencode");
    testkit::shell_script(&script, &format!("exec '{}' \"$@\"", opencode_binary().display()));
    let ground = Ground::with_binary(world, &script).await;
    let id = ground.ready().await;
    let process = ground.fleet.instance(&id).unwrap().process().unwrap().clone();
    assert_eq!(
        process.executable,
        opencode_binary().canonicalize().unwrap(),
        "another host finds this one, not the shell"
    );
    assert!(process.is_alive());
    ground.fleet.stop(&id).await.unwrap();
    no_process_left(&ground.world).await;
    ground.end().await;
}

// On one thread: if it waited for the log, nobody could let go of the log.
#[tokio::test]
async fn a_log_that_another_host_reads_holds_up_its_own_start_alone() {
    let ground = Ground::new().await;
    let id = ground.ready().await;
    ground.fleet.stop(&id).await.unwrap();
    let log = folders(&ground.world).logs().join(format!("{id}.log"));
    assert!(std::fs::metadata(&log).unwrap().len() > 0, "there is something to put aside");
    let lock = log.with_extension("log.numbers");
    let reads = std::fs::File::options().read(true).write(true).create(true).truncate(false).open(&lock).unwrap();
    reads.lock().unwrap();
    let is_opened_again = || {
        let opened = std::fs::read_dir("/proc/self/fd").unwrap().flatten();
        opened.filter(|entry| std::fs::read_link(entry.path()).is_ok_and(|file| file == lock)).count() > 1
    };
    let (again, ()) = tokio::join!(ground.ready(), async {
        until("the start waits for the log", PATIENCE, async || is_opened_again()).await;
        drop(reads);
    });
    assert_eq!(again, id);
    assert!(log.with_extension("log.1").exists(), "what was written before is put aside");
    ground.end().await;
}
