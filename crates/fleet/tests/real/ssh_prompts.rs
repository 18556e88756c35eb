//! What `ssh` asks reaches a person, for what they just did and for nothing else: a real ssh server whose key is unknown, and a key with a passphrase.

use fleet::{
    Answerer, FleetError, InstanceId, InstanceState, Place, Profile, Prompt, PromptKind, Secret, SshError, SshPlace,
    Start,
};
use testkit::{Fault, FaultProxy, Sshd, World, demo, eventually, no_process_left};

use crate::support::{Ground, PATIENCE};

/// Our machine with a fleet, and another one behind a proxy that can fail.
struct Machines {
    ground: Ground,
    there: World,
    sshd: Sshd,
    proxy: FaultProxy,
}

impl Machines {
    async fn new() -> Self {
        let (ground, there) = (Ground::new().await, World::new());
        let sshd = Sshd::start(&there).await;
        let proxy = FaultProxy::start(sshd.address()).await;
        sshd.be_known_through(&ground.world, proxy.port());
        Sshd::install_opencode(&there);
        Self { ground, there, sshd, proxy }
    }

    /// Somebody who can be asked.
    fn person(&self) -> Answerer {
        self.ground.fleet.answerer()
    }

    fn begin(&self) -> tokio::task::JoinHandle<Result<InstanceId, FleetError>> {
        let place = Place::Ssh(SshPlace { host: self.sshd.host().to_owned(), stays: false });
        let profile = Profile { place, ..Profile::default() };
        let environment = demo::instance_environment(&self.ground.model.base_url());
        let directory = self.there.project().to_str().unwrap().to_owned();
        let start = Start { directory, environment, profile: Some(profile), ..self.ground.start() };
        let fleet = self.ground.fleet.clone();
        tokio::spawn(async move { fleet.start(start).await })
    }

    /// The question that waits, once there is one.
    async fn question(&self) -> Prompt {
        let fleet = &self.ground.fleet;
        eventually("ssh asks", PATIENCE, async || fleet.state().prompts.first().cloned()).await
    }

    async fn answer(&self, prompt: &Prompt, answer: Option<&str>) {
        self.ground.fleet.answer_prompt(&prompt.id, answer.map(Secret::new)).await.unwrap();
    }

    async fn ready(&self) -> InstanceId {
        let id = self.begin().await.unwrap().unwrap();
        self.ground.wait_for(&id, &InstanceState::Ready).await;
        id
    }

    async fn end(self) {
        let Self { ground, there, sshd: _sshd, proxy: _proxy } = self;
        assert!(ground.fleet.state().prompts.is_empty());
        ground.end().await;
        no_process_left(&there).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_is_not_known_is_started_on_once_it_is_accepted() {
    let machines = Machines::new().await;
    machines.sshd.forget_host();
    let refused = machines.begin().await.unwrap().unwrap_err();
    assert!(matches!(refused, FleetError::Ssh(SshError::HostKeyUnknown { .. })), "nobody is there: {refused:?}");
    let _person = machines.person();
    let start = machines.begin();
    let prompt = machines.question().await;
    assert_eq!((prompt.kind, prompt.host.as_str()), (PromptKind::YesNo, machines.sshd.host()));
    assert!(prompt.words.contains(&machines.sshd.fingerprint()), "{}", prompt.words);
    machines.answer(&prompt, None).await;
    let declined = start.await.unwrap().unwrap_err();
    assert!(matches!(declined, FleetError::Ssh(SshError::NotAnswered { .. })), "{declined:?}");
    assert_eq!(machines.sshd.known_hosts(), "");
    let late = machines.ground.fleet.answer_prompt(&prompt.id, Some(Secret::new("yes"))).await.unwrap_err();
    assert!(matches!(late, FleetError::NoSuchPrompt { .. }), "{late:?}");
    let start = machines.begin();
    let again = machines.question().await;
    assert_ne!(again.id, prompt.id, "no late answer reaches it");
    machines.answer(&again, Some("yes")).await;
    let id = start.await.unwrap().unwrap();
    machines.ground.wait_for(&id, &InstanceState::Ready).await;
    assert!(machines.sshd.known_hosts().starts_with("elsewhere "));
    machines.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passphrase_is_asked_for_browsing_and_given_once_for_all() {
    let machines = Machines::new().await;
    machines.sshd.protect_key("hunter2");
    let _person = machines.person();
    let fleet = machines.ground.fleet.clone();
    let (host, directory) = (machines.sshd.host(), machines.there.home().to_str().unwrap().to_owned());
    let listing = tokio::spawn(async move { fleet.list_ssh_directory(host, &directory).await });
    let prompt = machines.question().await;
    assert_eq!((prompt.kind, prompt.is_again), (PromptKind::Secret, false));
    machines.answer(&prompt, Some("wrong")).await;
    let again = eventually("it asks again", PATIENCE, async || {
        machines.ground.fleet.state().prompts.first().filter(|next| next.id != prompt.id).cloned()
    })
    .await;
    assert!(again.is_again);
    machines.answer(&again, Some("hunter2")).await;
    assert_eq!(listing.await.unwrap().unwrap().path, machines.there.home());
    // The line stands: nothing more is asked for what is done there.
    machines.ready().await;
    assert!(machines.ground.fleet.state().prompts.is_empty());
    machines.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_line_asks_nobody_until_somebody_connects() {
    let machines = Machines::new().await;
    let _person = machines.person();
    let id = machines.ready().await;
    machines.sshd.protect_key("hunter2");
    let ground = &machines.ground;
    machines.proxy.set(Fault::Cut);
    ground.wait(&id, |instance| matches!(instance.state, InstanceState::Unknown { .. })).await;
    machines.proxy.set(Fault::None);
    ground
        .wait(&id, |instance| {
            matches!(&instance.state, InstanceState::Unknown { reason } if reason.contains("wants a password"))
        })
        .await;
    assert!(ground.fleet.state().prompts.is_empty());
    let fleet = ground.fleet.clone();
    let lost = id.clone();
    let connecting = tokio::spawn(async move { fleet.connect(&lost).await });
    let prompt = machines.question().await;
    machines.answer(&prompt, Some("hunter2")).await;
    connecting.await.unwrap().unwrap();
    ground.wait_for(&id, &InstanceState::Ready).await;
    machines.end().await;
}
