//! `portal logs`.

use bridge::messages::{InstanceLog, LogText};

use crate::arguments::Logs;
use crate::output::{Trouble, say};
use crate::portal::Portal;

/// Prints the end of an instance's output.
pub(crate) async fn run(options: Logs) -> Result<(), Trouble> {
    let mut portal = Portal::open().await?;
    let result = logs(&mut portal, options).await;
    portal.close().await;
    result
}

async fn logs(portal: &mut Portal, options: Logs) -> Result<(), Trouble> {
    let instance = portal.find(&options.which.instance).await?;
    let request = InstanceLog { instance: instance.id, lines: options.lines };
    let text: LogText = portal.ask("instance_log", &request).await?;
    text.lines.iter().for_each(|line| say(line));
    Ok(())
}
