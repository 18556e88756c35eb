//! The demo model behind the real opencode, with no network: the tour, and what the directives promise.

use std::time::{Duration, Instant};

use opencode_api::{
    Client, Directory, EventStream, Forward, Method, PermissionReply, PermissionRequest, Port, Secret, ServerAddress,
    ServerEvent, SessionId, SessionStatus,
};
use serde_json::{Value, json};
use testkit::demo::{Model, TOUR_PROMPT, tour_project};
use testkit::{RealServer, World, no_process_left, until};

const PATIENCE: Duration = Duration::from_mins(1);

struct Stage {
    client: Client,
    directory: Directory,
    session: SessionId,
    events: EventStream,
    server: RealServer,
    model: Model,
    world: World,
}

impl Stage {
    async fn new(prepare: impl FnOnce(&World)) -> Self {
        let world = World::new();
        prepare(&world);
        let model = Model::serve(0).await.expect("the model");
        let server = RealServer::start(&world, &model).await;
        let directory = Directory::from_path(world.project()).expect("a UTF-8 path");
        let port = Port::new(server.port()).expect("a real port");
        let client = Client::new(ServerAddress::loopback(port, Some(Secret::new(server.password()))));
        let events = client.events().await.expect("events");
        let made = call(&client, &directory, Method::Post, "/session", Some(json!({}))).await;
        let session = SessionId::from(made["id"].as_str().expect("a session"));
        Self { client, directory, session, events, server, model, world }
    }

    async fn end(self) {
        let Self { server, model, world, .. } = self;
        drop((server, model));
        no_process_left(&world).await;
    }

    async fn prompt(&self, text: &str) {
        let body = json!({ "parts": [{ "type": "text", "text": text }] });
        let path = format!("/session/{}/prompt_async", self.session);
        call(&self.client, &self.directory, Method::Post, &path, Some(body)).await;
    }

    async fn next<T>(&mut self, what: &str, mut pick: impl FnMut(ServerEvent) -> Option<T>) -> T {
        let waiting = async {
            loop {
                let envelope = self.events.next().await.expect("a stream").expect("an open stream");
                if let Some(picked) = pick(envelope.event) {
                    return picked;
                }
            }
        };
        let picked = tokio::time::timeout(PATIENCE, waiting).await;
        picked.unwrap_or_else(|_| panic!("waited in vain for {what}; the server says: {}", self.server.log()))
    }

    async fn asked(&mut self) -> PermissionRequest {
        self.next("a request", |event| match event {
            ServerEvent::PermissionAsked(request) => Some(request),
            _ => None,
        })
        .await
    }

    async fn idle(&mut self) {
        let of = self.session.clone();
        self.next("the end of the turn", |event| match event {
            ServerEvent::SessionIdle { session } if session == of => Some(()),
            _ => None,
        })
        .await;
    }

    async fn answer(&self, request: &PermissionRequest, reply: PermissionReply, message: Option<&str>) {
        self.client.reply_permission(&self.directory, &request.id, reply, message).await.expect("answered");
    }

    /// The parts of all messages since the person's last words.
    async fn parts(&self) -> Vec<Value> {
        let path = format!("/session/{}/message", self.session);
        let messages = call(&self.client, &self.directory, Method::Get, &path, None).await;
        let messages = messages.as_array().expect("messages");
        let last = messages.iter().rposition(|message| message["info"]["role"] == "user").expect("a prompt");
        messages[last + 1..]
            .iter()
            .flat_map(|message| message["parts"].as_array().cloned().unwrap_or_default())
            .collect()
    }

    async fn text(&self) -> String {
        let parts = self.parts().await;
        parts.iter().filter(|part| part["type"] == "text").filter_map(|part| part["text"].as_str()).collect()
    }

    /// Tool calls since the person's last words: name, state, and output or error.
    async fn tools(&self) -> Vec<(String, String, String)> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let tool = |part: &Value| {
            let state = &part["state"];
            let said = if state["error"].is_null() { &state["output"] } else { &state["error"] };
            (text(&part["tool"]), text(&state["status"]), text(said))
        };
        self.parts().await.iter().filter(|part| part["type"] == "tool").map(tool).collect()
    }
}

async fn call(client: &Client, directory: &Directory, method: Method, path: &str, body: Option<Value>) -> Value {
    let body = body.map(|body| body.to_string().into());
    let forward = Forward { method, path: path.to_owned(), query: vec![], directory: directory.clone(), body };
    let answer = client.forward(forward).await.expect("an answer");
    assert!(answer.status < 300, "{path}: {answer:?}");
    serde_json::from_slice(&answer.body).unwrap_or_default()
}

#[tokio::test]
async fn the_tour_shows_a_command_and_an_edit() {
    let mut stage = Stage::new(|world| tour_project(world.project()).expect("the sample project")).await;
    for (before, after) in
        [("Hello, world\n", "Hello, OpenCode Portal\n"), ("Hello, OpenCode Portal\n", "Hello, world\n")]
    {
        assert_eq!(stage.world.read("greeting.txt"), before);
        stage.prompt(TOUR_PROMPT).await;
        let command = stage.asked().await;
        assert!(command.command().is_some_and(|command| command.contains("ls -la")), "{command:?}");
        stage.answer(&command, PermissionReply::Once, None).await;
        let edit = stage.asked().await;
        let diff = edit.diff().expect("a diff");
        assert!(diff.contains(&format!("-{before}")) && diff.contains(&format!("+{after}")), "{diff}");
        stage.answer(&edit, PermissionReply::Once, None).await;
        stage.idle().await;
        assert_eq!(stage.world.read("greeting.txt"), after);
        let text = stage.text().await;
        assert!(text.contains("demo model") && text.contains("That was the whole round"), "{text}");
    }

    stage.prompt("Thank you").await;
    stage.idle().await;
    assert!(stage.text().await.contains("only follow a script"));
    assert!(stage.tools().await.is_empty());

    let session = stage.client.session(&stage.directory, &stage.session).await.expect("the session");
    assert_eq!(session.title, TOUR_PROMPT);
    stage.end().await;
}

