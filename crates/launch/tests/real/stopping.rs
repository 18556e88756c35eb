//! Ending whole trees, and nothing else.

use std::time::{Duration, Instant};

use launch::{ProcessIdentity, Stopped, stop};
use testkit::{World, no_process_left, until};

use crate::{PATIENCE, number_in, shell};

const SHORT: Duration = Duration::from_millis(300);

async fn seen(world: &World, file: &str) -> ProcessIdentity {
    ProcessIdentity::observe(number_in(world, file).await).expect("it runs")
}

#[tokio::test]
async fn a_willing_process_ends_at_once() {
    let world = World::new();
    let running = shell(&world, "sleep 600 & echo $! > child; wait");
    let child = seen(&world, "child").await;
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
        "trap 'setsid sleep 600 & echo $! > late; sleep 600' TERM; echo $$ > ready; while :; do sleep 600; done",
    );
    seen(&world, "ready").await;
    // The trap runs when the foreground sleep has ended, which the signal to the group does.
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
