//! A real Docker engine: its list of containers, now and whenever it changes.

use std::time::Duration;

use launch::{
    LaunchError,
    docker::{ContainerName, ContainerSummary, News, Phase, Watch},
};

use super::Surroundings;
use crate::PATIENCE;

/// The next list in which the container is as expected.
async fn until_listed(
    watch: &mut Watch,
    id: &str,
    what: &str,
    is_so: impl Fn(Option<&ContainerSummary>) -> bool,
) -> Vec<ContainerSummary> {
    let waiting = async {
        loop {
            let list = watch.next().await.expect("the watching goes on").expect("the engine is there");
            if is_so(list.iter().find(|container| container.id == id)) {
                return list;
            }
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.unwrap_or_else(|_| panic!("waited in vain for: {what}"))
}

#[tokio::test]
async fn every_change_is_told_needs_docker() {
    let Some(surroundings) = Surroundings::new().await else { return };
    let engine = &surroundings.engine;
    // No second look within the time of the test: what is told was an event.
    let mut watch = engine.watch(Duration::from_hours(1), News::default());
    let first = watch.next().await.unwrap().unwrap();
    assert_eq!(
        first.len(),
        first.iter().map(|container| &container.id).collect::<std::collections::BTreeSet<_>>().len()
    );

    let id = engine.create(&surroundings.plan("sleep 600")).await.unwrap();
    let is = |phase: Phase| move |seen: Option<&ContainerSummary>| seen.is_some_and(|seen| seen.phase == phase);
    until_listed(&mut watch, &id, "it was made", is(Phase::Created)).await;
    engine.start(&id).await.unwrap();
    let list = until_listed(&mut watch, &id, "it runs", is(Phase::Running)).await;
    let seen = list.iter().find(|container| container.id == id).unwrap();
    assert_eq!(seen.labels[super::LABEL], surroundings.mark);
    assert!(seen.command.contains("sleep 600"), "{seen:?}");
    assert!(seen.created.elapsed().is_ok_and(|ago| ago < Duration::from_hours(1)), "{seen:?}");
    surroundings.plain.act(&id, "pause").await;
    until_listed(&mut watch, &id, "it is paused", is(Phase::Paused)).await;
    engine.unpause(&id).await.unwrap();
    until_listed(&mut watch, &id, "it goes on", is(Phase::Running)).await;
    let name = ContainerName::from_text(&format!("renamed-{}", surroundings.mark));
    engine.rename(&id, &name).await.unwrap();
    until_listed(&mut watch, &id, "its new name", |seen| seen.is_some_and(|seen| seen.name == name.as_str())).await;
    engine.kill(&id).await.unwrap();
    until_listed(&mut watch, &id, "it has ended", is(Phase::Exited)).await;
    engine.remove(&id).await.unwrap();
    until_listed(&mut watch, &id, "it is gone", |seen| seen.is_none()).await;
}

#[tokio::test]
async fn an_end_that_was_asked_for_is_told_from_a_crash_needs_docker() {
    let Some(surroundings) = Surroundings::new().await else { return };
    let engine = &surroundings.engine;
    let mut watch = engine.watch(Duration::from_hours(1), News::default());
    let exited = |seen: Option<&ContainerSummary>| seen.is_some_and(|seen| seen.phase == Phase::Exited);
    let runs = |seen: Option<&ContainerSummary>| seen.is_some_and(|seen| seen.phase == Phase::Running);

    let willing = surroundings.run("trap 'exit 0' TERM; trap 'exit 1' HUP; while :; do sleep 600 & wait; done").await;
    until_listed(&mut watch, &willing, "it runs", runs).await;
    assert!(!watch.asked().contains(&willing));
    engine.stop(&willing, PATIENCE).await.unwrap();
    until_listed(&mut watch, &willing, "it was stopped", exited).await;
    assert!(watch.asked().contains(&willing), "{:?}", watch.asked());

    engine.start(&willing).await.unwrap();
    until_listed(&mut watch, &willing, "it runs again", runs).await;
    // The list may be ahead of the news; those bring another one.
    while watch.asked().contains(&willing) {
        until_listed(&mut watch, &willing, "the end before is forgotten", runs).await;
    }
    // A signal that is no end: what the program makes of it is its own affair.
    surroundings.plain.act(&willing, "kill?signal=HUP").await;
    until_listed(&mut watch, &willing, "it has ended by itself", exited).await;
    assert!(!watch.asked().contains(&willing), "nobody asked for that end");

    engine.start(&willing).await.unwrap();
    until_listed(&mut watch, &willing, "it runs once more", runs).await;
    surroundings.plain.act(&willing, "kill").await;
    until_listed(&mut watch, &willing, "it was killed", exited).await;
    assert!(watch.asked().contains(&willing), "{:?}", watch.asked());

    let failing = surroundings.run("exit 3").await;
    until_listed(&mut watch, &failing, "it has failed", exited).await;
    assert!(!watch.asked().contains(&failing), "it failed by itself");
    let mut plan = surroundings.plan("x=0123456789; while :; do x=$x$x; done");
    plan.limits.memory_bytes = Some(16 << 20);
    let hungry = engine.create(&plan).await.unwrap();
    engine.start(&hungry).await.unwrap();
    until_listed(&mut watch, &hungry, "it used too much memory", exited).await;
    assert!(!watch.asked().contains(&hungry), "its 137 is no kill of anybody's");

    engine.remove(&willing).await.unwrap();
    until_listed(&mut watch, &willing, "it is gone", |seen| seen.is_none()).await;
    assert!(!watch.asked().contains(&willing));
}

#[tokio::test]
async fn an_engine_that_goes_ends_the_watching_needs_docker() {
    let Some(surroundings) = Surroundings::new().await else { return };
    let relay = super::relay::Relay::to(surroundings.plain.socket());
    let engine = launch::docker::Engine::connect(&relay.address(), Duration::from_secs(20)).await.unwrap();
    let mut watch = engine.watch(Duration::from_hours(1), News::default());
    watch.next().await.unwrap().unwrap();
    relay.cut();
    let waiting = async {
        while let Some(list) = watch.next().await {
            if let Err(error) = list {
                return error;
            }
        }
        panic!("it ended without an error");
    };
    let error = tokio::time::timeout(PATIENCE, waiting).await.expect("the end is told in time");
    assert!(matches!(error, LaunchError::EngineUnreachable { .. }), "{error:?}");
    assert!(watch.next().await.is_none(), "an error is the last that is told");
}

#[tokio::test]
async fn what_was_asked_for_while_nobody_listened_is_heard_by_whoever_goes_on_needs_docker() {
    let Some(surroundings) = Surroundings::new().await else { return };
    let engine = &surroundings.engine;
    let news = News::default();
    let runs = |seen: Option<&ContainerSummary>| seen.is_some_and(|seen| seen.phase == Phase::Running);
    let mut watch = engine.watch(Duration::from_hours(1), news.clone());
    let willing = surroundings.run("trap 'exit 143' TERM; while :; do sleep 600 & wait; done").await;
    let alike = surroundings.run("trap 'exit 143' HUP; while :; do sleep 600 & wait; done").await;
    until_listed(&mut watch, &alike, "both run", runs).await;
    drop(watch);

    engine.stop(&willing, PATIENCE).await.unwrap();
    surroundings.plain.act(&alike, "kill?signal=HUP").await;
    testkit::eventually("it ends by itself", PATIENCE, async || {
        (!engine.state(&alike).await.unwrap().is_up()).then_some(())
    })
    .await;
    let mut watch = engine.watch(Duration::from_hours(1), news.clone());
    let first = watch.next().await.unwrap().unwrap();
    assert!(first.iter().any(|one| one.id == willing), "{first:?}");
    assert!(watch.asked().contains(&willing), "the first list knows it already: {:?}", watch.asked());
    assert!(!watch.asked().contains(&alike), "nobody asked for that end: {:?}", watch.asked());
    // Whoever comes anew knows nothing of it, and has missed nothing that it began to hear.
    let mut another = engine.watch(Duration::from_hours(1), News::default());
    another.next().await.unwrap().unwrap();
    assert!(!another.asked().contains(&willing) && !another.may_have_missed());
    drop(watch);

    // More than an engine remembers.
    for number in 0..300 {
        let name = ContainerName::from_text(&format!("renamed-{}-{number}", surroundings.mark));
        engine.rename(&willing, &name).await.unwrap();
    }
    let mut watch = engine.watch(Duration::from_hours(1), news);
    watch.next().await.unwrap().unwrap();
    assert!(watch.may_have_missed());
    engine.rename(&willing, &ContainerName::from_text(&format!("again-{}", surroundings.mark))).await.unwrap();
    watch.next().await.unwrap().unwrap();
    assert!(!watch.may_have_missed(), "what comes after that is heard");
}
