//! Strange folders, strange answers, and streams that fail.

use std::time::Duration;

use opencode_api::{ApiError, Forward, Method, PermissionReply, ServerEvent, SessionStatus};
use serde_json::{Value, json};
use testkit::{Fault, FaultProxy, eventually, until};

use super::stage::{PATIENCE, Stage, asked, client, event, idle};

/// Sessions are made by the raw route, as the UI does it.
async fn check_folder(name: &str) {
    let stage = Stage::with_project(name).await;
    let mut events = stage.client.events().await.expect("events");
    let session = stage.create().await;
    assert_eq!(session.directory, stage.directory.as_str());
    stage.prompt(&session.id, "@bash pwd > here.txt").await;
    let (directory, request) = event(&mut events, "a request of that folder", |envelope| match envelope.event {
        ServerEvent::PermissionAsked(request) => Some((envelope.directory, request)),
        _ => None,
    })
    .await;
    assert_eq!(directory.as_deref(), Some(stage.directory.as_str()));
    assert_eq!(stage.client.permissions(&stage.directory).await.expect("requests"), std::slice::from_ref(&request));
    let status = stage.client.session_status(&stage.directory).await.expect("status");
    assert_eq!(status.get(&session.id), Some(&SessionStatus::Busy));
    stage.answer(&request, PermissionReply::Once, None).await;
    idle(&mut events, &session.id).await;
    assert_eq!(stage.world.read("here.txt").trim_end(), stage.directory.as_str());
    let listed = stage.client.sessions(&stage.directory, 10).await.expect("sessions");
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].directory, stage.directory.as_str());
    stage.end().await;
}

#[tokio::test]
async fn a_folder_with_an_escape_in_its_name_is_that_folder() {
    check_folder("pro%41 ü x").await;
}

#[tokio::test]
async fn a_folder_with_a_percent_sign_in_its_name_is_that_folder() {
    check_folder("100% done + more").await;
}

#[tokio::test]
async fn forward_passes_everything_through() {
    let stage = Stage::new().await;
    let missing = stage.get("/session/ses_000000000000aaaaaaaaaaaaaa", &[]).await;
    assert_eq!(missing.status, 404);
    assert!(serde_json::from_slice::<Value>(&missing.body).is_ok(), "{missing:?}");
    assert!(missing.headers.iter().any(|(name, value)| name == "content-type" && value.contains("json")));
    let refused = stage.post("/session", json!({ "title": 5 })).await;
    assert_eq!(refused.status, 400);

    let session = stage.create().await;
    let mut events = stage.client.events().await.expect("events");
    for prompt in ["@text One", "@text Two"] {
        stage.prompt(&session.id, prompt).await;
        idle(&mut events, &session.id).await;
    }
    let page = stage.get(&format!("/session/{}/message", session.id), &[("limit", "1")]).await;
    assert!(
        page.headers.iter().any(|(name, value)| name == "x-next-cursor" && !value.is_empty()),
        "{:?}",
        page.headers
    );

    let endless = stage.client.forward(Forward {
        method: Method::Get,
        path: "/event".to_owned(),
        query: vec![],
        directory: stage.directory.clone(),
        body: None,
    });
    let endless = endless.await;
    assert!(matches!(endless, Err(ApiError::NotForwardable { .. })), "{endless:?}");
    stage.end().await;
}

#[tokio::test]
async fn a_sub_agent_asks_with_its_own_session() {
    let stage = Stage::new().await;
    let mut events = stage.client.events().await.expect("events");
    let session = stage.create().await;
    stage.prompt(&session.id, "@task Look around: @bash ls\\n@text Found it\n@text Back again").await;
    let child = event(&mut events, "the sub-agent's session", |envelope| match envelope.event {
        ServerEvent::SessionCreated(created) => (created.parent_id == Some(session.id.clone())).then_some(created),
        _ => None,
    })
    .await;
    let request = asked(&mut events).await;
    assert_eq!(request.session, child.id);
    stage.answer(&request, PermissionReply::Once, None).await;
    idle(&mut events, &session.id).await;
    stage.end().await;
}

#[tokio::test]
async fn a_refusing_provider_is_a_retry() {
    let stage = Stage::new().await;
    let mut events = stage.client.events().await.expect("events");
    let session = stage.create().await;
    stage.prompt(&session.id, "@error 429 after 300 ms\n@text Better now").await;
    let attempt = event(&mut events, "a retry", |envelope| match envelope.event {
        ServerEvent::SessionStatus { status: SessionStatus::Retry { attempt, next_ms, .. }, .. } => {
            Some((attempt, next_ms))
        }
        _ => None,
    })
    .await;
    assert!(attempt.0 >= 1 && attempt.1 > 1_700_000_000_000, "{attempt:?}");
    idle(&mut events, &session.id).await;

    stage.prompt(&session.id, "@error 400").await;
    event(&mut events, "an error", |envelope| match envelope.event {
        ServerEvent::SessionError { session: of, .. } => (of == Some(session.id.clone())).then_some(()),
        _ => None,
    })
    .await;
    stage.end().await;
}

