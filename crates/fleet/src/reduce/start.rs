//! From "start" to a process that has answered or failed.

use std::path::Path;
use std::sync::Arc;

use launch::ProcessIdentity;
use opencode_api::Port;

use super::turn::Turn;
use crate::containers::GetImage;
use crate::effect::{Effect, LaunchPlan};
use crate::event::{CallId, Outcome, RunId, StartCall};
use crate::{
    DockerPlace, Failure, FleetError, Instance, InstanceId, InstanceState, Kind, Opencode, Owner, Place, Profile,
    SettingsChange, Step,
};

/// Somebody wants an instance in this directory.
pub(super) fn start(turn: &mut Turn, call: CallId, start: StartCall) {
    start_with(turn, call, start, GetImage::default());
}

/// The same, with what is to be done about the image of its container.
pub(super) fn start_with(turn: &mut Turn, call: CallId, start: StartCall, get_image: GetImage) {
    if turn.core.closing.is_some() {
        return turn.answer(call, Err(FleetError::Closed));
    }
    let StartCall { fresh, directory, name, environment, demo, profile, another } = start;
    // A container of another program that runs here serves the directory; one that does not run is not ours to use for it.
    let existing = turn
        .core
        .state
        .in_place(&directory, profile.as_ref().map(|profile| &profile.place))
        .filter(|instance| !another && (instance.owner == Owner::Portal || instance.state.is_live()))
        .map(|instance| (instance.id.clone(), instance.state.clone()));
    let profile = profile.filter(|given| existing.as_ref().is_none_or(|(id, _)| says_something(turn, id, given)));
    if get_image == GetImage::Again {
        let is_boxed = || profile.as_ref().is_some_and(|profile| matches!(profile.place, Place::Docker(_)));
        let checked = match &existing {
            Some((id, _)) => super::containers::check_again(turn, id),
            None if is_boxed() => Ok(()),
            None => Err(FleetError::NoImage { name: name_of(&directory) }),
        };
        if let Err(error) = checked {
            return turn.answer(call, Err(error));
        }
    }
    if let Some((id, state)) = &existing
        && state.is_live()
        && turn.core.behind.get(id).is_none_or(|behind| behind.starting.is_empty())
    {
        if let Some(profile) = profile
            && turn.instance(id).is_some_and(|instance| instance.owner == Owner::Portal)
        {
            // It counts from the next start on.
            super::roster::keep(turn, id, profile);
        }
        return turn.answer(call, Ok(Outcome::Instance(id.clone())));
    }
    let (id, state) = if let Some(existing) = existing {
        existing
    } else {
        let needs_opencode = profile.as_ref().is_none_or(|profile| profile.needs_opencode());
        if needs_opencode && let Err(error) = usable(&turn.core.state.opencode) {
            return turn.answer(call, Err(error));
        }
        let name = name.clone().unwrap_or_else(|| free_name(turn, &directory));
        let kind = profile.as_ref().map_or_else(|| Place::Process.kind(), |profile| profile.place.kind());
        turn.insert(&fresh, name, &directory, kind, Owner::Portal);
        turn.behind(&fresh).is_unrecorded = true;
        (fresh, InstanceState::Stopped)
    };
    if !state.is_live() {
        if let Some(profile) = profile {
            super::roster::keep(turn, &id, profile);
        }
        let behind = turn.behind(&id);
        behind.environment = Arc::new(environment);
        behind.get_image = get_image;
        turn.change(&id, |instance| {
            instance.demo = demo;
            if let Some(name) = name {
                instance.name = name;
            }
        });
    }
    match state {
        InstanceState::Stopping => {
            let behind = turn.behind(&id);
            behind.then_start = true;
            behind.starting.push(call);
        }
        // Being started: the caller waits with the others until that is on disk.
        state if state.is_live() => turn.behind(&id).starting.push(call),
        _ => begin(turn, &id, Some(call)),
    }
}

/// Whether a profile that came with a start is one for the instance that is there. One that asks for any container at all, and no
/// more, is none: who has seen what is kept of a container that was made names its engine, too, even to take all of it back.
fn says_something(turn: &Turn, id: &InstanceId, given: &Profile) -> bool {
    let is_made = turn.instance(id).is_some_and(|known| known.profile.place.engine().is_some());
    let any = Profile { place: Place::Docker(DockerPlace::default()), ..Profile::default() };
    !is_made || *given != any
}

