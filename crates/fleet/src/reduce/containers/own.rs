//! Containers of ours: adopted when one runs that nobody here started, ended when one has ended, whoever did it.

use std::sync::Arc;

use super::super::process::{self, End};
use super::super::start;
use super::super::stop;
use super::super::supervision;
use super::super::turn::Turn;
use super::{PAUSED, knock, lose, place, silent_for};
use crate::containers::{Asker, ContainerRef, ContainerSeen, ContainersEffect, Ended, Mark, Phase, Up};
use crate::effect::Effect;
use crate::event::RunId;
use crate::record::{Body, Running};
use crate::{DockerPlace, Failure, FleetError, InstanceId, InstanceState, Kind, Owner, Place, Profile, Step};

/// How one ended that somebody has stopped, but none of this user's hosts.
const STOPPED_WITH_DOCKER: &str = "Somebody stopped its container with Docker";
/// How one ended whose engine has ended, and all that it ran with it.
const ENDED_BY_ENGINE: &str = "Its engine ended it: the engine itself was stopped or started again";
/// How one ended whose container is not there any more.
const REMOVED: &str =
    "Somebody removed its container; the next start makes a new one with the same volume, and with it the sessions";
/// One that was started this recently may still be on its way up.
const YOUNG_MS: u64 = 60_000;

/// The container of a start runs.
pub(super) fn up(turn: &mut Turn, at: &RunId, up: Up) {
    let id = &at.instance;
    let Up { container, host, port, since } = up;
    super::super::roster::stays_at(turn, id, &container.engine);
    turn.behind(id).lost = None;
    turn.change(id, |instance| {
        instance.kind = Kind::Docker { container: Some(container.clone()) };
        instance.host = host;
        instance.port = Some(port);
        instance.started_at = Some(since);
    });
    if turn.instance(id).is_some_and(|instance| instance.state == InstanceState::Stopping) {
        turn.write_record(id, true);
        turn.effect(Effect::Containers(ContainersEffect::Stop { at: at.clone(), container }));
    } else {
        start::step(turn, id, Step::WaitingForAnswer);
    }
}

/// A start was given up, and its container goes on: how it is, its engine tells.
pub(super) fn outlived(turn: &mut Turn, at: &RunId, reason: &str) {
    let id = &at.instance;
    if turn.instance(id).is_some_and(|instance| instance.state == InstanceState::Stopping) {
        if turn.instance(id).is_some_and(stop::is_up) {
            // Whoever ends it tells what becomes of it.
            return;
        }
        let name = turn.instance(id).map(|instance| instance.name.clone()).unwrap_or_default();
        stop::stopped(turn, at, Err(FleetError::NotNow { name, state: "running", wanted: "stopped" }));
    }
    lose(turn, id, reason);
    super::see(turn);
}

/// A record says that an instance runs in a container. Its engine will tell whether it does.
pub(in crate::reduce) fn recorded(turn: &mut Turn, id: &InstanceId, running: &Running) {
    let Body::Container { engine, id: container } = &running.body else { return };
    if turn.instance(id).is_none_or(|instance| !matches!(instance.kind, Kind::Docker { .. })) {
        return;
    }
    let container = ContainerRef::new(engine, container);
    let is_known =
        turn.instance(id).and_then(|instance| instance.container()).is_some_and(|known| known.is(&container));
    let is_new =
        turn.instance(id).is_some_and(|instance| instance.run == 0 && instance.state == InstanceState::Stopped);
    super::super::roster::stays_at(turn, id, engine);
    turn.change(id, |instance| {
        if !is_known {
            instance.kind = Kind::Docker { container: Some(container) };
        }
        if is_new {
            instance.host.clone_from(&running.host);
            instance.port = Some(running.port);
            instance.started_at = Some(running.since);
            // So it is until its engine was asked: nothing has changed that the history should tell.
            instance.state = InstanceState::Unknown { reason: "Its container engine was not asked yet".to_owned() };
        }
    });
    super::see(turn);
}

