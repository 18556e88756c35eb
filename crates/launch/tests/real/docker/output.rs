//! A real Docker engine: what containers write and use.

use std::time::Duration;

use launch::docker::{LogsOf, Output, cpu_percent};
use testkit::eventually;

use super::Surroundings;
use crate::PATIENCE;

#[tokio::test]
async fn output_comes_as_it_was_written_needs_docker() {
    let Some(surroundings) = Surroundings::new().await else { return };
    let script = r"echo one; echo two >&2; printf '\303\244\377\000'; echo; head -c 40000 /dev/zero | tr '\0' x; echo; printf unfinished";
    let script = script.replace("tr '\\0' x", "sed 's/./x/g'");
    let id = surroundings.run(&script).await;
    surroundings.ended(&id).await;
    let mut logs = surroundings.engine.logs(&id, LogsOf { after: None, is_followed: false }).unwrap();
    let (mut standard, mut errors, mut times) = (Vec::new(), Vec::new(), Vec::new());
    while let Some(entry) = logs.next().await {
        let entry = entry.unwrap();
        times.push(entry.at.expect("each piece has its time"));
        match entry.output {
            Output::Standard => standard.extend(entry.bytes),
            Output::Errors => errors.extend(entry.bytes),
            Output::Terminal => panic!("it has no terminal"),
        }
    }
    assert_eq!(errors, b"two\n");
    // The engine keeps its output as JSON: a byte that is no text is lost to it.
    assert!(standard.starts_with("one\nä\u{fffd}\0\n".as_bytes()), "{:?}", &standard[..20]);
    assert!(standard.ends_with(b"unfinished"));
    assert!(standard.len() >= 40_000, "{}", standard.len());
    assert!(times.is_sorted());
}

#[tokio::test]
async fn output_is_followed_and_taken_up_again_without_a_gap_needs_docker() {
    let Some(surroundings) = Surroundings::new().await else { return };
    let id = surroundings
        .run("n=0; while [ $n -lt 40 ]; do n=$((n + 1)); echo line $n; sleep 0.05; done; exec sleep 600")
        .await;
    let (mut after, mut lines) = (None, Vec::new());
    // Each reader reads some lines and is dropped; the next one goes on from the time of the last line.
    while lines.len() < 40 {
        let mut logs = surroundings.engine.logs(&id, LogsOf { after, is_followed: true }).unwrap();
        for _ in 0..7 {
            if lines.len() == 40 {
                break;
            }
            let entry = tokio::time::timeout(PATIENCE, logs.next()).await.expect("a line in time").unwrap().unwrap();
            after = entry.at;
            lines.push(String::from_utf8(entry.bytes).unwrap());
        }
    }
    let expected: Vec<String> = (1..=40).map(|n| format!("line {n}\n")).collect();
    assert_eq!(lines, expected);

    let mut logs = surroundings.engine.logs(&id, LogsOf { after, is_followed: true }).unwrap();
    surroundings.engine.kill(&id).await.unwrap();
    let end = tokio::time::timeout(PATIENCE, logs.next()).await.expect("the output ends with the container");
    assert!(end.is_none(), "{end:?}");
}

#[tokio::test]
async fn a_silent_container_is_followed_for_longer_than_a_call_may_take_needs_docker() {
    let Some(surroundings) = Surroundings::new().await else { return };
    let engine = launch::docker::Engine::connect(&surroundings.plain.address(), Duration::from_secs(1)).await.unwrap();
    let id = surroundings.run("sleep 3; echo late; sleep 600").await;
    let mut logs = engine.logs(&id, LogsOf { after: None, is_followed: true }).unwrap();
    let entry = tokio::time::timeout(PATIENCE, logs.next()).await.expect("a line in time").unwrap().unwrap();
    assert_eq!(entry.bytes, b"late\n");
}

#[tokio::test]
async fn usage_is_measured_needs_docker() {
    let Some(surroundings) = Surroundings::new().await else { return };
    let engine = &surroundings.engine;
    let busy = surroundings.run("echo begins; while :; do :; done").await;
    // Before that there may be nothing in it but the init process.
    surroundings.says(&busy, "begins").await;
    let first = eventually("a first sample", PATIENCE, async || engine.usage(&busy).await.unwrap()).await;
    let share = eventually("it uses a core", PATIENCE, async || {
        let later = engine.usage(&busy).await.unwrap()?;
        cpu_percent(&first, &later).filter(|share| *share > 10.0)
    })
    .await;
    assert!(share < 150.0, "one loop has one core: {share}");
    assert_eq!(first.memory_limit, Some(256 << 20));
    assert!(first.memory_bytes > 0 && first.memory_bytes < 64 << 20, "{first:?}");
    assert_eq!(first.pids, Some(2), "the init process and the shell: {first:?}");

    // What was only read is not counted.
    let mut plan = surroundings.plan("cat /usr/local/bin/opencode >/dev/null; echo read; sleep 600");
    plan.limits.memory_bytes = Some(512 << 20);
    let reading = engine.create(&plan).await.unwrap();
    engine.start(&reading).await.unwrap();
    eventually("it has read", PATIENCE, async || surroundings.output(&reading).await.contains("read").then_some(()))
        .await;
    let sample = engine.usage(&reading).await.unwrap().expect("it runs");
    assert!(sample.memory_bytes < 64 << 20, "{sample:?}");

    engine.kill(&busy).await.unwrap();
    surroundings.ended(&busy).await;
    assert_eq!(engine.usage(&busy).await.unwrap(), None, "what has ended uses nothing");
}
