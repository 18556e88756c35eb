//! Performs what `reduce::supervision` asks for, and watches what it needs to know.

use tokio::task::AbortHandle;

use super::actor::Actor;
use super::context::Context;
use crate::supervision::SupervisionEffect;

/// Performs an effect.
pub(super) fn perform(_actor: &mut Actor, effect: SupervisionEffect) {
    match effect {}
}

/// Begins to watch.
pub(super) fn watch(_context: &Context) -> Vec<AbortHandle> {
    Vec::new()
}
