//! Why a process ended or never began: its exit, its last words, and what to do about it.

use launch::Exit;

use super::context::Context;
use super::launching::log_of;
use crate::files::record_file;
use crate::record::Life;
use crate::{Failure, InstanceId};

/// How many lines of output a failure shows.
const LAST_LINES: usize = 20;

/// Whether the output says that the port belongs to somebody else.
pub(super) fn is_port_trouble(lines: &[String]) -> bool {
    lines.iter().any(|line| {
        let line = line.to_lowercase();
        line.trim() == "serveerror"
            || line.contains("eaddrinuse")
            || line.contains("address already in use")
            || line.contains("port in use")
            || (line.contains("failed to start server") && line.contains("port"))
    })
}

/// Whether one of this user's hosts asked it to end: that is written down before the signal.
pub(super) fn was_asked(context: &Context, id: &InstanceId) -> bool {
    let record = record_file::read(&record_file::path(&context.folders.records(), id));
    record.is_ok_and(|record| matches!(record.life, Life::Ended | Life::Ending(_)))
}

/// How a process ended, with its last words.
pub(super) async fn end(context: &Context, id: &InstanceId, exit: Exit) -> Failure {
    failure(context, id, format!("It ended with {exit}")).await
}

/// A failure with the end of the output.
async fn failure(context: &Context, id: &InstanceId, cause: String) -> Failure {
    let log = log_of(context, id);
    let read = tokio::task::spawn_blocking(move || launch::log::tail(&log, LAST_LINES)).await;
    let last_lines = read.ok().and_then(Result::ok).map(|tail| tail.lines).unwrap_or_default();
    let hint = Some(hint(&last_lines).to_owned());
    Failure { cause, hint, last_lines }
}

fn hint(lines: &[String]) -> &'static str {
    let text = lines.join("\n").to_lowercase();
    let is_config = text.contains("config file at")
        || text.contains("configinvalid")
        || text.contains("configuration is invalid")
        || text.contains("configjson")
        || (text.contains("opencode.json") && (text.contains("invalid") || text.contains("error")));
    if is_config {
        "Correct the configuration of opencode that its output names, then start again"
    } else if text.contains("enospc") || text.contains("no space left") {
        "Make room on the disk, then start again"
    } else if lines.is_empty() {
        "It wrote nothing; try another opencode in the settings"
    } else {
        "Its output says more; start it again when the cause is gone"
    }
}

/// A failure without any output.
pub(super) fn plain(cause: &str) -> Failure {
    Failure { cause: cause.to_owned(), hint: None, last_lines: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::{hint, is_port_trouble};

    #[test]
    fn reads_why_a_start_failed() {
        let lines = |text: &str| vec![text.to_owned()];
        assert!(is_port_trouble(&lines("ServeError")));
        assert!(is_port_trouble(&lines("ServeError: Failed to start server. Is port 3100 in use?")));
        assert!(!is_port_trouble(&lines("ConfigInvalidError")));
        assert!(hint(&lines("Error: ConfigInvalidError in opencode.json")).contains("configuration"));
    }
}
