//! What a window is told that opens a session while an answer streams.

use serde_json::{Value, json};

use crate::program::Desk;

/// Puts an item of the pushes into the text of the one part with numbers, as a window does.
fn read(text: &mut String, item: &Value) {
    let event = &item["event"];
    let of = |field: &str| event[field].as_str().unwrap_or_default();
    match of("event") {
        "delta" => text.push_str(of("delta")),
        "running" if of("text").len() >= text.len() => of("text").clone_into(text),
        "part" => {
            let whole = event["part"]["text"].as_str().unwrap_or_default();
            if whole.starts_with('#') {
                whole.clone_into(text);
            }
        }
        _ => {}
    }
}

fn counted(last: u32) -> String {
    (1..=last).map(|number| format!("#{number} ")).collect::<Vec<_>>().concat()
}

#[tokio::test]
async fn a_session_opened_in_the_middle_of_an_answer_shows_it_from_its_beginning() {
    let desk = Desk::new().await;
    let serving = desk.serve(&["--stop-instances"]).await;
    let http = serving.http.clone();
    let mut pushes = http.pushes().await;
    let started = http.ok("start_instance", json!({"directory": desk.project()})).await;
    let instance = started["instance"].as_str().unwrap().to_owned();
    pushes.state(&instance, "idle").await;
    let (_, session) = http.forward(&instance, "POST", "/session", Some(json!({"title": "Counting"}))).await;
    let session = session["id"].as_str().unwrap().to_owned();
    let prompt = json!({"parts": [{"type": "text", "text": "@count 400 at 20/s"}]});
    http.forward(&instance, "POST", &format!("/session/{session}/prompt_async"), Some(prompt)).await;
    // The middle: what the session is doing is told without watching.
    pushes
        .find("the answer has begun", |item| {
            item["type"] == "session" && item["session"]["doing"].as_str().is_some_and(|doing| doing.contains("#20"))
        })
        .await;

    let watch = json!({"sessions": [{"instance": instance, "session": session}]});
    // A second time as a window that was loaded anew: its pushes begin again.
    for upto in [60, 100] {
        http.ok("watch", watch.clone()).await;
        let mut text = String::new();
        let mut running = 0;
        let wanted = format!("#{upto} ");
        pushes
            .find(&wanted, |item| {
                if item["type"] == "transcript" && item["session"] == session.as_str() {
                    running += usize::from(item["event"]["event"] == "running");
                    read(&mut text, item);
                    // A delta may stand before the running text in the same push; that text holds it, too.
                    if running > 0 {
                        assert!(counted(400).starts_with(&text), "nothing is missing or doubled: {text}");
                    }
                }
                running > 0 && text.contains(&wanted)
            })
            .await;
        assert!(text.starts_with("#1 "));
        assert_eq!(running, 1);
        // The page knows nothing of the answer yet: it could not have come from there.
        let (_, messages) = http.forward(&instance, "GET", &format!("/session/{session}/message"), None).await;
        assert!(!messages.to_string().contains("#2 "), "{messages}");
        pushes = http.pushes().await;
    }
    http.forward(&instance, "POST", &format!("/session/{session}/abort"), None).await;
    assert_eq!(serving.end("TERM").await, Some(0));
    desk.leave().await;
}
