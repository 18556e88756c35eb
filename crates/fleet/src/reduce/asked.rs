//! What callers ask for beside starting and stopping: forgetting, renaming, settings, notices, the end.

use std::sync::Arc;

use super::start::refusal;
use super::stop::begin_stop;
use super::turn::Turn;
use crate::effect::Effect;
use crate::event::{CallId, Outcome};
use crate::{
    AtQuit, Change, FleetError, Instance, InstanceId, Kind, Notice, NoticeId, Owner, Settings, SettingsChange,
    SettingsPatch,
};

/// Somebody wants an instance that does not run forgotten.
pub(super) fn remove(turn: &mut Turn, call: CallId, id: &InstanceId, with_data: bool) {
    let (owner, is_ended) = match turn.known(id) {
        Ok(instance) => {
            let is_lost = super::ssh::is_beyond_reach(instance) || super::containers::is_beyond_reach(instance);
            (instance.owner, instance.state.is_ended() || is_lost)
        }
        Err(error) => return turn.answer(call, Err(error)),
    };
    if super::discovery::forget_address(turn, id) {
        return turn.done(call);
    }
    // An entry of another program is that program's to remove.
    if owner != Owner::Portal || !is_ended {
        let error = refusal(turn, id, "removed");
        return turn.answer(call, Err(error));
    }
    if let Some(Kind::Docker { .. }) = turn.instance(id).map(|instance| &instance.kind) {
        return super::containers::remove(turn, call, id, with_data);
    }
    turn.effect(Effect::RemoveRecord { id: id.clone() });
    super::ssh::leave(turn, id);
    turn.forget(id);
    turn.done(call);
}

/// Somebody gives an instance another name.
pub(super) fn rename(turn: &mut Turn, call: CallId, id: &InstanceId, name: &str) {
    let name = name.trim();
    let known = turn.known(id).map(|instance| (instance.owner, instance.name.clone()));
    let result = match known {
        Err(error) => Err(error),
        Ok(_) if name.is_empty() => Err(FleetError::EmptyName),
        Ok((Owner::External, _)) if super::discovery::rename_address(turn, id, name) => Ok(Outcome::Done),
        Ok((Owner::External, _)) => Err(refusal(turn, id, "renamed")),
        Ok((Owner::Portal, old)) => {
            if old != name {
                turn.change(id, |instance| name.clone_into(&mut instance.name));
                let is_stopping =
                    turn.instance(id).is_some_and(|instance| instance.state == crate::InstanceState::Stopping);
                // While it starts, the start itself writes the record, with the old name; the new one is written once it is up.
                turn.behind(id).is_renamed = turn
                    .instance(id)
                    .is_some_and(|instance| matches!(instance.state, crate::InstanceState::Starting { .. }));
                let is_recorded = |instance: &Instance| super::stop::is_up(instance) || instance.state.is_ended();
                if turn.instance(id).is_some_and(is_recorded) {
                    turn.write_record(id, is_stopping);
                }
                super::containers::rename(turn, id, name);
                if turn.instance(id).is_some_and(|instance| instance.state == crate::InstanceState::Ready) {
                    turn.register(id);
                }
            }
            Ok(Outcome::Done)
        }
    };
    turn.answer(call, result);
}

/// Somebody changes the settings.
pub(super) fn update_settings(turn: &mut Turn, call: CallId, patch: SettingsPatch) {
    let before = Arc::clone(&turn.core.state.settings);
    if patch != SettingsPatch::default() {
        change_settings(turn, SettingsChange::Patch(patch));
    }
    look_if_another_is_chosen(turn, &before);
    turn.done(call);
}

/// A change of the settings. It is also made where it changes nothing that we know of: what is saved may be newer than that.
pub(super) fn change_settings(turn: &mut Turn, change: SettingsChange) {
    let settings = turn.core.state.settings.changed_by(&change);
    turn.core.settings_changes += 1;
    turn.effect(Effect::ChangeSettings { number: turn.core.settings_changes, change });
    take_over(turn, settings);
}

/// This is what is saved: perhaps another host of the same user has changed it.
pub(super) fn settings_seen(turn: &mut Turn, settings: Settings, after: u64) {
    // What was read before our last change was made to it is too old; what it says after that is still to come.
    if after == turn.core.settings_changes {
        let before = Arc::clone(&turn.core.state.settings);
        take_over(turn, settings);
        look_if_another_is_chosen(turn, &before);
    }
}

fn take_over(turn: &mut Turn, settings: Settings) {
    if *turn.core.state.settings != settings {
        turn.core.state.settings = Arc::new(settings);
        turn.publish(Change::Settings);
    }
}

fn look_if_another_is_chosen(turn: &mut Turn, before: &Settings) {
    if turn.core.state.settings.opencode_binary != before.opencode_binary {
        super::binary::look(turn);
    }
}

/// Something is wrong beside any instance.
pub(super) fn raise(turn: &mut Turn, notice: Notice) {
    let id = notice.id.clone();
    if turn.core.state.notices.insert(id.clone(), notice.clone()) != Some(notice) {
        turn.publish(Change::Notice(id));
    }
}

/// That trouble is over.
pub(super) fn over(turn: &mut Turn, id: &NoticeId) {
    if turn.core.state.notices.remove(id).is_some() {
        turn.publish(Change::NoticeGone(id.clone()));
    }
}

/// The program ends. What is ours goes on or is stopped; the instances of a tour of ours are always stopped, because their model ends with us.
pub(super) fn shut_down(turn: &mut Turn, call: CallId, at_quit: AtQuit) {
    turn.core.closing = Some(call);
    super::prompts::close(turn);
    if at_quit == AtQuit::Stop {
        super::roster::remember_running(turn);
    }
    let ours: Vec<InstanceId> = turn
        .core
        .state
        .instances
        .values()
        .filter(|instance| instance.is_run_by_us())
        .filter(|instance| at_quit == AtQuit::Stop || is_tour_of_ours(turn, instance))
        .map(|instance| instance.id.clone())
        .collect();
    for id in ours {
        if turn.instance(&id).is_some_and(|instance| instance.demo.is_some()) {
            turn.behind(&id).then_forget = true;
        }
        turn.behind(&id).then_start = false;
        if super::ssh::stays(turn, &id) {
            continue;
        }
        // What cannot be stopped shows so; quitting does not hang on it.
        let _on_its_way = begin_stop(turn, &id);
    }
    close_if_done(turn);
}

/// Whether its model ends with us. The model of a tour that another host began goes on.
fn is_tour_of_ours(turn: &Turn, instance: &Instance) -> bool {
    let is_adopted = turn.core.behind.get(&instance.id).is_some_and(|behind| behind.is_adopted);
    instance.demo.is_some() && !is_adopted
}

/// Lets the program end once nothing that was to be stopped runs.
pub(super) fn close_if_done(turn: &mut Turn) {
    let Some(call) = turn.core.closing else { return };
    let is_busy = turn.core.state.instances.values().any(|instance| instance.state == crate::InstanceState::Stopping);
    if !is_busy {
        let forgotten: Vec<InstanceId> = turn
            .core
            .behind
            .iter()
            .filter(|(_, behind)| behind.then_forget)
            .map(|(id, _)| id.clone())
            .filter(|id| turn.instance(id).is_some_and(|instance| instance.state.is_ended()))
            .collect();
        for id in forgotten {
            turn.effect(Effect::RemoveRecord { id: id.clone() });
            turn.forget(&id);
        }
        turn.done(call);
    }
}
