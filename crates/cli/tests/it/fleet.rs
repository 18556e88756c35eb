//! Many instances, each run in its own way.

use std::io::Write as _;

use serde_json::{Value, json};
use testkit::eventually;

use crate::program::{Desk, PATIENCE};

const SECRET: &str = "hunter2-and-more";

async fn list(desk: &Desk) -> Vec<Value> {
    serde_json::from_str(&desk.ok(&["list", "--json"]).await).unwrap()
}

async fn named(desk: &Desk, name: &str) -> Value {
    let all = list(desk).await;
    all.iter().find(|instance| instance["name"] == name).unwrap_or_else(|| panic!("no {name} in {all:#?}")).clone()
}

#[tokio::test]
async fn an_instance_is_run_as_it_was_typed_and_shows_no_secret() {
    let mut desk = Desk::new().await;
    let project = desk.project();
    desk.set("MY_TOKEN", SECRET);
    let config = format!(r#"{{"username":"Ann","provider":{{"x":{{"options":{{"apiKey":"{SECRET}"}}}}}}}}"#);
    let file = desk.world.write("config.json", &config);
    let typed = [
        "start",
        &project,
        "--name",
        "app",
        "--env",
        "PLAIN=yes",
        "--env",
        "MY_TOKEN",
        "--config",
        file.to_str().unwrap(),
        "--permission",
        "ask",
        "--arg=--cors=http://cors.example",
        "--restart",
        "on-failure",
        "--sleep",
        "never",
        "--memory",
        "9000",
        "--log-level",
        "warn",
        "--group",
        "work",
        "--pin",
    ];
    let mut said = desk.ok(&typed).await;
    assert!(said.starts_with("Started app ("), "{said}");
    let profile = &named(&desk, "app").await["profile"];
    let expected = json!({
        "arguments": ["--cors=http://cors.example"],
        "environment": [{"name": "PLAIN", "value": "yes"}, {"name": "MY_TOKEN", "value": null}],
        "permission": "\"ask\"",
        "restart": "on_failure",
        "sleep": {"rule": "never"},
        "memory_budget_mib": 9000,
        "log_level": "warn",
        "group": "work",
        "is_pinned": true,
    });
    for (key, value) in expected.as_object().unwrap() {
        assert_eq!(profile[key], *value, "{key}");
    }
    assert!(profile["config"].as_str().unwrap().contains(r#""apiKey": "***""#), "{profile}");
    let pid = desk.servers()[0];
    let environment = std::fs::read(format!("/proc/{pid}/environ")).unwrap();
    let environment = String::from_utf8_lossy(&environment);
    assert!(environment.contains(&format!("MY_TOKEN={SECRET}")) && environment.contains(&format!("\"{SECRET}\"")));

    // What is typed for one that runs is kept, and what is not typed stays, secrets too.
    let again = desk.ok(&["start", &project, "--group", "home"]).await;
    assert!(again.contains("Already running: app (") && again.contains("counts from its next start on"), "{again}");
    said += &desk.ok(&["restart", "app"]).await;
    let environment = std::fs::read(format!("/proc/{}/environ", desk.servers()[0])).unwrap();
    assert!(String::from_utf8_lossy(&environment).contains(&format!("MY_TOKEN={SECRET}")));
    assert_eq!(named(&desk, "app").await["profile"]["group"], "home");

    said += &desk.ok(&["list", "--json"]).await;
    said += &desk.ok(&["status"]).await;
    said += &desk.ok(&["logs", "app", "-n", "5000"]).await;
    assert!(!said.contains(SECRET), "{said}");
    desk.ok(&["stop", "app"]).await;
    let history = desk.ok(&["history", "app"]).await;
    assert!(history.lines().next().is_some_and(|line| line.contains("stopped")), "{history}");
    assert!(history.contains("ready") || history.contains("idle"), "{history}");
    desk.leave().await;
}

#[tokio::test]
async fn several_in_a_directory_and_all_at_once() {
    let desk = Desk::new().await;
    let project = desk.project();
    desk.ok(&["start", &project, "--group", "work"]).await;
    let second = desk.ok(&["start", &project, "--new"]).await;
    assert!(second.starts_with("Started project 2 ("), "{second}");
    assert_eq!(desk.servers().len(), 2);
    assert_eq!(desk.ok(&["stop", "--all", "--group", "work"]).await.trim(), "Stopped");
    assert_eq!(desk.servers().len(), 1);
    let started = desk.ok(&["start", "--all"]).await;
    assert!(started.contains("project (") && !started.contains("project 2"), "{started}");
    assert_eq!(desk.ok(&["start", "--all"]).await.trim(), "Everything runs already");
    assert_eq!(desk.ok(&["restart", "--failed"]).await.trim(), "Nothing has crashed");
    desk.ok(&["sleep", "project 2"]).await;
    assert_eq!(named(&desk, "project 2").await["state"]["state"], "asleep");
    assert_eq!(desk.servers().len(), 1);
    let woken = desk.ok(&["wake", "project 2"]).await;
    assert!(woken.starts_with("Awake: project 2 ("), "{woken}");
    desk.ok(&["stop", "--all"]).await;
    assert!(desk.servers().is_empty());
    desk.leave().await;
}

#[tokio::test]
async fn an_output_is_followed() {
    let desk = Desk::new().await;
    desk.ok(&["start", &desk.project(), "--name", "app"]).await;
    let log = named(&desk, "app").await["log_path"].as_str().unwrap().to_owned();
    let (mut child, mut lines) = desk.begin(&["logs", "app", "--follow", "-n", "50"]);
    let mut wait_for = async |text: &str| {
        eventually(text, PATIENCE, async || lines.next_line().await.unwrap().filter(|line| line.contains(text))).await
    };
    wait_for("listening on").await;
    let mut file = std::fs::OpenOptions::new().append(true).open(log).unwrap();
    writeln!(file, "written a moment ago").unwrap();
    wait_for("written a moment ago").await;
    let pid = child.id().unwrap().to_string();
    assert!(std::process::Command::new("kill").args(["-s", "INT", &pid]).status().unwrap().success());
    let status = tokio::time::timeout(PATIENCE, child.wait()).await.expect("it ends").unwrap();
    assert_eq!(status.code(), Some(0));
    desk.ok(&["stop", "app"]).await;
    desk.leave().await;
}
