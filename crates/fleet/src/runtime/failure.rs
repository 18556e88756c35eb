//! Why a process ended or never began: its exit, its last words, and what to do about it.

use launch::Exit;

use super::context::Context;
use super::launching::log_of;
use crate::files::record_file;
use crate::record::Life;
use crate::{Failure, InstanceId};

/// How many lines of output a failure shows.
const LAST_LINES: usize = 20;
/// How many lines they are chosen from.
const LINES_READ: usize = 400;

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

/// Whether the output says that the database could not be prepared.
/// opencode prepares it at its first start after an installation, and of two that do so at once, one fails; by the next try the other is done.
pub(super) fn is_database_trouble(lines: &[String]) -> bool {
    lines.iter().any(|line| {
        let line = line.to_lowercase();
        line.contains("failed query") || line.contains("database is locked") || line.contains("sqlite_busy")
    })
}

/// Whether one of this user's hosts asked it to end: that is written down before the signal.
pub(super) fn was_asked(context: &Context, id: &InstanceId) -> bool {
    let record = record_file::read(&record_file::path(&context.folders.records(), id));
    record.is_ok_and(|record| matches!(record.life, Life::Ended | Life::Ending(_)))
}

/// How a process ended, with its last words.
pub(super) async fn end(context: &Context, id: &InstanceId, exit: Exit) -> Failure {
    let cause = match exit {
        Exit::Code(_) | Exit::Signal(_) => format!("It ended with {exit}"),
        // The system tells that only to whoever started it.
        Exit::Unknown => "It ended by itself, and only the program that had started it was told how".to_owned(),
    };
    failure(context, id, cause).await
}

/// A failure with the end of the output.
pub(super) async fn failure(context: &Context, id: &InstanceId, cause: String) -> Failure {
    let log = log_of(context, id);
    let read = tokio::task::spawn_blocking(move || launch::log::tail(&log, LINES_READ)).await;
    let last_lines = telling(read.ok().and_then(Result::ok).map(|tail| tail.lines).unwrap_or_default());
    let hint = Some(hint(&last_lines).to_owned());
    Failure { cause, hint, last_lines }
}

/// The last lines that tell something: what opencode logs of its ordinary doings hides why it ended.
pub(super) fn telling(mut lines: Vec<String>) -> Vec<String> {
    let is_ordinary = |line: &String| {
        line.starts_with("timestamp=")
            && line.split_ascii_whitespace().nth(1).is_some_and(|word| matches!(word, "level=INFO" | "level=DEBUG"))
    };
    if !lines.iter().all(is_ordinary) {
        lines.retain(|line| !is_ordinary(line));
    }
    let surplus = lines.len().saturating_sub(LAST_LINES);
    lines.split_off(surplus)
}

pub(super) fn hint(lines: &[String]) -> &'static str {
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
    use super::{LAST_LINES, hint, is_database_trouble, is_port_trouble, telling};

    #[test]
    fn a_failure_shows_what_tells_something() {
        let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
        let output = "timestamp=1 level=INFO message=loading\nError: bad\ntimestamp=2 level=DEBUG x\n  at line 3\ntimestamp=3 level=WARN y";
        assert_eq!(telling(lines(output)), ["Error: bad", "  at line 3", "timestamp=3 level=WARN y"]);
        let ordinary = "timestamp=1 level=INFO a\n".repeat(50);
        assert_eq!(telling(lines(&ordinary)).len(), LAST_LINES, "better than nothing");
        assert!(telling(Vec::new()).is_empty());
    }

    #[test]
    fn reads_why_a_start_failed() {
        let lines = |text: &str| vec![text.to_owned()];
        assert!(is_port_trouble(&lines("ServeError")));
        assert!(is_port_trouble(&lines("ServeError: Failed to start server. Is port 3100 in use?")));
        assert!(!is_port_trouble(&lines("ConfigInvalidError")));
        assert!(is_database_trouble(&lines("Failed query: ")));
        assert!(!is_database_trouble(&lines("the database is on fire")));
        assert!(hint(&lines("Error: ConfigInvalidError in opencode.json")).contains("configuration"));
    }
}
