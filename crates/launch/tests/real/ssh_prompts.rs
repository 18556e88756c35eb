//! What `ssh` asks while it connects, and what follows from each answer: a host key that is not known, a passphrase of a key.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard},
    time::Duration,
};

use launch::ssh::{Asked, Asker, Prompt, PromptKind, Reply, Script, SshError};
use testkit::{SshAgent, Sshd, World, no_process_left, processes_in, until};

use crate::{PATIENCE, ssh::ssh_of};

/// A person who gives these answers, one after the other, and then none ever.
#[derive(Default)]
struct Person {
    answers: Mutex<VecDeque<Option<&'static str>>>,
    asked: Mutex<Vec<Prompt>>,
    patience: Option<Duration>,
}

impl Person {
    fn who_says(answers: impl IntoIterator<Item = Option<&'static str>>) -> Self {
        Self { answers: Mutex::new(answers.into_iter().collect()), ..Self::default() }
    }

    fn asked(&self) -> MutexGuard<'_, Vec<Prompt>> {
        self.asked.lock().unwrap()
    }
}

impl Asker for Person {
    fn ask(&self, prompt: Prompt) -> Asked<'_> {
        self.asked().push(prompt);
        let answer = self.answers.lock().unwrap().pop_front();
        Box::pin(async move {
            match answer {
                Some(answer) => answer.map(Reply::new),
                None => std::future::pending().await,
            }
        })
    }

    fn patience(&self) -> Duration {
        self.patience.unwrap_or(PATIENCE)
    }
}

fn not_answered(error: &SshError, question: &str) {
    let SshError::NotAnswered { host, asked } = error else { panic!("{error:?}") };
    assert_eq!(host, "elsewhere");
    assert!(asked.contains(question), "{asked}");
    assert!(!error.may_pass());
}

#[tokio::test]
async fn a_host_key_that_is_accepted_is_known_from_then_on() {
    let (here, there) = (World::new(), World::new());
    let sshd = Sshd::start(&there).await;
    let ssh = ssh_of(&here, sshd.config());
    sshd.forget_host();
    let person = Person::who_says([Some("yes")]);
    let connection = ssh.connect_asking(sshd.host(), &person).await.expect("it was accepted");
    assert_eq!(connection.run_well(&Script::new("printf fine"), PATIENCE).await.unwrap(), b"fine");
    {
        let asked = person.asked();
        let [prompt] = asked.as_slice() else { panic!("{asked:?}") };
        assert_eq!((prompt.kind, prompt.is_again), (PromptKind::YesNo, false));
        assert!(prompt.words.contains(&sshd.fingerprint()), "{}", prompt.words);
    }
    let known = sshd.known_hosts();
    assert!(known.starts_with("elsewhere ssh-ed25519 "), "{known}");
    drop(connection);
    no_process_left(&here).await;
    let nobody = Person::default();
    drop(ssh.connect_asking(sshd.host(), &nobody).await.expect("it is known now"));
    assert!(nobody.asked().is_empty());
    ssh.connect(sshd.host()).await.expect("also in the background");
}

#[tokio::test]
async fn a_host_key_that_is_declined_stays_unknown() {
    let (here, there) = (World::new(), World::new());
    let sshd = Sshd::start(&there).await;
    let ssh = ssh_of(&here, sshd.config());
    sshd.forget_host();
    let error = ssh.connect_asking(sshd.host(), &Person::who_says([None])).await.unwrap_err();
    not_answered(&error, "Are you sure you want to continue connecting");
    assert_eq!(sshd.known_hosts(), "");
    no_process_left(&here).await;
    assert_eq!(std::fs::read_dir(here.root().join("run")).unwrap().count(), 0, "nothing of the asking is left");
}

#[tokio::test]
async fn a_question_that_nobody_answers_ends() {
    let (here, there) = (World::new(), World::new());
    let sshd = Sshd::start(&there).await;
    let ssh = ssh_of(&here, sshd.config());
    sshd.forget_host();
    let nobody = Person { patience: Some(Duration::from_millis(100)), ..Person::default() };
    let error = ssh.connect_asking(sshd.host(), &nobody).await.unwrap_err();
    not_answered(&error, "continue connecting");
    assert_eq!(nobody.asked().len(), 1);
    no_process_left(&here).await;
    assert_eq!(sshd.known_hosts(), "");
}

#[tokio::test]
async fn a_connection_that_nobody_wants_any_more_asks_no_more() {
    let (here, there) = (World::new(), World::new());
    let sshd = Sshd::start(&there).await;
    let ssh = ssh_of(&here, sshd.config());
    sshd.forget_host();
    let nobody = Person::default();
    let host = sshd.host();
    tokio::select! {
        connected = ssh.connect_asking(host, &nobody) => panic!("{connected:?}"),
        () = until("it asks", PATIENCE, async || !nobody.asked().is_empty()) => {}
    }
    no_process_left(&here).await;
}

#[tokio::test]
async fn a_passphrase_opens_the_key_and_is_nowhere_to_be_seen() {
    let (here, there) = (World::new(), World::new());
    let sshd = Sshd::start(&there).await;
    sshd.protect_key("it's $ecret \\ \"now\"");
    let ssh = ssh_of(&here, sshd.config());
    let person = Person::who_says([Some("not this"), Some("it's $ecret \\ \"now\"")]);
    let connection = ssh.connect_asking(sshd.host(), &person).await.expect("the second one is right");
    {
        let asked = person.asked();
        let kinds: Vec<_> = asked.iter().map(|prompt| (prompt.kind, prompt.is_again)).collect();
        assert_eq!(kinds, [(PromptKind::Secret, false), (PromptKind::Secret, true)]);
        assert!(asked[0].words.starts_with("Enter passphrase for key"), "{asked:?}");
    }
    assert_eq!(connection.run_well(&Script::new("printf fine"), PATIENCE).await.unwrap(), b"fine");
    for (_, command) in processes_in(&here) {
        assert!(!command.contains("ecret"), "{command}");
    }
    for folder in std::fs::read_dir(here.root().join("run")).unwrap().flatten() {
        let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().flatten().map(|entry| entry.file_name()).collect();
        assert_eq!(left, ["m"], "only the socket is left beside a connection that stands");
    }
}

