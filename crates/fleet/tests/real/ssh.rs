//! Instances on another machine: a real ssh server with a home of its own, and the real opencode there.

mod hosts;
mod left;

use std::path::PathBuf;

use fleet::{
    AtQuit, FleetError, InstanceId, InstanceState, Kind, PermissionReply, Place, Profile, RestartPolicy, SessionStatus,
    SshPlace, Start,
};
use testkit::{Fault, FaultProxy, Sshd, World, demo, no_process_left, processes_in, until};

use crate::support::{Ground, PATIENCE, open};

/// Our machine with a fleet, and another one.
struct Machines {
    ground: Ground,
    there: World,
    sshd: Sshd,
}

impl Machines {
    async fn new() -> Self {
        let (ground, there) = (Ground::new().await, World::new());
        let sshd = Sshd::start(&there).await;
        sshd.be_known_to(&ground.world);
        Sshd::install_opencode(&there);
        Self { ground, there, sshd }
    }

    /// With something between the machines that can fail.
    async fn with_proxy() -> (Self, FaultProxy) {
        let machines = Self::new().await;
        let proxy = FaultProxy::start(machines.sshd.address()).await;
        machines.sshd.be_known_through(&machines.ground.world, proxy.port());
        (machines, proxy)
    }

    fn place(&self, stays: bool) -> Place {
        Place::Ssh(SshPlace { host: self.sshd.host().to_owned(), stays })
    }

    fn start(&self) -> Start {
        let profile = Profile { place: self.place(false), ..Profile::default() };
        let environment = demo::instance_environment(&self.ground.model.base_url());
        let directory = self.there.project().to_str().unwrap().to_owned();
        Start { directory, environment, profile: Some(profile), ..self.ground.start() }
    }

    async fn ready(&self) -> InstanceId {
        self.ready_with(self.start()).await
    }

    async fn ready_with(&self, start: Start) -> InstanceId {
        let id = self.ground.fleet.start(start).await.unwrap();
        self.ground.wait_for(&id, &InstanceState::Ready).await;
        id
    }

    fn pid(&self, id: &InstanceId) -> u32 {
        let instance = self.ground.fleet.instance(id).unwrap();
        let Kind::Ssh { process: Some(process), .. } = &instance.kind else { panic!("{:?}", instance.kind) };
        process.pid
    }

    fn servers(&self) -> usize {
        processes_in(&self.there).iter().filter(|(_, command)| command.contains("serve --hostname")).count()
    }

    async fn unknown(&self, id: &InstanceId) -> String {
        let lost = self.ground.wait(id, |instance| matches!(instance.state, InstanceState::Unknown { .. })).await;
        let InstanceState::Unknown { reason } = lost.state.clone() else { unreachable!() };
        reason
    }

    async fn crashed(&self, id: &InstanceId) -> fleet::Failure {
        let crashed = self.ground.wait(id, |instance| matches!(instance.state, InstanceState::Crashed(_))).await;
        let InstanceState::Crashed(failure) = crashed.state.clone() else { unreachable!() };
        failure
    }

    /// What we write on the other machine.
    fn traces(&self) -> PathBuf {
        self.there.home().join(".local/state/opencode-portal")
    }

