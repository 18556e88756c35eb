//! Starting processes and knowing them again.

use std::{fs, os::unix::fs::PermissionsExt, os::unix::process::CommandExt, process::Command};

use launch::{Environment, Exit, Launch, LaunchError, ProcessIdentity, Stopped, password_of, stop};
use rustix::process::{Pid, Signal, getsid, kill_process, kill_process_group};
use testkit::{World, no_process_left, until};

use crate::{PATIENCE, environment, log_of, number_in, read, shell};

fn pid_of(pid: u32) -> Pid {
    Pid::from_raw(i32::try_from(pid).unwrap()).unwrap()
}

#[tokio::test]
async fn output_is_appended_to_a_private_log() {
    let world = World::new();
    fs::create_dir_all(log_of(&world).parent().unwrap()).unwrap();
    fs::write(log_of(&world), "before\n").unwrap();
    fs::remove_file(log_of(&world)).unwrap();
    for text in ["one", "two"] {
        assert_eq!(
            shell(&world, &format!("echo {text}; echo {text} >&2; pwd; echo $PWD; cat")).wait().await,
            Exit::Code(0),
            "stdin is empty, so `cat` ends"
        );
    }
    let project = world.project().display().to_string();
    assert_eq!(read(&log_of(&world)), format!("one\none\n{project}\n{project}\ntwo\ntwo\n{project}\n{project}\n"));
    assert_eq!(fs::metadata(log_of(&world)).unwrap().permissions().mode() & 0o777, 0o600);
}

#[tokio::test]
async fn how_it_ended_is_told() {
    let world = World::new();
    for (script, expected) in [
        ("exit 0", Exit::Code(0)),
        ("exit 7", Exit::Code(7)),
        ("kill -9 $$", Exit::Signal(9)),
        ("kill -TERM $$", Exit::Signal(15)),
    ] {
        let mut running = shell(&world, script);
        assert!(
            running.identity.pid > 1 && running.identity.started_at > 0,
            "known even if it ended at once: {:?}",
            running.identity
        );
        assert_eq!(running.wait().await, expected, "{script}");
        assert!(!running.identity.is_alive());
    }
}

#[tokio::test]
async fn only_the_given_environment_is_passed_on() {
    let world = World::new();
    let mut environment = environment(&world);
    environment.set("OPENCODE_SERVER_PASSWORD", "s3cret");
    let launch = Launch {
        binary: "/usr/bin/env".into(),
        directory: world.project().to_owned(),
        arguments: vec![],
        environment,
        log: log_of(&world),
    };
    assert!(!format!("{launch:?}").contains("s3cret"), "a launch in a log shows no secret");
    launch::spawn(&launch).unwrap().wait().await;
    let log = read(&log_of(&world));
    assert!(log.contains("OPENCODE_SERVER_PASSWORD=s3cret\n"), "{log}");
    assert!(!log.contains("CARGO_MANIFEST_DIR"), "nothing of ours: {log}");
}

#[tokio::test]
async fn what_cannot_be_started_says_why() {
    let world = World::new();
    let launch = |binary: &str, directory: &str, log: &str| Launch {
        binary: world.root().join(binary),
        directory: world.root().join(directory),
        arguments: vec![],
        environment: Environment::default(),
        log: world.root().join(log),
    };
    world.write("plain", "text");
    assert!(matches!(launch::spawn(&launch("missing", "work", "log")), Err(LaunchError::ProgramMissing { .. })));
    assert!(matches!(launch::spawn(&launch("work/project/plain", "work", "log")), Err(LaunchError::CannotRun { .. })));
    assert!(matches!(
        launch::spawn(&launch("work/project/plain", "nowhere", "log")),
        Err(LaunchError::DirectoryGone { .. })
    ));
    assert!(matches!(
        launch::spawn(&launch("work/project/plain", "work", "work/project/plain/log")),
        Err(LaunchError::Log { .. })
    ));
}

