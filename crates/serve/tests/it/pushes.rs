//! Pushes over HTTP.

use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use futures_util::StreamExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::setting::Setting;

/// A browser's end of the pushes.
struct Reader {
    body: BodyDataStream,
    text: String,
}

impl Reader {
    async fn open(setting: &Setting, window: &str) -> Self {
        let request = setting.request("GET", &format!("/bridge/pushes?window={window}")).body(Body::empty()).unwrap();
        let response = setting.router.clone().oneshot(request).await.unwrap();
        assert!(response.headers()["content-type"].to_str().unwrap().starts_with("text/event-stream"));
        assert!(response.headers().get("content-encoding").is_none());
        Self { body: response.into_body().into_data_stream(), text: String::new() }
    }

    /// The next push; none at the end.
    async fn next(&mut self) -> Option<Value> {
        loop {
            if let Some(end) = self.text.find("\n\n") {
                let event: String = self.text.drain(..end + 2).collect();
                let push = event.trim_end().strip_prefix("data: ").map(|data| serde_json::from_str(data).unwrap());
                if push.is_some() {
                    return push;
                }
                continue;
            }
            let chunk =
                tokio::time::timeout(Duration::from_secs(20), self.body.next()).await.expect("a push in time")?;
            self.text.push_str(std::str::from_utf8(&chunk.unwrap()).unwrap());
        }
    }

    /// Reads until a push has an item of that type, and gives the item.
    async fn item(&mut self, kind: &str) -> Value {
        loop {
            let push = self.next().await.expect("more pushes");
            let items = push["items"].as_array().unwrap().clone();
            if let Some(item) = items.into_iter().find(|item| item["type"] == kind) {
                return item;
            }
        }
    }
}

async fn set_theme(setting: &Setting, theme: &str) {
    let request = setting.call("update_settings").header("x-portal-request", theme);
    setting.send(request, json!({"theme": theme}).to_string()).await;
}

#[tokio::test]
async fn a_window_gets_a_snapshot_and_then_changes() {
    let setting = Setting::new().await;
    let mut reader = Reader::open(&setting, "w1").await;
    let first = reader.next().await.unwrap();
    assert_eq!(first["seq"], 1);
    let fleet = &first["items"][0]["fleet"];
    assert_eq!(fleet["host"]["name"], "browser");
    assert_eq!(fleet["host"]["quits"], false);
    set_theme(&setting, "dark").await;
    assert_eq!(reader.item("settings").await["settings"]["theme"], "dark");
    setting.end().await;
}

#[tokio::test]
async fn a_window_that_asks_gets_another_snapshot_and_the_others_do_not() {
    let setting = Setting::new().await;
    let (mut one, mut other) = (Reader::open(&setting, "one").await, Reader::open(&setting, "other").await);
    one.item("snapshot").await;
    other.item("snapshot").await;
    setting.send(setting.call("resync").header("x-portal-window", "one"), "{}").await;
    one.item("snapshot").await;
    set_theme(&setting, "dark").await;
    loop {
        let push = other.next().await.unwrap();
        let kinds: Vec<_> = push["items"].as_array().unwrap().iter().map(|item| item["type"].clone()).collect();
        assert!(!kinds.contains(&json!("snapshot")));
        if kinds.contains(&json!("settings")) {
            break;
        }
    }
    setting.end().await;
}

#[tokio::test]
async fn a_place_reaches_the_window_it_is_meant_for() {
    let setting = Setting::new().await;
    let mut reader = Reader::open(&setting, "w1").await;
    reader.item("snapshot").await;
    setting.bridge.navigate(None, "inbox");
    assert_eq!(reader.item("navigate").await["place"], "inbox");
    setting.end().await;
}

#[tokio::test]
async fn a_second_stream_of_a_window_ends_the_first() {
    let setting = Setting::new().await;
    let mut first = Reader::open(&setting, "w1").await;
    first.item("snapshot").await;
    let mut second = Reader::open(&setting, "w1").await;
    while first.next().await.is_some() {}
    second.item("snapshot").await;
    setting.end().await;
}
