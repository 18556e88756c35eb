//! Ending whole trees, and nothing else.

use std::time::{Duration, Instant};

use launch::{Launch, LaunchError, ProcessIdentity, Running, Stopped, end_in_tree, left_behind, stop, stop_marked};
use rustix::process::{Pid, Signal, kill_process};
use testkit::{World, eventually, no_process_left, until};

use crate::{PATIENCE, environment, log_of, number_in, read, shell};

const SHORT: Duration = Duration::from_millis(300);

async fn seen(world: &World, file: &str) -> ProcessIdentity {
    let pid = number_in(world, file).await;
    eventually(&format!("{file} runs"), PATIENCE, async || ProcessIdentity::observe(pid)).await
}

/// The same for a `sleep` whose number its parent has written, perhaps while it still was a shell.
async fn sleeping(world: &World, file: &str) -> ProcessIdentity {
    let pid = number_in(world, file).await;
    eventually(&format!("{file} sleeps"), PATIENCE, async || {
        ProcessIdentity::observe(pid)
            .filter(|now| !now.executable.ends_with("dash") && !now.executable.ends_with("bash"))
    })
    .await
}

#[tokio::test]
async fn a_willing_process_ends_at_once() {
    let world = World::new();
    let running = shell(&world, "sleep 600 & echo $! > child; wait");
    let child = sleeping(&world, "child").await;
    let start = Instant::now();
    assert_eq!(stop(&running.identity, PATIENCE).await.unwrap(), Stopped::Gracefully { killed: 0 });
    assert!(start.elapsed() < PATIENCE / 3, "it did not wait out the grace: {:?}", start.elapsed());
    assert!(!child.is_alive() && !running.identity.is_alive());
    assert_eq!(stop(&running.identity, PATIENCE).await.unwrap(), Stopped::AlreadyGone);
    no_process_left(&world).await;
}

#[tokio::test]
async fn a_stubborn_child_and_a_grandchild_in_its_own_session_end_too() {
    let world = World::new();
    let running = shell(
        &world,
        "sh -c 'trap \"\" TERM; setsid sh -c \"trap : TERM HUP; echo \\$\\$ > grandchild; while :; do sleep 600; done\" & echo $$ > child; while :; do sleep 600; done' & wait",
    );
    let child = seen(&world, "child").await;
    let grandchild = seen(&world, "grandchild").await;
    let bystander = shell(&world, "exec sleep 600");
    match stop(&running.identity, SHORT).await.unwrap() {
        Stopped::Gracefully { killed } => {
            assert!(killed >= 2, "both had to be killed, with their sleeps perhaps: {killed}");
        }
        other => panic!("the shell itself ends when asked to: {other:?}"),
    }
    for ended in [&running.identity, &child, &grandchild] {
        assert!(!ended.is_alive(), "{ended:?}");
    }
    assert!(bystander.identity.is_alive(), "what is not of the tree lives on");
    stop(&bystander.identity, PATIENCE).await.unwrap();
    no_process_left(&world).await;
}

#[tokio::test]
async fn a_stubborn_process_is_killed_after_the_grace() {
    let world = World::new();
    let mut running = shell(&world, "trap '' TERM; echo $$ > ready; while :; do sleep 600; done");
    seen(&world, "ready").await;
    let start = Instant::now();
    assert!(matches!(stop(&running.identity, SHORT).await.unwrap(), Stopped::Killed { .. }));
    assert!(start.elapsed() >= SHORT, "it had its grace");
    assert_eq!(running.wait().await, launch::Exit::Signal(9));
    no_process_left(&world).await;
}

#[tokio::test]
async fn what_is_started_during_the_grace_ends_too() {
    let world = World::new();
    let running = shell(
        &world,
        // A shell that waits runs its trap at once; one that has a `sleep` in the foreground would wait for that first.
        "trap 'setsid sleep 600 & echo $! > late; sleep 600' TERM; sleep 600 & echo $$ > ready; while :; do wait; done",
    );
    seen(&world, "ready").await;
    assert!(matches!(stop(&running.identity, Duration::from_secs(2)).await.unwrap(), Stopped::Killed { .. }));
    number_in(&world, "late").await;
    no_process_left(&world).await;
}

#[tokio::test]
async fn an_orphan_of_the_group_ends_too() {
    let world = World::new();
    let running = shell(
        &world,
        "sh -c 'trap \"\" TERM; sh -c \"trap \\\"\\\" TERM; echo \\$\\$ > orphan; while :; do sleep 600; done\" & ' ; echo $$ > ready; while :; do sleep 600; done",
    );
    let orphan = seen(&world, "orphan").await;
    seen(&world, "ready").await;
    stop(&running.identity, SHORT).await.unwrap();
    assert!(!orphan.is_alive(), "its parent is gone, but it is in the group");
    no_process_left(&world).await;
}

