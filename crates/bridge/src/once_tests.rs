//! Tests of `Once`.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use tokio::sync::Notify;

use super::Once;
use crate::{Code, Failure};

struct Counted {
    once: Once,
    count: Arc<AtomicUsize>,
}

impl Counted {
    fn new() -> Self {
        Self { once: Once::default(), count: Arc::new(AtomicUsize::new(0)) }
    }

    async fn run(&self, id: &str, what: &str) -> Result<Bytes, Failure> {
        let count = Arc::clone(&self.count);
        let work = async move {
            let number = count.fetch_add(1, Ordering::SeqCst);
            tokio::task::yield_now().await;
            Ok(Bytes::from(number.to_string()))
        };
        self.once.run(id, what, work).await
    }

    fn done(&self) -> usize {
        self.count.load(Ordering::SeqCst)
    }
}

#[tokio::test]
async fn a_repeated_id_gives_the_first_result() {
    let counted = Counted::new();
    let first = counted.run("a", "start").await;
    let second = counted.run("a", "start").await;
    assert_eq!(first, second);
    assert_eq!(counted.done(), 1);
    assert_ne!(first, counted.run("b", "start").await);
}

#[tokio::test]
async fn concurrent_duplicates_share_one_result() {
    let counted = Counted::new();
    let calls = (0..32).map(|_| counted.run("a", "start"));
    let results = futures_util::future::join_all(calls).await;
    assert!(results.iter().all(|result| result.as_deref() == Ok(b"0".as_slice())));
    assert_eq!(counted.done(), 1);
}

#[tokio::test]
async fn an_id_used_for_something_else_is_refused() {
    let counted = Counted::new();
    counted.run("a", "start").await.unwrap();
    let failure = counted.run("a", "stop").await.unwrap_err();
    assert_eq!(failure.code, Code::Invalid);
    assert_eq!(counted.done(), 1);
}

#[tokio::test]
async fn a_caller_that_goes_away_does_not_cancel_the_work() {
    let once = Once::default();
    let go = Arc::new(Notify::new());
    let finished = Arc::new(Notify::new());
    let work = {
        let (go, finished) = (Arc::clone(&go), Arc::clone(&finished));
        async move {
            go.notified().await;
            finished.notify_one();
            Ok(Bytes::from_static(b"done"))
        }
    };
    // Polled once, then dropped.
    let call = once.run("a", "x", work);
    assert!(futures_util::FutureExt::now_or_never(call).is_none());
    go.notify_one();
    finished.notified().await;
    let result = once.run("a", "x", async { panic!("carried out twice") }).await;
    assert_eq!(result.as_deref(), Ok(b"done".as_slice()));
}

#[tokio::test]
async fn a_panic_is_a_failure_and_not_a_hang() {
    let failure = Once::default().run("a", "x", async { panic!("on purpose") }).await.unwrap_err();
    assert_eq!(failure.code, Code::Internal);
}

#[tokio::test]
async fn what_is_kept_is_bounded() {
    let once = Once::default();
    for number in 0..Once::KEPT + 100 {
        once.run(&number.to_string(), "x", async { Ok(Bytes::new()) }).await.unwrap();
    }
    assert_eq!(once.ledger.lock().unwrap().entries.len(), Once::KEPT);
    for number in 0..20 {
        let reply = Bytes::from(vec![0_u8; Once::KEPT_BYTES / 4]);
        once.run(&format!("big{number}"), "x", async { Ok(reply) }).await.unwrap();
    }
    let ledger = once.ledger.lock().unwrap();
    assert!(ledger.bytes <= Once::KEPT_BYTES, "{} bytes are kept", ledger.bytes);
    assert_eq!(ledger.entries.len(), ledger.finished.len());
}
