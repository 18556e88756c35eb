//! Starting and stopping many, and what ran last.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use fleet::{AtQuit, Discovery, Fleet, InstanceId, InstanceState, Options, Scope, SettingsPatch, Start, State};
use testkit::{opencode_binary, shell_script, until};

use crate::profiles::profile;
use crate::support::{Ground, PATIENCE, folders, open};

/// A binary that fails until it is let work.
struct Switched(PathBuf);

impl Switched {
    fn new(ground: &Ground) -> Self {
        let path = ground.world.root().join("bin/switched");
        shell_script(&path, "echo 'Error: not yet' >&2; exit 3");
        Self(path)
    }

    fn works(&self) {
        shell_script(&self.0, &format!("exec '{}' \"$@\"", opencode_binary().display()));
    }
}

/// Instances with what they need in their profiles; the first two in a group.
async fn many(ground: &Ground, count: usize, binary: &Switched) -> Vec<InstanceId> {
    let mut ids = Vec::new();
    for number in 0..count {
        let directory = ground.world.root().join("work").join(format!("many-{number}"));
        std::fs::create_dir_all(&directory).unwrap();
        let mut profile = profile(ground);
        profile.binary = Some(binary.0.clone());
        profile.group = (number < 2).then(|| "work".to_owned());
        let start = Start { environment: Vec::new(), profile: Some(profile), ..ground.start_in(&directory) };
        ids.push(ground.fleet.start(start).await.unwrap());
    }
    ids
}

fn live(state: &State) -> BTreeSet<InstanceId> {
    let live = state.instances.values().filter(|instance| instance.state.is_live());
    live.map(|instance| instance.id.clone()).collect()
}

async fn is_ready(fleet: &Fleet, id: &InstanceId) {
    if let Err(error) = fleet.wait_until(id, PATIENCE, |instance| instance.state == InstanceState::Ready).await {
        panic!("{error}: {:#?}", fleet.instance(id));
    }
}

/// The most that were on their way up at a time, watched until it is dropped.
fn most_rising(fleet: &Fleet) -> Arc<std::sync::atomic::AtomicUsize> {
    let most = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let (fleet, seen) = (fleet.clone(), Arc::downgrade(&most));
    let mut changes = fleet.changes();
    tokio::spawn(async move {
        while changes.next().await.is_some() {
            let Some(most) = seen.upgrade() else { return };
            let state = fleet.state();
            let rising =
                state.instances.values().filter(|instance| matches!(instance.state, InstanceState::Starting { .. }));
            most.fetch_max(rising.count(), std::sync::atomic::Ordering::SeqCst);
        }
    });
    most
}

#[tokio::test(flavor = "multi_thread")]
async fn five_are_started_two_at_a_time_and_stopped_together() {
    let ground = Ground::new().await;
    let binary = Switched::new(&ground);
    let ids = many(&ground, 5, &binary).await;
    for id in &ids {
        ground.wait(id, |instance| matches!(instance.state, InstanceState::Crashed(_))).await;
    }
    binary.works();
    let most = most_rising(&ground.fleet);
    ground.fleet.restart_failed(Scope::default()).await.unwrap();
    for id in &ids {
        // The answer comes when all have got there.
        assert_eq!(ground.fleet.instance(id).unwrap().state, InstanceState::Ready);
    }
    let rose = most.load(std::sync::atomic::Ordering::SeqCst);
    assert!((1..=2).contains(&rose), "{rose} were on their way up at a time");
    ground.fleet.stop_all(Scope::default()).await.unwrap();
    assert!(live(&ground.fleet.state()).is_empty());
    ground.fleet.start_all(Scope { group: Some("work".to_owned()) }).await.unwrap();
    assert_eq!(live(&ground.fleet.state()), ids[..2].iter().cloned().collect());
    ground.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_ran_last_is_started_again_by_the_next_that_stays() {
    let ground = Ground::new().await;
    let binary = Switched::new(&ground);
    binary.works();
    let ids = many(&ground, 2, &binary).await;
    for id in &ids {
        ground.wait_for(id, &InstanceState::Ready).await;
    }
    let (last, other) = (&ids[0], &ids[1]);
    ground.fleet.stop(other).await.unwrap();
    let patch = SettingsPatch { restore_fleet: Some(true), ..SettingsPatch::default() };
    ground.fleet.update_settings(patch).await.unwrap();
    let Ground { world, fleet, model } = ground;
    fleet.shut_down(AtQuit::Stop).await;
    assert!(folders(&world).last_fleet().exists());

    // A command that ends at once starts nothing, and leaves it to the next.
    let passing = Options { discovery: Discovery::Off, stays: false };
    let command = Fleet::open(folders(&world), passing).await.unwrap();
    assert_eq!(command.state().instances.len(), 2);
    command.shut_down(AtQuit::Keep).await;

    let fleet = open(&world).await;
    is_ready(&fleet, last).await;
    assert_eq!(fleet.instance(other).unwrap().state, InstanceState::Stopped, "it did not run last");
    assert!(!folders(&world).last_fleet().exists(), "nobody else starts them, too");

    // What ended while no app was there, as with the machine, ran last, too.
    let pid = fleet.instance(last).unwrap().process().unwrap().pid;
    fleet.shut_down(AtQuit::Keep).await;
    let killed = std::process::Command::new("kill").args(["-s", "KILL", &pid.to_string()]).status().unwrap();
    assert!(killed.success());
    let is_gone = || {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        stat.rsplit(')').next().is_none_or(|rest| rest.trim().is_empty() || rest.trim().starts_with('Z'))
    };
    until("it is gone", PATIENCE, async || is_gone()).await;
    let command = Fleet::open(folders(&world), passing).await.unwrap();
    command.shut_down(AtQuit::Keep).await;
    let fleet = open(&world).await;
    is_ready(&fleet, last).await;

    // Without the setting nothing is started, and what ran then is forgotten.
    let patch = SettingsPatch { restore_fleet: Some(false), ..SettingsPatch::default() };
    fleet.update_settings(patch).await.unwrap();
    fleet.shut_down(AtQuit::Stop).await;
    let fleet = open(&world).await;
    until("it is forgotten", PATIENCE, async || !folders(&world).last_fleet().exists()).await;
    assert!(live(&fleet.state()).is_empty());
    Ground { world, fleet, model }.end().await;
}
