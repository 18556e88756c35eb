//! The client against the real opencode, with the scripted model behind it.

use std::time::Duration;

use bytes::Bytes;
use opencode_api::{
    ApiError, Client, Directory, Envelope, EventStream, Forward, Forwarded, Method, PermissionReply, PermissionRequest,
    Port, Secret, ServerAddress, ServerEvent, Session, SessionId, SessionStatus,
};
use serde_json::{Value, json};
use testkit::demo::Model;
use testkit::{Fault, FaultProxy, RealServer, World, eventually, no_process_left, until};

const PATIENCE: Duration = Duration::from_mins(1);

/// A server, its model and a client of it.
struct Stage {
    client: Client,
    directory: Directory,
    server: RealServer,
    model: Model,
    world: World,
}

impl Stage {
    async fn new() -> Self {
        Self::with_project("project").await
    }

    async fn with_project(name: &str) -> Self {
        let world = World::with_project(name);
        let model = Model::serve(0).await.expect("the model");
        let server = RealServer::start(&world, &model).await;
        let directory = Directory::from_path(world.project()).expect("a UTF-8 path");
        let client = client(server.port(), Some(server.password()));
        Self { client, directory, server, model, world }
    }

    async fn end(self) {
        let Self { server, model, world, .. } = self;
        drop((server, model));
        no_process_left(&world).await;
    }

    async fn post(&self, path: &str, body: Value) -> Forwarded {
        let body = Some(Bytes::from(body.to_string()));
        let forward = Forward {
            method: Method::Post,
            path: path.to_owned(),
            query: vec![],
            directory: self.directory.clone(),
            body,
        };
        self.client.forward(forward).await.expect("an answer")
    }

    async fn get(&self, path: &str, query: &[(&str, &str)]) -> Forwarded {
        let query = query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let forward = Forward {
            method: Method::Get,
            path: path.to_owned(),
            query,
            directory: self.directory.clone(),
            body: None,
        };
        self.client.forward(forward).await.expect("an answer")
    }

    async fn create(&self) -> Session {
        let made = self.post("/session", json!({})).await;
        assert_eq!(made.status, 200, "{made:?}");
        serde_json::from_slice(&made.body).expect("a session")
    }

    async fn prompt(&self, session: &SessionId, text: &str) {
        let body = json!({ "parts": [{ "type": "text", "text": text }] });
        let accepted = self.post(&format!("/session/{session}/prompt_async"), body).await;
        assert_eq!(accepted.status, 204, "{accepted:?}");
    }

    async fn answer(&self, request: &PermissionRequest, reply: PermissionReply, message: Option<&str>) {
        self.client.reply_permission(&self.directory, &request.id, reply, message).await.expect("answered");
    }
}

fn client(port: u16, password: Option<&str>) -> Client {
    let port = Port::new(port).expect("a real port");
    Client::new(ServerAddress::loopback(port, password.map(Secret::new)))
}

/// The next event that `pick` takes.
async fn event<T>(events: &mut EventStream, what: &str, mut pick: impl FnMut(Envelope) -> Option<T>) -> T {
    let mut seen = Vec::new();
    let waiting = async {
        loop {
            let envelope = events.next().await.expect("a stream").expect("an open stream");
            seen.push(format!("{:.120?}", envelope.event));
            if let Some(picked) = pick(envelope) {
                return picked;
            }
        }
    };
    let picked = tokio::time::timeout(PATIENCE, waiting).await;
    picked.unwrap_or_else(|_| panic!("waited in vain for {what}, saw {seen:#?}"))
}

async fn asked(events: &mut EventStream) -> PermissionRequest {
    event(events, "a permission request", |envelope| match envelope.event {
        ServerEvent::PermissionAsked(request) => Some(request),
        _ => None,
    })
    .await
}

async fn idle(events: &mut EventStream, of: &SessionId) {
    event(events, "the end of the turn", |envelope| match envelope.event {
        ServerEvent::SessionIdle { session } if session == *of => Some(()),
        _ => None,
    })
    .await;
}

#[tokio::test]
async fn tells_health_and_wants_the_password() {
    let stage = Stage::new().await;
    let health = stage.client.health(Duration::from_secs(2)).await.expect("healthy");
    assert_eq!(health.version, "1.18.33");

    for wrong in [None, Some("wrong")] {
        let stranger = client(stage.server.port(), wrong);
        let refused = stranger.health(Duration::from_secs(2)).await;
        assert!(matches!(refused, Err(ApiError::Unauthorized { .. })), "{refused:?}");
        let refused = stranger.events().await;
        assert!(matches!(refused, Err(ApiError::Unauthorized { .. })), "{refused:?}");
        let refused = stranger.permissions(&stage.directory).await;
        assert!(matches!(refused, Err(ApiError::Unauthorized { .. })), "{refused:?}");
    }
    stage.end().await;
}

