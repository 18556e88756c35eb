//! What events mean, as tables and as properties.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::{Envelope, FrameDecoder, ServerEvent, SessionStatus, decode_event};

fn decode(kind: &str, properties: &Value) -> Option<ServerEvent> {
    let data = json!({ "directory": "/p", "project": "x", "payload": { "id": "evt_1", "type": kind, "properties": properties } });
    let envelope = decode_event(data.to_string().as_bytes())?;
    assert_eq!(envelope.directory.as_deref(), Some("/p"));
    Some(envelope.event)
}

fn check(kind: &str, properties: &Value, expected: &ServerEvent) {
    assert_eq!(decode(kind, properties).as_ref(), Some(expected), "{kind}");
}

#[test]
fn events_of_sessions() {
    let session = || "ses_1".into();
    let info =
        json!({"id": "ses_1", "title": "Hi", "directory": "/p", "time": {"created": 1, "updated": 2}, "new": []});
    let whole = || serde_json::from_value(info.clone()).expect("a session");
    let properties = json!({"sessionID": "ses_1", "info": info});
    check("session.created", &properties, &ServerEvent::SessionCreated(whole()));
    check("session.updated", &properties, &ServerEvent::SessionUpdated(whole()));
    check("session.deleted", &properties, &ServerEvent::SessionDeleted(whole()));
    check(
        "session.status",
        &json!({"sessionID": "ses_1", "status": {"type": "retry", "attempt": 1, "message": "m", "next": 5}}),
        &ServerEvent::SessionStatus {
            session: session(),
            status: SessionStatus::Retry { attempt: 1, message: "m".to_owned(), next_ms: 5 },
        },
    );
    check("session.idle", &json!({"sessionID": "ses_1"}), &ServerEvent::SessionIdle { session: session() });
    let error = json!({"name": "MessageAbortedError", "data": {}});
    check(
        "session.error",
        &json!({"sessionID": "ses_1", "error": error}),
        &ServerEvent::SessionError { session: Some(session()), error },
    );
    check("session.error", &json!({}), &ServerEvent::SessionError { session: None, error: Value::Null });
    check(
        "todo.updated",
        &json!({"sessionID": "ses_1", "todos": [{"content": "x"}]}),
        &ServerEvent::TodoUpdated { session: session(), todos: json!([{"content": "x"}]) },
    );
}

#[test]
fn events_of_messages() {
    let (session, message, part) = (|| "ses_1".into(), || "msg_1".into(), || "prt_1".into());
    let info = json!({"id": "msg_1", "sessionID": "ses_1", "role": "user"});
    let updated = ServerEvent::MessageUpdated { session: session(), info: info.clone() };
    check("message.updated", &json!({"sessionID": "ses_1", "info": info}), &updated);
    check("message.updated", &json!({"info": info}), &updated);
    check(
        "message.removed",
        &json!({"sessionID": "ses_1", "messageID": "msg_1"}),
        &ServerEvent::MessageRemoved { session: session(), message: message() },
    );
    let body = json!({"id": "prt_1", "sessionID": "ses_1", "messageID": "msg_1", "type": "text", "text": "ü"});
    check(
        "message.part.updated",
        &json!({"sessionID": "ses_1", "part": body, "time": 1}),
        &ServerEvent::PartUpdated { session: session(), message: message(), part_id: part(), part: body },
    );
    check(
        "message.part.removed",
        &json!({"sessionID": "ses_1", "messageID": "msg_1", "partID": "prt_1"}),
        &ServerEvent::PartRemoved { session: session(), message: message(), part: part() },
    );
    check(
        "message.part.delta",
        &json!({"sessionID": "ses_1", "messageID": "msg_1", "partID": "prt_1", "field": "text", "delta": "\"sync\"\n"}),
        &ServerEvent::PartDelta {
            session: session(),
            message: message(),
            part: part(),
            field: "text".to_owned(),
            delta: "\"sync\"\n".to_owned(),
        },
    );
}

#[test]
fn events_of_requests() {
    let permission = json!({
        "id": "per_1", "sessionID": "ses_1", "permission": "edit", "patterns": ["a"], "always": ["*"],
        "metadata": {"filepath": "/p/a", "diff": "-a\n+b"}, "tool": {"messageID": "msg_1", "callID": "call_1"},
    });
    let Some(ServerEvent::PermissionAsked(request)) = decode("permission.asked", &permission) else {
        panic!("no request")
    };
    assert_eq!((request.filepath(), request.diff(), request.command()), (Some("/p/a"), Some("-a\n+b"), None));
    assert_eq!(request.tool.map(|tool| (tool.message, tool.call)), Some(("msg_1".into(), "call_1".to_owned())));
    let bare = json!({"id": "per_1", "sessionID": "ses_1"});
    assert!(matches!(decode("permission.asked", &bare), Some(ServerEvent::PermissionAsked(_))));

    let question = json!({"id": "que_1", "sessionID": "ses_1", "questions": [{"question": "Which?", "options": [{"label": "A"}], "custom": false}]});
    let Some(ServerEvent::QuestionAsked(request)) = decode("question.asked", &question) else { panic!("no question") };
    assert_eq!((request.questions[0].options[0].label.as_str(), request.questions[0].custom), ("A", false));

    let answered = json!({"sessionID": "ses_1", "requestID": "x_1", "reply": "once", "answers": [["A"]]});
    let (session, request) = (|| "ses_1".into(), || "x_1".into());
    check("permission.replied", &answered, &ServerEvent::PermissionReplied { session: session(), request: request() });
    check("question.replied", &answered, &ServerEvent::QuestionReplied { session: session(), request: request() });
    check("question.rejected", &answered, &ServerEvent::QuestionRejected { session: session(), request: request() });
}

