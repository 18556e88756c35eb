//! Calls of operations over HTTP.

use axum::body::Body;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use bridge::{Kind, OPERATIONS};
use serde_json::{Value, json};

use crate::setting::Setting;

/// A request for each operation that its handler understands and that does no harm.
fn harmless(name: &str) -> Value {
    let nowhere = json!({"instance": "nowhere"});
    match name {
        "set_profile" => json!({"instance": "nowhere", "profile": {}}),
        "continue_sessions" => json!({"instance": "nowhere", "sessions": []}),
        "stop_external" => json!({"instance": "nowhere", "pid": 2}),
        "unlock_instance" => json!({"instance": "nowhere", "user": null, "password": "x", "keep": "no"}),
        "add_address" => json!({"url": "ftp://x", "name": null, "user": null, "password": null, "keep": "no"}),
        "change_address" => {
            json!({"instance": "nowhere", "url": "x:1", "user": null, "password": null, "keep": "no"})
        }
        "check_address" => json!({"url": "ftp://x"}),
        "trust_certificate" => json!({"instance": "nowhere", "trust": {"trust": "system"}}),
        "end_child" => json!({"instance": "nowhere", "pid": 2, "started_at": "1"}),
        "read_log" | "instance_log" => json!({"instance": "nowhere", "lines": 10}),
        "search_log" => json!({"instance": "nowhere", "text": "x"}),
        "check_directory" | "start_instance" => json!({"directory": "/does/not/exist"}),
        "instance_history"
        | "added_address"
        | "instance_resources"
        | "save_log"
        | "stop_instance"
        | "restart_instance"
        | "get_image_again"
        | "remove_instance"
        | "sleep_instance"
        | "wake_instance"
        | "open_shell"
        | "connect_instance"
        | "dismiss_interrupted" => nowhere,
        "list_ssh_directory" => json!({"host": "-x", "path": ""}),
        "rename_instance" => json!({"instance": "nowhere", "name": "x"}),
        "answer_permission" => json!({"instance": "nowhere", "request": "per_1", "reply": "once"}),
        "answer_prompt" => json!({"prompt": "nowhere", "answer": null}),
        "answer_question" => json!({"instance": "nowhere", "request": "que_1", "answers": []}),
        "reject_question" => json!({"instance": "nowhere", "request": "que_1"}),
        "open" => json!({"with": "browser", "target": "https://example.com"}),
        "quit" => json!({"instances": "keep", "remember": true}),
        "watch" => json!({"sessions": []}),
        "forward" => json!({"instance": "nowhere", "method": "GET", "path": "/session", "query": []}),
        _ => json!({}),
    }
}

/// What comes of it here, where there is no instance and no desktop.
fn expected(name: &str) -> Option<StatusCode> {
    match name {
        // Of no instance, nothing is to be started or stopped.
        "fleet" | "update_settings" | "look_for_opencode" | "watch" | "resync" | "start_all" | "stop_all"
        | "restart_failed" | "docker_engines" | "ssh_hosts" => Some(StatusCode::OK),
        "check_directory" | "start_instance" | "add_address" | "check_address" | "list_ssh_directory" => {
            Some(StatusCode::BAD_REQUEST)
        }
        "open" | "pick_directory" | "quit" => Some(StatusCode::NOT_IMPLEMENTED),
        // They would start programs: here only that a request that makes no sense reaches them.
        "install_opencode" | "start_tour" | "look_for_versions" | "update_opencode" => None,
        _ => Some(StatusCode::NOT_FOUND),
    }
}

#[tokio::test]
async fn every_operation_is_reachable() {
    let setting = Setting::new().await;
    for operation in OPERATIONS {
        let name = operation.name;
        if let Some(expected) = expected(name) {
            let request =
                setting.call(name).header("x-portal-request", format!("id-{name}")).header("x-portal-window", "w");
            let answer = setting.send(request, harmless(name).to_string()).await;
            assert_eq!(answer.status, expected, "{name}: {answer:?}");
            assert!(!answer.json()["message"].as_str().unwrap_or_default().contains("no operation"), "{name}");
        }
        let nonsense = setting.send(setting.call(name), "[1]").await;
        assert_eq!((nonsense.status, nonsense.code().as_str()), (StatusCode::BAD_REQUEST, "invalid"), "{name}");
    }
    setting.end().await;
}

