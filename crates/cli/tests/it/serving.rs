//! `portal serve`: tokens, ports, signals, and what becomes of instances.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::json;

use crate::program::Desk;

#[tokio::test]
async fn the_token_stays_and_two_servers_get_different_ports() {
    let desk = Desk::new().await;
    let first = desk.serve(&[]).await;
    let port = first.http.address.rsplit(':').next().unwrap().to_owned();
    let second = desk.serve(&["--port", &port]).await;
    assert_ne!(first.http.address, second.http.address);
    assert_eq!(first.http.token, second.http.token);
    let file = desk.world.state().join("opencode-portal/serve-token");
    assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
    let (status, page) = first.http.send("GET /", "").await;
    assert_eq!(status, 200);
    assert!(String::from_utf8_lossy(&page).to_lowercase().contains("<!doctype html"));
    assert_eq!(first.end("INT").await, Some(0));
    assert_eq!(second.end("TERM").await, Some(0));
    desk.leave().await;
}

#[tokio::test]
async fn instances_go_on_after_the_server_and_are_found_again() {
    let desk = Desk::new().await;
    let serving = desk.serve(&[]).await;
    let mut pushes = serving.http.pushes().await;
    let started = serving.http.ok("start_instance", json!({"directory": desk.project()})).await;
    let id = started["instance"].as_str().unwrap().to_owned();
    pushes.state(&id, "idle").await;
    let servers = desk.servers();
    assert_eq!(serving.end("TERM").await, Some(0));
    assert_eq!(desk.servers(), servers);
    // Neither does a server that is killed take them along.
    let serving = desk.serve(&[]).await;
    serving.http.pushes().await.state(&id, "idle").await;
    assert_eq!(serving.end("KILL").await, None);
    assert_eq!(desk.servers(), servers);

    let serving = desk.serve(&["--stop-instances"]).await;
    serving.http.pushes().await.state(&id, "idle").await;
    assert_eq!(serving.end("TERM").await, Some(0));
    desk.leave().await;
}

#[tokio::test]
async fn what_the_command_line_does_is_seen_by_the_server() {
    let desk = Desk::new().await;
    let serving = desk.serve(&[]).await;
    let mut pushes = serving.http.pushes().await;
    desk.ok(&["start", &desk.project(), "--name", "seen"]).await;
    let item =
        pushes.find("the instance", |item| item["type"] == "instance" && item["instance"]["name"] == "seen").await;
    let id = item["instance"]["id"].as_str().unwrap().to_owned();
    if item["instance"]["state"]["activity"] != "idle" {
        pushes.state(&id, "idle").await;
    }
    desk.ok(&["stop", "seen"]).await;
    pushes.state(&id, "stopped").await;
    assert_eq!(serving.end("INT").await, Some(0));
    desk.leave().await;
}
