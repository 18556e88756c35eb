//! The tour: without an account, without a network, apart from everything of the person's.

use serde_json::{Value, json};
use testkit::demo;

use crate::program::Desk;

#[tokio::test]
async fn the_tour_runs_on_the_built_in_model_and_mixes_with_nothing() {
    let mut desk = Desk::new().await;
    // The person's own configuration names no model of ours.
    desk.set("OPENCODE_CONFIG_CONTENT", "{}");
    let serving = desk.serve(&["--stop-instances"]).await;
    let http = serving.http.clone();
    let mut pushes = http.pushes().await;
    let started = http.ok("start_tour", json!({})).await;
    let instance = started["instance"].as_str().unwrap().to_owned();
    assert_eq!(http.ok("start_tour", json!({})).await, started, "twice is once");
    let ready = pushes.state(&instance, "idle").await;
    assert_eq!(ready["demo"], true);
    let project = desk.world.data().join("opencode-portal/tour/project");
    assert_eq!(ready["directory"], project.to_str().unwrap());
    // Another program of ours that ends meanwhile does not take it along.
    desk.ok(&["list"]).await;
    assert_eq!(desk.servers().len(), 1, "its server lives");

    let (_, session) = http.forward(&instance, "POST", "/session", Some(json!({"title": "Tour"}))).await;
    let session = session["id"].as_str().unwrap().to_owned();
    http.ok("watch", json!({"sessions": [{"instance": instance, "session": session}]})).await;
    let prompt = json!({"parts": [{"type": "text", "text": demo::TOUR_PROMPT}]});
    http.forward(&instance, "POST", &format!("/session/{session}/prompt_async"), Some(prompt)).await;
    // A command, then an edit.
    for permission in ["bash", "edit"] {
        let request = pushes.request().await;
        assert_eq!(request["body"]["permission"], permission);
        let answer = json!({"instance": instance, "request": request["id"], "reply": "once", "message": null});
        http.ok("answer_permission", answer).await;
    }
    pushes.idle(&session).await;
    assert_eq!(desk.model.requests(), 0, "it used its own model");
    assert!(project.join("README.md").is_file());
    let own = desk.world.data().join("opencode/opencode.db");
    assert!(!own.exists(), "no session is among the person's own");
    assert!(desk.world.data().join("opencode-portal/tour/share/opencode/opencode.db").is_file());

    // Started from the list like any other, it is still the tour.
    http.ok("restart_instance", json!({"instance": instance})).await;
    pushes.state(&instance, "idle").await;
    http.ok("stop_instance", json!({"instance": instance})).await;
    pushes.state(&instance, "stopped").await;
    let again: Value = http.ok("start_instance", json!({"directory": project.to_str().unwrap()})).await;
    assert_eq!(again, started);
    assert_eq!(pushes.state(&instance, "idle").await["demo"], true);
    assert_eq!(serving.end("TERM").await, Some(0));
    desk.leave().await;
}

#[tokio::test]
async fn when_the_server_that_began_the_tour_crashes_another_one_serves_its_model() {
    let desk = Desk::new().await;
    let (first, second) = (desk.serve(&[]).await, desk.serve(&["--stop-instances"]).await);
    let started = first.http.ok("start_tour", json!({})).await;
    let instance = started["instance"].as_str().unwrap().to_owned();
    let http = second.http.clone();
    let mut pushes = http.pushes().await;
    pushes.state(&instance, "idle").await;
    assert_eq!(first.end("KILL").await, None);

    let (_, session) = http.forward(&instance, "POST", "/session", Some(json!({"title": "Tour"}))).await;
    let session = session["id"].as_str().unwrap().to_owned();
    http.ok("watch", json!({"sessions": [{"instance": instance, "session": session}]})).await;
    // opencode asks a model that is not there again and again, until it is.
    let prompt = json!({"parts": [{"type": "text", "text": "@text still here"}]});
    http.forward(&instance, "POST", &format!("/session/{session}/prompt_async"), Some(prompt)).await;
    pushes.text(&session, "still here").await;
    assert_eq!(second.end("TERM").await, Some(0));
    desk.leave().await;
}

#[tokio::test]
async fn a_tour_that_nobody_serves_is_ended_and_can_be_started_again() {
    let desk = Desk::new().await;
    let first = desk.serve(&[]).await;
    let mut pushes = first.http.pushes().await;
    let started = first.http.ok("start_tour", json!({})).await;
    pushes.state(started["instance"].as_str().unwrap(), "idle").await;
    let orphan = desk.servers();
    assert_eq!(first.end("KILL").await, None);

    let second = desk.serve(&[]).await;
    let mut pushes = second.http.pushes().await;
    let again = second.http.ok("start_tour", json!({})).await;
    pushes.state(again["instance"].as_str().unwrap(), "idle").await;
    let servers = desk.servers();
    assert_eq!(servers.len(), 1);
    assert_ne!(servers, orphan);
    // The end of the app ends the tour, whatever becomes of other instances.
    assert_eq!(second.end("TERM").await, Some(0));
    desk.leave().await;
}