#[tokio::test]
async fn a_stopped_process_ends_too() {
    let world = World::new();
    let running = shell(&world, "echo $$ > ready; kill -STOP $$; sleep 600");
    seen(&world, "ready").await;
    until("it is stopped", PATIENCE, async || {
        std::fs::read_to_string(format!("/proc/{}/stat", running.identity.pid)).is_ok_and(|stat| stat.contains(") T "))
    })
    .await;
    assert!(matches!(stop(&running.identity, SHORT).await.unwrap(), Stopped::Killed { .. }));
    no_process_left(&world).await;
}

/// Runs `sh -c SCRIPT` as [`shell`] does, with a mark in its environment.
fn marked(world: &World, value: &str, script: &str) -> Running {
    let mut environment = environment(world);
    environment.set(MARK, value);
    let launch = Launch {
        binary: "/bin/sh".into(),
        directory: world.project().to_owned(),
        arguments: vec!["-c".into(), script.into()],
        environment,
        log: log_of(world),
    };
    launch::spawn(&launch).expect("a shell starts")
}

const MARK: &str = "PORTAL_TEST_MARK";
/// A daemon as it should be: a session of its own, and the process that started it is gone.
const DAEMON: &str = "(setsid sh -c 'trap \"\" TERM HUP; echo $$ > daemon; while :; do sleep 600; done' &) ; ";

#[tokio::test]
async fn a_daemon_that_left_everything_ends_by_its_mark_and_only_by_its_own() {
    let world = World::new();
    let mark = world.root().display().to_string();
    let leader = marked(&world, &mark, &format!("{DAEMON} echo $$ > ready; while :; do sleep 600; done"));
    let daemon = seen(&world, "daemon").await;
    seen(&world, "ready").await;
    let bystanders = [
        marked(&world, &format!("{mark}x"), "echo $$ > other; while :; do sleep 600; done"),
        shell(&world, "echo $$ > without; while :; do sleep 600; done"),
        // It only speaks of the mark.
        shell(&world, &format!("echo $$ > speaks; while :; do sleep 600; done; : {MARK}={mark}")),
    ];
    for file in ["other", "without", "speaks"] {
        seen(&world, file).await;
    }

    let stopped = stop_marked(&leader.identity, (MARK, &mark), SHORT).await.unwrap();
    assert!(matches!(stopped, Stopped::Gracefully { killed } if killed >= 1), "the daemon was stubborn: {stopped:?}");
    assert!(!daemon.is_alive() && !leader.identity.is_alive());
    for bystander in &bystanders {
        assert!(bystander.identity.is_alive(), "{bystander:?}");
    }
    assert_eq!(stop_marked(&leader.identity, (MARK, &mark), SHORT).await.unwrap(), Stopped::AlreadyGone);
    for bystander in &bystanders {
        stop(&bystander.identity, SHORT).await.unwrap();
    }
    no_process_left(&world).await;
}

#[tokio::test]
async fn what_a_crash_has_left_ends_by_its_mark() {
    let world = World::new();
    let mark = world.root().display().to_string();
    let mut leader = marked(&world, &mark, &format!("{DAEMON} echo $$ > ready; while :; do sleep 600; done"));
    let daemon = seen(&world, "daemon").await;
    seen(&world, "ready").await;
    let pid = Pid::from_raw(i32::try_from(leader.identity.pid).unwrap()).unwrap();
    kill_process(pid, Signal::KILL).unwrap();
    leader.wait().await;
    let bystander = shell(&world, "exec sleep 600");
    // Its number, had it been given to somebody else meanwhile.
    let reused = ProcessIdentity { pid: bystander.identity.pid, ..leader.identity.clone() };
    assert!(matches!(stop_marked(&reused, (MARK, &mark), SHORT).await.unwrap(), Stopped::Gracefully { killed: 1.. }));
    assert!(!daemon.is_alive());
    assert!(bystander.identity.is_alive(), "not the process that was recorded");
    stop(&bystander.identity, SHORT).await.unwrap();
    no_process_left(&world).await;
}

