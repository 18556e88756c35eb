//! `portal stop`.

use crate::arguments::Which;
use crate::output::{Trouble, say};
use crate::portal::Portal;

/// Stops an instance and every process that it started.
pub(crate) async fn run(which: Which) -> Result<(), Trouble> {
    let mut portal = Portal::open().await?;
    let result = stop(&mut portal, &which.instance).await;
    portal.close().await;
    result
}

async fn stop(portal: &mut Portal, text: &str) -> Result<(), Trouble> {
    let instance = portal.find(text).await?;
    portal.tell("stop_instance", &instance.id).await?;
    say(&format!("Stopped {} ({})", instance.name, instance.id));
    Ok(())
}
