//! Carries out each request id once.
//!
//! A web view sends a call again when its page is reloaded, and a browser when its connection breaks.
//! The first call with an id does the work, in a task of its own that no lost caller cancels; every other one, at the same time or later, gets that result.

use std::collections::{HashMap, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use tokio::sync::watch;

use crate::{Code, Failure};

type Outcome = Result<Bytes, Failure>;

/// Results by request id. Bounded: the oldest finished ones go first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Once {
    ledger: Arc<Mutex<Ledger>>,
}

#[derive(Debug, Default)]
struct Ledger {
    entries: HashMap<String, Entry>,
    /// Finished ids, oldest first.
    finished: VecDeque<String>,
    /// Bytes of all finished replies.
    bytes: usize,
}

#[derive(Debug)]
struct Entry {
    /// Of the operation and its payload, to tell a repetition from a mistake.
    fingerprint: u64,
    outcome: watch::Receiver<Option<Outcome>>,
}

impl Once {
    /// Results kept for late repetitions.
    const KEPT: usize = 1_024;
    /// Bytes kept for late repetitions.
    const KEPT_BYTES: usize = 8 * 1024 * 1024;
    /// The longest request id taken.
    const LONGEST_ID: usize = 128;

    /// The result of `work`, or of the work that already has this id.
    pub(crate) async fn run<W>(&self, id: &str, what: impl Hash, work: W) -> Outcome
    where
        W: Future<Output = Outcome> + Send + 'static,
    {
        if id.is_empty() || id.len() > Self::LONGEST_ID {
            return Err(invalid(format!("A request id has 1 to {} characters", Self::LONGEST_ID)));
        }
        let fingerprint = fingerprint(what);
        let mut outcome = {
            let mut ledger = self.ledger.lock().expect("nothing panics while it holds the ledger");
            if let Some(entry) = ledger.entries.get(id) {
                if entry.fingerprint != fingerprint {
                    return Err(invalid(format!("Request id `{id}` was used for something else")));
                }
                entry.outcome.clone()
            } else {
                let (report, outcome) = watch::channel(None);
                ledger.entries.insert(id.to_owned(), Entry { fingerprint, outcome: outcome.clone() });
                let once = self.clone();
                let id = id.to_owned();
                let task = tokio::spawn(work);
                tokio::spawn(async move {
                    let result = task.await.unwrap_or_else(|error| Err(gone_wrong(&error)));
                    once.settle(&id, &result);
                    report.send_replace(Some(result));
                });
                outcome
            }
        };
        let settled = outcome.wait_for(Option::is_some).await;
        match settled.as_deref() {
            Ok(Some(result)) => result.clone(),
            // The task that reports ends only after it has reported, unless the runtime shuts down.
            Ok(None) | Err(_) => Err(Failure {
                code: Code::Unavailable,
                message: "The app is shutting down".to_owned(),
                hint: None,
                detail: None,
            }),
        }
    }

    fn settle(&self, id: &str, result: &Outcome) {
        let mut ledger = self.ledger.lock().expect("nothing panics while it holds the ledger");
        ledger.finished.push_back(id.to_owned());
        ledger.bytes += weight(result);
        while ledger.finished.len() > Self::KEPT || ledger.bytes > Self::KEPT_BYTES {
            let Some(oldest) = ledger.finished.pop_front() else { break };
            let freed = match ledger.entries.remove(&oldest) {
                // The newest is not yet in its channel: its weight is known here.
                Some(_) if oldest == id => weight(result),
                Some(entry) => entry.outcome.borrow().as_ref().map_or(0, weight),
                None => 0,
            };
            ledger.bytes = ledger.bytes.saturating_sub(freed);
        }
    }
}

fn weight(result: &Outcome) -> usize {
    match result {
        Ok(bytes) => bytes.len(),
        Err(failure) => failure.message.len(),
    }
}

fn fingerprint(what: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    hasher.finish()
}

fn invalid(message: String) -> Failure {
    Failure { code: Code::Invalid, message, hint: None, detail: None }
}

fn gone_wrong(error: &tokio::task::JoinError) -> Failure {
    tracing::error!(%error, "an operation did not end as it should");
    Failure {
        code: Code::Internal,
        message: "The operation ended in an error of ours".to_owned(),
        hint: Some("Look at the app's log, and try again".to_owned()),
        detail: Some(error.to_string()),
    }
}

#[cfg(test)]
#[path = "once_tests.rs"]
mod tests;
