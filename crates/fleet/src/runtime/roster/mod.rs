//! Performs what `reduce::roster` asks for, and watches what it needs to know.

use tokio::task::AbortHandle;

use super::actor::Actor;
use super::context::Context;
use crate::roster::RosterEffect;

/// Performs an effect.
pub(super) fn perform(_actor: &mut Actor, effect: RosterEffect) {
    match effect {}
}

/// Begins to watch.
pub(super) fn watch(_context: &Context) -> Vec<AbortHandle> {
    Vec::new()
}