#[tokio::test]
async fn the_stream_goes_on_after_garbage() {
    let stage = Stage::new().await;
    let proxy = FaultProxy::start(stage.server.address()).await;
    let through = client(proxy.port(), Some(stage.server.password()));
    let mut events = through.events().await.expect("events");
    event(&mut events, "the greeting", |envelope| (envelope.event == ServerEvent::Connected).then_some(())).await;
    proxy.inject(b"data: {\"payload\":{\"type\":\"permission.asked\",\"properties\":{\"id\":7}}}\n\n");
    proxy.inject(b"data: {\"payload\":{\"type\":\"weather.changed\",\"properties\":{\"sun\":true}}}\n\n");
    proxy.inject(b"data: \xFF\xFE{not json\n\nevent: odd\n: comment\n\ndata: {}\n\n");
    let mut malformed = Vec::new();
    event(&mut events, "what was injected", |envelope| {
        match envelope.event {
            ServerEvent::Malformed { kind, .. } => malformed.push(kind),
            ServerEvent::Other { kind } if kind == "weather.changed" => malformed.push(Some(kind)),
            _ => {}
        }
        (malformed.len() == 4).then_some(())
    })
    .await;
    assert_eq!(malformed, [Some("permission.asked".to_owned()), Some("weather.changed".to_owned()), None, None]);

    let session = stage.create().await;
    stage.prompt(&session.id, "@text Still here").await;
    idle(&mut events, &session.id).await;
    assert_eq!(events.counts().malformed, 3);
    stage.end().await;
}

#[tokio::test]
async fn a_silent_stream_is_found_out() {
    let stage = Stage::new().await;
    let proxy = FaultProxy::start(stage.server.address()).await;
    let through = client(proxy.port(), Some(stage.server.password()));

    let mut events = through.events_watched(Duration::from_secs(1)).await.expect("events");
    event(&mut events, "the greeting", |envelope| (envelope.event == ServerEvent::Connected).then_some(())).await;
    proxy.set(Fault::Stall);
    let end = eventually("the watchdog", PATIENCE, async || events.next().await.err());
    assert!(matches!(end.await, ApiError::StreamStalled { .. }));
    let silent = through.health(Duration::from_millis(300)).await;
    assert!(matches!(silent, Err(ApiError::Timeout { .. })), "{silent:?}");

    proxy.set(Fault::None);
    until("health again", PATIENCE, async || through.health(Duration::from_millis(300)).await.is_ok()).await;
    let mut events = through.events().await.expect("events");
    proxy.set(Fault::Cut);
    let broken = eventually("the break", PATIENCE, async || match events.next().await {
        Ok(Some(_)) => None,
        Ok(None) => Some(None),
        Err(error) => Some(Some(error)),
    });
    let broken = broken.await;
    assert!(matches!(broken, None | Some(ApiError::StreamBroken { .. })), "{broken:?}");
    let gone = through.health(Duration::from_millis(300)).await;
    assert!(matches!(gone, Err(ApiError::Unreachable { .. })), "{gone:?}");

    proxy.set(Fault::Unauthorized);
    let locked = through.health(Duration::from_millis(300)).await;
    assert!(matches!(locked, Err(ApiError::Unauthorized { .. })), "{locked:?}");
    stage.end().await;
}

/// The server's own description of itself still has what we rely on.
#[tokio::test]
async fn the_published_contract_has_what_we_use() {
    let stage = Stage::new().await;
    let document = stage.get("/doc", &[]).await;
    let document: Value = serde_json::from_slice(&document.body).expect("an OpenAPI document");
    for (method, path) in [
        ("get", "/global/health"),
        ("get", "/global/event"),
        ("get", "/session"),
        ("post", "/session"),
        ("get", "/session/{sessionID}"),
        ("get", "/session/status"),
        ("get", "/permission"),
        ("post", "/permission/{requestID}/reply"),
        ("get", "/question"),
        ("post", "/question/{requestID}/reply"),
        ("post", "/question/{requestID}/reject"),
    ] {
        assert!(document["paths"][path][method].is_object(), "{method} {path}");
    }
    let text = document["components"]["schemas"].to_string();
    for kind in [
        "session.created",
        "session.updated",
        "session.deleted",
        "session.status",
        "session.idle",
        "session.error",
        "message.updated",
        "message.removed",
        "message.part.updated",
        "message.part.removed",
        "message.part.delta",
        "permission.asked",
        "permission.replied",
        "question.asked",
        "question.replied",
        "question.rejected",
        "todo.updated",
        "server.connected",
        "server.instance.disposed",
        "global.disposed",
    ] {
        assert!(text.contains(&format!("[\"{kind}\"]")), "{kind}");
    }
    stage.end().await;
}
