//! What keeps an instance well over time: restarts after a crash, sleep and waking, what was interrupted.

use super::turn::Turn;
use crate::supervision::SupervisionEvent;

/// What follows from it.
pub(super) fn happened(_turn: &mut Turn, event: SupervisionEvent) {
    match event {}
}
