//! Sessions, requests and what becomes of them.

use fleet::{
    Change, FleetError, Forward, InstanceState, Method, PermissionReply, RequestBody, Seen, SessionId, SessionStatus,
    TranscriptEvent,
};
use serde_json::{Value, json};
use testkit::eventually;

use crate::support::{Ground, PATIENCE};

#[tokio::test(flavor = "multi_thread")]
async fn a_prompt_streams_and_its_command_is_allowed() {
    let ground = Ground::new().await;
    let id = ground.ready().await;
    let mut changes = ground.fleet.changes();
    let session = ground.prompt(&id, "@text I look around.\n@bash echo hi > made.txt").await;
    let request = ground.request(&id).await;
    let instance = ground.fleet.instance(&id).unwrap();
    let asked = &instance.requests[&request];
    assert_eq!((&asked.session, asked.directory.as_path()), (&session, ground.world.project()));
    let RequestBody::Permission { permission, command, always, .. } = &asked.body else { panic!("{asked:?}") };
    assert_eq!((permission.as_str(), command.as_deref()), ("bash", Some("echo hi > made.txt")));
    assert!(!always.is_empty());
    assert_eq!(instance.activity(), fleet::Activity::Waiting);
    assert_eq!(instance.sessions[&session].status, SessionStatus::Busy);
    ground.fleet.reply_permission(&id, &request, PermissionReply::Once, None).await.unwrap();
    assert!(ground.fleet.instance(&id).unwrap().requests.is_empty());
    ground.wait(&id, |instance| instance.sessions[&session].status == SessionStatus::Idle).await;
    assert_eq!(ground.world.read("made.txt"), "hi\n");
    // A second answer finds nothing.
    let again = ground.fleet.reply_permission(&id, &request, PermissionReply::Once, None).await;
    assert!(matches!(again, Err(FleetError::NoSuchRequest { .. })));
    let mut text = String::new();
    while !text.contains("around") {
        match tokio::time::timeout(PATIENCE, changes.next()).await.unwrap().unwrap() {
            Seen::Change(change) => match &*change {
                Change::Transcript { event: TranscriptEvent::Delta { delta, .. }, .. } => text.push_str(delta),
                Change::Transcript { event: TranscriptEvent::Part { part }, .. } if part["type"] == "text" => {
                    part["text"].as_str().unwrap_or_default().clone_into(&mut text);
                }
                _ => {}
            },
            Seen::Lagged => panic!("the reader was not slow"),
        }
    }
    ground.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_of_an_aborted_turn_vanish() {
    let ground = Ground::new().await;
    let id = ground.ready().await;
    let session = ground.prompt(&id, "@bash sleep 1").await;
    ground.request(&id).await;
    ground.call(&id, Method::Post, &format!("/session/{session}/abort"), None).await;
    let instance = ground.wait(&id, |instance| instance.requests.is_empty()).await;
    assert_eq!(instance.state, InstanceState::Ready);
    ground.wait(&id, |instance| instance.sessions[&session].status == SessionStatus::Idle).await;
    ground.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sub_agent_asks_with_its_path_and_a_deleted_session_takes_its_requests_along() {
    let ground = Ground::new().await;
    let id = ground.ready().await;
    let session = ground.prompt(&id, "@task Look around: @bash ls").await;
    let request = ground.request(&id).await;
    let asking = ground.fleet.instance(&id).unwrap().requests[&request].session.clone();
    assert_ne!(asking, session, "the sub-agent asks");
    let instance = ground.wait(&id, |instance| instance.path_of(&asking).len() == 2).await;
    assert_eq!(instance.sessions[&asking].parent.as_ref(), Some(&session));
    ground.call(&id, Method::Delete, &format!("/session/{asking}"), None).await;
    ground.wait(&id, |instance| instance.requests.is_empty() && !instance.sessions.contains_key(&asking)).await;
    ground.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_is_answered_and_an_edit_shows_its_diff() {
    let ground = Ground::new().await;
    ground.world.write("a.txt", "one\n");
    let id = ground.ready().await;
    let session = ground.prompt(&id, "@question Which? | Red | Blue\n@read a.txt\n@edit a.txt one => two").await;
    let request = ground.request(&id).await;
    let RequestBody::Question { questions } = ground.fleet.instance(&id).unwrap().requests[&request].body.clone()
    else {
        panic!("a question was asked");
    };
    assert_eq!(questions[0].options[1].label, "Blue");
    ground.fleet.reply_question(&id, &request, vec![vec!["Blue".to_owned()]]).await.unwrap();
    let request = ground.request(&id).await;
    let body = ground.fleet.instance(&id).unwrap().requests[&request].body.clone();
    let RequestBody::Permission { permission, diff, .. } = body else { panic!("an edit was asked for") };
    assert_eq!(permission, "edit");
    assert!(diff.unwrap().contains("+two"));
    ground.fleet.reply_permission(&id, &request, PermissionReply::Reject, Some("Not now".to_owned())).await.unwrap();
    ground.wait(&id, |instance| instance.sessions[&session].status == SessionStatus::Idle).await;
    assert_eq!(ground.world.read("a.txt"), "one\n");
    ground.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_session_does_and_why_it_failed_show() {
    let ground = Ground::new().await;
    let id = ground.ready().await;
    let session = ground.prompt(&id, "@text 200 words at 50/s").await;
    let doing =
        ground.wait(&id, |instance| instance.sessions.get(&session).is_some_and(|session| session.doing.is_some()));
    assert!(doing.await.doing().is_some());
    ground.call(&id, Method::Post, &format!("/session/{session}/abort"), None).await;
    let idle = ground.wait(&id, |instance| instance.sessions[&session].status == SessionStatus::Idle).await;
    assert_eq!((idle.doing(), &idle.sessions[&session].failure), (None, &None), "an abort is no failure");
    let failing = ground.prompt(&id, "@error 400 always").await;
    ground.wait(&id, |instance| instance.sessions.get(&failing).is_some_and(|session| session.failure.is_some())).await;
    ground.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_shows_within_a_second() {
    let ground = Ground::new().await;
    let id = ground.ready().await;
    ground.prompt(&id, "@bash sleep 1").await;
    ground.request(&id).await;
    let pid = ground.fleet.instance(&id).unwrap().process().unwrap().pid;
    let killed = std::time::Instant::now();
    assert!(std::process::Command::new("kill").args(["-KILL", &pid.to_string()]).status().unwrap().success());
    let crashed = ground.wait(&id, |instance| matches!(instance.state, InstanceState::Crashed(_))).await;
    assert!(killed.elapsed().as_millis() < 1000, "{:?}", killed.elapsed());
    let InstanceState::Crashed(failure) = &crashed.state else { unreachable!() };
    assert!(failure.cause.contains("signal 9"), "{failure:?}");
    assert!(crashed.requests.is_empty());
    assert!(crashed.sessions.values().all(|session| session.status == SessionStatus::Idle));
    // It can be started again.
    ground.fleet.restart(&id).await.unwrap();
    ground.wait_for(&id, &InstanceState::Ready).await;
    eventually("the sessions are read again", PATIENCE, async || {
        (!ground.fleet.instance(&id).unwrap().sessions.is_empty()).then_some(())
    })
    .await;
    ground.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_falls_silent_is_degraded_until_it_answers_again() {
    let ground = Ground::new().await;
    let id = ground.ready().await;
    ground.prompt(&id, "@bash sleep 1").await;
    let request = ground.request(&id).await;
    let pid = ground.fleet.instance(&id).unwrap().process().unwrap().pid.to_string();
    let signal =
        |name: &str| assert!(std::process::Command::new("kill").args([name, &pid]).status().unwrap().success());
    signal("-STOP");
    let silent = ground.wait(&id, |instance| matches!(instance.state, InstanceState::Degraded { .. })).await;
    assert!(silent.requests.is_empty(), "what cannot be answered is not shown");
    signal("-CONT");
    let back = ground.wait(&id, |instance| instance.state == InstanceState::Ready && instance.waiting() == 1).await;
    assert!(back.requests.contains_key(&request));
    ground.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_configuration_that_is_refused_in_another_directory_hides_nothing_of_the_own() {
    let ground = Ground::new().await;
    let id = ground.ready().await;
    let other = ground.world.root().join("other");
    std::fs::create_dir_all(&other).unwrap();
    let other = other.canonicalize().unwrap();
    let call = async |path: &str, body: Value| {
        let forward = Forward {
            method: Method::Post,
            path: path.to_owned(),
            query: Vec::new(),
            directory: Some(other.to_str().unwrap().to_owned()),
            body: Some(body.to_string().into()),
        };
        let answer = ground.fleet.forward(&id, forward).await.unwrap();
        assert!(answer.status < 300, "{path}: {}", String::from_utf8_lossy(&answer.body));
        serde_json::from_slice(&answer.body).unwrap_or(Value::Null)
    };
    let there = call("/session", json!({})).await;
    let there = SessionId::from(there["id"].as_str().unwrap());
    let prompt = json!({ "parts": [{ "type": "text", "text": "@text Hello" }] });
    call(&format!("/session/{there}/prompt_async"), prompt).await;
    ground.wait(&id, |instance| instance.directories.contains(&other)).await;
    ground.wait(&id, |instance| instance.sessions[&there].status == SessionStatus::Idle).await;
    std::fs::write(other.join("opencode.json"), "{bad").unwrap();
    call("/instance/dispose", json!({})).await;
    let told = || async {
        let notices = &ground.fleet.state().notices;
        notices.values().find(|notice| notice.message.contains(other.to_str().unwrap())).cloned()
    };
    let notice = eventually("the person is told of it", PATIENCE, told).await;
    assert!(notice.message.contains("opencode.json"), "{notice:?}");
    // It is the same for a stream that goes on and for the first reading of a new run.
    for _ in 0..2 {
        ground.prompt(&id, "@bash sleep 1").await;
        let request = ground.request(&id).await;
        assert_eq!(ground.fleet.instance(&id).unwrap().state, InstanceState::Ready);
        ground.fleet.reply_permission(&id, &request, PermissionReply::Once, None).await.unwrap();
        ground.wait(&id, |instance| instance.activity() == fleet::Activity::Idle).await;
        ground.fleet.restart(&id).await.unwrap();
        ground.wait_for(&id, &InstanceState::Ready).await;
        eventually("it is told of the new run, too", PATIENCE, told).await;
    }
    assert!(!ground.fleet.history(&id).await.unwrap().iter().any(|entry| entry.state == "degraded"));
    // opencode looks at it again only in its next life.
    std::fs::write(other.join("opencode.json"), "{}").unwrap();
    ground.fleet.restart(&id).await.unwrap();
    ground.wait_for(&id, &InstanceState::Ready).await;
    call(&format!("/session/{there}/prompt_async"), json!({ "parts": [{ "type": "text", "text": "@bash sleep 1" }] }))
        .await;
    let request = ground.request(&id).await;
    assert_eq!(ground.fleet.instance(&id).unwrap().requests[&request].directory, other);
    eventually("all is told again", PATIENCE, async || told().await.is_none().then_some(())).await;
    ground.end().await;
}