/// Compares what is known of ours with what the engines told last.
pub(super) fn see(turn: &mut Turn) {
    let marked: Vec<(Mark, ContainerSeen)> = turn
        .core
        .engines
        .containers()
        .filter_map(|seen| Some((seen.mark.clone()?, seen.clone())))
        .filter(|(mark, seen)| !is_seen_elsewhere(turn, &mark.instance, seen))
        .collect();
    let mut ids: Vec<&InstanceId> = marked.iter().map(|(mark, _)| &mark.instance).collect();
    ids.sort_unstable();
    ids.dedup();
    for id in &ids {
        let of_it: Vec<&(Mark, ContainerSeen)> = marked.iter().filter(|(mark, _)| mark.instance == **id).collect();
        let known = turn.instance(id).and_then(|instance| instance.container()).cloned();
        let is_known = |seen: &ContainerSeen| known.as_ref().is_some_and(|known| known.is(&seen.container));
        // Of several the one that runs, and of those the one that is known.
        let best = of_it.iter().max_by_key(|(_, seen)| (seen.phase.is_up(), is_known(seen)));
        let Some((mark, seen)) = best else { continue };
        if let Some(known) = known.as_ref().filter(|known| !seen.phase.is_up() && !known.is(&seen.container)) {
            missing(turn, id, known);
            // What a container that it does not run in tells is nothing of its own.
            if turn.instance(id).is_some_and(|instance| !instance.state.is_ended()) {
                continue;
            }
        }
        one(turn, mark, seen);
    }
    let unseen: Vec<(InstanceId, ContainerRef)> = turn
        .core
        .state
        .instances
        .values()
        .filter(|instance| instance.owner == Owner::Portal && !ids.contains(&&instance.id))
        .filter_map(|instance| Some((instance.id.clone(), instance.container()?.clone())))
        .collect();
    for (id, container) in unseen {
        missing(turn, &id, &container);
    }
}

/// Whether this is the instance's container seen at another address of the engine: how it is, the instance's own address tells.
fn is_seen_elsewhere(turn: &Turn, id: &InstanceId, seen: &ContainerSeen) -> bool {
    let Some(known) = turn.instance(id).and_then(|instance| instance.container()) else { return false };
    let (known, other) = (&known, &seen.container);
    let is_another = !known.engine.is_empty() && known.engine != other.engine && known.has_id(&other.id);
    is_another && turn.core.engines.seen.contains_key(&known.engine)
}

/// Whether we are starting or stopping it: whoever does tells what becomes of it.
fn is_under_way(turn: &Turn, id: &InstanceId) -> bool {
    let is_adopted = turn.core.behind.get(id).is_some_and(|behind| behind.is_adopted);
    turn.instance(id).is_some_and(|instance| match instance.state {
        InstanceState::Starting { .. } => !is_adopted,
        InstanceState::Stopping => true,
        _ => false,
    })
}

/// A container of ours is there.
fn one(turn: &mut Turn, mark: &Mark, seen: &ContainerSeen) {
    let id = &mark.instance;
    if turn.instance(id).is_none() && !insert(turn, mark, seen) {
        return;
    }
    let is_ours = turn
        .instance(id)
        .is_some_and(|instance| instance.owner == Owner::Portal && matches!(instance.kind, Kind::Docker { .. }));
    if !is_ours || is_under_way(turn, id) {
        return;
    }
    let Some(instance) = turn.instance(id) else { return };
    let is_known = instance.container().is_some_and(|known| known.is(&seen.container));
    let is_of_before = match (seen.started_at, instance.started_at) {
        // What was told before its start came too late.
        (Some(seen), Some(known)) => seen < known,
        _ => false,
    };
    let is_ended = instance.state.is_ended();
    let is_unknown = matches!(instance.state, InstanceState::Unknown { .. });
    let is_live = instance.state.is_live();
    match &seen.phase {
        Phase::Running | Phase::Paused if is_live && is_known => {
            if !is_of_before {
                goes_on(turn, id, seen);
            }
        }
        Phase::Running | Phase::Paused if is_live => {
            turn.end_run(id);
            turn.enter(id, InstanceState::Unknown { reason: "Its container was replaced".to_owned() });
            adopt(turn, id, seen);
        }
        Phase::Running | Phase::Paused if is_ended => {
            // A list that was made before it ended says that it runs.
            let has_ended = turn.core.behind.get(id).and_then(|behind| behind.ended_start);
            if has_ended.is_none() || has_ended != seen.started_at {
                adopt(turn, id, seen);
            }
        }
        Phase::Running | Phase::Paused => adopt(turn, id, seen),
        Phase::Ended(ended) if is_live && is_known => {
            if !is_of_before {
                exited(turn, id, ended);
            }
        }
        Phase::Ended(ended) if is_unknown => settled(turn, id, ended),
        Phase::Made if is_unknown => {
            turn.enter(id, InstanceState::Stopped);
        }
        Phase::Ended(_) | Phase::Made if is_ended => place(turn, id, &seen.container, None),
        Phase::Ended(_) | Phase::Made | Phase::Between => {}
    }
}

