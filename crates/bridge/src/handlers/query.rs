//! Operations without an effect.

use crate::convert::path_text;
use crate::messages::{CheckDirectory, DirectoryView, FleetView, InstanceLog, LogText, Nothing};
use crate::{Core, Failure};

pub(crate) use super::found::{added_address, check_address};
pub(crate) use super::places::docker_engines;
pub(crate) use super::resources::{instance_resources, read_log, search_log};
pub(crate) use super::ssh::{list_ssh_directory, ssh_hosts};
pub(crate) use super::supervision::instance_history;

/// The most lines of a log that one reply holds.
const MOST_LINES: u32 = 5_000;

pub(crate) async fn fleet(core: &Core, _: Nothing) -> Result<FleetView, Failure> {
    Ok(core.view())
}

pub(crate) async fn instance_log(core: &Core, request: InstanceLog) -> Result<LogText, Failure> {
    let lines = request.lines.clamp(1, MOST_LINES);
    let lines = usize::try_from(lines).unwrap_or(usize::MAX);
    let tail = core.fleet.log_tail(&request.instance.into(), lines).await?;
    Ok(LogText { lines: tail.lines, truncated: tail.truncated })
}

pub(crate) async fn check_directory(core: &Core, request: CheckDirectory) -> Result<DirectoryView, Failure> {
    let (directory, instance) = core.fleet.check_directory(&request.directory).await?;
    Ok(DirectoryView { directory: path_text(&directory), instance: instance.map(|id| id.to_string()) })
}
