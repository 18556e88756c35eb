//! Sleep and waking.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use fleet::{
    AtQuit, FleetError, Forward, Forwarded, InstanceId, InstanceState, Method, Profile, SessionId, SessionStatus,
    SettingsPatch, SleepRule,
};
use serde_json::{Value, json};
use testkit::{World, eventually, no_process_left, opencode_binary};

use crate::supervision::fast_ground;
use crate::support::{Ground, PATIENCE, choose_binary};

const KEPT: &str = "x-portal-kept";

/// A path and a query, and what is to be read there, with the place of what is older.
type Kept<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a Value, Option<&'a str>);

fn header<'a>(answer: &'a Forwarded, name: &str) -> Option<&'a str> {
    answer.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

impl Ground {
    async fn read(&self, id: &InstanceId, path: &str, query: &[(&str, &str)]) -> (Value, Forwarded) {
        let query = query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let forward = Forward { method: Method::Get, path: path.to_owned(), query, directory: None, body: None };
        let answer = self.fleet.forward(id, forward).await.unwrap();
        assert_eq!(answer.status, 200, "{path}: {}", String::from_utf8_lossy(&answer.body));
        (serde_json::from_slice(&answer.body).unwrap(), answer)
    }

    /// Put to sleep by hand. A machine that is very busy makes a server look silent for a moment.
    async fn falls_asleep(&self, id: &InstanceId) {
        eventually("it is put to sleep", PATIENCE, async || match self.fleet.sleep(id).await {
            Ok(()) => Some(()),
            Err(FleetError::NotNow { state: "degraded", .. }) => None,
            Err(error) => panic!("{error}"),
        })
        .await;
    }

    /// A session with some messages, at rest.
    async fn session(&self, id: &InstanceId) -> SessionId {
        let session = self.prompt(id, "@text One.").await;
        for (number, word) in ["Two.", "Three."].into_iter().enumerate() {
            self.at_rest(id, &session, 2 * (number + 1)).await;
            let body = json!({ "parts": [{ "type": "text", "text": format!("@text {word}") }] });
            self.call(id, Method::Post, &format!("/session/{session}/prompt_async"), Some(body)).await;
        }
        self.at_rest(id, &session, 6).await;
        session
    }

    /// A prompt is taken before it is in the list: so the messages are counted.
    async fn at_rest(&self, id: &InstanceId, session: &SessionId, count: usize) {
        eventually("the answer is whole", PATIENCE, async || {
            let (messages, _) = self.read(id, &format!("/session/{session}/message"), &[]).await;
            let messages = messages.as_array().unwrap();
            let last = messages.last()?;
            let is_over = messages.len() == count
                && last["info"]["role"] == "assistant"
                && !last["info"]["time"]["completed"].is_null();
            is_over.then_some(())
        })
        .await;
        self.wait(id, |instance| {
            instance.sessions.get(session).is_some_and(|session| session.status == SessionStatus::Idle)
        })
        .await;
    }
}

