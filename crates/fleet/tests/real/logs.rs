//! The output of a real opencode: read in pages, with its levels, over a crash; searched and saved.

use fleet::{FleetError, InstanceState, LineLevel, LogLevel, LogPlace, Profile, Start};
use testkit::eventually;

use crate::support::{Ground, PATIENCE};

#[tokio::test(flavor = "multi_thread")]
async fn output_is_read_over_a_crash_and_searched_and_saved() {
    let ground = Ground::new().await;
    let profile = Some(Profile { log_level: LogLevel::Debug, ..Profile::default() });
    let id = ground.fleet.start(Start { profile, ..ground.start() }).await.unwrap();
    ground.wait_for(&id, &InstanceState::Ready).await;
    let instance = ground.fleet.instance(&id).unwrap();
    let first = ground.fleet.read_log(&id, LogPlace::End, 1000).await.unwrap();
    let begin = first.start;
    // What follows is followed.
    let marked = ground.prompt(&id, "@text Something to write of").await;
    let mut next = first.next;
    let mut lines = first.lines;
    eventually("the session is in the log", PATIENCE, async || {
        let page = ground.fleet.read_log(&id, LogPlace::After(next), 1000).await.unwrap();
        assert!(!page.skipped);
        next = page.next;
        lines.extend(page.lines);
        lines.iter().any(|line| line.text.contains(marked.as_str())).then_some(())
    })
    .await;
    let has = |level| lines.iter().any(|line| line.level == Some(level));
    assert!(has(LineLevel::Info), "{lines:#?}");
    let told = |line: &fleet::LogLine| line.text.starts_with("timestamp=");
    assert!(
        lines.iter().filter(|line| told(line)).all(|line| line.level.is_some()),
        "each of opencode's lines has one: {lines:#?}"
    );

    let pid = instance.process().unwrap().pid;
    assert!(std::process::Command::new("sh").args(["-c", &format!("kill -s KILL {pid}")]).status().unwrap().success());
    ground.wait(&id, |instance| instance.state.is_ended()).await;
    ground.fleet.restart(&id).await.unwrap();
    ground.wait_for(&id, &InstanceState::Ready).await;

    let found = ground.fleet.search_log(&id, &marked.as_str().to_uppercase(), 500).await.unwrap();
    assert!(!found.lines.is_empty(), "what was written before the crash is found after the next start");
    let page = ground.fleet.read_log(&id, LogPlace::After(found.lines[0].at), 1).await.unwrap();
    assert_eq!(page.lines, std::slice::from_ref(&found.lines[0].line));
    let whole = ground.fleet.read_log(&id, LogPlace::After(begin), 5000).await.unwrap();
    let listening = whole.lines.iter().filter(|line| line.text.contains("server listening on")).count();
    assert_eq!((whole.skipped, listening), (false, 2), "both starts, one after the other, from {begin}: {found:?}");
    let end = ground.fleet.read_log(&id, LogPlace::End, 3).await.unwrap();
    let before = ground.fleet.read_log(&id, LogPlace::Before(end.start), 5000).await.unwrap();
    assert!(before.lines.iter().any(|line| line.text.contains(marked.as_str())), "scrolled back over the crash");

    std::fs::create_dir(ground.world.home().join("Downloads")).unwrap();
    let one = ground.fleet.save_log(&id).await.unwrap();
    let two = ground.fleet.save_log(&id).await.unwrap();
    assert!(one != two && one.starts_with(ground.world.home().join("Downloads")), "{one:?} {two:?}");
    let saved = std::fs::read_to_string(&one).unwrap();
    assert!(saved.contains(marked.as_str()) && saved.matches("server listening on").count() == 2);
    let nobody = ground.fleet.read_log(&"nobody".into(), LogPlace::End, 1).await;
    assert!(matches!(nobody, Err(FleetError::NoSuchInstance { .. })));
    ground.end().await;
}
