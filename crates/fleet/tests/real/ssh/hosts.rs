//! Hosts of one user that use the same machine at once, lines that fail at the worst moment, and what that machine asks for.

use fleet::{AtQuit, Fleet, Instance, InstanceId, InstanceState, Kind, Profile, Start};
use serde_json::Value;
use testkit::{Fault, processes_in, shell_script, until};

use super::Machines;
use crate::support::{PATIENCE, folders, open};

#[tokio::test(flavor = "multi_thread")]
async fn two_hosts_that_start_one_directory_at_once_have_one_server() {
    let machines = Machines::new().await;
    let other = open(&machines.ground.world).await;
    let (one, two) = tokio::join!(machines.ground.fleet.start(machines.start()), other.start(machines.start()));
    let id = one.unwrap();
    assert_eq!(two.unwrap(), id);
    machines.ground.wait_for(&id, &InstanceState::Ready).await;
    other.wait_until(&id, PATIENCE, |instance| instance.state == InstanceState::Ready).await.unwrap();
    assert_eq!(machines.servers(), 1);
    // Who has not started it does not end it.
    other.shut_down(AtQuit::Keep).await;
    assert_eq!(machines.servers(), 1);
    machines.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_whose_answer_is_lost_goes_on_with_what_it_has_started() {
    let (machines, proxy) = Machines::with_proxy().await;
    let home = machines.there.home();
    // The first login shell looks for opencode, the second one starts it.
    let gate = "PATH=$HOME/.opencode/bin:$PATH\necho >>~/shells\n\
        if [ $(wc -l <~/shells) -eq 2 ]; then touch ~/entered; until [ -e ~/go ]; do sleep 0.05; done; fi\n";
    std::fs::write(home.join(".profile"), gate).unwrap();
    let id = machines.ground.fleet.start(machines.start()).await.unwrap();
    until("the start is under way there", PATIENCE, async || home.join("entered").exists()).await;
    proxy.set(Fault::Cut);
    until("the line is lost", PATIENCE, async || {
        !processes_in(&machines.ground.world).iter().any(|(_, command)| command.contains("ControlMaster=yes"))
    })
    .await;
    std::fs::write(home.join("go"), "").unwrap();
    until("a server that nobody has heard of", PATIENCE, async || machines.servers() == 1).await;
    proxy.set(Fault::None);
    machines.ground.wait_for(&id, &InstanceState::Ready).await;
    assert_eq!(machines.servers(), 1);
    machines.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_instances_of_a_host_come_back_with_its_line() {
    let (machines, proxy) = Machines::with_proxy().await;
    let mut ids = Vec::new();
    for name in ["a", "b", "c"] {
        let directory = machines.there.project().join(name);
        std::fs::create_dir(&directory).unwrap();
        let start = Start { directory: directory.to_str().unwrap().to_owned(), ..machines.start() };
        ids.push(machines.ready_with(start).await);
    }
    let pids: Vec<u32> = ids.iter().map(|id| machines.pid(id)).collect();
    proxy.set(Fault::Cut);
    for id in &ids {
        machines.unknown(id).await;
    }
    assert_eq!(machines.servers(), 3);
    proxy.set(Fault::None);
    // Whoever connects does so for all.
    let listed = machines.ground.fleet.list_ssh_directory(machines.sshd.host(), "~").await.unwrap();
    assert_eq!(listed.path, machines.there.home());
    for id in &ids {
        machines.ground.wait_for(id, &InstanceState::Ready).await;
    }
    assert_eq!(ids.iter().map(|id| machines.pid(id)).collect::<Vec<u32>>(), pids);
    machines.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_words_of_a_stop_are_here_when_it_is_over() {
    let machines = Machines::new().await;
    let opencode = machines.there.home().join(".opencode/bin/opencode");
    let wrapper = machines.there.root().join("tools/opencode");
    let text = format!(
        "if [ \"$1\" = --version ]; then exec {0} --version; fi\ntrap 'echo the last words' TERM\n{0} \"$@\" &\nwait; wait",
        opencode.display()
    );
    shell_script(&wrapper, &text);
    let profile = Profile { place: machines.place(false), binary: Some(wrapper), ..Profile::default() };
    let id = machines.ready_with(Start { profile: Some(profile), ..machines.start() }).await;
    machines.ground.fleet.stop(&id).await.unwrap();
    let tail = machines.ground.fleet.log_tail(&id, 200).await.unwrap();
    assert!(tail.lines.iter().any(|line| line == "the last words"), "{tail:?}");
    assert!(!machines.traces().exists());
    machines.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_ends_at_once_has_failed_with_its_words() {
    let machines = Machines::new().await;
    let wrapper = machines.there.root().join("tools/opencode");
    shell_script(&wrapper, "if [ \"$1\" = --version ]; then echo 1.18.33; exit; fi\necho on fire\nexit 3");
    let profile = Profile { place: machines.place(false), binary: Some(wrapper), ..Profile::default() };
    let id = machines.ground.fleet.start(Start { profile: Some(profile), ..machines.start() }).await.unwrap();
    let failure = machines.crashed(&id).await;
    assert!(failure.cause.contains("ended on `elsewhere`"), "{failure:?}");
    assert_eq!(failure.last_lines, ["on fire"]);
    assert!(!machines.traces().exists());
    machines.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_other_machine_asks_for_is_said_with_what_to_do() {
    let mut machines = Machines::new().await;
    let id = machines.ready().await;
    let says_what_to_do = |reason: &str| reason.contains("run `ssh elsewhere` once in a terminal");
    let asks = |instance: &Instance, word: &str| matches!(&instance.state, InstanceState::Unknown { reason } if reason.contains(word) && says_what_to_do(reason));
    machines.sshd.change_host_key().await;
    machines.ground.wait(&id, |instance| asks(instance, "has changed (ED25519 SHA256:")).await;
    // Nobody waits for minutes once somebody has seen to it: whoever connects does so for all.
    machines.sshd.know_host();
    machines.ground.fleet.list_ssh_directory(machines.sshd.host(), "~").await.unwrap();
    machines.ground.wait_for(&id, &InstanceState::Ready).await;

    machines.sshd.refuse_keys();
    machines.sshd.end();
    machines.sshd.come_back().await;
    machines.ground.wait(&id, |instance| asks(instance, "wants a password or a passphrase")).await;
    machines.sshd.take_keys();
    machines.ground.fleet.list_ssh_directory(machines.sshd.host(), "~").await.unwrap();
    machines.ground.wait_for(&id, &InstanceState::Ready).await;

    machines.sshd.forget_host();
    machines.sshd.end();
    machines.sshd.come_back().await;
    machines.ground.wait(&id, |instance| asks(instance, "is not known yet")).await;
    machines.sshd.know_host();
    machines.ground.fleet.list_ssh_directory(machines.sshd.host(), "~").await.unwrap();
    machines.ground.wait_for(&id, &InstanceState::Ready).await;
    assert_eq!(machines.servers(), 1);
    machines.end().await;
}

/// What the record says to run: its state and the process there.
fn recorded(machines: &Machines, id: &InstanceId) -> (String, u64) {
    let path = folders(&machines.ground.world).state.join(format!("instances/{id}.json"));
    let record: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    (record["life"].as_str().unwrap_or_default().to_owned(), record["process"]["pid"].as_u64().unwrap_or_default())
}

/// The fleet is ready with this process there.
async fn follows(fleet: &Fleet, id: &InstanceId, pid: u32) {
    let is_it = |instance: &Instance| {
        assert!(!matches!(instance.state, InstanceState::Crashed(_)), "{:?}", instance.state);
        let process = matches!(&instance.kind, Kind::Ssh { process: Some(process), .. } if process.pid == pid);
        process && instance.state == InstanceState::Ready
    };
    fleet.wait_until(id, PATIENCE, is_it).await.unwrap();
}

fn pid_in(fleet: &Fleet, id: &InstanceId) -> u32 {
    let Kind::Ssh { process: Some(process), .. } = fleet.instance(id).unwrap().kind.clone() else {
        panic!("no process")
    };
    process.pid
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hosts_that_start_it_anew_by_turns_follow_one_server() {
    let machines = Machines::new().await;
    let other = open(&machines.ground.world).await;
    let id = machines.ready().await;
    let mut before = machines.pid(&id);
    follows(&other, &id, before).await;
    for round in 0..2 {
        let (one, two) =
            if round % 2 == 0 { (&other, &machines.ground.fleet) } else { (&machines.ground.fleet, &other) };
        one.restart(&id).await.unwrap();
        one.wait_until(&id, PATIENCE, |instance| instance.state == InstanceState::Ready).await.unwrap();
        let now = pid_in(one, &id);
        assert_ne!(now, before);
        follows(two, &id, now).await;
        assert_eq!(recorded(&machines, &id), ("runs".to_owned(), u64::from(now)));
        assert_eq!(machines.servers(), 1);
        before = now;
    }
    other.shut_down(AtQuit::Keep).await;
    machines.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_another_host_starts_anew_while_our_line_is_lost_is_followed_afterwards() {
    let (machines, proxy) = Machines::with_proxy().await;
    let id = machines.ready().await;
    // The other host has a line of its own, past what fails.
    machines.sshd.be_known_to(&machines.ground.world);
    let other = open(&machines.ground.world).await;
    follows(&other, &id, machines.pid(&id)).await;
    // It keeps its line also while that one does not run.
    let directory = machines.there.project().join("beside");
    std::fs::create_dir(&directory).unwrap();
    let start = Start { directory: directory.to_str().unwrap().to_owned(), ..machines.start() };
    let beside = other.start(start).await.unwrap();
    other.wait_until(&beside, PATIENCE, |instance| instance.state == InstanceState::Ready).await.unwrap();
    machines.sshd.be_known_through(&machines.ground.world, proxy.port());
    proxy.set(Fault::Cut);
    machines.unknown(&id).await;
    other.restart(&id).await.unwrap();
    other.wait_until(&id, PATIENCE, |instance| instance.state == InstanceState::Ready).await.unwrap();
    let now = pid_in(&other, &id);
    proxy.set(Fault::None);
    follows(&machines.ground.fleet, &id, now).await;
    assert_eq!(recorded(&machines, &id), ("runs".to_owned(), u64::from(now)));
    assert_eq!(machines.servers(), 2);
    other.shut_down(AtQuit::Keep).await;
    machines.ground.wait_for(&beside, &InstanceState::Ready).await;
    machines.end().await;
}
