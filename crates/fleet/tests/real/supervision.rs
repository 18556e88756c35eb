//! What becomes of an instance over time: it crashes and comes back, it is silent, its configuration is refused, its stream breaks.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use fleet::{
    Change, Discovery, Fleet, HistoryEntry, InstanceId, InstanceState, Method, Options, Pace, Profile, RestartPolicy,
    Seen, SessionId, SessionStatus,
};
use opencode_api::{Client, Directory, Secret, ServerAddress};
use serde_json::{Value, json};
use testkit::{Fake, Fault, FaultProxy, RealServer, World, demo, eventually, fake_opencode, opencode_binary};

use crate::support::{Ground, PATIENCE, choose_binary, folders};

const STAYS: Options = Options { discovery: Discovery::Off, stays: true };

/// A ground that lives so fast that a second is a hundredth of one.
pub async fn fast_ground(world: World, minute: Duration) -> Ground {
    let model = demo::Model::serve(0).await.unwrap();
    let fleet = Fleet::open_at_pace(folders(&world), STAYS, Pace::with_minute(minute)).await.unwrap();
    Ground { world, fleet, model }
}

impl Ground {
    async fn ready_with(&self, profile: Profile) -> InstanceId {
        let mut start = self.start();
        start.profile = Some(profile);
        let id = self.fleet.start(start).await.unwrap();
        self.wait_for(&id, &InstanceState::Ready).await;
        id
    }

    pub fn signal(&self, id: &InstanceId, name: &str) {
        let pid = self.fleet.instance(id).unwrap().process().unwrap().pid.to_string();
        assert!(std::process::Command::new("kill").args([name, &pid]).status().unwrap().success());
    }

    /// A session that is in the middle of a long answer.
    async fn busy(&self, id: &InstanceId) -> SessionId {
        let session = self.prompt(id, "@text 5000 words at 50/s").await;
        self.wait(id, |instance| instance.doing().is_some()).await;
        session
    }

    async fn crashed(&self, id: &InstanceId) -> fleet::Failure {
        let crashed = self.wait(id, |instance| matches!(instance.state, InstanceState::Crashed(_))).await;
        let InstanceState::Crashed(failure) = crashed.state.clone() else { unreachable!() };
        failure
    }

    pub async fn history(&self, id: &InstanceId) -> Vec<HistoryEntry> {
        self.fleet.history(id).await.unwrap()
    }

