//! What somebody else started: listed, let in, and ended only when that is confirmed.

use serde_json::Value;
use testkit::{RealServer, eventually};

use crate::program::{Desk, PATIENCE};

/// What was found in this world, by its directory; other tests of this machine have servers, too.
async fn found(desk: &Desk) -> Value {
    let project = desk.project();
    let seen = eventually("it is listed", PATIENCE, async || {
        let all: Vec<Value> = serde_json::from_str(&desk.ok(&["list", "--json"]).await).unwrap();
        all.into_iter().find(|instance| instance["directory"] == project.as_str())
    });
    seen.await
}

#[tokio::test]
async fn what_others_run_is_listed_let_in_and_ended_only_when_confirmed() {
    let mut desk = Desk::new().await;
    desk.discovers();
    let server = RealServer::start(&desk.world, &desk.model).await;
    let instance = found(&desk).await;
    assert_eq!((&instance["owner"], &instance["pid"]), (&"external".into(), &server.pid().into()));
    let id = instance["id"].as_str().unwrap();
    let project = desk.project();
    let table = desk.ok(&["list"]).await;
    assert!(table.lines().any(|line| line.contains("found: process") && line.ends_with(&project)), "{table}");

    if instance["state"]["state"] == "locked" {
        let wrong = desk.run_with_input(&["unlock", &project, "--keep", "file"], "wrong\n").await;
        assert_eq!(wrong.code, 1, "{wrong:?}");
        let right = format!("{}\n", server.password());
        let right = desk.run_with_input(&["unlock", &project, "--keep", "file"], &right).await;
        assert_eq!(right.code, 0, "{right:?}");
        let said = desk.ok(&["list", "--json"]).await;
        assert!(!said.contains(server.password()));
    }

    // Nobody is there to be asked: nothing is ended.
    let refused = desk.run(&["stop", &project]).await;
    assert_eq!(refused.code, 1, "{refused:?}");
    assert!(refused.err.contains(&format!("pid {}", server.pid())) && refused.err.contains("--yes"), "{refused:?}");
    assert!(std::fs::exists(format!("/proc/{}", server.pid())).unwrap());
    let stopped = desk.ok(&["stop", &project, "--yes"]).await;
    assert!(stopped.contains(id), "{stopped}");
    drop(server);
    desk.leave().await;
}