#[tokio::test]
async fn an_identity_fits_one_process_only() {
    let world = World::new();
    let running = shell(&world, "exec tail -f /dev/null");
    let tail = testkit::eventually("the shell becomes tail", PATIENCE, async || {
        running.identity.after_exec().filter(|now| {
            now.executable != ProcessIdentity::observe(std::process::id()).unwrap().executable
                && !now.executable.ends_with("sh")
                && !now.executable.ends_with("dash")
                && !now.executable.ends_with("bash")
        })
    })
    .await;
    assert!(running.identity.is_alive(), "a child of ours may replace its program");
    assert!(tail.is_alive());
    for stranger in [
        ProcessIdentity { started_at: tail.started_at + 1, ..tail.clone() },
        ProcessIdentity { pid: std::process::id(), ..tail.clone() },
        ProcessIdentity { pid: 1, ..tail.clone() },
        ProcessIdentity { pid: 0, ..tail.clone() },
        ProcessIdentity { pid: u32::MAX, ..tail.clone() },
    ] {
        assert!(!stranger.is_alive(), "{stranger:?}");
        assert_eq!(
            stop(&stranger, PATIENCE).await.unwrap(),
            Stopped::AlreadyGone,
            "and it is not signalled: {stranger:?}"
        );
    }
    assert!(tail.is_alive());
    let us = ProcessIdentity::observe(std::process::id()).unwrap();
    assert!(!ProcessIdentity { executable: "/other".into(), ..us }.is_alive(), "another program than recorded");

    kill_process(pid_of(tail.pid), Signal::KILL).unwrap();
    until("a zombie counts as ended, although nobody has waited for it", PATIENCE, async || !tail.is_alive()).await;
    assert!(fs::read_to_string(format!("/proc/{}/stat", tail.pid)).is_ok_and(|stat| stat.contains(") Z ")));
    drop(running);
    no_process_left(&world).await;
}

#[tokio::test]
async fn a_password_is_read_from_its_process_alone() {
    let world = World::new();
    let mut environment = environment(&world);
    environment.set("OPENCODE_SERVER_PASSWORD", "s3cret");
    let launch = Launch {
        binary: "/bin/sleep".into(),
        directory: world.project().to_owned(),
        arguments: vec!["600".into()],
        environment,
        log: log_of(&world),
    };
    let with = launch::spawn(&launch).unwrap();
    let without = shell(&world, "sleep 600");
    assert_eq!(password_of(&with.identity).as_deref(), Some("s3cret"));
    assert_eq!(password_of(&without.identity), None);
    assert_eq!(
        password_of(&ProcessIdentity { started_at: 1, ..with.identity.clone() }),
        None,
        "not the process that was recorded"
    );
    for running in [with, without] {
        stop(&running.identity, PATIENCE).await.unwrap();
    }
    no_process_left(&world).await;
}

/// Not a test by itself: the program that is killed in the test below.
#[tokio::test]
async fn starter() {
    if std::env::var_os("PORTAL_TEST_STARTER").is_none() {
        return;
    }
    let folder = std::env::current_dir().unwrap();
    let environment = Environment::of_this_process();
    let launch = Launch {
        binary: "/bin/sh".into(),
        directory: folder.clone(),
        arguments: vec!["-c".into(), "while :; do echo alive; sleep 0.05; done".into()],
        environment,
        log: folder.join("log"),
    };
    let running = launch::spawn(&launch).unwrap();
    fs::write(folder.join("pid.new"), format!("{}\n", running.identity.pid)).unwrap();
    fs::rename(folder.join("pid.new"), folder.join("pid")).unwrap();
    std::future::pending::<()>().await;
}

#[tokio::test]
async fn a_process_outlives_the_death_of_its_starter_and_of_the_terminal() {
    let world = World::new();
    let mut starter = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "processes::starter", "--nocapture"])
        .current_dir(world.project())
        .env_clear()
        .envs(world.environment())
        .env("PORTAL_TEST_STARTER", "1")
        .process_group(0)
        .spawn()
        .unwrap();
    let pid = number_in(&world, "pid").await;
    let identity = ProcessIdentity::observe(pid).expect("it runs");
    assert_eq!(getsid(Some(pid_of(pid))).unwrap(), pid_of(pid), "it leads a session of its own");
    // What a closing terminal sends, then what a crash is.
    kill_process_group(pid_of(starter.id()), Signal::HUP).unwrap();
    kill_process_group(pid_of(starter.id()), Signal::KILL).unwrap_or_default();
    starter.wait().unwrap();
    let log = world.project().join("log");
    let before = fs::metadata(&log).unwrap().len();
    until("it writes on", PATIENCE, async || fs::metadata(&log).unwrap().len() > before + 12).await;
    assert!(identity.is_alive());
    assert!(matches!(stop(&identity, PATIENCE).await.unwrap(), Stopped::Gracefully { .. }));
    no_process_left(&world).await;
}