#[test]
fn events_of_servers() {
    check(
        "server.instance.disposed",
        &json!({"directory": "/p"}),
        &ServerEvent::InstanceDisposed { directory: "/p".to_owned() },
    );
    check("global.disposed", &json!({}), &ServerEvent::AllDisposed);
    let greeting = br#"{"payload":{"id":"evt_1","type":"server.connected","properties":{}}}"#;
    assert_eq!(decode_event(greeting), Some(Envelope { directory: None, event: ServerEvent::Connected }));
    check("server.heartbeat", &json!({}), &ServerEvent::Heartbeat);
}

#[test]
fn noise_is_dropped() {
    for kind in ["plugin.added", "catalog.updated", "reference.updated", "integration.updated"] {
        assert_eq!(decode(kind, &json!({"id": "x"})), None, "{kind}");
    }
    let double = br#"{"directory":"/p","payload":{"type":"sync","syncEvent":{"type":"message.updated.1","data":{}}}}"#;
    assert_eq!(decode_event(double), None);
}

#[test]
fn the_unknown_is_kept_and_the_unreadable_is_counted() {
    let other = |kind: &str| ServerEvent::Other { kind: kind.to_owned() };
    check("session.next.text.delta", &json!({"anything": [1]}), &other("session.next.text.delta"));
    check("lsp.updated", &Value::Null, &other("lsp.updated"));

    for (kind, properties) in [
        ("session.status", json!({"sessionID": "ses_1", "status": {"type": "sleepy"}})),
        ("session.created", json!({"info": {"title": "no id"}})),
        ("message.part.updated", json!({"part": "text"})),
        ("permission.asked", json!([])),
        ("session.idle", Value::Null),
    ] {
        let Some(ServerEvent::Malformed { kind: of, problem }) = decode(kind, &properties) else { panic!("{kind}") };
        assert_eq!(of.as_deref(), Some(kind));
        assert!(!problem.is_empty());
    }
    for data in [&b""[..], b"{", b"null", b"[]", b"{}", b"{\"payload\":{}}", b"{\"payload\":{\"type\":1}}", b"\xFF\xFE"]
    {
        let envelope = decode_event(data);
        assert!(
            matches!(envelope, Some(Envelope { event: ServerEvent::Malformed { kind: None, .. }, .. })),
            "{envelope:?}"
        );
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[a-z_]{0,6}".prop_map(Value::from),
    ];
    let name = prop::sample::select(vec![
        "sessionID",
        "messageID",
        "partID",
        "requestID",
        "id",
        "info",
        "part",
        "status",
        "type",
        "time",
        "created",
        "questions",
        "options",
        "label",
        "metadata",
        "always",
        "tool",
        "delta",
        "field",
        "directory",
        "todos",
        "error",
    ]);
    leaf.prop_recursive(4, 32, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((name.clone(), inner), 0..6).prop_map(|fields| {
                Value::Object(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
            }),
        ]
    })
}

fn any_kind() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "server.connected",
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
        "server.instance.disposed",
        "sync",
        "weather.changed",
    ])
}

proptest! {
    #[test]
    fn any_bytes_decode_to_something(data in prop::collection::vec(any::<u8>(), 0..200)) {
        decode_event(&data);
    }

    #[test]
    fn any_properties_decode_to_something(kind in any_kind(), properties in any_json()) {
        let event = decode(kind, &properties);
        prop_assert_eq!(event.is_none(), kind == "sync");
    }

    #[test]
    fn what_is_good_comes_through_whatever_is_around_it(
        garbage in prop::collection::vec(any::<u8>(), 0..100),
        deltas in prop::collection::vec(".{0,20}", 1..5),
        size in 1_usize..40,
    ) {
        let mut bytes = garbage;
        bytes.extend_from_slice(b"\n\n");
        for delta in &deltas {
            let properties = json!({"sessionID": "s", "messageID": "m", "partID": "p", "field": "text", "delta": delta});
            let event = json!({"payload": {"type": "message.part.delta", "properties": properties}});
            bytes.extend_from_slice(format!("data: {event}\n\ndata: {{\n\n").as_bytes());
        }
        let mut decoder = FrameDecoder::default();
        let mut heard = Vec::new();
        for chunk in bytes.chunks(size) {
            decoder.push(chunk);
            while let Some(frame) = decoder.next_frame() {
                let crate::Frame::Data(data) = frame else { continue };
                if let Some(Envelope { event: ServerEvent::PartDelta { delta, .. }, .. }) = decode_event(&data) {
                    heard.push(delta);
                }
            }
        }
        prop_assert_eq!(heard, deltas);
    }
}
