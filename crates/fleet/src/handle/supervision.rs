//! What keeps instances well over time: their history, sleep and waking, going on after a crash.

use std::collections::BTreeSet;
use std::path::Path;

use opencode_api::{Client, Forwarded, Method, SessionId};
use serde_json::{Value, json};

use super::{Fleet, Forward};
use crate::directory::directory_of;
use crate::event::Event;
use crate::files::history_file;
use crate::supervision::{HistoryEntry, SupervisionEvent};
use crate::{ApiError, FleetError, Instance, InstanceId, InstanceState, runtime};

/// What a session that was interrupted is told.
const GO_ON: &str = "Continue where you left off.";
/// Among how many of a session's last messages its last prompt is looked for.
const LAST_MESSAGES: &str = "30";

impl Fleet {
    /// What happened to an instance, newest first.
    pub async fn history(&self, id: &InstanceId) -> Result<Vec<HistoryEntry>, FleetError> {
        self.instance(id)?;
        let id = id.clone();
        let read = self.runtime.disk().run(move |folders| {
            let folder = folders.history();
            history_file::read(&folder, &id).map_err(|source| FleetError::File { action: "read", path: folder, source })
        });
        read.await.unwrap_or(Err(FleetError::Closed))
    }

    /// Puts an idle instance to sleep: it is stopped, and its sessions can still be read. Returns once it sleeps.
    pub async fn sleep(&self, id: &InstanceId) -> Result<(), FleetError> {
        let id = id.clone();
        self.runtime.ask(|call| Event::Supervision(SupervisionEvent::Sleep { call, id })).await.map(drop)
    }

    /// Wakes an instance that sleeps, or starts one that has ended. Returns once it answers.
    pub async fn wake(&self, id: &InstanceId) -> Result<(), FleetError> {
        let id = id.clone();
        self.runtime.ask(|call| Event::Supervision(SupervisionEvent::Wake { call, id })).await.map(drop)
    }

    /// Says which instances are on screen: they are not put to sleep, and looked at more closely.
    pub fn watched(&self, ids: BTreeSet<InstanceId>) {
        self.runtime.uses().watch(ids);
    }

    /// The machine has slept, as the platform tells: no connection is trusted, and everything is read again.
    /// We find out by ourselves within a second or two; this is sooner.
    pub fn resumed(&self) {
        let jump = launch::clocks::ClockJump::Slept { ms: 0 };
        self.runtime.send(Event::Supervision(SupervisionEvent::Jumped(jump)));
    }

    /// Has sessions that were interrupted go on; none: all of them. Starts the instance if it does not run.
    pub async fn continue_sessions(&self, id: &InstanceId, sessions: &[SessionId]) -> Result<(), FleetError> {
        let is_wanted = |session: &SessionId| sessions.is_empty() || sessions.contains(session);
        let wanted: Vec<SessionId> =
            self.instance(id)?.interrupted.iter().filter(|session| is_wanted(session)).cloned().collect();
        if wanted.is_empty() {
            return Ok(());
        }
        self.wake(id).await?;
        let instance = self.instance(id)?;
        let client = self.runtime.client(id).ok_or_else(|| not_answering(&instance))?;
        let mut failed = None;
        for session in wanted {
            let directory = instance.sessions.get(&session).map_or(&instance.directory, |session| &session.directory);
            match Box::pin(go_on(&client, directory, &session)).await {
                Ok(()) => {
                    let done = SupervisionEvent::Continued { id: id.clone(), sessions: vec![session] };
                    self.runtime.send(Event::Supervision(done));
                }
                // The others may go on all the same.
                Err(error) => failed = Some(error),
            }
        }
        failed.map_or(Ok(()), |error| Err(error.into()))
    }

    /// Forgets which sessions were interrupted.
    pub async fn dismiss_interrupted(&self, id: &InstanceId) -> Result<(), FleetError> {
        let id = id.clone();
        self.runtime.ask(|call| Event::Supervision(SupervisionEvent::Dismiss { call, id })).await.map(drop)
    }

    /// Answers a request to an instance that has no server now: from what is kept of it, if it sleeps, or from its server once it is awake.
    pub(super) async fn reach(&self, instance: &Instance, forward: &Forward) -> Result<Reached, FleetError> {
        if let Some(client) = self.runtime.client(&instance.id) {
            self.runtime.uses().used(&instance.id, runtime::now());
            return Ok(Reached::Client(client));
        }
        Box::pin(self.reach_asleep(instance, forward)).await
    }

    async fn reach_asleep(&self, instance: &Instance, forward: &Forward) -> Result<Reached, FleetError> {
        let id = &instance.id;
        let uses = self.runtime.uses();
        let is_asleep = instance.state == InstanceState::Asleep;
        if is_asleep && let Some(answer) = self.kept_answer(instance, forward).await {
            return Ok(Reached::Answer(answer));
        }
        if !is_asleep && !uses.is_waking(id) {
            return Err(not_answering(instance));
        }
        // Whoever comes while it wakes waits, too.
        let _waking = uses.waking(id);
        self.wake(id).await?;
        uses.used(id, runtime::now());
        self.runtime.client(id).map(Reached::Client).ok_or_else(|| not_answering(instance))
    }

    async fn kept_answer(&self, instance: &Instance, forward: &Forward) -> Option<Forwarded> {
        let (instance, forward) = (instance.clone(), forward.clone());
        let root = self.runtime.folders().kept();
        let read = tokio::task::spawn_blocking(move || runtime::kept::answer(&root, &instance, &forward));
        read.await.ok().flatten()
    }
}

/// What a request is answered by.
pub(super) enum Reached {
    /// The instance's server.
    Client(Client),
    /// What is kept of it.
    Answer(Forwarded),
}

fn not_answering(instance: &Instance) -> FleetError {
    FleetError::NotAnswering { name: instance.name.clone(), state: instance.state.word() }
}

/// Prompts a session to go on, with the agent and the model of its last prompt: another agent may be allowed more.
async fn go_on(client: &Client, directory: &Path, session: &SessionId) -> Result<(), ApiError> {
    let call = |method, path: String, query: &[(&str, &str)], body: Option<Value>| {
        let query = query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let body = body.map(|body| body.to_string().into());
        opencode_api::Forward { method, path, query, directory: directory_of(directory), body }
    };
    let path = format!("/session/{session}/message");
    let read = client.forward(call(Method::Get, path.clone(), &[("limit", LAST_MESSAGES)], None)).await?;
    let messages: Vec<Value> = serde_json::from_slice(&successful(&path, read)?.body).unwrap_or_default();
    let last = messages.iter().rev().map(|message| &message["info"]).find(|info| info["role"] == "user");
    let mut body = json!({ "parts": [{ "type": "text", "text": GO_ON }] });
    for field in ["agent", "model", "variant"] {
        if let Some(value) = last.and_then(|info| info.get(field)).filter(|value| !value.is_null()) {
            body[field] = value.clone();
        }
    }
    let path = format!("/session/{session}/prompt_async");
    let taken = client.forward(call(Method::Post, path.clone(), &[], Some(body))).await?;
    successful(&path, taken).map(drop)
}

fn successful(path: &str, answer: Forwarded) -> Result<Forwarded, ApiError> {
    if answer.status < 300 {
        return Ok(answer);
    }
    let message = String::from_utf8_lossy(&answer.body[..answer.body.len().min(300)]).into_owned();
    let (path, code) = (path.to_owned(), String::new());
    Err(match answer.status {
        404 => ApiError::NotFound { path, code, message },
        status => ApiError::Refused { path, status, code, message },
    })
}
