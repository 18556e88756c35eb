//! One turn of `reduce`: the core being changed, the time, and the effects so far.
//!
//! All changes of an instance go through here, so that what always holds is kept in one place: an arrow that is not allowed is not taken, what is not ready has no requests, what does not run has no busy sessions.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use opencode_api::{RequestId, SessionId};

use crate::core::{Behind, Core};
use crate::effect::Effect;
use crate::event::{CallId, Outcome, RunId};
use crate::notice::AboutInstance;
use crate::{
    Activity, Change, FleetError, Instance, InstanceId, InstanceState, Kind, Owner, Role, Session, SessionStatus,
    Source, Timestamp, Way,
};

/// Where what runs on this machine is reached.
const LOOPBACK: &str = "127.0.0.1";

/// One turn of `reduce`.
pub(super) struct Turn {
    pub(super) core: Core,
    pub(super) now: Timestamp,
    effects: Vec<Effect>,
    /// Instances whose sessions or requests changed, with what they showed before.
    summaries: Vec<(InstanceId, Summary)>,
}

/// What an instance shows of its sessions and requests.
#[derive(PartialEq)]
struct Summary {
    activity: Activity,
    waiting: usize,
    doing: Option<String>,
}

impl Summary {
    fn of(instance: &Instance) -> Self {
        Self { activity: instance.activity(), waiting: instance.waiting(), doing: instance.doing().map(str::to_owned) }
    }
}

impl Turn {
    pub(super) fn new(core: Core, now: Timestamp) -> Self {
        Self { core, now, effects: Vec::new(), summaries: Vec::new() }
    }

    /// Ends the turn.
    pub(super) fn finish(mut self) -> (Core, Vec<Effect>) {
        for (id, before) in std::mem::take(&mut self.summaries) {
            if self.instance(&id).is_some_and(|instance| Summary::of(instance) != before) {
                self.publish_instance(&id);
            }
        }
        (self.core, self.effects)
    }

    pub(super) fn is_current(&self, at: &RunId) -> bool {
        self.instance(&at.instance).is_some_and(|instance| instance.run == at.run)
    }

    pub(super) fn instance(&self, id: &InstanceId) -> Option<&Instance> {
        self.core.state.instances.get(id).map(Arc::as_ref)
    }

    /// The instance, or what to tell the caller who named it.
    pub(super) fn known(&self, id: &InstanceId) -> Result<&Instance, FleetError> {
        self.instance(id).ok_or_else(|| FleetError::NoSuchInstance { id: id.clone() })
    }

    pub(super) fn run_of(&self, id: &InstanceId) -> RunId {
        RunId { instance: id.clone(), run: self.instance(id).map_or(0, |instance| instance.run) }
    }

    pub(super) fn behind(&mut self, id: &InstanceId) -> &mut Behind {
        self.core.behind.entry(id.clone()).or_default()
    }