#[tokio::test]
async fn what_was_started_below_for_somebody_else_goes_on() {
    let world = World::new();
    let mark = world.root().display().to_string();
    let leader = marked(
        &world,
        &mark,
        &format!(
            // A host in a terminal, with an instance of its own; and one that is in the group of the leader.
            "sh -c '{MARK}={mark}x setsid sh -c \"unset {MARK}; sleep 600 & echo \\$! > below; echo \\$\\$ > other; wait\" & \
             echo $$ > host; wait' & {MARK}={mark}y sleep 600 & echo $! > in_group; while :; do sleep 600; done"
        ),
    );
    let host = seen(&world, "host").await;
    let others = [seen(&world, "other").await, sleeping(&world, "below").await, sleeping(&world, "in_group").await];
    until("it is in the group", PATIENCE, async || {
        let stat = read(std::path::Path::new(&format!("/proc/{}/stat", others[2].pid)));
        stat.rsplit(") ").next().is_some_and(|rest| rest.split(' ').nth(2) == Some(&leader.identity.pid.to_string()))
    })
    .await;

    let stopped = stop_marked(&leader.identity, (MARK, &mark), PATIENCE).await.unwrap();
    assert!(matches!(stopped, Stopped::Gracefully { .. }), "{stopped:?}");
    assert!(!leader.identity.is_alive() && !host.is_alive());
    for other in &others {
        assert!(other.is_alive(), "{other:?}");
    }
    assert!(left_behind((MARK, &mark)).await.is_none(), "nothing of it is left");
    for other in &others {
        stop(other, PATIENCE).await.unwrap();
    }
    no_process_left(&world).await;
}

#[tokio::test]
async fn without_a_mark_a_daemon_is_left_alone() {
    let world = World::new();
    let leader = shell(&world, &format!("{DAEMON} echo $$ > ready; while :; do sleep 600; done"));
    let daemon = seen(&world, "daemon").await;
    seen(&world, "ready").await;
    until("it is an orphan", PATIENCE, async || {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", daemon.pid)).unwrap_or_default();
        stat.rsplit(") ").next().is_some_and(|rest| rest.split(' ').nth(1) != Some(&leader.identity.pid.to_string()))
    })
    .await;
    stop(&leader.identity, SHORT).await.unwrap();
    assert!(daemon.is_alive());
    stop(&daemon, SHORT).await.unwrap();
    no_process_left(&world).await;
}

#[tokio::test]
async fn a_wrapper_whose_child_was_killed_ends_too() {
    let world = World::new();
    let wrapper = shell(&world, "sleep 600 & echo $! > child; wait; echo $$ > waited; while :; do sleep 600; done");
    let child = sleeping(&world, "child").await;
    let pid = Pid::from_raw(i32::try_from(child.pid).unwrap()).unwrap();
    kill_process(pid, Signal::KILL).unwrap();
    seen(&world, "waited").await;
    assert_eq!(stop(&child, PATIENCE).await.unwrap(), Stopped::AlreadyGone);
    assert!(wrapper.identity.is_alive(), "nobody else was asked to end");
    assert!(matches!(stop(&wrapper.identity, PATIENCE).await.unwrap(), Stopped::Gracefully { .. }));
    no_process_left(&world).await;
}

#[tokio::test]
async fn one_process_of_a_tree_ends_with_its_own() {
    let world = World::new();
    let root = shell(
        &world,
        "sh -c 'sleep 600 & echo $! > grandchild; echo $$ > child; wait' & sleep 600 & echo $! > sibling; \
         wait; wait; while :; do sleep 600; done",
    );
    let (child, grandchild) = (seen(&world, "child").await, sleeping(&world, "grandchild").await);
    let sibling = sleeping(&world, "sibling").await;
    let stranger = shell(&world, "echo $$ > stranger; while :; do sleep 600; done");
    seen(&world, "stranger").await;

    let refused = |result: Result<Stopped, LaunchError>| match result {
        Err(LaunchError::NotInTree { .. }) => "not in the tree",
        Err(LaunchError::NotThatProcess { .. }) => "not that process",
        other => panic!("it must be refused: {other:?}"),
    };
    let us = ProcessIdentity::observe(std::process::id()).unwrap();
    for (root, child, expected) in [
        (&root.identity, &root.identity, "not in the tree"),
        (&root.identity, &stranger.identity, "not in the tree"),
        (&child, &root.identity, "not in the tree"),
        (&child, &sibling, "not in the tree"),
        (&us, &us, "not in the tree"),
        (&root.identity, &ProcessIdentity { pid: 1, ..child.clone() }, "not in the tree"),
        (&root.identity, &ProcessIdentity { pid: 0, ..child.clone() }, "not in the tree"),
        (&ProcessIdentity { started_at: 1, ..root.identity.clone() }, &child, "not in the tree"),
        (&root.identity, &ProcessIdentity { started_at: child.started_at + 1, ..child.clone() }, "not that process"),
        (&root.identity, &ProcessIdentity { executable: "/bin/other".into(), ..child.clone() }, "not that process"),
    ] {
        assert_eq!(refused(end_in_tree(root, child, SHORT).await), expected, "{root:?} {child:?}");
    }
    for all in [&root.identity, &child, &grandchild, &sibling, &stranger.identity] {
        assert!(all.is_alive(), "a refusal signals nobody: {all:?}");
    }

    assert!(matches!(end_in_tree(&root.identity, &child, PATIENCE).await.unwrap(), Stopped::Gracefully { .. }));
    assert!(!child.is_alive() && !grandchild.is_alive());
    for others in [&root.identity, &sibling, &stranger.identity] {
        assert!(others.is_alive(), "{others:?}");
    }
    assert_eq!(end_in_tree(&root.identity, &child, SHORT).await.unwrap(), Stopped::AlreadyGone);
    for started in [&root.identity, &stranger.identity] {
        stop(started, SHORT).await.unwrap();
    }
    no_process_left(&world).await;
}

