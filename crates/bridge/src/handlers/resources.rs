//! What instances use, and what they write.

use fleet::{LogCursor, LogPlace};

use crate::convert::{invalid, log_matches_view, log_page_view, path_text, resources_view};
use crate::messages::{
    EndChild, InstanceRef, LogMatches, LogPageView, Nothing, ReadLog, ResourcesView, SavedFile, SearchLog,
};
use crate::{Core, Failure};

/// No page has more lines.
const MOST_LINES: u32 = 5_000;
/// No search gives more lines.
const MOST_MATCHES: usize = 500;

pub(crate) async fn instance_resources(core: &Core, request: InstanceRef) -> Result<ResourcesView, Failure> {
    Ok(resources_view(core.fleet.resources(&request.instance.into())?))
}

pub(crate) async fn end_child(core: &Core, request: EndChild) -> Result<Nothing, Failure> {
    let EndChild { instance, pid, started_at } = request;
    let started_at = started_at.parse().map_err(|_| invalid(format!("`{started_at}` is no start of a process")))?;
    core.fleet.end_child(&instance.into(), pid, started_at).await?;
    Ok(Nothing {})
}

pub(crate) async fn read_log(core: &Core, request: ReadLog) -> Result<LogPageView, Failure> {
    let ReadLog { instance, after, before, lines } = request;
    let place = match (after, before) {
        (None, None) => LogPlace::End,
        (Some(after), None) => LogPlace::After(cursor(&after)?),
        (None, Some(before)) => LogPlace::Before(cursor(&before)?),
        (Some(_), Some(_)) => return Err(invalid("A page comes after a place or before one, not both")),
    };
    let lines = usize::try_from(lines.min(MOST_LINES)).unwrap_or_default();
    Ok(log_page_view(core.fleet.read_log(&instance.into(), place, lines).await?))
}

fn cursor(text: &str) -> Result<LogCursor, Failure> {
    text.parse().map_err(|_| invalid(format!("`{text}` is no place in a log")))
}

pub(crate) async fn search_log(core: &Core, request: SearchLog) -> Result<LogMatches, Failure> {
    let SearchLog { instance, text } = request;
    Ok(log_matches_view(core.fleet.search_log(&instance.into(), &text, MOST_MATCHES).await?))
}

pub(crate) async fn save_log(core: &Core, request: InstanceRef) -> Result<SavedFile, Failure> {
    let path = core.fleet.save_log(&request.instance.into()).await?;
    Ok(SavedFile { path: path_text(&path) })
}
