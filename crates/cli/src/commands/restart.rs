//! `portal restart`.

use bridge::messages::{FleetScope, Nothing, StateView};

use super::stop::confirm_theirs;
use super::up::{tell_how_all_are, wait_until_up};
use crate::arguments::Restart;
use crate::output::Trouble;
use crate::portal::Portal;

/// Stops an instance and starts it again, or starts all that have crashed.
pub(crate) async fn run(options: Restart) -> Result<(), Trouble> {
    let mut portal = Portal::open().await?;
    let result = restart(&mut portal, options).await;
    portal.close().await;
    result
}

async fn restart(portal: &mut Portal, options: Restart) -> Result<(), Trouble> {
    let Restart { instance, failed: _, group, yes } = options;
    let Some(text) = instance else {
        let crashed = portal.ours(group.as_deref(), |state| matches!(state, StateView::Crashed { .. })).await?;
        let _: Nothing = portal.ask("restart_failed", &FleetScope { group }).await?;
        return tell_how_all_are(portal, &crashed, "Nothing has crashed").await;
    };
    let instance = portal.find(&text).await?;
    if !yes {
        confirm_theirs(&instance, "Restart")?;
    }
    portal.tell("restart_instance", &instance.id).await?;
    wait_until_up(portal, &instance.id, "Restarted").await
}
