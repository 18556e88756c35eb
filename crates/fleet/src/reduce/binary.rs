//! The opencode binary: looked for, found, missing, being installed; and the starts that wait for it.

use super::start::{answer_starting, launch};
use super::turn::Turn;
use crate::effect::Effect;
use crate::{Change, Failure, FleetError, InstanceId, InstanceState, Opencode};

/// Look for it again.
pub(super) fn look(turn: &mut Turn) {
    if matches!(turn.core.state.opencode, Opencode::Installing { .. }) {
        return;
    }
    set(turn, Opencode::Looking);
    let setting = turn.core.state.settings.opencode_binary.clone();
    let search = begin(turn);
    turn.effect(Effect::LookForOpencode { search, setting });
}

/// Install it.
pub(super) fn install(turn: &mut Turn) {
    if matches!(turn.core.state.opencode, Opencode::Installing { .. }) {
        return;
    }
    set(turn, Opencode::Installing { line: "Starting npm".to_owned() });
    let search = begin(turn);
    turn.effect(Effect::InstallOpencode { search });
}

/// Use this one, whatever is still looked for.
pub(super) fn choose(turn: &mut Turn, opencode: &Opencode) {
    match opencode {
        // What would have come of that is not known: it was not waited for.
        Opencode::Looking | Opencode::Installing { .. } => look(turn),
        Opencode::Found { .. } | Opencode::Missing { .. } | Opencode::Broken { .. } => {
            begin(turn);
            take(turn, opencode);
        }
    }
}

/// The installer wrote a line.
pub(super) fn progress(turn: &mut Turn, search: u64, line: String) {
    if is_last(turn, search) {
        set(turn, Opencode::Installing { line });
    }
}

/// The installation failed.
pub(super) fn install_failed(turn: &mut Turn, search: u64, reason: String) {
    if is_last(turn, search) {
        take(turn, &Opencode::Missing { searched: Vec::new(), install_error: Some(reason) });
    }
}

/// This is what was found.
pub(super) fn seen(turn: &mut Turn, search: u64, opencode: &Opencode) {
    if is_last(turn, search) {
        take(turn, opencode);
    }
}

/// The number of a new search. Those before it count no more: they may end later, and tell what was so before.
fn begin(turn: &mut Turn) -> u64 {
    turn.core.searches += 1;
    turn.core.searches
}

fn is_last(turn: &Turn, search: u64) -> bool {
    search == turn.core.searches
}

fn take(turn: &mut Turn, opencode: &Opencode) {
    set(turn, opencode.clone());
    let waiting: Vec<InstanceId> = waiting(turn);
    match opencode {
        Opencode::Found { .. } => waiting.iter().for_each(|id| launch(turn, id)),
        Opencode::Missing { .. } | Opencode::Broken { .. } => fail_waiting(turn, opencode),
        Opencode::Looking | Opencode::Installing { .. } => {}
    }
}

fn set(turn: &mut Turn, opencode: Opencode) {
    if turn.core.state.opencode != opencode {
        turn.core.state.opencode = opencode;
        turn.publish(Change::Opencode);
    }
}

fn waiting(turn: &Turn) -> Vec<InstanceId> {
    turn.core.behind.iter().filter(|(_, behind)| behind.awaits_binary).map(|(id, _)| id.clone()).collect()
}

fn fail_waiting(turn: &mut Turn, opencode: &Opencode) {
    for id in waiting(turn) {
        let behind = turn.behind(&id);
        behind.awaits_binary = false;
        let is_new = behind.is_unrecorded;
        for call in std::mem::take(&mut behind.starting) {
            turn.answer(call, Err(error(opencode)));
        }
        let failure = Failure {
            cause: error(opencode).to_string(),
            hint: Some("Install opencode, or choose its binary in the settings".to_owned()),
            last_lines: Vec::new(),
        };
        turn.enter(&id, InstanceState::Crashed(failure));
        if is_new {
            turn.forget(&id);
        } else {
            answer_starting(turn, &id);
        }
    }
}

fn error(opencode: &Opencode) -> FleetError {
    match opencode {
        Opencode::Broken { path, reason, .. } => {
            FleetError::OpencodeBroken { path: path.clone(), reason: reason.clone() }
        }
        Opencode::Looking | Opencode::Found { .. } | Opencode::Missing { .. } | Opencode::Installing { .. } => {
            FleetError::OpencodeMissing
        }
    }
}
