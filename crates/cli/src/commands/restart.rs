//! `portal restart`.

use super::up::wait_until_up;
use crate::arguments::Which;
use crate::output::Trouble;
use crate::portal::Portal;

/// Stops an instance and starts it again.
pub(crate) async fn run(which: Which) -> Result<(), Trouble> {
    let mut portal = Portal::open().await?;
    let result = restart(&mut portal, &which.instance).await;
    portal.close().await;
    result
}

async fn restart(portal: &mut Portal, text: &str) -> Result<(), Trouble> {
    let instance = portal.find(text).await?;
    portal.tell("restart_instance", &instance.id).await?;
    wait_until_up(portal, &instance.id, "Restarted").await
}