#[tokio::test]
async fn streams_an_answer_and_tells_status() {
    let stage = Stage::new().await;
    let mut events = stage.client.events().await.expect("events");
    let session = stage.create().await;
    assert_eq!(session.directory, stage.directory.as_str());
    let created = event(&mut events, "the new session", |envelope| match envelope.event {
        ServerEvent::SessionCreated(session) => Some((envelope.directory, session.id)),
        _ => None,
    })
    .await;
    assert_eq!(created, (Some(stage.directory.to_string()), session.id.clone()));

    stage.prompt(&session.id, "@reason Hm, well\n@text 50 words at 200/s\n@stall\n@text The end.").await;
    event(&mut events, "the beginning of the turn", |envelope| match envelope.event {
        ServerEvent::SessionStatus { session: of, status: SessionStatus::Busy } if of == session.id => Some(()),
        _ => None,
    })
    .await;
    let (mut deltas, mut text) = (0, String::new());
    event(&mut events, "50 deltas", |envelope| match envelope.event {
        ServerEvent::PartDelta { session: of, field, delta, .. } if of == session.id && field == "text" => {
            deltas += 1;
            text.push_str(&delta);
            text.contains("while you").then_some(())
        }
        _ => None,
    })
    .await;
    assert!(deltas > 10, "{deltas} deltas: {text}");

    let status = stage.client.session_status(&stage.directory).await.expect("status");
    assert_eq!(status.get(&session.id), Some(&SessionStatus::Busy));
    until("a reply that stalls", PATIENCE, async || stage.model.stalled() == 1).await;
    stage.model.release();
    idle(&mut events, &session.id).await;
    let status = stage.client.session_status(&stage.directory).await.expect("status");
    assert!(matches!(status.get(&session.id), None | Some(SessionStatus::Idle)), "{status:?}");

    let page = stage.get(&format!("/session/{}/message", session.id), &[("limit", "20")]).await;
    let page: Value = serde_json::from_slice(&page.body).expect("messages");
    assert!(page.to_string().contains("The end."), "{page}");
    assert!(page.to_string().contains("\"reasoning\""), "{page}");

    let listed = stage.client.sessions(&stage.directory, 10).await.expect("sessions");
    assert_eq!(listed.iter().map(|session| &session.id).collect::<Vec<_>>(), [&session.id]);
    let again = stage.client.session(&stage.directory, &session.id).await.expect("the session");
    assert!(again.updated_ms >= again.created_ms && again.created_ms > 1_700_000_000_000);
    let missing = stage.client.session(&stage.directory, &"ses_000000000000aaaaaaaaaaaaaa".into()).await;
    assert!(matches!(missing, Err(ApiError::NotFound { .. })), "{missing:?}");
    let counts = events.counts();
    assert!(counts.dropped > 40 && counts.malformed == 0, "{counts:?}");
    stage.end().await;
}

#[tokio::test]
async fn allows_a_command_once() {
    let stage = Stage::new().await;
    let mut events = stage.client.events().await.expect("events");
    let session = stage.create().await;
    stage.prompt(&session.id, "@bash echo one > made.txt && ls").await;
    let request = asked(&mut events).await;
    assert_eq!((request.permission.as_str(), &request.session), ("bash", &session.id));
    assert_eq!(request.command(), Some("echo one > made.txt && ls"));
    assert!(!request.always.is_empty() && request.tool.is_some(), "{request:?}");
    assert_eq!(stage.client.permissions(&stage.directory).await.expect("requests"), std::slice::from_ref(&request));

    stage.answer(&request, PermissionReply::Once, None).await;
    event(&mut events, "the reply", |envelope| match envelope.event {
        ServerEvent::PermissionReplied { session: of, request: replied } => {
            (of == session.id && replied == request.id).then_some(())
        }
        _ => None,
    })
    .await;
    idle(&mut events, &session.id).await;
    assert_eq!(stage.world.read("made.txt"), "one\n");

    let again = stage.client.reply_permission(&stage.directory, &request.id, PermissionReply::Once, None).await;
    let Err(ApiError::NotFound { code, .. }) = again else { panic!("{again:?}") };
    assert_eq!(code, "PermissionNotFoundError");

    // Once was once.
    stage.prompt(&session.id, "@bash ls").await;
    let request = asked(&mut events).await;
    stage.answer(&request, PermissionReply::Reject, None).await;
    idle(&mut events, &session.id).await;
    stage.end().await;
}