    async fn messages(&self, id: &InstanceId, session: &SessionId) -> Vec<Value> {
        let messages = self.call(id, Method::Get, &format!("/session/{session}/message"), None).await;
        messages.as_array().unwrap().clone()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_in_the_middle_of_an_answer_is_told_mended_and_the_answer_goes_on() {
    let ground = Ground::new().await;
    let profile = Profile { restart: RestartPolicy::OnFailure, ..Profile::default() };
    let id = ground.ready_with(profile).await;
    let session = ground.busy(&id).await;
    let idle = ground.call(&id, Method::Post, "/session", Some(json!({}))).await;
    ground.signal(&id, "-KILL");
    let failure = ground.crashed(&id).await;
    assert!(failure.cause.contains("signal 9"), "{failure:?}");
    assert!(!failure.last_lines.is_empty(), "its last output is shown");
    let named = ground.wait(&id, |instance| !instance.interrupted.is_empty()).await;
    assert_eq!(named.interrupted.iter().collect::<Vec<_>>(), [&session], "not the idle one: {idle}");
    // It comes back by itself, and still names what was interrupted.
    let back = ground.wait_for(&id, &InstanceState::Ready).await;
    assert_eq!((back.restart, back.interrupted.contains(&session)), (None, true));
    let before = ground.messages(&id, &session).await.len();
    ground.fleet.continue_sessions(&id, &[]).await.unwrap();
    ground.wait(&id, |instance| instance.interrupted.is_empty()).await;
    let answered = eventually("the session goes on", PATIENCE, async || {
        let messages = ground.messages(&id, &session).await;
        let is_answered = messages.iter().skip(before).any(|message| {
            let is_text = |part: &Value| part["type"] == "text" && part["text"] != "";
            message["info"]["role"] == "assistant" && message["parts"].as_array().unwrap().iter().any(is_text)
        });
        is_answered.then_some(messages)
    })
    .await;
    let prompt = &answered[before];
    assert_eq!(prompt["parts"][0]["text"], "Continue where you left off.");
    assert_eq!(prompt["info"]["agent"], answered[0]["info"]["agent"], "with the agent that it had");
    let states: Vec<String> = ground.history(&id).await.into_iter().rev().map(|entry| entry.state).collect();
    // The stream may break before the end of the process is known.
    let mut states: Vec<&str> = states.iter().map(String::as_str).filter(|state| *state != "degraded").collect();
    states.dedup();
    assert_eq!(states, ["starting", "ready", "crashed", "starting", "ready"], "{:#?}", ground.history(&id).await);
    ground.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_to_be_restarted_stays_crashed_over_a_restart_of_the_app() {
    let mut ground = Ground::new().await;
    let id = ground.ready().await;
    let session = ground.busy(&id).await;
    ground.signal(&id, "-KILL");
    ground.crashed(&id).await;
    let crashed = ground.wait(&id, |instance| !instance.interrupted.is_empty()).await;
    assert_eq!(crashed.restart, None);
    ground.fleet.clone().shut_down(fleet::AtQuit::Keep).await;
    ground.fleet = crate::support::open(&ground.world).await;
    let again = ground.fleet.instance(&id).unwrap();
    let InstanceState::Crashed(failure) = &again.state else { panic!("it is {:?}", again.state) };
    assert!(failure.cause.contains("signal 9"), "{failure:?}");
    assert!(again.interrupted.contains(&session), "the record names it");
    assert!(
        ground.history(&id).await.iter().any(|entry| entry.state == "crashed" && entry.reason.contains("signal 9"))
    );
    ground.fleet.dismiss_interrupted(&id).await.unwrap();
    assert!(ground.fleet.instance(&id).unwrap().interrupted.is_empty());
    ground.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_crashes_at_each_start_is_given_up() {
    let world = World::new();
    let binary = fake_opencode(&world.root().join("bin"), Fake::ExitsAtOnce);
    choose_binary(&world, &binary);
    let ground = fast_ground(world, Duration::from_millis(600)).await;
    let mut start = ground.start();
    start.profile = Some(Profile { restart: RestartPolicy::OnFailure, ..Profile::default() });
    let id = ground.fleet.start(start).await.unwrap();
    let crashes = || async {
        let history = ground.history(&id).await;
        (history.iter().filter(|entry| entry.state == "crashed").count() == 6).then_some(history)
    };
    let history = eventually("it is tried five times more", PATIENCE, crashes).await;
    assert!(history.iter().any(|entry| entry.reason.ends_with("try 5 of 5")), "{history:?}");
    let given_up = ground.fleet.instance(&id).unwrap();
    assert!(matches!(given_up.state, InstanceState::Crashed(_)), "{:?}", given_up.state);
    assert_eq!(given_up.restart, None);
    ground.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_stops_what_would_start_again() {
    let world = World::new();
    let binary = fake_opencode(&world.root().join("bin"), Fake::ExitsAtOnce);
    choose_binary(&world, &binary);
    // So slow that it stays planned.
    let ground = fast_ground(world, Duration::from_hours(10)).await;
    let mut start = ground.start();
    start.profile = Some(Profile { restart: RestartPolicy::Always, ..Profile::default() });
    let id = ground.fleet.start(start).await.unwrap();
    let planned = ground.wait(&id, |instance| instance.restart.is_some()).await;
    assert_eq!(planned.restart.map(|restart| (restart.attempt, restart.attempts)), Some((1, None)));
    ground.fleet.stop(&id).await.unwrap();
    assert_eq!(ground.fleet.instance(&id).unwrap().restart, None);
    ground.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_configuration_of_a_project_is_told_and_mends_itself_when_it_is_corrected() {
    let ground = Ground::new().await;
    ground.world.write("opencode.json", "{bad");
    let id = ground.fleet.start(ground.start()).await.unwrap();
    let refused = |instance: &fleet::Instance| match &instance.state {
        InstanceState::Degraded { reason } => reason.contains("opencode.json") && reason.contains("InvalidSymbol"),
        _ => false,
    };
    let first = ground.wait(&id, refused).await;
    ground.world.write("opencode.json", r#"{ "model": 5 }"#);
    // Another mistake, in opencode's own words.
    let second = ground
        .wait(&id, |instance| {
            matches!(&instance.state, InstanceState::Degraded { reason } if reason.contains("`model`: Expected string"))
        })
        .await;
    assert_ne!(first.process(), second.process(), "opencode reads it only once in its life");
    ground.world.write("opencode.json", "{}");
    ground.wait(&id, |instance| instance.state == InstanceState::Ready && instance.run > second.run).await;
    ground.prompt(&id, "@text Hello").await;
    ground.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_configuration_that_becomes_bad_is_told_when_opencode_reads_it_again() {
    let ground = Ground::new().await;
    let id = ground.ready().await;
    ground.prompt(&id, "@text Hello").await;
    ground.wait(&id, |instance| instance.sessions.values().any(|session| session.status == SessionStatus::Idle)).await;
    ground.world.write("opencode.json", "{bad");
    ground.call(&id, Method::Post, "/instance/dispose", None).await;
    ground.wait(&id, |instance| matches!(instance.state, InstanceState::Degraded { .. })).await;
    std::fs::remove_file(ground.world.project().join("opencode.json")).unwrap();
    ground.wait_for(&id, &InstanceState::Ready).await;
    ground.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_machine_has_slept_everything_is_read_again_on_a_new_stream() {
    let ground = Ground::new().await;
    let id = ground.ready().await;
    let session = ground.prompt(&id, "@bash sleep 1").await;
    let request = ground.request(&id).await;
    let mut changes = ground.fleet.changes();
    ground.fleet.resumed();
    loop {
        match tokio::time::timeout(PATIENCE, changes.next()).await.unwrap().unwrap() {
            Seen::Change(change) if matches!(&*change, Change::Resynced { instance } if *instance == id) => break,
            Seen::Change(_) | Seen::Lagged => {}
        }
    }
    let after = ground.fleet.instance(&id).unwrap();
    assert_eq!(after.state, InstanceState::Ready);
    assert!(after.requests.contains_key(&request));
    assert_eq!(after.sessions[&session].status, SessionStatus::Busy);
    // The new stream tells as the old one did.
    ground.fleet.reply_permission(&id, &request, fleet::PermissionReply::Once, None).await.unwrap();
    ground.wait(&id, |instance| instance.sessions[&session].status == SessionStatus::Idle).await;
    ground.end().await;
}

/// opencode 1.18.33 says that a stream is open before it listens for what is to be told, and loses what happens meanwhile.
#[tokio::test(flavor = "multi_thread")]
async fn what_happens_before_an_open_stream_tells_is_shown_too() {
    let (ground, id, proxy, server) = behind_a_proxy().await;
    proxy.set(Fault::Cut);
    ground.wait(&id, |instance| matches!(instance.state, InstanceState::Degraded { .. })).await;
    proxy.set(Fault::LateStreams(Duration::from_secs(8)));
    // The first is shown soon. The second was made after that, and is shown when the stream is known to tell.
    for _ in 0..2 {
        let mut made = Vec::new();
        let untold = eventually("a session is made that the stream does not tell of", PATIENCE, async || {
            made.push(made_by_somebody_else(&ground, &server).await);
            let lost = proxy.lost();
            made.iter().find(|session| lost.contains(&session.to_string())).cloned()
        });
        let untold = untold.await;
        ground.wait(&id, |instance| instance.sessions.contains_key(&untold)).await;
    }
    drop(proxy);
    ground.end().await;
    drop(server);
}

/// An instance that is reached through a proxy, adopted from its record as after a restart of the app.
async fn behind_a_proxy() -> (Ground, InstanceId, FaultProxy, RealServer) {
    let world = World::new();
    choose_binary(&world, &opencode_binary());
    let model = demo::Model::serve(0).await.unwrap();
    let server = RealServer::start(&world, &model).await;
    let proxy = FaultProxy::start(SocketAddr::from((Ipv4Addr::LOCALHOST, server.port()))).await;
    let id = InstanceId::from("abcd1234");
    let pid = server.pid();
    let identity =
        eventually("the process can be seen", PATIENCE, async || launch::ProcessIdentity::observe(pid)).await;
    let record = json!({
        "version": 1, "id": id.as_str(), "name": "proxied", "directory": world.project(), "life": "runs",
        "process": {
            "pid": identity.pid, "started_at": identity.started_at, "executable": identity.executable,
            "port": proxy.port(), "since_ms": 1,
        },
    });
    std::fs::create_dir_all(folders(&world).records()).unwrap();
    std::fs::write(folders(&world).records().join(format!("{id}.json")), record.to_string()).unwrap();
    let fleet = crate::support::open(&world).await;
    let ground = Ground { world, fleet, model };
    ground.wait_for(&id, &InstanceState::Ready).await;
    (ground, id, proxy, server)
}

#[tokio::test(flavor = "multi_thread")]
async fn stalled_and_cut_connections_are_told_and_everything_is_read_again() {
    let (ground, id, proxy, server) = behind_a_proxy().await;
    let session = ground.prompt(&id, "@bash sleep 1").await;
    let request = ground.request(&id).await;
    for fault in [Fault::Stall, Fault::Cut] {
        proxy.set(fault);
        let degraded = ground.wait(&id, |instance| matches!(instance.state, InstanceState::Degraded { .. })).await;
        assert!(degraded.requests.is_empty(), "what cannot be answered is not shown");
        assert_eq!(degraded.process().map(|process| process.pid), Some(server.pid()));
        proxy.set(Fault::None);
        let back = ground.wait(&id, |instance| instance.state == InstanceState::Ready && instance.waiting() == 1).await;
        assert!(back.requests.contains_key(&request), "after {fault:?}");
        assert_eq!(back.sessions[&session].status, SessionStatus::Busy);
    }
    let reasons: Vec<HistoryEntry> =
        ground.history(&id).await.into_iter().filter(|entry| entry.state == "degraded").collect();
    assert!(reasons.len() >= 2 && reasons.iter().all(|entry| !entry.reason.is_empty()), "{reasons:?}");
    drop(proxy);
    ground.end().await;
    drop(server);
}

/// A session that somebody else makes, at the server itself.
async fn made_by_somebody_else(ground: &Ground, server: &RealServer) -> SessionId {
    let port = fleet::Port::new(server.port()).unwrap();
    let client = Client::new(ServerAddress::loopback(port, Some(Secret::new(server.password()))));
    let make = opencode_api::Forward {
        method: Method::Post,
        path: "/session".to_owned(),
        query: Vec::new(),
        directory: Directory::new(ground.world.project().to_str().unwrap()),
        body: Some(json!({}).to_string().into()),
    };
    let answer: Value = serde_json::from_slice(&client.forward(make).await.unwrap().body).unwrap();
    SessionId::from(answer["id"].as_str().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_alone_is_silent_is_found_out_and_what_was_missed_is_shown() {
    let (ground, id, proxy, server) = behind_a_proxy().await;
    let shows = async |session: &SessionId| {
        ground.wait(&id, |instance| instance.sessions.contains_key(session)).await;
    };
    // Nothing is shown before the stream is open.
    shows(&made_by_somebody_else(&ground, &server).await).await;
    proxy.set(Fault::StallStreams);
    let missed = made_by_somebody_else(&ground, &server).await;
    ground.call(&id, Method::Get, "/global/health", None).await;
    // The server answers whatever it is asked, so only the silence can tell.
    let told = eventually("the silence is told", PATIENCE, async || {
        let is_it = |entry: &HistoryEntry| entry.state == "degraded" && entry.reason.contains("no heartbeat");
        ground.history(&id).await.into_iter().find(is_it)
    });
    told.await;
    shows(&missed).await;
    // The stream that is silent still is; another has taken its place.
    ground.wait_for(&id, &InstanceState::Ready).await;
    shows(&made_by_somebody_else(&ground, &server).await).await;
    drop(proxy);
    ground.end().await;
    drop(server);
}
