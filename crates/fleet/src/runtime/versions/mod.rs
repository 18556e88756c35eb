//! Performs what `reduce::versions` asks for, and watches what it needs to know.

use tokio::task::AbortHandle;

use super::actor::Actor;
use super::context::Context;
use crate::versions::VersionsEffect;

/// Performs an effect.
pub(super) fn perform(_actor: &mut Actor, effect: VersionsEffect) {
    match effect {}
}

/// Begins to watch.
pub(super) fn watch(_context: &Context) -> Vec<AbortHandle> {
    Vec::new()
}
