//! The one writer: takes what happens, lets `reduce` say what follows, publishes the state, performs the effects.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use launch::ProcessIdentity;
use tokio::sync::{Notify, broadcast, mpsc, oneshot, watch};
use tokio::task::AbortHandle;

use super::context::{Context, now};
use super::roster::command::INSTANCE_VARIABLE;
use super::{
    Input, adopting, binary, containers, discovery, guard, launching, reading, roster, ssh, stream, supervision,
    versions,
};
use crate::core::Core;
use crate::effect::Effect;
use crate::event::{CallId, Event, Outcome, RunId};
use crate::files::registry_file::RegistryChange;
use crate::reduce::reduce;
use crate::{Change, FleetError, InstanceId, Owner, Place, State};

/// The one writer.
pub(super) struct Actor {
    pub(super) context: Context,
    pub(super) core: Core,
    pub(super) states: watch::Sender<Arc<State>>,
    pub(super) changes: broadcast::Sender<Arc<Change>>,
    pub(super) calls: HashMap<CallId, oneshot::Sender<Result<Outcome, FleetError>>>,
    pub(super) links: HashMap<InstanceId, Link>,
    /// Tasks that belong to no instance.
    pub(super) watchers: Vec<AbortHandle>,
}

/// What is under way with one server: ended when we have nothing to do with it any more.
#[derive(Default)]
pub(super) struct Link {
    tasks: Vec<AbortHandle>,
    again: Option<mpsc::Sender<()>>,
    anew: Option<Arc<Notify>>,
}

impl Drop for Link {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

impl Drop for Actor {
    fn drop(&mut self) {
        for task in &self.watchers {
            task.abort();
        }
        self.context.lines.close();
    }
}

impl Actor {
    /// Takes what happens until the end.
    pub(super) async fn run(mut self, mut inputs: mpsc::UnboundedReceiver<Input>) {
        while let Some(input) = inputs.recv().await {
            match input {
                Input::Event(event) => {
                    self.take(event);
                }
                Input::Call { call, event, reply } => {
                    self.calls.insert(call, reply);
                    if !self.take(event) {
                        // Nobody else would answer; the caller is told by the end of its channel.
                        self.calls.remove(&call);
                    }
                }
                Input::Close { closed } => {
                    self.context.disk.settle().await;
                    let _gone = closed.send(());
                    return;
                }
            }
        }
        self.context.disk.settle().await;
    }

    /// Takes one event. False: a mistake of ours kept it from being taken in.
    pub(super) fn take(&mut self, event: Event) -> bool {
        let about = event.run().cloned();
        let core = self.core.clone();
        let taken = std::panic::catch_unwind(AssertUnwindSafe(|| reduce(core, event, now())));
        let is_taken = taken.is_ok();
        let effects = match taken {
            Ok((core, effects)) => {
                self.core = core;
                effects
            }
            Err(panic) => {
                // The state before it still stands: the event is lost, the fleet is not.
                let message = guard::message_of(panic.as_ref());
                tracing::error!(message, "An event could not be taken in");
                match about {
                    Some(at) => self.broken(at, message),
                    None => Vec::new(),
                }
            }
        };
        let is_changed = effects
            .iter()
            .any(|effect| matches!(effect, Effect::Publish(change) if !matches!(change, Change::Transcript { .. })));
        // First the state, then what tells of it: who reads on a change sees it.
        if is_changed {
            self.states.send_replace(Arc::new(self.core.state.clone()));
        }
        for effect in effects {
            self.perform(effect);
        }
        is_taken
    }

    fn broken(&mut self, at: RunId, message: String) -> Vec<Effect> {
        let core = self.core.clone();
        let event = Event::Panicked { at, message };
        match std::panic::catch_unwind(AssertUnwindSafe(|| reduce(core, event, now()))) {
            Ok((core, effects)) => {
                self.core = core;
                effects
            }
            Err(_) => Vec::new(),
        }
    }

