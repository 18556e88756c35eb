//! Why a process ended or never began: its exit, its last words, and what to do about it.

use std::path::{Path, PathBuf};

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
    is_asked_in(&record_file::path(&context.folders.records(), id))
}

fn is_asked_in(record: &Path) -> bool {
    record_file::read(record).is_ok_and(|record| matches!(record.life, Life::Ended | Life::Ending(_)))
}

/// The same without holding anybody up: a home that hangs is waited for by whoever asks alone.
pub(super) async fn has_been_asked(context: &Context, id: &InstanceId) -> bool {
    asked_in(record_file::path(&context.folders.records(), id)).await
}

async fn asked_in(record: PathBuf) -> bool {
    // A mistake of ours there: nobody asked, as far as is known.
    tokio::task::spawn_blocking(move || is_asked_in(&record)).await.unwrap_or_default()
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
    use std::time::Duration;

    use super::{LAST_LINES, asked_in, hint, is_database_trouble, is_port_trouble, record_file, telling};
    use crate::InstanceId;
    use crate::record::{Aftermath, Life, Record};

    #[cfg(unix)]
    #[tokio::test]
    async fn who_reads_a_record_in_a_home_that_hangs_holds_up_nobody() {
        const PATIENCE: Duration = Duration::from_secs(20);
        let folder = tempfile::tempdir().unwrap();
        let ended = Record {
            id: InstanceId::from("abcd1234"),
            name: "site".to_owned(),
            directory: "/srv/site".into(),
            demo: None,
            life: Life::Ended,
            host: None,
            last_end: None,
            after: Aftermath::default(),
        };
        record_file::write(folder.path(), &ended).unwrap();
        let written = std::fs::read(record_file::path(folder.path(), &ended.id)).unwrap();
        // Whoever opens it waits until somebody writes.
        let hangs = folder.path().join("hangs");
        assert!(std::process::Command::new("mkfifo").arg(&hangs).status().unwrap().success());
        let (others, go_on) = std::sync::mpsc::channel();
        let writing = {
            let hangs = hangs.clone();
            std::thread::spawn(move || {
                let went_on = go_on.recv_timeout(PATIENCE).is_ok();
                std::fs::write(hangs, written).unwrap();
                went_on
            })
        };
        let asked = tokio::spawn(asked_in(hangs));
        tokio::task::yield_now().await;
        // There is one thread for both.
        let _late = others.send(());
        assert!(asked.await.unwrap());
        assert!(writing.join().unwrap(), "the others waited with it");
    }

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
