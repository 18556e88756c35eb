//! Containers of other programs: shown as their engine has them, started and stopped on request, never forgotten because the engine is silent.

use super::start::{answer_starting, refusal};
use super::turn::Turn;
use crate::effect::Effect;
use crate::event::{CallId, Container};
use crate::registry::DockerEntry;
use crate::{InstanceId, InstanceState, Kind, Owner, Source, Step};

/// How long a container may take to be seen running after it was started.
const START_MS: u64 = 15_000;

/// These are the containers in the shared registry.
pub(super) fn entries(turn: &mut Turn, entries: Vec<DockerEntry>) {
    let listed: Vec<InstanceId> = entries.iter().map(|entry| entry.id.clone()).collect();
    let gone: Vec<InstanceId> = turn
        .core
        .state
        .instances
        .values()
        .filter(|instance| matches!(instance.kind, Kind::Docker { .. }) && !listed.contains(&instance.id))
        .map(|instance| instance.id.clone())
        .collect();
    for id in gone {
        turn.end_run(&id);
        turn.forget(&id);
    }
    for entry in entries {
        let DockerEntry { id, name, directory, host, port, container, started_at } = entry;
        let is_ours = turn.instance(&id).is_some_and(|instance| matches!(instance.kind, Kind::Process { .. }));
        if is_ours {
            continue;
        }
        if turn.instance(&id).is_none() {
            turn.insert(&id, name.clone(), &directory, Kind::Docker { container: container.clone() }, Owner::External);
            turn.enter(&id, InstanceState::Unknown { reason: "The Docker engine has not answered yet".to_owned() });
        }
        let is_same = turn.instance(&id).is_some_and(|instance| {
            instance.name == name
                && instance.host == host
                && instance.port == port
                && instance.kind == Kind::Docker { container: container.clone() }
        });
        if !is_same {
            turn.change(&id, |instance| {
                instance.name = name;
                instance.host = host;
                instance.port = port;
                instance.sources.insert(Source::Registry);
                instance.kind = Kind::Docker { container };
                instance.started_at = started_at;
            });
        }
    }
}

/// The engine says how a container is, or cannot be asked.
pub(super) fn seen(turn: &mut Turn, id: &InstanceId, container: &Container) {
    let Some(instance) = turn.instance(id) else { return };
    if !matches!(instance.kind, Kind::Docker { .. }) || instance.state == InstanceState::Stopping {
        return;
    }
    let is_live = instance.state.is_live();
    let now = turn.now;
    let asked = turn.behind(id).container_asked;
    match container {
        Container::Running if is_live && asked.is_none() => {}
        Container::Running => {
            turn.behind(id).container_asked = None;
            attach(turn, id);
        }
        Container::Exited { .. } | Container::Gone if asked.is_some_and(|at| now.ms_since(at) < START_MS) => {}
        Container::Exited { code } => ended(turn, id, (*code != 0).then(|| format!("It ended with exit code {code}"))),
        Container::Gone => ended(turn, id, Some("The container does not exist any more".to_owned())),
        Container::Unreachable { reason } => {
            if !matches!(turn.instance(id).map(|instance| &instance.state), Some(InstanceState::Unknown { .. })) {
                turn.end_run(id);
            }
            turn.enter(id, InstanceState::Unknown { reason: reason.clone() });
            answer_starting(turn, id);
        }
    }
}

fn ended(turn: &mut Turn, id: &InstanceId, last_end: Option<String>) {
    if turn.instance(id).is_none_or(|instance| instance.state.is_ended()) {
        return;
    }
    turn.behind(id).container_asked = None;
    turn.end_run(id);
    turn.enter(id, InstanceState::Stopped);
    turn.change(id, |instance| instance.last_end = last_end);
    answer_starting(turn, id);
}

fn attach(turn: &mut Turn, id: &InstanceId) {
    let since = turn.now;
    turn.enter(id, InstanceState::Starting { step: Step::WaitingForAnswer, since });
    turn.change(id, |instance| {
        instance.run += 1;
        instance.last_end = None;
    });
    answer_starting(turn, id);
    if turn.instance(id).is_some_and(|instance| instance.port.is_some()) {
        super::discovery::attach(turn, id);
    } else {
        let reason = "Its entry in the registry names no port".to_owned();
        turn.enter(id, InstanceState::Degraded { reason });
    }
}

/// Starts a container that exists.
pub(super) fn start(turn: &mut Turn, id: &InstanceId, container: String, call: Option<CallId>) {
    let since = turn.now;
    if !turn.enter(id, InstanceState::Starting { step: Step::StartingProcess, since }) {
        if let Some(call) = call {
            let error = refusal(turn, id, "started");
            turn.answer(call, Err(error));
        }
        return;
    }
    turn.change(id, |instance| instance.run += 1);
    let behind = turn.behind(id);
    behind.container_asked = Some(since);
    behind.starting.extend(call);
    let at = turn.run_of(id);
    turn.effect(Effect::StartContainer { at, container });
}
