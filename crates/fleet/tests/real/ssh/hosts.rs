//! Hosts of one user that use the same machine at once, lines that fail at the worst moment, and what that machine asks for.

use fleet::{AtQuit, InstanceState, Profile, Start};
use testkit::{Fault, processes_in, shell_script, until};

use super::Machines;
use crate::support::{PATIENCE, open};

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
    let asks = |instance: &fleet::Instance, word: &str| matches!(&instance.state, InstanceState::Unknown { reason } if reason.contains(word) && says_what_to_do(reason));
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
