//! `portal history`.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::Context as _;
use bridge::messages::{HistoryEntryView, HistoryView, InstanceRef};

use crate::arguments::History;
use crate::output::{Trouble, age, say};
use crate::portal::Portal;

/// Prints what happened to an instance.
pub(crate) async fn run(options: History) -> Result<(), Trouble> {
    let mut portal = Portal::open().await?;
    let result = history(&mut portal, options).await;
    portal.close().await;
    result
}

async fn history(portal: &mut Portal, options: History) -> Result<(), Trouble> {
    let instance = portal.find(&options.which.instance).await?;
    let HistoryView { mut entries } = portal.ask("instance_history", &InstanceRef { instance: instance.id }).await?;
    entries.truncate(options.entries);
    if options.json {
        say(&serde_json::to_string_pretty(&entries).context("The history could not be written")?);
        return Ok(());
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    for HistoryEntryView { at_ms, state, reason } in entries {
        let ago = age(now.saturating_sub(Duration::from_millis(at_ms)));
        say(format!("{ago:>8} ago  {state:<12}  {reason}").trim_end());
    }
    Ok(())
}
