//! Profiles, groups, and starting and stopping many.

use super::turn::Turn;
use crate::roster::RosterEvent;

/// What follows from it.
pub(super) fn happened(_turn: &mut Turn, event: RosterEvent) {
    match event {}
}