#[tokio::test]
async fn judges_edits_with_their_diff() {
    let stage = Stage::new().await;
    stage.world.write("a.txt", "Hello, world\n");
    let mut events = stage.client.events().await.expect("events");
    let session = stage.create().await;

    stage.prompt(&session.id, "@edit a.txt world => moon\n@text I heard you").await;
    let request = asked(&mut events).await;
    assert_eq!((request.permission.as_str(), request.always.as_slice()), ("edit", &["*".to_owned()][..]));
    assert!(request.filepath().is_some_and(|path| path.ends_with("a.txt")), "{request:?}");
    let diff = request.diff().expect("a diff");
    assert!(diff.contains("-Hello, world") && diff.contains("+Hello, moon"), "{diff}");
    stage.answer(&request, PermissionReply::Reject, Some("Leave the world alone")).await;
    idle(&mut events, &session.id).await;
    assert_eq!(stage.world.read("a.txt"), "Hello, world\n");
    let page = stage.get(&format!("/session/{}/message", session.id), &[("limit", "20")]).await;
    let page = String::from_utf8_lossy(&page.body).into_owned();
    assert!(page.contains("Leave the world alone") && page.contains("I heard you"), "the model goes on: {page}");

    stage.prompt(&session.id, "@edit a.txt world => moon\n@edit a.txt moon => sun").await;
    let request = asked(&mut events).await;
    stage.answer(&request, PermissionReply::Always, None).await;
    idle(&mut events, &session.id).await;
    assert_eq!(stage.world.read("a.txt"), "Hello, sun\n", "always covers the second edit");
    stage.end().await;
}

#[tokio::test]
async fn asks_and_is_answered() {
    let stage = Stage::new().await;
    let mut events = stage.client.events().await.expect("events");
    let session = stage.create().await;
    stage.prompt(&session.id, "@question Which colour? | Red: warm | Blue || multiple And? | One | Two").await;
    let asked = async |events: &mut EventStream| {
        event(events, "a question", |envelope| match envelope.event {
            ServerEvent::QuestionAsked(request) => Some(request),
            _ => None,
        })
        .await
    };
    let request = asked(&mut events).await;
    assert_eq!(request.session, session.id);
    assert_eq!((request.questions.len(), request.questions[0].options.len()), (2, 2));
    assert!(!request.questions[0].multiple && request.questions[1].multiple && request.questions[0].custom);
    assert_eq!(stage.client.questions(&stage.directory).await.expect("questions"), std::slice::from_ref(&request));
    let answers = vec![vec!["Red".to_owned()], vec!["One".to_owned(), "my own words".to_owned()]];
    stage.client.reply_question(&stage.directory, &request.id, answers.clone()).await.expect("answered");
    event(&mut events, "the answer", |envelope| match envelope.event {
        ServerEvent::QuestionReplied { request: replied, .. } => (replied == request.id).then_some(()),
        _ => None,
    })
    .await;
    idle(&mut events, &session.id).await;
    let again = stage.client.reply_question(&stage.directory, &request.id, answers).await;
    assert!(matches!(again, Err(ApiError::NotFound { .. })), "{again:?}");

    stage.prompt(&session.id, "@question Really? | Yes").await;
    let request = asked(&mut events).await;
    stage.client.reject_question(&stage.directory, &request.id).await.expect("dismissed");
    event(&mut events, "the dismissal", |envelope| match envelope.event {
        ServerEvent::QuestionRejected { request: rejected, .. } => (rejected == request.id).then_some(()),
        _ => None,
    })
    .await;
    stage.end().await;
}

#[tokio::test]
async fn an_aborted_turn_leaves_a_stale_request() {
    let stage = Stage::new().await;
    let mut events = stage.client.events().await.expect("events");
    let session = stage.create().await;
    stage.prompt(&session.id, "@bash echo never").await;
    let request = asked(&mut events).await;
    let aborted = stage.post(&format!("/session/{}/abort", session.id), json!({})).await;
    assert_eq!(aborted.status, 200);
    let error = event(&mut events, "the interruption", |envelope| match envelope.event {
        ServerEvent::SessionError { session: of, error } if of.as_ref() == Some(&session.id) => Some(error),
        _ => None,
    })
    .await;
    assert_eq!(error["name"], "MessageAbortedError");
    idle(&mut events, &session.id).await;
    // What the rest of the program has to live with.
    let left = stage.client.permissions(&stage.directory).await.expect("requests");
    assert_eq!(left, std::slice::from_ref(&request));
    stage.answer(&request, PermissionReply::Once, None).await;
    assert!(stage.client.permissions(&stage.directory).await.expect("requests").is_empty());
    stage.end().await;
}

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
