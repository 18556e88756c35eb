//! The output of a container, and what it uses.

use fleet::{AtQuit, LogPlace};
use testkit::eventually;

use super::Boxes;
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
