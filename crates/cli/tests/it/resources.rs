//! What an instance uses and writes, asked over HTTP as a browser does.

use serde_json::{Value, json};
use testkit::eventually;

use crate::program::{Desk, PATIENCE};

#[tokio::test]
async fn processes_and_output_are_told_over_http() {
    let desk = Desk::new().await;
    let serving = desk.serve(&["--stop-instances"]).await;
    let http = serving.http.clone();
    let mut pushes = http.pushes().await;
    let instance = http.ok("start_instance", json!({"directory": desk.project(), "name": "a/b"})).await;
    let id = instance["instance"].as_str().unwrap().to_owned();
    pushes.state(&id, "idle").await;

    let resources = eventually("it was measured", PATIENCE, async || {
        let resources = http.ok("instance_resources", instance.clone()).await;
        (resources["recent"].as_array().is_some_and(|recent| recent.len() > 1)).then_some(resources)
    })
    .await;
    let server = &resources["processes"][0];
    assert_eq!(
        (&server["part"], server["pid"].as_u64()),
        (&json!("server"), desk.servers().first().map(|pid| u64::from(*pid)))
    );
    assert!(server["command"].as_str().unwrap().starts_with("opencode serve"), "{server}");
    assert!(server["memory_bytes"].as_u64().unwrap() > 50_000_000, "{server}");
    assert!(server["started_at_ms"].as_u64().unwrap() > 1_600_000_000_000, "{server}");
    assert!(["pss", "rss"].contains(&resources["measure"].as_str().unwrap()));
    assert!(!resources["hours"].as_array().unwrap().is_empty());

    // The server itself is not ended from its list, nor is what is not in it.
    let end = |pid: &Value, started_at: &Value| json!({"instance": id, "pid": pid, "started_at": started_at});
    for (refused, expected) in [
        (end(&server["pid"], &server["started_at"]), 409),
        (end(&server["pid"], &json!("1")), 409),
        (end(&server["pid"], &json!("soon")), 400),
    ] {
        let (status, reply) = http.call("end_child", refused.clone()).await;
        assert_eq!(status, expected, "{refused}: {}", String::from_utf8_lossy(&reply));
    }
    assert_eq!(desk.servers().len(), 1);

    let read = |more: Value| {
        let mut request = json!({"instance": id, "lines": 100});
        request.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
        request
    };
    let page = http.ok("read_log", read(json!({}))).await;
    let texts = page["lines"].to_string();
    assert!(texts.contains("opencode server listening on"), "{texts}");
    assert_eq!((&page["is_torn"], &page["has_more"]), (&json!(false), &json!(false)));
    let before = http.ok("read_log", read(json!({"before": page["first"]}))).await;
    assert_eq!(before["lines"], json!([]), "nothing is older");
    for nonsense in [json!({"after": "x"}), json!({"after": page["next"], "before": page["next"]})] {
        assert_eq!(http.call("read_log", read(nonsense)).await.0, 400);
    }
    let found = http.ok("search_log", json!({"instance": id, "text": "SERVER LISTENING"})).await;
    assert_eq!((found["lines"].as_array().unwrap().len(), &found["has_more"]), (1, &json!(false)), "{found}");
    let there = http.ok("read_log", read(json!({"after": found["lines"][0]["place"]}))).await;
    assert_eq!(there["lines"][0], found["lines"][0]["line"]);
    let saved = http.ok("save_log", json!({"instance": id})).await;
    let text = std::fs::read_to_string(saved["path"].as_str().unwrap()).unwrap();
    assert!(text.contains("opencode server listening on"), "{text}");

    assert_eq!(serving.end("TERM").await, Some(0));
    desk.leave().await;
}