/// The last part of a directory.
fn name_of(directory: &Path) -> String {
    directory.file_name().map_or_else(|| directory.display().to_string(), |name| name.to_string_lossy().into_owned())
}

/// A name for an instance in this directory that no other one there has.
fn free_name(turn: &Turn, directory: &Path) -> String {
    let name = name_of(directory);
    let is_taken = |name: &str| {
        turn.core.state.instances.values().any(|instance| instance.directory == directory && instance.name == name)
    };
    if !is_taken(&name) {
        return name;
    }
    (2..u32::MAX).map(|number| format!("{name} {number}")).find(|name| !is_taken(name)).unwrap_or(name)
}

/// Whether a start may be tried with what we know of opencode.
pub(super) fn usable(opencode: &Opencode) -> Result<(), FleetError> {
    match opencode {
        Opencode::Found { .. } | Opencode::Looking => Ok(()),
        Opencode::Missing { .. } | Opencode::Installing { .. } => Err(FleetError::OpencodeMissing),
        Opencode::Broken { path, reason, .. } => {
            Err(FleetError::OpencodeBroken { path: path.clone(), reason: reason.clone() })
        }
    }
}

/// Begins a run of an instance that does not run.
pub(super) fn begin(turn: &mut Turn, id: &InstanceId, call: Option<CallId>) {
    if turn.core.behind.get(id).is_some_and(|behind| !behind.removing.is_empty()) {
        if let Some(call) = call {
            turn.answer(call, Err(FleetError::NoSuchInstance { id: id.clone() }));
        }
        return;
    }
    let needs_opencode = turn.instance(id).is_some_and(|instance| instance.profile.needs_opencode());
    if needs_opencode && let Err(error) = usable(&turn.core.state.opencode) {
        if let Some(call) = call {
            turn.answer(call, Err(error));
        }
        return;
    }
    let since = turn.now;
    let step = if needs_opencode { Step::FindingOpencode } else { Step::Connecting };
    if !turn.enter(id, InstanceState::Starting { step, since }) {
        if let Some(call) = call {
            let error = refusal(turn, id, "started");
            turn.answer(call, Err(error));
        }
        return;
    }
    turn.change(id, |instance| {
        instance.run += 1;
        instance.last_end = None;
    });
    let behind = turn.behind(id);
    behind.starting.extend(call);
    behind.awaits_binary = needs_opencode;
    launch(turn, id);
}

/// What to say when an instance's state does not allow what was asked.
pub(super) fn refusal(turn: &Turn, id: &InstanceId, wanted: &'static str) -> FleetError {
    match turn.instance(id) {
        Some(instance) => FleetError::NotNow { name: instance.name.clone(), state: instance.state.word(), wanted },
        None => FleetError::NoSuchInstance { id: id.clone() },
    }
}

/// Goes on with a start, if opencode is found.
pub(super) fn launch(turn: &mut Turn, id: &InstanceId) {
    let Some(instance) = turn.instance(id) else { return };
    let profile = Arc::clone(&instance.profile);
    let binary = match (&profile.place, &profile.binary, &turn.core.state.opencode) {
        (Place::Docker(_) | Place::Ssh(_), _, _) => None,
        (Place::Process, Some(binary), _) | (Place::Process, None, Opencode::Found { path: binary, .. }) => {
            Some(binary.clone())
        }
        (Place::Process, None, _) => return,
    };
    let first = match &profile.place {
        Place::Process => Step::StartingProcess,
        Place::Docker(_) | Place::Ssh(_) => Step::Connecting,
    };
    let is_like_it = |other: &Instance| {
        other.directory == instance.directory
            && other.owner == Owner::Portal
            // Whichever of both has told more of its engine.
            && (other.profile.place.is_like(&instance.profile.place)
                || instance.profile.place.is_like(&other.profile.place))
    };
    let others = || turn.core.state.instances.values().filter(|other| other.id != *id);
    let host = profile.reached_at();
    let plan = LaunchPlan {
        at: turn.run_of(id),
        name: instance.name.clone(),
        directory: instance.directory.clone(),
        binary,
        environment: Vec::new(),
        demo: instance.demo,
        interrupted: instance.interrupted.clone(),
        profile,
        host: host.clone(),
        taken: others().flat_map(|other| [other.port, other.profile.port]).flatten().map(Port::get).collect(),
        may_ask: is_waited_for(turn, id),
        is_alone: !others().any(|other| is_like_it(other)),
        get_image: GetImage::default(),
    };
    turn.change(id, |instance| instance.host = host);
    let behind = turn.behind(id);
    behind.awaits_binary = false;
    behind.is_adopted = false;
    // The next start of its own is one as usual.
    let get_image = std::mem::take(&mut behind.get_image);
    let plan = LaunchPlan { environment: behind.environment.to_vec(), get_image, ..plan };
    step(turn, id, first);
    turn.effect(Effect::Launch(Box::new(plan)));
}

