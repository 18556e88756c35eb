//! Restarting instances with another opencode, one at a time: never a busy one, and all of them back if one does not get ready.

use std::collections::VecDeque;
use std::path::PathBuf;

use super::set;
use crate::effect::Effect;
use crate::reduce::stop::begin_stop;
use crate::reduce::turn::Turn;
use crate::versions::{Back, Current, Former, Roll, VersionsEffect};
use crate::{
    Activity, Instance, InstanceId, InstanceState, Kind, Opencode, OpencodeSource, Owner, SettingsChange,
    SettingsPatch, Update,
};

/// How long an instance may take to be ready again. Longer than a start may take by itself.
const READY_MS: u64 = 120_000;

/// The new version works on its own: it is used from now on, and instances that run another are restarted.
pub(super) fn begin(turn: &mut Turn, version: &str, path: PathBuf) {
    let former = Former {
        setting: turn.core.state.settings.opencode_binary.clone(),
        opencode: turn.core.state.opencode.clone(),
    };
    let opencode = Opencode::Found { path: path.clone(), version: version.to_owned(), source: OpencodeSource::Setting };
    choose(turn, Some(path), &opencode);
    let runs_another = |instance: &Instance| {
        instance.owner == Owner::Portal
            // A container has the opencode of its image, another machine its own.
            && matches!(instance.kind, Kind::Process { .. })
            // The tour's needs its model, and ends with the app anyway.
            && instance.demo.is_none()
            // Its program was chosen by the person.
            && instance.profile.binary.is_none()
            && instance.state.is_live()
            && instance.version.as_deref() != Some(version)
    };
    let instances = turn.core.state.in_order().into_iter();
    let pending: VecDeque<InstanceId> =
        instances.filter(|instance| runs_another(instance)).map(|instance| instance.id.clone()).collect();
    let total = pending.len();
    let version = version.to_owned();
    turn.core.updating.roll =
        Some(Roll { version, former, back: None, pending, current: None, done: Vec::new(), total });
    if total > 0 {
        turn.effect(Effect::Versions(VersionsEffect::Tick));
    }
}

/// This program is used for what starts from now on.
fn choose(turn: &mut Turn, setting: Option<PathBuf>, opencode: &Opencode) {
    if turn.core.state.settings.opencode_binary != setting {
        // An empty path takes the choice back.
        let patch = SettingsPatch { opencode_binary: Some(setting.unwrap_or_default()), ..SettingsPatch::default() };
        crate::reduce::asked::change_settings(turn, SettingsChange::Patch(patch));
    }
    crate::reduce::binary::choose(turn, opencode);
}

/// Goes on with what is under way, if its time has come.
pub(in crate::reduce) fn go_on(turn: &mut Turn) {
    let Some(mut roll) = turn.core.updating.roll.take() else { return };
    if turn.core.closing.is_some() {
        // Whoever starts what is left starts it with what is chosen now.
        return;
    }
    if let Some(current) = roll.current.take() {
        match became(turn, &current) {
            Became::OnItsWay => roll.current = Some(current),
            Became::Ready => roll.done.push(current.id),
            Became::SomethingElse => roll.total -= 1,
            Became::Failed(reason) => fail(turn, &mut roll, &current, &reason),
        }
    }
    if roll.current.is_none() {
        next(turn, &mut roll);
    }
    tell(turn, &roll);
    if roll.current.is_some() || !roll.pending.is_empty() {
        turn.core.updating.roll = Some(roll);
    } else if roll.back.is_none() {
        tidy(turn, &roll.former);
    }
}

/// What an instance that is being restarted has become.
enum Became {
    OnItsWay,
    Ready,
    /// The person wanted something else of it meanwhile.
    SomethingElse,
    Failed(String),
}

fn became(turn: &Turn, current: &Current) -> Became {
    let Some(instance) = turn.instance(&current.id) else { return Became::SomethingElse };
    let is_anew = instance.run > current.run_before;
    let name = &instance.name;
    match &instance.state {
        InstanceState::Ready if is_anew => Became::Ready,
        InstanceState::Crashed(failure) if is_anew => {
            let last = failure.last_lines.last().map(|line| format!(": {line}")).unwrap_or_default();
            Became::Failed(format!("{name} did not start with it: {}{last}", failure.cause))
        }
        InstanceState::Stopped | InstanceState::Asleep | InstanceState::Crashed(_) => Became::SomethingElse,
        state if turn.now.ms_since(current.since) > READY_MS => {
            Became::Failed(format!("{name} did not get ready with it; it is {}", state.word()))
        }
        _ => Became::OnItsWay,
    }
}

