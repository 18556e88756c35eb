//! Profiles, groups, and starting and stopping many.

mod many;
mod profiles;

use super::turn::Turn;
use crate::effect::Effect;
use crate::roster::{RosterEffect, RosterEvent};

pub(super) use many::{forget, go_on, remember_running};
pub(super) use profiles::{keep, settles_at, stays_at};

/// What follows from it.
pub(super) fn happened(turn: &mut Turn, event: RosterEvent) {
    match event {
        RosterEvent::SetProfile { call, id, profile } => profiles::set(turn, call, &id, profile),
        RosterEvent::StartAll { call, scope } => many::start_all(turn, call, &scope),
        RosterEvent::StopAll { call, scope } => many::stop_all(turn, call, &scope),
        RosterEvent::RestartFailed { call, scope } => many::restart_failed(turn, call, &scope),
        RosterEvent::ProfileSeen { id, profile } => profiles::seen(turn, &id, profile),
        RosterEvent::ProfileGone { id } => profiles::gone(turn, &id),
        RosterEvent::Opened => turn.effect(Effect::Roster(RosterEffect::ClaimRunning)),
        RosterEvent::RanLast { ids } => many::restore(turn, &ids),
    }
}