    pub(super) fn effect(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    pub(super) fn publish(&mut self, change: Change) {
        self.effects.push(Effect::Publish(change));
    }

    pub(super) fn answer(&mut self, call: CallId, result: Result<Outcome, FleetError>) {
        self.effects.push(Effect::Answer { call, result });
    }

    pub(super) fn done(&mut self, call: CallId) {
        self.answer(call, Ok(Outcome::Done));
    }

    fn publish_instance(&mut self, id: &InstanceId) {
        let told = |effect: &Effect| matches!(effect, Effect::Publish(Change::Instance(told)) if told == id);
        if !self.effects.iter().any(told) {
            self.publish(Change::Instance(id.clone()));
        }
    }

    /// Changes an instance's own facts and tells of it.
    pub(super) fn change(&mut self, id: &InstanceId, change: impl FnOnce(&mut Instance)) {
        let Some(instance) = self.core.state.instances.get_mut(id) else { return };
        change(Arc::make_mut(instance));
        self.publish_instance(id);
    }

    /// Changes what an instance holds of its sessions and requests; what it shows of them is told at the end if it differs.
    fn change_within(&mut self, id: &InstanceId, change: impl FnOnce(&mut Instance)) {
        let Some(instance) = self.core.state.instances.get_mut(id) else { return };
        if !self.summaries.iter().any(|(told, _)| told == id) {
            self.summaries.push((id.clone(), Summary::of(instance)));
        }
        change(Arc::make_mut(instance));
    }

    /// Adds an instance that does not run.
    pub(super) fn insert(&mut self, id: &InstanceId, name: String, directory: &Path, kind: Kind, owner: Owner) {
        let log = match &kind {
            Kind::Process { .. } | Kind::Docker { .. } | Kind::Ssh { .. } if owner == Owner::Portal => {
                Some(self.core.logs.join(format!("{id}.log")))
            }
            Kind::Process { .. } | Kind::Docker { .. } | Kind::Ssh { .. } | Kind::Remote => None,
        };
        let instance = Instance {
            id: id.clone(),
            ordinal: self.core.next_ordinal,
            name,
            directory: directory.to_path_buf(),
            kind,
            owner,
            sources: match owner {
                Owner::Portal => BTreeSet::from([Source::Started]),
                Owner::External => BTreeSet::new(),
            },
            role: Role::Serve,
            command: None,
            // We give each of ours a password.
            is_secured: (owner == Owner::Portal).then_some(true),
            profile: self.core.roster.profiles.get(id).cloned().unwrap_or_default(),
            state: InstanceState::Stopped,
            host: LOOPBACK.to_owned(),
            port: None,
            way: Way::default(),
            version: None,
            started_at: None,
            usage: None,
            sessions: std::collections::BTreeMap::new(),
            requests: std::collections::BTreeMap::new(),
            demo: None,
            log,
            last_end: None,
            restart: None,
            interrupted: BTreeSet::new(),
            is_over_budget: false,
            // Of one that somebody else started it may still have to be asked.
            directories: Some(directory.to_path_buf())
                .filter(|path| !path.as_os_str().is_empty())
                .into_iter()
                .collect(),
            run: 0,
        };
        self.core.next_ordinal += 1;
        self.core.state.instances.insert(id.clone(), Arc::new(instance));
        self.core.behind.insert(id.clone(), Behind::default());
        self.publish_instance(id);
    }

    /// Takes an instance off the list.
    pub(super) fn forget(&mut self, id: &InstanceId) {
        super::budget::keeps(self, id);
        if let Some(behind) = self.core.behind.remove(id) {
            let over_time = behind.over_time;
            // What they wait for was under way, and nobody will tell of its end.
            let waiting = [behind.starting, behind.stopping, behind.removing, over_time.sleepers, over_time.wakers];
            for call in waiting.into_iter().flatten() {
                self.answer(call, Err(FleetError::NoSuchInstance { id: id.clone() }));
            }
        }
        self.summaries.retain(|(told, _)| told != id);
        if self.core.state.instances.remove(id).is_some() {
            self.publish(Change::InstanceGone(id.clone()));
        }
        for about in AboutInstance::ALL {
            super::asked::over(self, &about.of(id));
        }
    }

    /// Takes an arrow to another state, with all that belongs to it. False: there is no such arrow, and nothing changed.
    pub(super) fn enter(&mut self, id: &InstanceId, next: InstanceState) -> bool {
        let Some(instance) = self.instance(id) else { return false };
        if !instance.state.may_become(&next) {
            return false;
        }
        if instance.state == next {
            return true;
        }
        let old = instance.state.clone();
        if next.is_ended() {
            self.behind(id).ended_start = self.instance(id).and_then(|instance| instance.started_at);
            if let Some(process) = self.instance(id).and_then(Instance::process_elsewhere).cloned() {
                self.behind(id).ended_there = Some(process);
            }
        }
        super::supervision::leaving(self, id, &next);
        let (is_ready, is_ended) = (next == InstanceState::Ready, next.is_ended());
        let keeps_sessions = is_ready || matches!(next, InstanceState::Degraded { .. } | InstanceState::Stopping);
        if !is_ready {
            self.drop_requests(id, |_| true);
        }
        if !keeps_sessions {
            self.settle_sessions(id, |_| true);
        }
        self.change(id, |instance| {
            instance.state = next;
            if is_ended {
                match &mut instance.kind {
                    Kind::Process { identity } => {
                        *identity = None;
                        instance.port = None;
                    }
                    Kind::Ssh { process, .. } => {
                        *process = None;
                        instance.port = None;
                    }
                    // The container itself stays, and is started again.
                    Kind::Docker { .. } if instance.owner == Owner::Portal => instance.port = None,
                    Kind::Docker { .. } | Kind::Remote => {}
                }
                instance.usage = None;
                instance.started_at = None;
            }
        });
        if is_ended {
            super::budget::keeps(self, id);
        }
        super::supervision::entered(self, id, &old);
        true
    }

    /// Puts a session in its place and tells of it.
    pub(super) fn put_session(&mut self, id: &InstanceId, session: Session) {
        let key = session.id.clone();
        if self.instance(id).and_then(|instance| instance.sessions.get(&key)).is_some_and(|known| **known == session) {
            return;
        }
        let is_running = session.status != SessionStatus::Idle;
        self.change_within(id, |instance| {
            instance.sessions.insert(key.clone(), Arc::new(session));
        });
        if is_running {
            super::supervision::goes_on(self, id, &key);
        }
        self.publish(Change::Session { instance: id.clone(), session: key });
    }

    /// Changes a session that is known, and tells of it if it is different afterwards.
    pub(super) fn change_session(&mut self, id: &InstanceId, session: &SessionId, change: impl FnOnce(&mut Session)) {
        let Some(known) = self.instance(id).and_then(|instance| instance.sessions.get(session)) else { return };
        let mut changed = Session::clone(known);
        change(&mut changed);
        self.put_session(id, changed);
    }

    /// Takes a session off the list, with its requests.
    pub(super) fn drop_session(&mut self, id: &InstanceId, session: &SessionId) {
        self.drop_requests(id, |request| request.session == *session);
        self.behind(id).tails.remove(session);
        super::supervision::goes_on(self, id, session);
        let is_known = self.instance(id).is_some_and(|instance| instance.sessions.contains_key(session));
        if is_known {
            self.change_within(id, |instance| {
                instance.sessions.remove(session);
            });
            self.publish(Change::SessionGone { instance: id.clone(), session: session.clone() });
        }
    }

    /// Makes sessions idle, with all that belongs to it.
    pub(super) fn settle_sessions(&mut self, id: &InstanceId, which: impl Fn(&Session) -> bool) {
        let Some(instance) = self.instance(id) else { return };
        let settled: Vec<SessionId> =
            instance.sessions.values().filter(|session| which(session)).map(|session| session.id.clone()).collect();
        for session in settled {
            self.settle(id, &session);
        }
    }

    /// Makes a session idle. Its requests cannot be answered any more: the server keeps them, but a reply has no effect.
    pub(super) fn settle(&mut self, id: &InstanceId, session: &SessionId) {
        self.drop_requests(id, |request| request.session == *session);
        self.behind(id).tails.remove(session);
        self.change_session(id, session, |session| {
            session.status = SessionStatus::Idle;
            session.doing = None;
        });
    }

    /// Puts a request in its place and tells of it.
    pub(super) fn put_request(&mut self, id: &InstanceId, request: crate::Request) {
        let (key, session) = (request.id.clone(), request.session.clone());
        self.change_within(id, |instance| {
            instance.requests.insert(key.clone(), Arc::new(request));
        });
        self.publish(Change::Request { instance: id.clone(), request: key });
        self.publish_session(id, session);
    }

    /// Drops requests, and tells of each.
    pub(super) fn drop_requests(&mut self, id: &InstanceId, which: impl Fn(&crate::Request) -> bool) {
        let Some(instance) = self.instance(id) else { return };
        let dropped: Vec<(RequestId, SessionId)> = instance
            .requests
            .values()
            .filter(|request| which(request))
            .map(|request| (request.id.clone(), request.session.clone()))
            .collect();
        for (request, session) in dropped {
            self.change_within(id, |instance| {
                instance.requests.remove(&request);
            });
            if let Some(touched) = &mut self.behind(id).touched {
                touched.gone.insert(request.clone());
            }
            self.publish(Change::RequestGone { instance: id.clone(), request });
            self.publish_session(id, session);
        }
    }

    /// A session shows how many of its requests wait.
    fn publish_session(&mut self, id: &InstanceId, session: SessionId) {
        if self.instance(id).is_some_and(|instance| instance.sessions.contains_key(&session)) {
            self.publish(Change::Session { instance: id.clone(), session });
        }
    }
}