/// It runs, as far as we knew, too.
fn goes_on(turn: &mut Turn, id: &InstanceId, seen: &ContainerSeen) {
    let Some(instance) = turn.instance(id) else { return };
    let was_paused = matches!(&instance.state, InstanceState::Degraded { reason } if reason == PAUSED);
    let is_elsewhere = seen
        .endpoint
        .as_ref()
        .is_some_and(|endpoint| instance.port != Some(endpoint.port) || instance.host != endpoint.host);
    let is_started_again = seen.started_at > instance.started_at;
    if is_elsewhere || is_started_again {
        // It was started again behind our back.
        turn.end_run(id);
        turn.enter(id, InstanceState::Unknown { reason: "Its container was started again".to_owned() });
        return adopt(turn, id, seen);
    }
    place(turn, id, &seen.container, None);
    if seen.phase == Phase::Paused {
        turn.enter(id, InstanceState::Degraded { reason: PAUSED.to_owned() });
    } else if was_paused {
        let at = turn.run_of(id);
        let is_let_in = turn.core.behind.get(id).is_some_and(|behind| behind.is_read);
        if is_let_in {
            turn.effect(Effect::Resync { at });
        } else {
            // Whoever started it has let us in, and that is over: its password is asked of the engine.
            turn.behind(id).credentials.clone_from(&seen.credentials);
            turn.effect(Effect::Disconnect { instance: id.clone() });
            knock(turn, id);
        }
    }
}

/// Takes a container that runs for an instance that, as far as we knew, did not.
fn adopt(turn: &mut Turn, id: &InstanceId, seen: &ContainerSeen) {
    let was_ended = turn.instance(id).is_some_and(|instance| instance.state.is_ended());
    if let Some(reason) = silent_for(seen, seen.endpoint.as_ref(), was_ended) {
        place(turn, id, &seen.container, None);
        turn.enter(id, InstanceState::Unknown { reason: reason.to_owned() });
        return;
    }
    let now = turn.now;
    let started = seen.started_at.unwrap_or(now);
    let since = if now.ms_since(started) < YOUNG_MS { started } else { now };
    let behind = turn.behind(id);
    behind.lost = None;
    behind.is_adopted = true;
    behind.credentials.clone_from(&seen.credentials);
    behind.over_time.is_found = true;
    behind.over_time.why = Some("Its container runs already".to_owned());
    if !turn.enter(id, InstanceState::Starting { step: Step::WaitingForAnswer, since }) {
        return;
    }
    place(turn, id, &seen.container, seen.endpoint.as_ref());
    turn.change(id, |instance| {
        instance.run += 1;
        instance.started_at = Some(started);
        instance.last_end = None;
        if seen.endpoint.is_none() {
            instance.port = None;
        }
    });
    if was_ended {
        // Somebody has started it by hand: its record still says that its end was asked for.
        turn.write_record(id, false);
    }
    knock(turn, id);
}

/// It has ended while we looked on.
fn exited(turn: &mut Turn, id: &InstanceId, ended: &Ended) {
    let Ended { failure, is_clean, asked } = ended.clone();
    match asked {
        Some(Asker::Docker) => return put_away(turn, id, STOPPED_WITH_DOCKER),
        Some(Asker::Engine) => return ended_by_engine(turn, id),
        // Nothing is started again that somebody may have ended.
        Some(Asker::Unheard) => return put_away(turn, id, &unseen(&failure)),
        Some(Asker::Portal) | None => {}
    }
    let at = turn.run_of(id);
    process::exited(turn, &at, End { failure, asked: asked.is_some(), is_clean });
}