#[tokio::test]
async fn a_stopped_and_stubborn_child_of_a_tree_ends_alone() {
    let world = World::new();
    let root = shell(
        &world,
        "sh -c 'trap \"\" TERM; echo $$ > child; kill -STOP $$; while :; do sleep 600; done' & \
         while :; do sleep 600; done",
    );
    let child = seen(&world, "child").await;
    until("it is stopped", PATIENCE, async || {
        std::fs::read_to_string(format!("/proc/{}/stat", child.pid)).is_ok_and(|stat| stat.contains(") T "))
    })
    .await;
    assert!(matches!(end_in_tree(&root.identity, &child, SHORT).await.unwrap(), Stopped::Killed { .. }));
    assert!(!child.is_alive() && root.identity.is_alive());
    stop(&root.identity, PATIENCE).await.unwrap();
    no_process_left(&world).await;
}

#[cfg(target_os = "linux")]
const NOBODY: u32 = 65534;

/// Ends it as another user would, by a thread of that user's.
#[cfg(target_os = "linux")]
fn stop_as_nobody(identity: &ProcessIdentity, grace: Duration) -> Result<Stopped, LaunchError> {
    let identity = identity.clone();
    let stopping = std::thread::spawn(move || {
        let nobody = rustix::process::Uid::from_raw(NOBODY);
        rustix::thread::set_thread_res_uid(nobody, nobody, nobody).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(stop(&identity, grace))
    });
    stopping.join().unwrap()
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn what_belongs_to_another_user_is_left_and_the_rest_ends_needs_root() {
    if !rustix::process::geteuid().is_root() {
        let is_forbidden = std::env::var_os("PORTAL_FORBID_SKIPS").is_some();
        assert!(!is_forbidden, "root is needed to become another user and skips are forbidden");
        println!("skipped: only root becomes another user");
        return;
    }
    let world = World::new();
    // Two of root, one of them in the group of all; the rest becomes another user's.
    let leader = shell(
        &world,
        &format!(
            "sleep 600 & echo $! > in_group; setsid sleep 600 & echo $! > outside; exec setpriv --reuid={NOBODY} \
             sh -c 'trap \"\" TERM; sleep 600 & sh -c \"sleep 600 & wait\" & while :; do sleep 600; done'"
        ),
    );
    let roots = [sleeping(&world, "in_group").await, sleeping(&world, "outside").await];
    let is_nobodys = |pid: u32| {
        let status = read(std::path::Path::new(&format!("/proc/{pid}/status")));
        status.contains(&format!("Uid:\t{NOBODY}\t"))
    };
    let nobodys = || testkit::processes_in(&world).into_iter().filter(|(pid, _)| is_nobodys(*pid)).count();
    until("it is another user's", PATIENCE, async || nobodys() >= 5).await;
    let leader = ProcessIdentity::observe(leader.identity.pid).unwrap();

    let refused = stop_as_nobody(&roots[0], SHORT);
    assert!(matches!(refused, Err(LaunchError::Signal { pid, .. }) if pid == roots[0].pid), "{refused:?}");
    let stopped = stop_as_nobody(&leader, SHORT).unwrap();
    assert!(matches!(stopped, Stopped::Killed { killed: 3.. }), "{stopped:?}");
    assert_eq!(nobodys(), 0, "all that may be ended is");
    for root in &roots {
        assert!(root.is_alive(), "{root:?}");
        stop(root, PATIENCE).await.unwrap();
    }
    no_process_left(&world).await;
}
