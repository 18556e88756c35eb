//! Turns, and what an agent asks in them.

use std::time::Duration;

use opencode_api::{ApiError, EventStream, PermissionReply, ServerEvent, SessionStatus};
use serde_json::{Value, json};
use testkit::until;

use super::stage::{PATIENCE, Stage, asked, client, event, idle};

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
