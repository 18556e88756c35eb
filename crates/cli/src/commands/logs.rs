//! `portal logs`.

use std::time::Duration;

use bridge::messages::{InstanceLog, LogPageView, LogText, ReadLog};

use crate::arguments::Logs;
use crate::output::{Trouble, say, try_say};
use crate::portal::Portal;

/// How often we look for more.
const LOOK: Duration = Duration::from_millis(300);
/// How many lines are read at a time.
const PAGE: u32 = 1_000;

/// Prints the end of an instance's output, and what comes after it.
pub(crate) async fn run(options: Logs) -> Result<(), Trouble> {
    let mut portal = Portal::open().await?;
    let result = logs(&mut portal, options).await;
    portal.close().await;
    result
}

async fn logs(portal: &mut Portal, options: Logs) -> Result<(), Trouble> {
    let instance = portal.find(&options.which.instance).await?.id;
    if !options.follow {
        let text: LogText = portal.ask("instance_log", &InstanceLog { instance, lines: options.lines }).await?;
        text.lines.iter().for_each(|line| say(line));
        return Ok(());
    }
    let end = tokio::signal::ctrl_c();
    tokio::select! {
        followed = follow(portal, instance, options.lines) => followed,
        _ = end => Ok(()),
    }
}

/// Goes on until the reader has gone away.
async fn follow(portal: &mut Portal, instance: String, lines: u32) -> Result<(), Trouble> {
    let mut request = ReadLog { instance, after: None, before: None, lines };
    loop {
        let page: LogPageView = portal.ask("read_log", &request).await?;
        if page.is_torn && request.after.is_some() && !try_say("… some output was rotated away …") {
            return Ok(());
        }
        if !page.lines.iter().all(|line| try_say(&line.text)) {
            return Ok(());
        }
        let has_more = page.has_more && request.after.is_some();
        request.after = Some(page.next);
        request.lines = PAGE;
        if !has_more {
            tokio::time::sleep(LOOK).await;
        }
    }
}
