//! Why a container has ended: its code, whether it used too much memory, its last words, and what to do about it.

use std::collections::VecDeque;
use std::time::Duration;

use launch::docker::{ContainerDetails, ContainerState, Engine, LogsOf};

use super::super::failure::{hint, telling};
use crate::Failure;

/// How many lines the telling ones are chosen from.
const LINES_READ: usize = 400;
/// The last words are of that long before the end.
const BEFORE: Duration = Duration::from_mins(2);
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
    let after = details.ended.and_then(|ended| ended.checked_sub(BEFORE));
    // What an earlier run of it wrote is not about this end.
    let after = after.max(details.started.and_then(|started| started.checked_sub(Duration::from_millis(1))));
    let Ok(mut logs) = engine.logs(&details.id, LogsOf { after, is_followed: false }) else { return Vec::new() };
    let mut text: VecDeque<String> = VecDeque::new();
    let read = async {
        while let Some(Ok(entry)) = logs.next().await {
            text.extend(String::from_utf8_lossy(&entry.bytes).lines().map(str::to_owned));
            while text.len() > LINES_READ {
                text.pop_front();
            }
        }
    };
    // An engine that hangs has told what it has.
    let _late = tokio::time::timeout(super::WORK, read).await;
    text.into()
}
