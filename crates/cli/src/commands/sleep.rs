//! `portal sleep` and `portal wake`.

use super::up::wait_until_up;
use crate::arguments::Which;
use crate::output::{Trouble, say};
use crate::portal::Portal;

/// Puts an idle instance to sleep.
pub(crate) async fn sleep(which: Which) -> Result<(), Trouble> {
    let mut portal = Portal::open().await?;
    let result = async {
        let instance = portal.find(&which.instance).await?;
        portal.tell("sleep_instance", &instance.id).await?;
        say(&format!("{} ({}) is asleep, and wakes when it is used", instance.name, instance.id));
        Ok(())
    };
    let result = result.await;
    portal.close().await;
    result
}

/// Wakes an instance.
pub(crate) async fn wake(which: Which) -> Result<(), Trouble> {
    let mut portal = Portal::open().await?;
    let result = async {
        let instance = portal.find(&which.instance).await?;
        portal.tell("wake_instance", &instance.id).await?;
        wait_until_up(&portal, &instance.id, "Awake:").await
    };
    let result = result.await;
    portal.close().await;
    result
}
