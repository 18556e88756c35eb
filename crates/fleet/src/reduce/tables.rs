//! What follows from each event, case by case. Here is what all cases share.

mod binary;
mod containers;
mod found;
mod prompts;
mod requests;
mod roster;
mod settings;
mod ssh;
mod starting;
mod supervision;
mod using;
mod versions;

use crate::core::Core;
use crate::effect::Effect;
use crate::event::{Answer, CallId, Event, Outcome, RunId, StartCall};
use crate::{
    Change, Failure, FleetError, Instance, InstanceId, Opencode, OpencodeSource, Profile, SessionStatus, Settings,
    Timestamp,
};
use launch::ProcessIdentity;
use opencode_api::{Envelope, PermissionReply, PermissionRequest, Port, RequestId, ServerEvent, SessionId};
use serde_json::json;
use std::path::PathBuf;
use std::sync::Arc;

use super::reduce;

/// A fleet under test: events in, effects out.
pub(super) struct Bench {
    core: Core,
    now: u64,
    call: u64,
}

const DIRECTORY: &str = "/srv/site";

pub(super) fn identity(pid: u32) -> ProcessIdentity {
    ProcessIdentity { pid, started_at: 7, executable: "/bin/opencode".into() }
}

pub(super) fn port() -> Port {
    Port::new(3100).unwrap()
}

pub(super) fn found() -> Opencode {
    Opencode::Found { path: "/bin/opencode".into(), version: "1.18.33".to_owned(), source: OpencodeSource::Path }
}

pub(super) fn wire_session(id: &str, parent: Option<&str>, title: &str) -> opencode_api::Session {
    opencode_api::Session {
        id: SessionId::from(id),
        title: title.to_owned(),
        parent_id: parent.map(SessionId::from),
        directory: DIRECTORY.to_owned(),
        created_ms: 1,
        updated_ms: 2,
        archived_ms: None,
    }
}

pub(super) fn permission(id: &str, session: &str) -> PermissionRequest {
    PermissionRequest {
        id: RequestId::from(id),
        session: SessionId::from(session),
        permission: "bash".to_owned(),
        patterns: vec!["ls".to_owned()],
        metadata: json!({ "command": "ls" }),
        always: vec!["ls *".to_owned()],
        tool: None,
    }
}

/// The start of a new instance in the usual directory, as a window asks for it.
fn start_call(fresh: InstanceId, profile: Option<Arc<Profile>>) -> StartCall {
    let (directory, environment) = (DIRECTORY.into(), Vec::new());
    StartCall { fresh, directory, name: None, environment, demo: None, profile, another: false }
}

impl Bench {
    fn new() -> Self {
        let mut core = Core::new(Settings::initial(), None, PathBuf::from("/logs"));
        core.state.opencode = found();
        Self { core, now: 1_000, call: 0 }
    }

    fn id() -> InstanceId {
        InstanceId::from("aaaaaaaa")
    }

    fn at(&self) -> RunId {
        RunId { instance: Self::id(), run: self.instance().run }
    }

    fn instance(&self) -> &Instance {
        &self.core.state.instances[&Self::id()]
    }

    fn is(&self, word: &str) {
        assert_eq!(self.instance().state.word(), word);
    }

    fn happens(&mut self, event: Event) -> Vec<Effect> {
        self.now += 1;
        let (core, effects) = reduce(self.core.clone(), event, Timestamp(self.now));
        self.core = core;
        effects
    }

    fn call(&mut self) -> CallId {
        self.call += 1;
        CallId(self.call)
    }

    fn start(&mut self, fresh: &str) -> Vec<Effect> {
        let call = self.call();
        let environment = vec![("KEY".to_owned(), "secret".to_owned())];
        let start = StartCall { environment, ..start_call(InstanceId::from(fresh), None) };
        self.happens(Event::Start { call, start })
    }

    fn stop(&mut self) -> Vec<Effect> {
        let call = self.call();
        self.happens(Event::Stop { call, id: Self::id() })
    }

    fn spawned(&mut self) {
        self.start("aaaaaaaa");
        let at = self.at();
        self.happens(Event::Recorded { at: at.clone(), port: Some(port()) });
        self.happens(Event::Spawned { at, identity: identity(42), port: port() });
    }

    fn ready() -> Self {
        let mut bench = Self::new();
        bench.spawned();
        let at = bench.at();
        bench.happens(Event::Answered { at, version: "1.18.33".to_owned() });
        bench.is("ready");
        bench
    }

    fn told(&mut self, event: ServerEvent) -> Vec<Effect> {
        let envelope = Box::new(Envelope { directory: Some(DIRECTORY.to_owned()), event });
        let at = self.at();
        self.happens(Event::Told { at, envelope })
    }

    /// Ready, with a busy session that asks.
    fn asking() -> Self {
        let mut bench = Self::ready();
        bench.told(ServerEvent::SessionCreated(wire_session("ses_1", None, "Root")));
        bench.busy("ses_1");
        bench.told(ServerEvent::PermissionAsked(permission("per_1", "ses_1")));
        assert_eq!(bench.instance().waiting(), 1);
        bench
    }

    fn busy(&mut self, session: &str) -> Vec<Effect> {
        let status = opencode_api::SessionStatus::Busy;
        self.told(ServerEvent::SessionStatus { session: SessionId::from(session), status })
    }

    fn answer(&mut self, request: &str) -> Vec<Effect> {
        let call = self.call();
        let answer = Answer::Permission { reply: PermissionReply::Once, message: None };
        self.happens(Event::Answer { call, id: Self::id(), request: RequestId::from(request), answer })
    }

    fn status(&self, session: &str) -> &SessionStatus {
        &self.instance().sessions[&SessionId::from(session)].status
    }
}

fn failure(cause: &str) -> Failure {
    Failure { cause: cause.to_owned(), hint: None, last_lines: Vec::new() }
}

fn answers(effects: &[Effect]) -> Vec<&Result<Outcome, FleetError>> {
    effects
        .iter()
        .filter_map(|effect| if let Effect::Answer { result, .. } = effect { Some(result) } else { None })
        .collect()
}

fn has(effects: &[Effect], what: impl Fn(&Effect) -> bool) -> bool {
    effects.iter().any(what)
}

fn tells(effects: &[Effect], change: &Change) -> bool {
    has(effects, |effect| matches!(effect, Effect::Publish(told) if told == change))
}