#[tokio::test]
async fn without_the_passphrase_there_is_no_connection() {
    let (here, there) = (World::new(), World::new());
    let sshd = Sshd::start(&there).await;
    sshd.protect_key("secret");
    let ssh = ssh_of(&here, sshd.config());
    let person = Person::who_says([None]);
    let error = ssh.connect_asking(sshd.host(), &person).await.unwrap_err();
    not_answered(&error, "Enter passphrase for key");
    assert_eq!(person.asked().len(), 1, "who has declined is not asked for another way in");
    // In the background nobody is asked at all.
    let error = ssh.connect(sshd.host()).await.unwrap_err();
    assert_eq!(error, SshError::WantsPassword { host: sshd.host().to_owned() });
    // It asks three times for each way in: with an empty answer it goes on to the next one.
    let wrong = Person::who_says([Some("a"), Some("b"), Some(""), Some("c"), Some("d"), Some("e")]);
    let error = ssh.connect_asking(sshd.host(), &wrong).await.unwrap_err();
    assert_eq!(error, SshError::WantsPassword { host: sshd.host().to_owned() });
    assert!(wrong.asked().iter().any(|prompt| prompt.words.ends_with("password:")), "{:?}", wrong.asked());
    no_process_left(&here).await;
}

#[tokio::test]
async fn a_jump_host_asks_for_itself() {
    let (here, there) = (World::new(), World::new());
    let sshd = Sshd::start(&there).await;
    let config = sshd.config();
    let straight = std::fs::read_to_string(&config).unwrap();
    let jump = straight.replace("elsewhere", "jump");
    std::fs::write(&config, format!("{straight}  ProxyJump jump\n{jump}")).unwrap();
    let ssh = ssh_of(&here, config);
    // Not even the `ssh` that `ssh` starts asks in the background.
    let error = ssh.connect(sshd.host()).await.unwrap_err();
    assert_eq!(error, SshError::HostKeyUnknown { host: sshd.host().to_owned() });
    let person = Person::who_says([Some("yes")]);
    let connection = ssh.connect_asking(sshd.host(), &person).await.expect("the jump host is accepted");
    assert_eq!(connection.run_well(&Script::new("printf fine"), PATIENCE).await.unwrap(), b"fine");
    assert_eq!(person.asked().iter().map(|prompt| prompt.kind).collect::<Vec<_>>(), [PromptKind::YesNo]);
    assert!(sshd.known_hosts().lines().any(|line| line.starts_with("jump ")), "{}", sshd.known_hosts());
    drop(connection);
    no_process_left(&here).await;
}

#[tokio::test]
async fn an_agent_opens_the_way_without_any_question() {
    let (here, there) = (World::new(), World::new());
    let sshd = Sshd::start(&there).await;
    let agent = SshAgent::start(&here.root().join("agent"), "of-the-test").await;
    let config = sshd.config_with_agent(&agent);
    let ssh = ssh_of(&here, config);
    let error = ssh.connect(sshd.host()).await.unwrap_err();
    assert_eq!(error, SshError::WantsPassword { host: sshd.host().to_owned() }, "it does not take that key yet");
    sshd.take_key_of(&agent);
    let nobody = Person::default();
    let connection = ssh.connect_asking(sshd.host(), &nobody).await.expect("the agent has the key");
    assert_eq!(connection.run_well(&Script::new("printf fine"), PATIENCE).await.unwrap(), b"fine");
    assert!(nobody.asked().is_empty());
    drop((connection, agent));
    ssh.connect(sshd.host()).await.expect_err("without the agent there is no way in");
    no_process_left(&here).await;
}

#[tokio::test]
async fn a_password_opens_the_way_and_is_nowhere_to_be_seen() {
    if !Sshd::can_have_password() {
        return;
    }
    let (here, there) = (World::new(), World::new());
    let mut sshd = Sshd::start(&there).await;
    sshd.take_password().await;
    let ssh = ssh_of(&here, sshd.config());
    let person = Person::who_says([Some("not this"), Some(Sshd::PASSWORD)]);
    let connection = ssh.connect_asking(sshd.host(), &person).await.expect("the second one is right");
    {
        let asked = person.asked();
        let kinds: Vec<_> = asked.iter().map(|prompt| (prompt.kind, prompt.is_again)).collect();
        assert_eq!(kinds, [(PromptKind::Secret, false), (PromptKind::Secret, true)]);
        assert!(asked[0].words.ends_with("password:"), "{asked:?}");
    }
    assert_eq!(connection.run_well(&Script::new("printf fine"), PATIENCE).await.unwrap(), b"fine");
    for (_, command) in processes_in(&here) {
        assert!(!command.contains(Sshd::PASSWORD), "{command}");
    }
    drop(connection);
    let error = ssh.connect(sshd.host()).await.unwrap_err();
    assert_eq!(error, SshError::WantsPassword { host: sshd.host().to_owned() }, "in the background nobody is asked");
    no_process_left(&here).await;
}
