//! What process trees use: real processes, and what one look at them costs.

use std::time::Duration;

use launch::{Measure, Part, ProcessIdentity, ProcessMonitor, ProcessUsage, stop};
use testkit::{World, no_process_left, until};

use crate::{PATIENCE, number_in, shell};

const MB: u64 = 1024 * 1024;

fn commands(processes: &[ProcessUsage]) -> Vec<&str> {
    processes.iter().map(|process| process.command.as_str()).collect()
}

#[tokio::test]
async fn the_whole_tree_is_measured() {
    let world = World::new();
    let idle = shell(&world, "sleep 600 & sleep 601 & echo $! > started; wait");
    let busy = shell(&world, "sh -c 'while :; do :; done'; :");
    number_in(&world, "started").await;
    let identities =
        [idle.identity.clone(), busy.identity.clone(), ProcessIdentity { pid: u32::MAX, ..idle.identity.clone() }];
    let mut monitor = ProcessMonitor::new();
    assert!(monitor.trees(&[], &[]).is_empty());
    until("the busy tree shows", PATIENCE, async || {
        let usage = monitor.trees(&identities, &[]);
        assert_eq!(usage.len(), 3);
        assert!(usage[2].is_none(), "not running");
        let [Some(idle), Some(busy), None] = usage.as_slice() else { panic!("{usage:?}") };
        let whole: u64 = idle.processes.iter().map(|process| process.memory).sum();
        assert_eq!(idle.memory, whole);
        idle.processes.len() == 3
            && idle.memory > 100_000
            && idle.cpu_percent < 20.0
            && busy.processes.len() == 2
            && busy.cpu_percent > 20.0
            && busy.processes[1].cpu_percent > busy.processes[0].cpu_percent
    })
    .await;

    let usage = monitor.trees(&identities, &[]).swap_remove(0).expect("it runs");
    let root = &usage.processes[0];
    assert_eq!((&root.identity, root.part), (&identities[0], Part::Server), "the root comes first: {usage:?}");
    for child in &usage.processes[1..] {
        assert_eq!((child.parent, child.part), (root.identity.pid, Part::Tool), "{child:?}");
        assert!(child.identity.is_alive(), "it can be ended by this identity: {child:?}");
        assert!(child.started_at_ms >= root.started_at_ms && root.started_at_ms.is_some(), "{usage:?}");
    }
    let mut shown = commands(&usage.processes[1..]);
    shown.sort_unstable();
    assert_eq!(shown, ["sleep 600", "sleep 601"]);
    for identity in &identities {
        stop(identity, Duration::from_secs(5)).await.unwrap();
    }
    assert!(monitor.trees(&identities, &[]).iter().all(Option::is_none));
    no_process_left(&world).await;
}

#[tokio::test]
async fn what_comes_and_goes_below_shows() {
    let world = World::new();
    let running = shell(
        &world,
        "echo up > started.0; until [ -e first ]; do sleep 0.05; done; sh -c 'until [ -e second ]; do sleep 0.05; done; exec sleep 602' & echo $! > child; wait",
    );
    let roots = [running.identity.clone()];
    let mut monitor = ProcessMonitor::new();
    let mut shown = || {
        let usage = monitor.trees(&roots, &[]).swap_remove(0).expect("it runs");
        (
            usage.processes.iter().map(|process| (process.identity.pid, process.command.clone())).collect::<Vec<_>>(),
            usage,
        )
    };
    // It is looked at before, so that what comes is new and what stays is known.
    until("it runs", PATIENCE, async || shown().0.len() <= 2 && world.project().join("started.0").exists()).await;
    world.write("first", "");
    let child = number_in(&world, "child").await;
    until("the child shows", PATIENCE, async || {
        shown().0.iter().any(|(pid, command)| *pid == child && command.starts_with("sh -c"))
    })
    .await;
    world.write("second", "");
    until("the child's new program shows", PATIENCE, async || {
        let (processes, usage) = shown();
        let process = usage.processes.iter().find(|process| process.identity.pid == child);
        processes.iter().any(|(pid, command)| *pid == child && command == "sleep 602")
            && process.is_some_and(|process| process.identity.is_alive())
    })
    .await;
    rustix::process::kill_process(
        rustix::process::Pid::from_raw(i32::try_from(child).unwrap()).unwrap(),
        rustix::process::Signal::KILL,
    )
    .unwrap();
    until("it is gone", PATIENCE, async || {
        monitor.trees(&roots, &[])[0]
            .as_ref()
            .is_none_or(|usage| usage.processes.iter().all(|process| process.identity.pid != child))
    })
    .await;
    stop(&roots[0], PATIENCE).await.unwrap();
    no_process_left(&world).await;
}

