//! What nobody here follows any more goes on nowhere: it is ended as soon as its machine is reached.

use fleet::{AtQuit, Instance, InstanceId, InstanceState, Kind};
use serde_json::{Value, json};
use testkit::{Fault, until};

use super::Machines;
use crate::support::{PATIENCE, folders, open};

/// What is written down of what may be left.
fn list(machines: &Machines) -> std::path::PathBuf {
    folders(&machines.ground.world).state.join("left-there.json")
}

fn notices(machines: &Machines) -> Vec<String> {
    machines.ground.fleet.state().notices.values().map(|notice| notice.message.clone()).collect()
}

async fn nothing_is_left(machines: &Machines) {
    until("it has ended there, and nothing of ours is left", PATIENCE, async || {
        machines.servers() == 0 && !machines.traces().exists() && !list(machines).exists()
    })
    .await;
    until("nothing is told of it any more", PATIENCE, async || notices(machines).is_empty()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_removed_out_of_reach_ends_when_its_machine_is_reached() {
    let (machines, proxy) = Machines::with_proxy().await;
    let id = machines.ready().await;
    proxy.set(Fault::Cut);
    machines.unknown(&id).await;
    machines.ground.fleet.remove(&id).await.unwrap();
    until("that is told", PATIENCE, async || {
        notices(&machines).iter().any(|told| told.contains("may still run on `elsewhere`"))
    })
    .await;
    assert_eq!(machines.servers(), 1, "nobody can end it yet");
    proxy.set(Fault::None);
    nothing_is_left(&machines).await;
    machines.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_was_removed_out_of_reach_ends_also_after_we_are_opened_again() {
    let mut machines = Machines::new().await;
    let id = machines.ready().await;
    machines.sshd.end();
    machines.unknown(&id).await;
    machines.ground.fleet.remove(&id).await.unwrap();
    until("it is written down", PATIENCE, async || list(&machines).exists()).await;
    machines.ground.fleet.clone().shut_down(AtQuit::Stop).await;
    machines.sshd.come_back().await;
    assert_eq!(machines.servers(), 1);
    machines.ground.fleet = open(&machines.ground.world).await;
    nothing_is_left(&machines).await;
    machines.end().await;
}

/// Writes down what may be left, as another host of this user does.
fn leave(machines: &Machines, id: &InstanceId) {
    let instance = machines.ground.fleet.instance(id).unwrap();
    let Kind::Ssh { host, process: Some(process) } = &instance.kind else { panic!("{:?}", instance.kind) };
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs() * 1000;
    let left = json!({
        "name": instance.name, "host": host, "directory": instance.directory, "since_ms": since,
        "process": { "pid": process.pid, "started": process.started, "port": process.port.get() },
    });
    let file = json!({ "version": 1, "instances": { id.as_str(): left } });
    std::fs::write(list(machines), file.to_string()).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_would_not_end_is_ended_also_where_its_record_names_it() {
    let mut machines = Machines::new().await;
    let id = machines.ready().await;
    leave(&machines, &id);
    machines.ground.fleet.clone().shut_down(AtQuit::Keep).await;
    assert_eq!(machines.servers(), 1);
    machines.ground.fleet = open(&machines.ground.world).await;
    nothing_is_left(&machines).await;
    // It was wanted so: nothing starts it again.
    machines.ground.wait_for(&id, &InstanceState::Stopped).await;
    machines.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_another_host_removes_out_of_its_reach_goes_here_too() {
    let (machines, proxy) = Machines::with_proxy().await;
    machines.sshd.be_known_to(&machines.ground.world);
    let id = machines.ready().await;
    // The other host comes past what fails.
    machines.sshd.be_known_through(&machines.ground.world, proxy.port());
    proxy.set(Fault::Cut);
    let other = open(&machines.ground.world).await;
    let is_lost = |instance: &Instance| matches!(instance.state, InstanceState::Unknown { .. });
    other.wait_until(&id, PATIENCE, is_lost).await.unwrap();
    machines.ground.wait_for(&id, &InstanceState::Ready).await;
    other.remove(&id).await.unwrap();
    until("it is on no list here", PATIENCE, async || machines.ground.fleet.instance(&id).is_err()).await;
    proxy.set(Fault::None);
    nothing_is_left(&machines).await;
    let record = folders(&machines.ground.world).state.join(format!("instances/{id}.json"));
    assert!(machines.ground.fleet.instance(&id).is_err() && !record.exists(), "it does not come back");
    other.shut_down(AtQuit::Keep).await;
    machines.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_another_host_had_begun_to_start_anew_is_not_forgotten_when_ours_has_ended() {
    let machines = Machines::new().await;
    let id = machines.ready().await;
    let pid = machines.pid(&id);
    half_started(&machines, &id);
    // It ends the one before, as a start does, and is killed then.
    let ended = std::process::Command::new("kill").args(["-KILL", &pid.to_string()]).status().unwrap();
    assert!(ended.success());
    let tells = |instance: &Instance| {
        let last_end = instance.last_end.as_deref().unwrap_or_default();
        instance.state == InstanceState::Stopped && last_end.contains("being started on `elsewhere`")
    };
    machines.ground.wait(&id, tells).await;
    nothing_is_left(&machines).await;
    machines.end().await;
}

/// Writes the record as it is while the start is on its way there, by a host that is no more.
fn half_started(machines: &Machines, id: &InstanceId) {
    let path = folders(&machines.ground.world).state.join(format!("instances/{id}.json"));
    let mut record: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    let port = record["process"]["port"].clone();
    let fields = record.as_object_mut().unwrap();
    fields.remove("process");
    fields.remove("host");
    fields.insert("life".to_owned(), "intended".into());
    fields.insert("port".to_owned(), port);
    std::fs::write(&path, record.to_string()).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn one_whose_starter_was_killed_is_no_process_of_this_machine_and_ends() {
    let mut machines = Machines::new().await;
    let id = machines.ready().await;
    machines.ground.fleet.clone().shut_down(AtQuit::Keep).await;
    half_started(&machines, &id);
    machines.ground.fleet = open(&machines.ground.world).await;
    let instance = machines.ground.fleet.instance(&id).unwrap();
    assert!(instance.state == InstanceState::Stopped && instance.process().is_none(), "{instance:?}");
    assert!(instance.last_end.as_deref().unwrap().contains("being started on `elsewhere`"), "{:?}", instance.last_end);
    nothing_is_left(&machines).await;
    // It is started as ever.
    assert_eq!(machines.ready().await, id);
    assert_eq!(machines.servers(), 1);
    machines.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_started_again_before_is_left_alone() {
    let (mut machines, proxy) = Machines::with_proxy().await;
    let id = machines.ready().await;
    machines.ground.fleet.clone().shut_down(AtQuit::Keep).await;
    half_started(&machines, &id);
    proxy.set(Fault::Cut);
    machines.ground.fleet = open(&machines.ground.world).await;
    until("it is written down", PATIENCE, async || list(&machines).exists()).await;
    proxy.set(Fault::None);
    assert_eq!(machines.ready().await, id);
    let pid = machines.pid(&id);
    nothing_is_listed(&machines).await;
    assert_eq!((machines.servers(), machines.pid(&id)), (1, pid));
    machines.ground.wait_for(&id, &InstanceState::Ready).await;
    machines.end().await;
}

async fn nothing_is_listed(machines: &Machines) {
    until("it is off the list", PATIENCE, async || !list(machines).exists()).await;
}
