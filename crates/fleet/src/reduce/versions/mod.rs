//! Updates of opencode: installed beside the others, checked on its own, then one instance at a time, never while it is busy, and back if it does not work.

mod rolling;

use super::turn::Turn;
use crate::effect::Effect;
use crate::event::CallId;
use crate::versions::{VersionsEffect, VersionsEvent};
use crate::{Change, FleetError, Opencode, Update};

pub(super) use rolling::go_on;

/// What follows from it.
pub(super) fn happened(turn: &mut Turn, event: VersionsEvent) {
    match event {
        VersionsEvent::Look { call } => {
            turn.effect(Effect::Versions(VersionsEffect::Look));
            turn.done(call);
        }
        VersionsEvent::Looked { result } => looked(turn, result),
        VersionsEvent::Update { call, version } => update(turn, call, version),
        VersionsEvent::Progress { version, line } => {
            if matches!(turn.core.state.versions.update, Update::Installing { .. }) {
                set(turn, Update::Installing { version, line });
            }
        }
        VersionsEvent::Installed { version, path } => {
            if matches!(turn.core.state.versions.update, Update::Installing { .. }) {
                turn.core.updating.path = Some(path.clone());
                set(turn, Update::Checking { version: version.clone() });
                turn.effect(Effect::Versions(VersionsEffect::Check { version, path }));
            }
        }
        VersionsEvent::Checked { version } => {
            if matches!(turn.core.state.versions.update, Update::Checking { .. })
                && let Some(path) = turn.core.updating.path.take()
            {
                rolling::begin(turn, &version, path);
            }
        }
        VersionsEvent::Failed { version, reason } => failed(turn, version, reason),
        VersionsEvent::Ticked => {}
    }
}

fn looked(turn: &mut Turn, result: Result<String, String>) {
    let now = turn.now;
    let versions = &mut turn.core.state.versions;
    versions.looked_at = Some(now);
    match result {
        Ok(latest) => {
            versions.latest = Some(latest);
            versions.look_error = None;
        }
        // What was known stays: it was so.
        Err(error) => versions.look_error = Some(error),
    }
    turn.publish(Change::Versions);
}

fn update(turn: &mut Turn, call: CallId, version: Option<String>) {
    if turn.core.closing.is_some() {
        return turn.answer(call, Err(FleetError::Closed));
    }
    let under_way = match &turn.core.state.versions.update {
        Update::Installing { version, .. } | Update::Checking { version } | Update::RollingOut { version, .. } => {
            Some(version.clone())
        }
        Update::None | Update::Done { .. } | Update::RolledBack { .. } => None,
    };
    if let Some(version) = under_way {
        return turn.answer(call, Err(FleetError::UpdateUnderWay { version }));
    }
    if matches!(turn.core.state.opencode, Opencode::Installing { .. }) {
        let version = "the one that is being installed".to_owned();
        return turn.answer(call, Err(FleetError::UpdateUnderWay { version }));
    }
    let shown = version.clone().or_else(|| turn.core.state.versions.latest.clone());
    let shown = shown.unwrap_or_else(|| "the newest version".to_owned());
    set(turn, Update::Installing { version: shown, line: "Starting npm".to_owned() });
    turn.effect(Effect::Versions(VersionsEffect::Install { version }));
    turn.done(call);
}

/// It could not be installed, or does not work on its own: nothing was changed yet.
fn failed(turn: &mut Turn, version: String, reason: String) {
    match &turn.core.state.versions.update {
        Update::Installing { .. } => {}
        Update::Checking { .. } => {
            turn.effect(Effect::Versions(VersionsEffect::Remove { version: version.clone() }));
        }
        Update::None | Update::RollingOut { .. } | Update::Done { .. } | Update::RolledBack { .. } => return,
    }
    turn.core.updating.path = None;
    set(turn, Update::RolledBack { version, reason });
}

/// This is how the update stands.
fn set(turn: &mut Turn, update: Update) {
    if turn.core.state.versions.update != update {
        turn.core.state.versions.update = update;
        turn.publish(Change::Versions);
    }
}
