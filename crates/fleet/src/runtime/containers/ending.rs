//! Why a container has ended: its code, whether it used too much memory, its last words, and what to do about it.

use std::collections::VecDeque;
use std::time::{Duration, SystemTime};

use launch::docker::{ContainerDetails, ContainerState, Engine, LogsOf};

use super::super::failure::{hint, telling};
use crate::Failure;

/// How many lines the telling ones are chosen from.
const LINES_READ: usize = 400;
/// The last words are of that long before the end.
const BEFORE: Duration = Duration::from_mins(2);
/// An engine says that a container has started after it has: what that wrote by then was written before its start, as it seems.
const STARTED_BEFORE: Duration = Duration::from_secs(10);
const MIB: u64 = 1 << 20;

/// How a container that has ended did so, with its last words.
pub(super) async fn of(engine: &Engine, details: &ContainerDetails) -> Failure {
    let lines = last_lines(engine, details).await;
    let failure = without_words(details);
    let last_lines = telling(lines);
    let hint = failure.hint.or_else(|| Some(hint(&last_lines).to_owned()));
    Failure { hint, last_lines, ..failure }
}

/// The same without asking the engine anything more.
pub(super) fn without_words(details: &ContainerDetails) -> Failure {
    let (cause, hint) = match &details.state {
        ContainerState::Exited { out_of_memory: true, .. } => {
            let limit = details.memory_limit.map(|bytes| format!(" of {} MiB", bytes / MIB)).unwrap_or_default();
            let cause = format!("It was killed because it used more memory than its limit{limit}");
            (cause, Some("Give it more memory in its profile, or end what used so much".to_owned()))
        }
        ContainerState::Exited { message: Some(message), .. } => {
            (format!("Its container could not run: {message}"), None)
        }
        ContainerState::Exited { code: 137, .. } => ("It was killed (exit code 137)".to_owned(), None),
        ContainerState::Exited { code, .. } => (format!("It ended with exit code {code}"), None),
        _ => ("Its container has ended".to_owned(), None),
    };
    Failure { cause, hint, last_lines: Vec::new() }
}

/// Whether it says that all is well.
pub(super) fn is_clean(details: &ContainerDetails) -> bool {
    matches!(details.state, ContainerState::Exited { code: 0, out_of_memory: false, .. })
}

/// Whether it looks as an end does that somebody asked for: by SIGINT, SIGKILL or SIGTERM.
pub(super) fn is_by_signal(details: &ContainerDetails) -> bool {
    matches!(details.state, ContainerState::Exited { code: 130 | 137 | 143, out_of_memory: false, .. })
}

async fn last_lines(engine: &Engine, details: &ContainerDetails) -> Vec<String> {
    let before_end = details.ended.and_then(|ended| ended.checked_sub(BEFORE));
    let before_start = details.started.and_then(|started| started.checked_sub(STARTED_BEFORE));
    let of = LogsOf { after: before_end.max(before_start), is_followed: false };
    let Ok(mut logs) = engine.logs(&details.id, of) else { return Vec::new() };
    let mut said: VecDeque<(Option<SystemTime>, String)> = VecDeque::new();
    let read = async {
        while let Some(Ok(entry)) = logs.next().await {
            said.extend(String::from_utf8_lossy(&entry.bytes).lines().map(|line| (entry.at, line.to_owned())));
            while said.len() > LINES_READ {
                said.pop_front();
            }
        }
    };
    // An engine that hangs has told what it has.
    let _late = tokio::time::timeout(super::WORK, read).await;
    of_this_run(said.into(), details.started)
}

/// The lines of the run that began then. What an earlier run of it wrote is not about this end; but where this one seems to have said
/// nothing, it may have said it all before the engine told of its start.
fn of_this_run(said: Vec<(Option<SystemTime>, String)>, started: Option<SystemTime>) -> Vec<String> {
    let is_since = |at: &Option<SystemTime>| at.is_none_or(|at| started.is_none_or(|started| at >= started));
    let is_told_apart = said.iter().any(|(at, _)| is_since(at));
    said.into_iter().filter(|(at, _)| !is_told_apart || is_since(at)).map(|(_, line)| line).collect()
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::of_this_run;

    #[test]
    fn what_ended_before_its_start_was_told_has_its_words_all_the_same() {
        let started = SystemTime::UNIX_EPOCH + Duration::from_secs(100);
        let said =
            |seconds: u64, word: &str| (Some(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)), word.to_owned());
        let of = |said: &[(Option<SystemTime>, String)]| of_this_run(said.to_vec(), Some(started));
        assert_eq!(of(&[said(95, "of the run before"), said(101, "of this one")]), ["of this one"]);
        assert_eq!(of(&[said(99, "I cannot work here")]), ["I cannot work here"]);
        assert_eq!(of(&[said(99, "early"), said(100, "late")]), ["late"]);
        assert_eq!(of(&[(None, "at no known time".to_owned())]), ["at no known time"]);
        assert_eq!(of_this_run(vec![said(3, "nobody knows when it began")], None), ["nobody knows when it began"]);
        assert!(of(&[]).is_empty());
    }
}
