//! Waiting for a condition instead of for a time.

use std::time::Duration;

use tokio::time::Instant;

/// Pause between two looks; short against everything that is waited for.
pub(crate) const PAUSE: Duration = Duration::from_millis(20);

/// Asks again and again until there is an answer.
///
/// # Panics
/// If there is none within `deadline`; `what` says what was waited for.
pub async fn eventually<T>(what: &str, deadline: Duration, ask: impl AsyncFnMut() -> Option<T>) -> T {
    match within(deadline, ask).await {
        Some(answer) => answer,
        None => panic!("waited {deadline:?} in vain for: {what}"),
    }
}

/// Asks again and again until there is an answer; none if there is none within `deadline`.
pub async fn within<T>(deadline: Duration, mut ask: impl AsyncFnMut() -> Option<T>) -> Option<T> {
    let end = Instant::now() + deadline;
    loop {
        // The question itself may hang, too.
        let answer = tokio::time::timeout_at(end, ask()).await.ok().flatten();
        if answer.is_some() || Instant::now() >= end {
            return answer;
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Asks again and again until it is so.
///
/// # Panics
/// If it is not so within `deadline`; `what` says what was waited for.
pub async fn until(what: &str, deadline: Duration, mut is_so: impl AsyncFnMut() -> bool) {
    eventually(what, deadline, async || is_so().await.then_some(())).await;
}
