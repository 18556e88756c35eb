//! Performs what `reduce::discovery` asks for, and watches what it needs to know.

use tokio::task::AbortHandle;

use super::actor::Actor;
use super::context::Context;
use crate::discovery::DiscoveryEffect;

/// Performs an effect.
pub(super) fn perform(_actor: &mut Actor, effect: DiscoveryEffect) {
    match effect {}
}

/// Begins to watch.
pub(super) fn watch(_context: &Context) -> Vec<AbortHandle> {
    Vec::new()
}