#[tokio::test]
async fn whatever_changes_something_needs_a_request_id() {
    let setting = Setting::new().await;
    for operation in OPERATIONS.iter().filter(|operation| operation.kind == Kind::Mutation) {
        let answer = setting.send(setting.call(operation.name), harmless(operation.name).to_string()).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", operation.name);
        assert!(answer.json()["message"].as_str().unwrap().contains("request id"), "{}", operation.name);
    }
    let post = json!({"instance": "nowhere", "method": "POST", "path": "/session", "query": []});
    let answer = setting.send(setting.call("forward"), post.to_string()).await;
    assert!(answer.json()["message"].as_str().unwrap().contains("request id"));
    setting.end().await;
}

#[tokio::test]
async fn a_repeated_mutation_is_carried_out_once() {
    let setting = Setting::new().await;
    let update = |theme: &str, id: &str| {
        let request = setting.call("update_settings").header("x-portal-request", id);
        setting.send(request, json!({"theme": theme}).to_string())
    };
    assert_eq!(update("dark", "1").await.json()["theme"], "dark");
    assert_eq!(update("light", "2").await.json()["theme"], "light");
    // The first one again, as a reloaded page sends it: its own answer, and no effect.
    assert_eq!(update("dark", "1").await.json()["theme"], "dark");
    let fleet = setting.send(setting.call("fleet"), "{}").await.json();
    assert_eq!(fleet["settings"]["theme"], "light");
    assert_eq!(update("system", "1").await.status, StatusCode::BAD_REQUEST);
    setting.end().await;
}

#[tokio::test]
async fn bad_input_gets_a_clear_answer() {
    let setting = Setting::new().await;
    let big = "x".repeat(65 * 1024 * 1024);
    let cases = [
        (setting.call("nothing"), "{}", StatusCode::NOT_FOUND),
        (setting.call("fleet"), "{", StatusCode::BAD_REQUEST),
        (setting.call("fleet"), big.as_str(), StatusCode::PAYLOAD_TOO_LARGE),
        (setting.request("POST", "/bridge/call/fleet"), "{}", StatusCode::UNSUPPORTED_MEDIA_TYPE),
        (
            setting.request("POST", "/bridge/call/fleet").header(CONTENT_TYPE, "text/plain"),
            "{}",
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ),
        (setting.call("fleet").header("x-portal-window", "a b"), "{}", StatusCode::BAD_REQUEST),
        (setting.request("GET", "/bridge/call/fleet"), "", StatusCode::METHOD_NOT_ALLOWED),
        (setting.request("POST", "/bridge/pushes"), "", StatusCode::METHOD_NOT_ALLOWED),
        (setting.request("POST", "/"), "", StatusCode::METHOD_NOT_ALLOWED),
        (setting.request("GET", "/bridge/pushes"), "", StatusCode::BAD_REQUEST),
        (setting.request("GET", "/bridge/other"), "", StatusCode::NOT_FOUND),
        (setting.request("GET", "/bridge"), "", StatusCode::NOT_FOUND),
        (setting.request("GET", "/../../etc/passwd"), "", StatusCode::NOT_FOUND),
        (setting.request("GET", "/..%2f..%2fCargo.toml"), "", StatusCode::NOT_FOUND),
    ];
    for (number, (request, body, expected)) in cases.into_iter().enumerate() {
        let answer = setting.send(request, body.to_owned()).await;
        assert_eq!(answer.status, expected, "case {number}: {answer:?}");
        assert_eq!(answer.header("content-type"), "application/json", "case {number}");
        assert!(!answer.code().is_empty());
    }
    // An operation that takes nothing may be sent nothing.
    assert_eq!(setting.send(setting.call("fleet"), Body::empty()).await.status, StatusCode::OK);
    setting.end().await;
}
