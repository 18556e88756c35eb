//! The main journey over HTTP, as a browser makes it: start, prompt, allow, reject, review, abort, restart, stop.

use serde_json::{Value, json};

use crate::http::{Http, Pushes};
use crate::program::Desk;

struct Work<'a> {
    http: &'a Http,
    pushes: Pushes,
    instance: String,
    session: String,
}

impl Work<'_> {
    async fn prompt(&self, text: &str) {
        let path = format!("/session/{}/prompt_async", self.session);
        let body = json!({"parts": [{"type": "text", "text": text}]});
        let (status, reply) = self.http.forward(&self.instance, "POST", &path, Some(body)).await;
        assert_eq!(status, 204, "{reply}");
    }

    async fn get(&self, path: &str) -> Value {
        let (status, reply) = self.http.forward(&self.instance, "GET", path, None).await;
        assert_eq!(status, 200, "{path}: {reply}");
        reply
    }

    async fn answer(&self, request: &Value, reply: &str, message: Option<&str>) {
        let answer = json!({"instance": self.instance, "request": request["id"], "reply": reply, "message": message});
        self.http.ok("answer_permission", answer).await;
    }
}

#[tokio::test]
async fn the_main_journey_over_http() {
    let desk = Desk::new().await;
    desk.world.write("greeting.txt", "Hello, world\n");
    let serving = desk.serve(&["--stop-instances"]).await;
    let http = serving.http.clone();
    let mut pushes = http.pushes().await;

    // Start; twice gives the same.
    let started = http.ok("start_instance", json!({"directory": desk.project()})).await;
    let instance = started["instance"].as_str().unwrap().to_owned();
    let again = http.ok("start_instance", json!({"directory": desk.project()})).await;
    assert_eq!(again, started);
    let ready = pushes.state(&instance, "idle").await;
    assert_eq!(ready["version"], "1.18.33");
    assert!(ready["attach_command"].as_str().unwrap().starts_with("opencode attach http://127.0.0.1:"));

    // A session, on screen.
    let (status, session) = http.forward(&instance, "POST", "/session", Some(json!({"title": "Journey"}))).await;
    assert_eq!(status, 200, "{session}");
    let session = session["id"].as_str().unwrap().to_owned();
    http.ok("watch", json!({"sessions": [{"instance": instance, "session": session}]})).await;
    let mut work = Work { http: &http, pushes, instance, session };
    let session = work.session.clone();

    // An answer that streams.
    work.prompt("@text The quick brown fox jumps over it at 50/s").await;
    work.pushes.text(&session, "brown fox jumps").await;
    work.pushes.idle(&session).await;

    // A command to allow, once.
    work.prompt("@bash echo allowed-$((40 + 2))").await;
    let request = work.pushes.request().await;
    assert_eq!(request["body"]["kind"], "permission");
    assert_eq!(request["body"]["command"], "echo allowed-$((40 + 2))");
    assert_eq!(request["session_path"], json!(["Journey"]));
    work.answer(&request, "once", None).await;
    work.pushes.request_gone(&request["id"]).await;
    work.pushes.idle(&session).await;
    let messages = work.get(&format!("/session/{session}/message")).await;
    assert!(messages.to_string().contains("allowed-42"), "{messages}");

    // An answer to a request that waits no more is refused, and nothing breaks.
    let late = json!({"instance": work.instance, "request": request["id"], "reply": "once", "message": null});
    let (status, _) = http.call("answer_permission", late).await;
    assert_eq!(status, 404);

    // An edit to judge: rejected with a message, then allowed.
    work.prompt("@edit greeting.txt Hello => Goodbye").await;
    let request = work.pushes.request().await;
    let diff = request["body"]["diff"].as_str().unwrap();
    assert!(diff.contains("-Hello, world") && diff.contains("+Goodbye, world"), "{diff}");
    work.answer(&request, "reject", Some("Not like this")).await;
    work.pushes.request_gone(&request["id"]).await;
    work.pushes.idle(&session).await;
    assert_eq!(desk.world.read("greeting.txt"), "Hello, world\n");
    work.prompt("@edit greeting.txt Hello => Goodbye").await;
    let request = work.pushes.request().await;
    work.answer(&request, "always", None).await;
    work.pushes.idle(&session).await;
    assert_eq!(desk.world.read("greeting.txt"), "Goodbye, world\n");

    // A question.
    work.prompt("@question Which colour? | Red: warm | Blue").await;
    let request = work.pushes.request().await;
    assert_eq!(request["body"]["questions"][0]["options"][0]["label"], "Red");
    let answer = json!({"instance": work.instance, "request": request["id"], "answers": [["Blue"]]});
    http.ok("answer_question", answer).await;
    work.pushes.request_gone(&request["id"]).await;
    work.pushes.idle(&session).await;

    // Aborting makes what waits vanish.
    work.prompt("@bash echo never").await;
    let request = work.pushes.request().await;
    http.forward(&work.instance, "POST", &format!("/session/{session}/abort"), None).await;
    work.pushes.request_gone(&request["id"]).await;

    // Restart, then stop.
    let instance = json!({"instance": work.instance});
    let before = desk.servers();
    http.ok("restart_instance", instance.clone()).await;
    let id = work.instance.clone();
    work.pushes.state(&id, "idle").await;
    assert_ne!(desk.servers(), before);
    http.ok("stop_instance", instance).await;
    work.pushes.state(&id, "stopped").await;
    assert!(desk.servers().is_empty());
    assert_eq!(serving.end("TERM").await, Some(0));
    desk.leave().await;
}