/// Somebody wanted it to end: it has not crashed, and is not started again against their will.
fn put_away(turn: &mut Turn, id: &InstanceId, how: &str) {
    let at = turn.run_of(id);
    let failure = Failure { cause: how.to_owned(), hint: None, last_lines: Vec::new() };
    process::exited(turn, &at, End { failure, asked: true, is_clean: false });
    turn.change(id, |instance| instance.last_end = Some(how.to_owned()));
    turn.write_record(id, false);
}

/// Its engine has ended, and it with that: nobody wanted this one to end, so it is a crash, whatever its exit code.
fn ended_by_engine(turn: &mut Turn, id: &InstanceId) {
    let at = turn.run_of(id);
    let hint = Some("Start it again: its container is as it was, with its sessions".to_owned());
    let failure = Failure { cause: ENDED_BY_ENGINE.to_owned(), hint, last_lines: Vec::new() };
    process::exited(turn, &at, End { failure, asked: false, is_clean: false });
}

fn unseen(failure: &Failure) -> String {
    format!("{}, while Portal did not see it", failure.cause)
}

/// It has ended while nobody could see it.
fn settled(turn: &mut Turn, id: &InstanceId, ended: &Ended) {
    if let Some(sessions) = turn.behind(id).lost.take()
        && ended.asked == Some(Asker::Engine)
    {
        supervision::interrupt(turn, id, sessions);
        return ended_by_engine(turn, id);
    }
    turn.enter(id, InstanceState::Stopped);
    let last_end = match ended.asked {
        Some(Asker::Portal) => return,
        Some(Asker::Docker) => STOPPED_WITH_DOCKER.to_owned(),
        Some(Asker::Engine) => format!("{ENDED_BY_ENGINE}, while Portal did not see it"),
        Some(Asker::Unheard) | None => unseen(&ended.failure),
    };
    turn.change(id, |instance| instance.last_end = Some(last_end));
    turn.write_record(id, false);
}

/// No container of an instance is there, as far as its engine has told.
fn missing(turn: &mut Turn, id: &InstanceId, container: &ContainerRef) {
    if is_under_way(turn, id) {
        return;
    }
    let Some(engine) = turn.core.engines.of(container).cloned() else { return };
    let Some(instance) = turn.instance(id) else { return };
    let is_ended = instance.state.is_ended();
    match &engine.containers {
        // What does not run is not lost with its engine.
        Err(_) if is_ended => {}
        Err(reason) => lose(turn, id, reason),
        Ok(_) if !engine.gone.iter().any(|gone| container.has_id(gone)) => {}
        Ok(_) => {
            // Whoever removes one that runs stops it first, which may have been seen or not.
            let was_stopped = instance.last_end.as_deref() == Some(STOPPED_WITH_DOCKER);
            if !is_ended || was_stopped {
                put_away(turn, id, REMOVED);
            }
            turn.change(id, |instance| instance.kind = Kind::Docker { container: None });
        }
    }
}

/// Makes an instance of a container whose record is lost. False: it was forgotten on purpose.
fn insert(turn: &mut Turn, mark: &Mark, seen: &ContainerSeen) -> bool {
    let id = &mark.instance;
    let Some(directory) = seen.directory.as_ref() else { return false };
    if turn.core.engines.forgotten.contains(id) {
        return false;
    }
    let is_docker = |profile: &Profile| matches!(profile.place, Place::Docker(_));
    let kept = turn.core.roster.profiles.get(id).filter(|profile| is_docker(profile)).cloned();
    // One made with less than it had would have more than the person gave it.
    let Some(profile) = kept.or_else(|| made_with(seen)) else { return false };
    turn.insert(
        id,
        mark.name.clone(),
        directory,
        Kind::Docker { container: Some(seen.container.clone()) },
        Owner::Portal,
    );
    turn.change(id, |instance| instance.profile = profile);
    super::super::roster::stays_at(turn, id, &seen.container.engine);
    true
}

/// The profile that a container was made with, as far as the container tells.
fn made_with(seen: &ContainerSeen) -> Option<Arc<Profile>> {
    let profile = seen.made_with.as_deref()?;
    let Place::Docker(place) = &profile.place else { return None };
    let place = Place::Docker(DockerPlace { engine: Some(seen.container.engine.clone()), ..place.clone() });
    Some(Arc::new(Profile { place, ..profile.clone() }))
}