/// Whether somebody waits for this start, or for what it brings.
fn is_waited_for(turn: &Turn, id: &InstanceId) -> bool {
    let behind = turn.core.behind.get(id);
    behind.is_some_and(|behind| !behind.starting.is_empty() || !behind.over_time.wakers.is_empty())
}

/// The start has come so far.
pub(super) fn stepped(turn: &mut Turn, at: &RunId, step: Step) {
    self::step(turn, &at.instance, step);
}

pub(super) fn step(turn: &mut Turn, id: &InstanceId, step: Step) {
    let since = match turn.instance(id).map(|instance| &instance.state) {
        Some(InstanceState::Starting { since, .. }) => *since,
        _ => return,
    };
    turn.enter(id, InstanceState::Starting { step, since });
}

/// The intent is on disk.
pub(super) fn recorded(turn: &mut Turn, at: &RunId, port: Option<Port>) {
    let id = &at.instance;
    if port.is_some() {
        turn.change(id, |instance| instance.port = port);
    }
    turn.is_recorded(id);
    answer_starting(turn, id);
    let Some(instance) = turn.instance(id) else { return };
    // What is on another machine is no folder of this one.
    if instance.demo.is_none() && !matches!(instance.kind, Kind::Ssh { .. }) {
        let change = SettingsChange::Remember(instance.directory.clone());
        super::asked::change_settings(turn, change);
    }
}

/// Tells those who started it which instance it is.
pub(super) fn answer_starting(turn: &mut Turn, id: &InstanceId) {
    for call in std::mem::take(&mut turn.behind(id).starting) {
        turn.answer(call, Ok(Outcome::Instance(id.clone())));
    }
}

/// The process runs.
pub(super) fn spawned(turn: &mut Turn, at: &RunId, identity: ProcessIdentity, port: Port) {
    let id = &at.instance;
    let since = turn.now;
    turn.change(id, |instance| {
        instance.kind = Kind::Process { identity: Some(identity.clone()) };
        instance.port = Some(port);
        instance.started_at = Some(since);
    });
    if turn.instance(id).is_some_and(|instance| instance.state == InstanceState::Stopping) {
        // It was to be stopped before there was anything to stop.
        turn.write_record(id, true);
        turn.effect(Effect::StopProcess { at: at.clone(), identity });
    } else {
        step(turn, id, Step::WaitingForAnswer);
    }
}

/// The start is over, and nothing of it runs.
pub(super) fn failed(turn: &mut Turn, at: &RunId, failure: Failure) {
    let id = &at.instance;
    if let Some(instance) = turn.instance(id)
        && instance.state == InstanceState::Stopping
    {
        // Whoever ends its process waits for the rest of the tree, too, and tells when that is over. A new start before that
        // would be taken for a part of the tree.
        if !super::stop::is_up(instance) {
            super::stop::stopped(turn, at, Ok(()));
        }
        return;
    }
    let cause = failure.cause.clone();
    turn.end_run(id);
    if turn.enter(id, InstanceState::Crashed(failure)) {
        turn.change(id, |instance| instance.last_end = Some(cause));
        turn.write_record(id, false);
        super::supervision::ended(turn, id, false);
    }
    answer_starting(turn, id);
}
