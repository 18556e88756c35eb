//! The output of a container, and what it uses.

use fleet::{AtQuit, DockerPlace, LogPlace, Place, Profile};
use testkit::eventually;

use super::Boxes;
use super::relay::Relay;
use crate::support::{PATIENCE, open};

#[tokio::test(flavor = "multi_thread")]
async fn its_output_is_read_as_that_of_a_process_and_once_for_two_hosts() {
    let Some(boxes) = Boxes::new().await else { return };
    let _broom = boxes.broom();
    let fleet = &boxes.ground.fleet;
    let other = open(&boxes.ground.world).await;
    let (id, instance) = boxes.ready_with(boxes.profile()).await;
    let log = instance.log.clone().unwrap();
    let listening = "server listening";
    let count = || std::fs::read_to_string(&log).unwrap_or_default().matches(listening).count();
    eventually("its first words are in the log", PATIENCE, async || (count() > 0).then_some(())).await;
    let found = fleet.search_log(&id, listening, 10).await.unwrap();
    assert!(!found.lines.is_empty());
    let page = fleet.read_log(&id, LogPlace::End, 50).await.unwrap();
    assert!(!page.lines.is_empty());
    assert_eq!(count(), 1, "two hosts write it once");
    // Whoever comes later goes on where the one before has ended.
    other.shut_down(AtQuit::Keep).await;
    let mut boxes = boxes;
    boxes.reopen().await;
    boxes.ready(&id).await;
    boxes.ground.call(&id, fleet::Method::Get, "/session", None).await;
    assert_eq!(count(), 1);
    boxes.stop(&id).await;
    boxes.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_it_uses_is_what_its_engine_counts() {
    let Some(boxes) = Boxes::new().await else { return };
    let _broom = boxes.broom();
    let (id, _) = boxes.ready_with(boxes.profile()).await;
    let measured = boxes.ground.wait(&id, |instance| instance.usage.is_some()).await;
    assert!(measured.usage.unwrap().memory_bytes > 30_000_000, "{:?}", measured.usage);
    let resources = boxes.ground.fleet.resources(&id).unwrap();
    let [whole] = &resources.processes[..] else { panic!("{resources:?}") };
    assert!(whole.command.starts_with("container opencode-"), "{whole:?}");
    assert!(!resources.recent.is_empty());
    boxes.stop(&id).await;
    boxes.end().await;
}

/// As engines do when they put it into another file, or start again beside what runs on.
#[tokio::test(flavor = "multi_thread")]
async fn output_that_the_engine_has_lost_is_followed_anew() {
    let Some(boxes) = Boxes::new().await else { return };
    let _broom = boxes.broom();
    let relay = Relay::to(boxes.engine.socket());
    let place = DockerPlace { engine: Some(relay.address()), ..DockerPlace::default() };
    let (id, instance) = boxes.ready_with(Profile { place: Place::Docker(place), ..Profile::default() }).await;
    let log = instance.log.clone().unwrap();
    let read = || std::fs::read_to_string(&log).unwrap_or_default();
    let pid = boxes.inspect(&instance).await["State"]["Pid"].to_string();
    let says = |words: &str| std::fs::write(format!("/proc/{pid}/fd/1"), format!("{words}\n")).unwrap();
    let is_read = async |words: &str| {
        eventually(words, PATIENCE, async || read().contains(words).then_some(())).await;
    };
    says("before it was lost");
    is_read("before it was lost").await;
    for words in ["after it was lost", "after it was lost again"] {
        relay.cuts_output();
        says(words);
        is_read(words).await;
    }
    let said = read();
    for words in ["server listening", "before it was lost\n", "after it was lost\n", "after it was lost again\n"] {
        assert_eq!(said.matches(words).count(), 1, "{words}: {said}");
    }
    boxes.stop(&id).await;
    boxes.end().await;
}