fn refusal(result: Result<(), FleetError>) -> &'static str {
    match result {
        Err(FleetError::NotNow { state, wanted: "put to sleep", .. }) => state,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn asleep_it_is_read_without_a_process_and_a_prompt_wakes_it() {
    let ground = Ground::new().await;
    let id = ground.ready().await;
    let session = ground.session(&id).await;
    let path = format!("/session/{session}/message");
    let (list, _) = ground.read(&id, "/session", &[("limit", "5")]).await;
    let (one, _) = ground.read(&id, &format!("/session/{session}"), &[]).await;
    let (all, _) = ground.read(&id, &path, &[]).await;
    let (newest, page) = ground.read(&id, &path, &[("limit", "2")]).await;
    let cursor = header(&page, "x-next-cursor").unwrap().to_owned();
    let (older, page) = ground.read(&id, &path, &[("limit", "2"), ("before", &cursor)]).await;
    let older_cursor = header(&page, "x-next-cursor").map(str::to_owned);

    ground.falls_asleep(&id).await;
    assert_eq!(ground.fleet.instance(&id).unwrap().state, InstanceState::Asleep);
    no_process_left(&ground.world).await;
    let cases: [Kept<'_>; 5] = [
        ("/session", &[("limit", "5")], &list, None),
        (&format!("/session/{session}"), &[], &one, None),
        (&path, &[], &all, None),
        // The same cursor as the server's own: a page goes on over a waking.
        (&path, &[("limit", "2")], &newest, Some(&cursor)),
        (&path, &[("limit", "2"), ("before", &cursor)], &older, older_cursor.as_deref()),
    ];
    for (path, query, expected, cursor) in cases {
        let (read, answer) = ground.read(&id, path, query).await;
        assert_eq!((&read, header(&answer, "x-next-cursor")), (expected, cursor), "{path} {query:?}");
        assert_eq!(header(&answer, KEPT), Some("true"));
    }
    assert_eq!(ground.read(&id, "/session/status", &[]).await.0, json!({}));
    assert_eq!(ground.fleet.instance(&id).unwrap().state, InstanceState::Asleep, "reading does not wake it");
    assert!(ground.fleet.instance(&id).unwrap().sessions.contains_key(&session));
    no_process_left(&ground.world).await;

    let body = json!({ "parts": [{ "type": "text", "text": "@text Good morning." }] });
    ground.call(&id, Method::Post, &format!("/session/{session}/prompt_async"), Some(body)).await;
    assert_eq!(ground.fleet.instance(&id).unwrap().state, InstanceState::Ready);
    ground.at_rest(&id, &session, 8).await;
    let (messages, answer) = ground.read(&id, &path, &[]).await;
    assert!(messages.to_string().contains("Good morning."), "{messages}");
    assert_eq!(header(&answer, KEPT), None);
    let states = ground.history(&id).await.into_iter().rev().map(|entry| entry.state);
    // A machine that is very busy makes a server look silent.
    let mut states: Vec<String> = states.filter(|state| state != "degraded").collect();
    states.dedup();
    assert_eq!(states, ["starting", "ready", "stopping", "asleep", "starting", "ready"]);
    ground.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_use_does_not_sleep() {
    let ground = Ground::new().await;
    let id = ground.ready().await;
    let session = ground.prompt(&id, "@bash sleep 1").await;
    let request = ground.request(&id).await;
    assert_eq!(refusal(ground.fleet.sleep(&id).await), "waiting for you");
    ground.fleet.reply_permission(&id, &request, fleet::PermissionReply::Reject, None).await.unwrap();
    ground.wait(&id, |instance| instance.sessions[&session].status == SessionStatus::Idle).await;
    ground.prompt(&id, "@text 5000 words at 50/s").await;
    ground.wait(&id, |instance| instance.activity() == fleet::Activity::Busy).await;
    assert_eq!(refusal(ground.fleet.sleep(&id).await), "busy");
    ground.fleet.restart(&id).await.unwrap();
    ground.wait_for(&id, &InstanceState::Ready).await;
    let terminal = ground.call(&id, Method::Post, "/pty", Some(json!({}))).await;
    assert_eq!(refusal(ground.fleet.sleep(&id).await), "in use by an open terminal");
    ground.call(&id, Method::Delete, &format!("/pty/{}", terminal["id"].as_str().unwrap()), None).await;
    ground.falls_asleep(&id).await;
    no_process_left(&ground.world).await;
    ground.fleet.wake(&id).await.unwrap();
    assert_eq!(ground.fleet.instance(&id).unwrap().state, InstanceState::Ready);
    ground.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_instance_falls_asleep_once_nobody_watches_it() {
    let world = World::new();
    choose_binary(&world, &opencode_binary());
    let ground = fast_ground(world, Duration::from_millis(500)).await;
    let id = ground.ready().await;
    ground.fleet.watched(BTreeSet::from([id.clone()]));
    let other = {
        let folder = ground.world.root().join("work/other");
        std::fs::create_dir_all(&folder).unwrap();
        let id = ground.fleet.start(ground.start_in(&folder)).await.unwrap();
        ground.wait_for(&id, &InstanceState::Ready).await;
        id
    };
    let patch = SettingsPatch { sleep_after_minutes: Some(1), ..SettingsPatch::default() };
    ground.fleet.update_settings(patch).await.unwrap();
    ground.wait_for(&other, &InstanceState::Asleep).await;
    assert_eq!(ground.fleet.instance(&id).unwrap().state, InstanceState::Ready, "it is on screen");
    ground.fleet.watched(BTreeSet::new());
    ground.wait_for(&id, &InstanceState::Asleep).await;
    no_process_left(&ground.world).await;
    ground.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_sleeps_on_while_the_app_is_closed() {
    let mut ground = Ground::new().await;
    let mut start = ground.start();
    // What it needs to start is in its profile: the next life of the app knows nothing else of it.
    let environment: BTreeMap<String, String> = std::mem::take(&mut start.environment).into_iter().collect();
    let environment = environment.into_iter().collect();
    start.profile = Some(Profile { environment, sleep: SleepRule::Never, ..Profile::default() });
    let id = ground.fleet.start(start).await.unwrap();
    ground.wait_for(&id, &InstanceState::Ready).await;
    let session = ground.session(&id).await;
    ground.falls_asleep(&id).await;
    ground.fleet.clone().shut_down(AtQuit::Stop).await;
    ground.fleet = crate::support::open(&ground.world).await;
    let asleep = ground.wait(&id, |instance| instance.sessions.contains_key(&session)).await;
    assert_eq!(asleep.state, InstanceState::Asleep);
    let (messages, answer) = ground.read(&id, &format!("/session/{session}/message"), &[("limit", "20")]).await;
    assert_eq!((messages.as_array().unwrap().len(), header(&answer, KEPT)), (6, Some("true")));
    // Two at once wake it once.
    let (first, second) = tokio::join!(
        ground.call(&id, Method::Post, "/session", Some(json!({}))),
        ground.call(&id, Method::Post, "/session", Some(json!({}))),
    );
    assert_ne!(first["id"], second["id"]);
    assert_eq!(ground.fleet.instance(&id).unwrap().run, 1, "it was started once");
    // Put to rest by a person, it does not wake by itself.
    ground.falls_asleep(&id).await;
    ground.fleet.stop(&id).await.unwrap();
    assert_eq!(ground.fleet.instance(&id).unwrap().state, InstanceState::Stopped);
    let forward =
        Forward { method: Method::Get, path: "/session".to_owned(), query: Vec::new(), directory: None, body: None };
    assert!(matches!(ground.fleet.forward(&id, forward).await, Err(FleetError::NotAnswering { .. })));
    ground.end().await;
}
