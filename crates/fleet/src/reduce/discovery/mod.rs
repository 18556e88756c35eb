//! Instances that we did not start: many sightings, one truth.

use super::turn::Turn;
use crate::discovery::DiscoveryEvent;

/// What follows from it.
pub(super) fn happened(_turn: &mut Turn, event: DiscoveryEvent) {
    match event {}
}
