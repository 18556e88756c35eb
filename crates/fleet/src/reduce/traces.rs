//! What a run leaves on disk: the record of the instance, its entry in the shared registry; and their end.

use super::turn::Turn;
use crate::effect::Effect;
use crate::record::{Aftermath, Body, Life, Record, Running};
use crate::registry::Entry;
use crate::{Instance, InstanceId, InstanceState, Kind, Owner};

/// What an instance runs in, while it does.
fn body_of(instance: &Instance) -> Option<Body> {
    if !super::stop::is_up(instance) {
        return None;
    }
    match &instance.kind {
        Kind::Process { identity } => identity.clone().map(Body::Process),
        Kind::Docker { container } => {
            container.as_ref().map(|of| Body::Container { engine: of.engine.clone(), id: of.id.clone() })
        }
        Kind::Ssh { host, process } => process.clone().map(|process| Body::Elsewhere { host: host.clone(), process }),
        Kind::Remote => None,
    }
}

impl Turn {
    /// Writes down how far an instance of ours has come.
    pub(super) fn write_record(&mut self, id: &InstanceId, asked_to_end: bool) {
        let Some(instance) = self.instance(id) else { return };
        if instance.owner != Owner::Portal {
            return;
        }
        // Of another machine it is the port there that stays.
        let port = match &instance.kind {
            Kind::Ssh { process: Some(process), .. } => Some(process.port),
            _ => instance.port,
        };
        let running = match (body_of(instance), port) {
            (Some(body), Some(port)) => {
                let since = instance.started_at.unwrap_or(self.now);
                Some(Running { body, host: instance.host.clone(), port, since })
            }
            _ => None,
        };
        let record = Record {
            id: id.clone(),
            name: instance.name.clone(),
            directory: instance.directory.clone(),
            demo: instance.demo,
            life: match running {
                Some(running) if asked_to_end => Life::Ending(running),
                Some(running) => Life::Runs(running),
                None => Life::Ended,
            },
            host: self.core.host.clone(),
            last_end: instance.last_end.clone(),
            after: Aftermath {
                is_asleep: instance.state == InstanceState::Asleep,
                is_crashed: matches!(instance.state, InstanceState::Crashed(_)),
                interrupted: instance.interrupted.clone(),
                ended_there: self.core.behind.get(id).and_then(|behind| behind.ended_there.clone()),
            },
        };
        self.is_recorded(id);
        self.effect(Effect::WriteRecord(Box::new(record)));
    }

    /// Puts a process of ours into the shared registry, or corrects its entry there.
    pub(super) fn register(&mut self, id: &InstanceId) {
        let Some(instance) = self.instance(id) else { return };
        // The tour's instance is gone with the app: other programs have no use for it.
        if instance.owner != Owner::Portal || instance.demo.is_some() {
            return;
        }
        let (Some(identity), Some(port)) = (instance.process(), instance.port) else { return };
        let entry = Entry {
            id: id.clone(),
            name: instance.name.clone(),
            directory: instance.directory.clone(),
            port,
            pid: identity.pid,
            started_at: instance.started_at.unwrap_or(self.now),
        };
        self.effect(Effect::Register(Box::new(entry)));
    }

    /// Everything that ends with a run. To be called before the state says so, while the process is still known.
    pub(super) fn end_run(&mut self, id: &InstanceId) {
        // What others have written into the registry is theirs to take out.
        let ours = self.instance(id).filter(|instance| instance.owner == Owner::Portal);
        let pid = ours.and_then(Instance::process).map(|identity| identity.pid);
        if let Some(pid) = pid {
            self.effect(Effect::Unregister { id: id.clone(), pid });
        }
        self.effect(Effect::Disconnect { instance: id.clone() });
        let behind = self.behind(id);
        behind.touched = None;
        behind.is_read = false;
        behind.reading.clear();
        behind.tails.clear();
    }
}