/// A child whose parent has ended stays in the session of the server that we have started.
#[tokio::test]
async fn an_orphan_still_counts() {
    let world = World::new();
    let running = shell(&world, "sh -c 'sleep 603 & echo $! > orphan'; exec sleep 604");
    let orphan = number_in(&world, "orphan").await;
    let mut monitor = ProcessMonitor::new();
    let (root, orphan) = testkit::eventually("the orphan is counted", PATIENCE, async || {
        let root = running.identity.after_exec().expect("it runs");
        let usage = monitor.trees(std::slice::from_ref(&root), &[]).swap_remove(0).expect("it runs");
        let is_it = |process: &&ProcessUsage| process.identity.pid == orphan && process.command == "sleep 603";
        let orphan = usage.processes.iter().find(is_it)?.clone();
        (usage.processes[0].command == "sleep 604").then_some((root, orphan))
    })
    .await;
    assert_ne!(orphan.parent, root.pid);
    launch::end_in_tree(&root, &orphan.identity, PATIENCE).await.unwrap();
    assert!(!orphan.identity.is_alive() && root.is_alive());
    stop(&running.identity.after_exec().expect("it runs"), PATIENCE).await.unwrap();
    no_process_left(&world).await;
}

#[tokio::test]
async fn a_root_inside_of_another_tree_is_counted_once() {
    let world = World::new();
    let outer = shell(&world, "sh -c 'sleep 605 & echo $! > leaf; wait; :' & echo $! > inner; wait");
    let inner = number_in(&world, "inner").await;
    let leaf = number_in(&world, "leaf").await;
    let inner = testkit::eventually("the inner one", PATIENCE, async || ProcessIdentity::observe(inner)).await;
    let mut monitor = ProcessMonitor::new();
    let pids = |usage: &launch::TreeUsage| usage.processes.iter().map(|one| one.identity.pid).collect::<Vec<_>>();
    let trees = monitor.trees(&[outer.identity.clone(), inner.clone()], &[]);
    let (Some(first), Some(second)) = (&trees[0], &trees[1]) else { panic!("{trees:?}") };
    assert_eq!((pids(first), pids(second)), (vec![outer.identity.pid], vec![inner.pid, leaf]));
    let alone = monitor.trees(std::slice::from_ref(&outer.identity), &[]).swap_remove(0).expect("it runs");
    assert_eq!(alone.processes.len(), 3);
    stop(&outer.identity, PATIENCE).await.unwrap();
    no_process_left(&world).await;
}

/// A shell with 60 MB of its own, and two copies of it that share them.
#[tokio::test]
async fn shared_memory_counts_once() {
    let world = World::new();
    let running = shell(
        &world,
        "x=$(head -c 60000000 /dev/zero | tr '\\0' x); (sleep 600; : \"$x\") & (sleep 600; : \"$x\") & echo ${#x} > started; wait",
    );
    assert_eq!(number_in(&world, "started").await, 60_000_000);
    let roots = [running.identity.clone()];
    let mut monitor = ProcessMonitor::new();
    until("both copies show", PATIENCE, async || {
        let usage = monitor.trees(&roots, &[]).swap_remove(0).expect("it runs");
        assert!(usage.memory > 50 * MB, "{usage:?}");
        // Every copy of a shell has its `sleep`.
        usage.processes.len() == 5 && usage.measure == Measure::Pss && usage.memory < 130 * MB
    })
    .await;
    stop(&roots[0], PATIENCE).await.unwrap();
    no_process_left(&world).await;
}