    fn perform(&mut self, effect: Effect) {
        let context = self.context.clone();
        match effect {
            Effect::Publish(change) => {
                // Nobody watches: nothing to tell.
                let _unwatched = self.changes.send(Arc::new(change));
            }
            Effect::Answer { call, result } => {
                if let Some(reply) = self.calls.remove(&call) {
                    let _gone = reply.send(result);
                }
            }
            Effect::Launch(plan) => {
                let at = plan.at.clone();
                // Not part of the link: it stays with what it starts, or sees to it that nothing of it is left.
                match &plan.profile.place {
                    Place::Ssh(_) => guard::spawn(&context, &at, ssh::launch(self.context.clone(), *plan)),
                    Place::Docker(place) => {
                        let place = place.clone();
                        guard::spawn(&context, &at, containers::launch(self.context.clone(), *plan, place))
                    }
                    Place::Process => guard::spawn(&context, &at, launching::launch(self.context.clone(), *plan)),
                };
            }
            Effect::Adopt { at, identity, host, port } => {
                self.link(&at, adopting::adopt(context, at.clone(), identity, host, port));
            }
            Effect::Attach { at, to } => self.link(&at, discovery::attach(context, at.clone(), *to)),
            Effect::Connect { at } => self.connect(&at),
            Effect::Resync { at } => self.resync(&at),
            Effect::Disconnect { instance } => {
                self.context.clients.remove(&instance);
                self.links.remove(&instance);
            }
            Effect::StopProcess { at, identity } => {
                let instance = self.core.state.instances.get(&at.instance);
                let is_ours = instance.is_some_and(|instance| instance.owner == Owner::Portal);
                let stop = stop_process(self.context.clone(), at.clone(), identity, is_ours);
                guard::spawn(&context, &at, stop);
            }
            Effect::EndStray { at, identity } => {
                tracing::info!(instance = %at.instance, pid = identity.pid, "A start that nobody wants is ended");
                tokio::spawn(launching::stop_it(identity));
            }
            Effect::ReadSession { at, directory, session } => {
                if let Some(client) = self.context.clients.get(&at.instance) {
                    self.link(&at, reading::session(context, at.clone(), client, directory, session));
                }
            }
            Effect::Reply { at, call, directory, request, answer } => {
                let Some(client) = self.context.clients.get(&at.instance) else {
                    let gone = FleetError::NoSuchRequest { instance: at.instance, request };
                    return self.perform(Effect::Answer { call, result: Err(gone) });
                };
                let reporting = async move {
                    let result = reading::reply(client, directory, request.clone(), answer).await;
                    context.report(Event::Replied { at, call, request, result });
                };
                tokio::spawn(reporting);
            }
            Effect::WriteRecord(record) => self.context.disk.write_record(record),
            Effect::RemoveRecord { id } => self.context.disk.remove_record(id),
            Effect::Register(entry) => self.context.disk.change_registry(RegistryChange::Put(entry)),
            Effect::Unregister { id, pid } => self.context.disk.change_registry(RegistryChange::Remove { id, pid }),
            Effect::ChangeSettings { number, change } => self.context.disk.change_settings(number, change),
            Effect::Containers(effect) => containers::perform(self, effect),
            Effect::Discovery(effect) => discovery::perform(self, effect),
            Effect::Supervision(effect) => supervision::perform(self, effect),
            Effect::Roster(effect) => roster::perform(self, effect),
            Effect::Versions(effect) => versions::perform(self, effect),
            Effect::Ssh(effect) => ssh::perform(self, effect),
            Effect::Prompt(effect) => self.context.lines.prompts().perform(effect),
            Effect::LookForOpencode { search, setting } => {
                self.watchers.retain(|task| !task.is_finished());
                self.watchers.push(tokio::spawn(binary::look(context, search, setting)).abort_handle());
            }
            Effect::InstallOpencode { search } => {
                self.watchers.retain(|task| !task.is_finished());
                self.watchers.push(tokio::spawn(binary::install(context, search)).abort_handle());
            }
        }
    }

    fn link(&mut self, at: &RunId, task: impl Future<Output = ()> + Send + 'static) {
        let task = guard::spawn(&self.context, at, task);
        let link = self.links.entry(at.instance.clone()).or_default();
        link.tasks.retain(|task| !task.is_finished());
        link.tasks.push(task);
    }

    fn connect(&mut self, at: &RunId) {
        let Some(client) = self.context.clients.get(&at.instance) else { return };
        let (again, asked) = mpsc::channel(1);
        let anew = Arc::new(Notify::new());
        self.link(at, stream::keep(self.context.clone(), at.clone(), client, asked, Arc::clone(&anew)));
        if let Some(link) = self.links.get_mut(&at.instance) {
            link.again = Some(again);
            link.anew = Some(anew);
        }
    }

    /// Opens its stream anew, at once.
    pub(super) fn reconnect(&mut self, at: &RunId) {
        if let Some(anew) = self.links.get(&at.instance).and_then(|link| link.anew.as_ref()) {
            anew.notify_one();
        }
    }

    fn resync(&mut self, at: &RunId) {
        if let Some(again) = self.links.get(&at.instance).and_then(|link| link.again.as_ref()) {
            // One that is asked for already is as good.
            let _full = again.try_send(());
        }
    }
}

/// Ends a process with its tree. Of ours also what has left the tree: it carries our mark.
async fn stop_process(context: Context, at: RunId, identity: ProcessIdentity, is_ours: bool) {
    let mark = (INSTANCE_VARIABLE, at.instance.as_str());
    let stopped = if is_ours {
        launch::stop_marked(&identity, mark, launching::GRACE).await
    } else {
        launch::stop(&identity, launching::GRACE).await
    };
    let result = stopped.map(drop).map_err(FleetError::Launch);
    context.report(Event::Stopped { at, result });
}