    /// Everything ends, and nothing is left on either machine.
    async fn end(self) {
        let traces = self.traces();
        let Self { ground, there, sshd: _sshd } = self;
        ground.end().await;
        until("nothing of ours is left there", PATIENCE, async || !traces.exists()).await;
        no_process_left(&there).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_edits_there_once_it_is_allowed() {
    let machines = Machines::new().await;
    let ground = &machines.ground;
    let id = machines.ready().await;
    let instance = ground.fleet.instance(&id).unwrap();
    assert_eq!(instance.directory, machines.there.project());
    assert_eq!(instance.version.as_deref(), Some(launch_version()));
    let session = ground.prompt(&id, "@bash pwd > made.txt").await;
    let request = ground.request(&id).await;
    assert!(!machines.there.project().join("made.txt").exists());
    ground.fleet.reply_permission(&id, &request, PermissionReply::Once, None).await.unwrap();
    ground.wait(&id, |instance| instance.sessions[&session].status == SessionStatus::Idle).await;
    assert_eq!(machines.there.read("made.txt").trim(), machines.there.project().to_str().unwrap());
    until("its output is here", PATIENCE, async || {
        let tail = ground.fleet.log_tail(&id, 200).await.unwrap();
        tail.lines.iter().any(|line| line.contains("listening on"))
    })
    .await;
    ground.wait(&id, |instance| instance.usage.is_some_and(|usage| usage.memory_bytes > 10_000_000)).await;
    assert!(!ground.fleet.state().settings.recent_directories.contains(&machines.there.project().to_owned()));
    // No secret is on a command line, here or there.
    for (_, command) in processes_in(&machines.there).into_iter().chain(processes_in(&ground.world)) {
        assert!(!command.contains("PASSWORD"), "{command}");
    }
    assert_eq!(machines.servers(), 1);
    ground.fleet.stop(&id).await.unwrap();
    assert_eq!(machines.servers(), 0);
    assert_eq!(ground.fleet.instance(&id).unwrap().state, InstanceState::Stopped);
    assert!(!machines.traces().exists());
    machines.end().await;
}

fn launch_version() -> &'static str {
    "1.18.33"
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_line_comes_back_to_the_same_server() {
    let (machines, proxy) = Machines::with_proxy().await;
    let ground = &machines.ground;
    let id = machines.ready().await;
    let pid = machines.pid(&id);
    let session = ground.prompt(&id, "@bash echo there > made.txt").await;
    let request = ground.request(&id).await;
    proxy.set(Fault::Cut);
    let reason = machines.unknown(&id).await;
    assert!(reason.contains(machines.sshd.host()), "{reason}");
    assert!(ground.fleet.instance(&id).unwrap().requests.is_empty());
    assert_eq!(machines.servers(), 1, "it goes on");
    proxy.set(Fault::None);
    ground.wait(&id, |instance| instance.requests.contains_key(&request)).await;
    assert_eq!(machines.pid(&id), pid);
    ground.fleet.reply_permission(&id, &request, PermissionReply::Once, None).await.unwrap();
    ground.wait(&id, |instance| instance.sessions[&session].status == SessionStatus::Idle).await;
    assert_eq!(machines.there.read("made.txt"), "there\n");
    machines.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_kept_is_adopted_by_the_next_fleet() {
    let mut machines = Machines::new().await;
    let id = machines.ready().await;
    let pid = machines.pid(&id);
    machines.ground.prompt(&id, "@bash sleep 1").await;
    let request = machines.ground.request(&id).await;
    machines.ground.fleet.clone().shut_down(AtQuit::Keep).await;
    until("our side has ended", PATIENCE, async || processes_in(&machines.ground.world).is_empty()).await;
    assert_eq!(machines.servers(), 1);
    machines.ground.fleet = open(&machines.ground.world).await;
    machines.ground.wait(&id, |instance| instance.requests.contains_key(&request)).await;
    assert_eq!(machines.pid(&id), pid);
    // By the host and the directory it is the same instance.
    assert_eq!(machines.ground.fleet.start(machines.start()).await.unwrap(), id);
    machines.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_ended_while_nobody_looked_is_stopped() {
    let mut machines = Machines::new().await;
    let id = machines.ready().await;
    let pid = machines.pid(&id).to_string();
    machines.ground.fleet.clone().shut_down(AtQuit::Keep).await;
    assert!(std::process::Command::new("kill").args(["-KILL", &pid]).status().unwrap().success());
    machines.ground.fleet = open(&machines.ground.world).await;
    let stopped = machines.ground.wait_for(&id, &InstanceState::Stopped).await;
    assert!(stopped.last_end.as_deref().unwrap().contains("while nobody looked"), "{:?}", stopped.last_end);
    machines.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_crashes_there_says_so_and_comes_back() {
    let machines = Machines::new().await;
    let id = machines.ready().await;
    let kill = |pid: u32| std::process::Command::new("kill").args(["-KILL", &pid.to_string()]).status().unwrap();
    assert!(kill(machines.pid(&id)).success());
    let failure = machines.crashed(&id).await;
    assert!(failure.cause.contains(machines.sshd.host()), "{failure:?}");
    let profile = Profile { place: machines.place(false), restart: RestartPolicy::OnFailure, ..Profile::default() };
    machines.ground.fleet.set_profile(&id, profile).await.unwrap();
    machines.ground.fleet.restart(&id).await.unwrap();
    machines.ground.wait_for(&id, &InstanceState::Ready).await;
    let before = machines.pid(&id);
    assert!(kill(before).success());
    machines.ground.wait(&id, |instance| matches!(instance.state, InstanceState::Crashed(_))).await;
    machines.ground.wait_for(&id, &InstanceState::Ready).await;
    assert_ne!(machines.pid(&id), before);
    machines.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_goes_away_leaves_it_unknown() {
    let mut machines = Machines::new().await;
    let id = machines.ready().await;
    machines.sshd.end();
    machines.unknown(&id).await;
    let error = machines.ground.fleet.start(Start { another: true, ..machines.start() }).await.unwrap_err();
    assert!(matches!(error, FleetError::Ssh(_)), "{error:?}");
    assert!(error.to_string().contains("refuses connections"), "{error}");
    machines.sshd.come_back().await;
    machines.ground.wait_for(&id, &InstanceState::Ready).await;
    machines.sshd.end();
    machines.unknown(&id).await;
    // Nobody has to wait for a machine that does not come back.
    let error = machines.ground.fleet.stop(&id).await.unwrap_err();
    assert!(matches!(error, FleetError::Elsewhere(_)), "{error:?}");
    assert_eq!(machines.servers(), 1);
    machines.sshd.come_back().await;
    machines.ground.wait_for(&id, &InstanceState::Ready).await;
    machines.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_host_key_starts_nothing() {
    let mut machines = Machines::new().await;
    machines.sshd.change_host_key().await;
    let error = machines.ground.fleet.start(machines.start()).await.unwrap_err();
    assert!(error.to_string().contains("has changed (ED25519 SHA256:"), "{error}");
    machines.sshd.know_host();
    machines.sshd.refuse_keys();
    let error = machines.ground.fleet.start(machines.start()).await.unwrap_err();
    assert!(error.to_string().contains("ssh-add"), "{error}");
    machines.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_said() {
    let machines = Machines::new().await;
    let gone = Start { directory: "/no/such/folder".to_owned(), ..machines.start() };
    let error = machines.ground.fleet.start(gone).await.unwrap_err();
    assert!(matches!(error, FleetError::DirectoryThere(_)), "{error:?}");
    let profile =
        Profile { place: machines.place(false), binary: Some("/no/such/opencode".into()), ..Profile::default() };
    let id = machines.ground.fleet.start(Start { profile: Some(profile), ..machines.start() }).await.unwrap();
    let failure = machines.crashed(&id).await;
    assert!(failure.cause.contains("was not found on `elsewhere`"), "{failure:?}");
    machines.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_stays_outlives_our_end() {
    let mut machines = Machines::new().await;
    let profile = Profile { place: machines.place(true), ..Profile::default() };
    let id = machines.ready_with(Start { profile: Some(profile), ..machines.start() }).await;
    machines.ground.fleet.clone().shut_down(AtQuit::Stop).await;
    assert_eq!(machines.servers(), 1);
    machines.ground.fleet = open(&machines.ground.world).await;
    machines.ground.wait_for(&id, &InstanceState::Ready).await;
    machines.ground.fleet.stop(&id).await.unwrap();
    assert_eq!(machines.servers(), 0);
    machines.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_that_nobody_wants_leaves_nothing() {
    let machines = Machines::new().await;
    let id = machines.ground.fleet.start(machines.start()).await.unwrap();
    machines.ground.fleet.stop(&id).await.unwrap();
    assert_eq!(machines.ground.fleet.instance(&id).unwrap().state, InstanceState::Stopped);
    assert_eq!(machines.servers(), 0);
    machines.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_machine_is_looked_through() {
    let machines = Machines::new().await;
    for name in ["b", "a", ".hidden"] {
        std::fs::create_dir(machines.there.project().join(name)).unwrap();
    }
    let fleet = &machines.ground.fleet;
    let hosts: Vec<String> = fleet.ssh_hosts().await.into_iter().map(|host| host.name).collect();
    assert_eq!(hosts, [machines.sshd.host()]);
    let home = fleet.list_ssh_directory(machines.sshd.host(), "~").await.unwrap();
    assert_eq!(home.path, machines.there.home());
    let project = machines.there.project().to_str().unwrap();
    let listed = fleet.list_ssh_directory(machines.sshd.host(), project).await.unwrap();
    assert_eq!((listed.directories, listed.is_cut), (vec!["a".to_owned(), "b".to_owned()], false));
    assert_eq!(listed.opencode.as_deref(), Some(launch_version()));
    machines.end().await;
}