#[tokio::test]
async fn the_tour_takes_no_for_an_answer() {
    let mut stage = Stage::new(|world| tour_project(world.project()).expect("the sample project")).await;
    stage.prompt(TOUR_PROMPT).await;
    let command = stage.asked().await;
    stage.answer(&command, PermissionReply::Reject, Some("Not now")).await;
    let edit = stage.asked().await;
    assert_eq!(edit.permission, "edit");
    stage.answer(&edit, PermissionReply::Reject, Some("I like it as it is")).await;
    stage.idle().await;
    assert_eq!(stage.world.read("greeting.txt"), "Hello, world\n");
    let text = stage.text().await;
    assert!(text.contains("I will not run that") && text.contains("the file stays as it was"), "{text}");
    stage.end().await;
}

#[tokio::test]
async fn every_tool_directive_is_a_call_that_works() {
    let mut stage = Stage::new(|world| {
        world.write("a.txt", "one\ntwo\n");
    })
    .await;
    stage
        .prompt(
            "Play this:\n@read a.txt\n@glob *.txt\n@grep two\n@todo x first | > second | third\n\
             @write \"new file.txt\"\n  line 1\n  line 2\n@edit a.txt one\\ntwo => one\\nthree\n\
             @bash echo A\n@also bash echo B\n@tool list {\"path\": \".\"}\n@text Fin",
        )
        .await;
    // Two of them wait at the same time.
    for _ in 0..3 {
        let request = stage.asked().await;
        let _ = stage.client.reply_permission(&stage.directory, &request.id, PermissionReply::Always, None).await;
    }
    stage.idle().await;
    let tools = stage.tools().await;
    // Without ripgrep on this machine or a network to get it from, these two fail as they should.
    let outcome = |(tool, status, said): &(String, String, String)| match said.as_str() {
        "ripgrep execution failed" => format!("{tool} completed"),
        _ => format!("{tool} {status}"),
    };
    let states: Vec<String> = tools.iter().map(outcome).collect();
    // There is no `list` in this version, and the script goes on all the same.
    let expected = ["read", "glob", "grep", "todowrite", "write", "edit", "bash", "bash", "invalid"]
        .map(|tool| format!("{tool} completed"));
    assert_eq!(states, expected, "{tools:#?}");
    assert_eq!(stage.world.read("a.txt"), "one\nthree\n");
    assert_eq!(stage.world.read("new file.txt"), "line 1\nline 2");
    assert_eq!(stage.text().await, "Fin");
    stage.end().await;
}

#[tokio::test]
async fn failures_happen_as_often_as_told() {
    let mut stage = Stage::new(|_| ()).await;
    let retries = |event| match event {
        ServerEvent::SessionStatus { status: SessionStatus::Retry { attempt, .. }, .. } => Some(attempt),
        _ => None,
    };
    stage.prompt("@error 429 2 times after 100 ms\n@text Through").await;
    assert_eq!(stage.next("a retry", retries).await, 1);
    assert_eq!(stage.next("another", |event| retries(event).filter(|attempt| *attempt > 1)).await, 2);
    stage.idle().await;
    assert_eq!(stage.text().await, "Through");

    stage.prompt("@text Some words\n@cut\n@text More").await;
    stage.idle().await;
    let text = stage.text().await;
    assert!(text.contains("Some words"), "{text}");

    stage.prompt("@text Wait\n@stall\n@text Go").await;
    until("a reply that stalls", PATIENCE, async || stage.model.stalled() == 1).await;
    stage.model.release();
    stage.idle().await;
    assert_eq!(stage.text().await, "WaitGo");
    assert_eq!(stage.model.stalled(), 0);

    // A turn that stands still can be stopped, and the model notices.
    stage.prompt("@stall").await;
    until("a reply that stalls", PATIENCE, async || stage.model.stalled() == 1).await;
    let path = format!("/session/{}/abort", stage.session);
    call(&stage.client, &stage.directory, Method::Post, &path, Some(json!({}))).await;
    until("the end of the reply", PATIENCE, async || stage.model.stalled() == 0).await;
    stage.end().await;
}

#[tokio::test]
async fn deltas_come_no_faster_than_their_rate() {
    let mut stage = Stage::new(|_| ()).await;
    // From before the prompt on: a busy machine may hear the first ones late and all at once.
    let begun = Instant::now();
    stage.prompt("@count 2000 at 1000/s").await;
    let (mut text, mut count) = (String::new(), 0_u32);
    stage
        .next("all deltas", |event| {
            if let ServerEvent::PartDelta { delta, .. } = event {
                count += 1;
                text.push_str(&delta);
            }
            text.ends_with("#2000 ").then_some(())
        })
        .await;
    let took = begun.elapsed();
    let heard: Vec<&str> = text.split_whitespace().collect();
    let sent: Vec<String> = (1..=2000).map(|number| format!("#{number}")).collect();
    assert_eq!(heard, sent, "none is lost or doubled");
    assert!(took > Duration::from_millis(1500), "{count} deltas in {took:?}");
    println!("{count} deltas in {took:?}");
    stage.idle().await;
    stage.end().await;
}