/// Restarts the next one that is idle.
fn next(turn: &mut Turn, roll: &mut Roll) {
    roll.pending.retain(|id| {
        let is_left = turn.instance(id).is_some_and(|instance| instance.state.is_live());
        if !is_left {
            // It will start with what is used now.
            roll.total -= 1;
        }
        is_left
    });
    let has_failed = roll.back.is_some();
    let may_restart = |id: &InstanceId| {
        turn.instance(id).is_some_and(|instance| {
            let is_free = instance.state == InstanceState::Ready && instance.activity() == Activity::Idle;
            // What was never read could be busy without our knowing.
            let is_read = turn.core.behind.get(id).is_some_and(|behind| behind.is_read);
            (is_free && is_read)
                || (has_failed && matches!(instance.state, InstanceState::Degraded { .. } | InstanceState::Locked))
        })
    };
    let Some(place) = roll.pending.iter().position(may_restart) else { return };
    let Some(id) = roll.pending.remove(place) else { return };
    let run_before = turn.instance(&id).map_or(0, |instance| instance.run);
    roll.current = Some(Current { id: id.clone(), run_before, since: turn.now });
    if begin_stop(turn, &id).is_ok() {
        turn.behind(&id).then_start = true;
    }
}

/// The new version does not work for an instance: what was used before is used again, by those that have it already, too.
fn fail(turn: &mut Turn, roll: &mut Roll, current: &Current, reason: &str) {
    if let Some(back) = &mut roll.back {
        // It does not get ready with the former one either; that is shown on it, and the others go on.
        back.reason = format!("{}. {reason}", back.reason);
        roll.total -= 1;
        return;
    }
    choose(turn, roll.former.setting.clone(), &roll.former.opencode);
    let former = match &roll.former.opencode {
        Opencode::Found { version, .. } => version.clone(),
        Opencode::Looking | Opencode::Missing { .. } | Opencode::Broken { .. } | Opencode::Installing { .. } => {
            "the one before".to_owned()
        }
    };
    let from = std::mem::replace(&mut roll.version, former);
    roll.back = Some(Back { from, reason: reason.to_owned() });
    roll.pending = std::mem::take(&mut roll.done).into();
    roll.total = roll.pending.len() + 1;
    let id = current.id.clone();
    if turn.instance(&id).is_some_and(|instance| instance.state.is_ended()) {
        // It serves nobody as it is: it comes first.
        let run_before = turn.instance(&id).map_or(0, |instance| instance.run);
        roll.current = Some(Current { id: id.clone(), run_before, since: turn.now });
        crate::reduce::start::begin(turn, &id, None);
    } else {
        roll.pending.push_front(id);
    }
}

/// Versions that nothing runs and nobody has chosen make room; the former one stays, to go back to by hand.
fn tidy(turn: &mut Turn, former: &Former) {
    let chosen = [&former.setting, &turn.core.state.settings.opencode_binary];
    let mut used: Vec<PathBuf> = chosen.into_iter().flatten().cloned().collect();
    for opencode in [&former.opencode, &turn.core.state.opencode] {
        if let Opencode::Found { path, .. } = opencode {
            used.push(path.clone());
        }
    }
    for instance in turn.core.state.instances.values() {
        used.extend(instance.profile.binary.clone());
        used.extend(instance.process().map(|process| process.executable.clone()));
    }
    turn.effect(Effect::Versions(VersionsEffect::Tidy { used }));
}

fn tell(turn: &mut Turn, roll: &Roll) {
    let update = if roll.current.is_some() || !roll.pending.is_empty() {
        let current = roll.current.as_ref().map(|current| &current.id);
        Update::RollingOut {
            version: roll.version.clone(),
            done: roll.done.len(),
            total: roll.total,
            instance: current.or(roll.pending.front()).cloned(),
            is_waiting: current.is_none(),
        }
    } else if let Some(back) = &roll.back {
        let reason = format!("{}; everything runs what it ran before", back.reason);
        Update::RolledBack { version: back.from.clone(), reason }
    } else {
        Update::Done { version: roll.version.clone() }
    };
    set(turn, update);
}
