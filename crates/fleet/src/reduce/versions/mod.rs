//! Updates of opencode: one instance at a time, never while it is busy, and back if it does not work.

use super::turn::Turn;
use crate::versions::VersionsEvent;

/// What follows from it.
pub(super) fn happened(_turn: &mut Turn, event: VersionsEvent) {
    match event {}
}
