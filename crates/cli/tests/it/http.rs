//! A small HTTP client, so that the tests need no library for it: one request a connection.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

use crate::program::PATIENCE;

static REQUESTS: AtomicU32 = AtomicU32::new(0);

/// Where `portal serve` is.
#[derive(Clone, Debug)]
pub struct Http {
    pub address: String,
    pub token: String,
}

impl Http {
    async fn open(&self, head: &str, body: &str) -> BufReader<TcpStream> {
        let mut stream = TcpStream::connect(&self.address).await.unwrap();
        // Version 1.0: the answer is not chunked and ends with the connection.
        let (line, headers) = head.split_once('\n').unwrap_or((head, ""));
        let request = format!(
            "{line} HTTP/1.0\r\nhost: {}\r\nauthorization: Bearer {}\r\ncontent-length: {}\r\n{}\r\n{body}",
            self.address,
            self.token,
            body.len(),
            headers.lines().flat_map(|line| [line, "\r\n"]).collect::<String>()
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        BufReader::new(stream)
    }

    /// The status of a request, and its body.
    pub async fn send(&self, head: &str, body: &str) -> (u16, Vec<u8>) {
        let answer = async {
            let mut stream = self.open(head, body).await;
            let status = head_of(&mut stream).await;
            let mut body = Vec::new();
            stream.read_to_end(&mut body).await.unwrap();
            (status, body)
        };
        tokio::time::timeout(PATIENCE, answer).await.unwrap_or_else(|_| panic!("no answer to {head} {body}"))
    }

    /// Calls an operation for the window `test`, with a new request id.
    pub async fn call(&self, name: &str, payload: Value) -> (u16, Vec<u8>) {
        let id = REQUESTS.fetch_add(1, Ordering::SeqCst);
        let head = format!(
            "POST /bridge/call/{name}\ncontent-type: application/json\nx-portal-window: test\nx-portal-request: test-{id}"
        );
        self.send(&head, &payload.to_string()).await
    }

    /// Calls an operation that must succeed.
    pub async fn ok(&self, name: &str, payload: Value) -> Value {
        let (status, body) = self.call(name, payload).await;
        assert_eq!(status, 200, "{name}: {}", String::from_utf8_lossy(&body));
        serde_json::from_slice(&body).unwrap()
    }

    /// Asks an instance's own server.
    pub async fn forward(&self, instance: &str, method: &str, path: &str, body: Option<Value>) -> (u64, Value) {
        let body = body.map(|body| body.to_string());
        let request = json!({"instance": instance, "method": method, "path": path, "query": [], "body": body});
        let (status, reply) = self.call("forward", request).await;
        assert_eq!(status, 200, "{}", String::from_utf8_lossy(&reply));
        let newline = reply.iter().position(|byte| *byte == b'\n').expect("a head and a body");
        let head: Value = serde_json::from_slice(&reply[..newline]).unwrap();
        let body = serde_json::from_slice(&reply[newline + 1..]).unwrap_or(Value::Null);
        (head["status"].as_u64().unwrap(), body)
    }

    /// Opens the pushes of the window `test`.
    pub async fn pushes(&self) -> Pushes {
        let mut stream = self.open("GET /bridge/pushes?window=test", "").await;
        assert_eq!(head_of(&mut stream).await, 200);
        Pushes { stream, items: VecDeque::new(), seq: 0 }
    }
}

async fn head_of(stream: &mut BufReader<TcpStream>) -> u16 {
    let mut status = None;
    loop {
        let mut line = String::new();
        assert!(stream.read_line(&mut line).await.unwrap() > 0, "the answer was cut off");
        if line.trim().is_empty() {
            return status.expect("a status");
        }
        status = status.or_else(|| line.split(' ').nth(1)?.parse().ok());
    }
}

/// What a window is told.
pub struct Pushes {
    stream: BufReader<TcpStream>,
    items: VecDeque<Value>,
    seq: u64,
}

impl Pushes {
    /// The first item from here on that is wanted.
    pub async fn find(&mut self, what: &str, mut wanted: impl FnMut(&Value) -> bool) -> Value {
        let mut seen = Vec::new();
        let found = async {
            loop {
                let item = self.next().await;
                if wanted(&item) {
                    return item;
                }
                seen.push(item);
            }
        };
        let found = tokio::time::timeout(PATIENCE, found).await.ok();
        found.unwrap_or_else(|| panic!("waited in vain for: {what}; there came {}", json!(seen)))
    }

    async fn next(&mut self) -> Value {
        while self.items.is_empty() {
            let mut line = String::new();
            assert!(self.stream.read_line(&mut line).await.unwrap() > 0, "the pushes ended");
            let Some(data) = line.strip_prefix("data: ") else { continue };
            let push: Value = serde_json::from_str(data).unwrap();
            self.seq += 1;
            assert_eq!(push["seq"], self.seq, "no gap");
            self.items.extend(push["items"].as_array().unwrap().iter().cloned());
        }
        self.items.pop_front().expect("there is one")
    }

    /// Waits until an instance is in that state (with that activity, for `ready`).
    pub async fn state(&mut self, instance: &str, state: &str) -> Value {
        let what = format!("{instance} is {state}");
        let is_it = |item: &Value| item["id"] == instance && word(&item["state"]) == state;
        let item = self
            .find(&what, |item| match item["type"].as_str() {
                Some("instance") => is_it(&item["instance"]),
                Some("snapshot") => item["fleet"]["instances"].as_array().unwrap().iter().any(&is_it),
                _ => false,
            })
            .await;
        item["instance"].clone()
    }

    /// Reads a session's transcript until its text has that in it.
    pub async fn text(&mut self, session: &str, wanted: &str) {
        let mut text = String::new();
        self.find(&format!("`{wanted}` in {session}"), |item| {
            if item["type"] == "transcript" && item["session"] == session {
                let event = &item["event"];
                match event["event"].as_str() {
                    Some("delta") => text.push_str(event["delta"].as_str().unwrap()),
                    Some("part") => text.push_str(event["part"]["text"].as_str().unwrap_or_default()),
                    _ => {}
                }
            }
            text.contains(wanted)
        })
        .await;
    }

    /// Waits until no turn of the session runs.
    pub async fn idle(&mut self, session: &str) {
        self.find(&format!("{session} is idle"), |item| {
            item["type"] == "session"
                && item["session"]["id"] == session
                && item["session"]["status"]["status"] == "idle"
        })
        .await;
    }

    /// The next request.
    pub async fn request(&mut self) -> Value {
        self.find("a request", |item| item["type"] == "request").await["request"].clone()
    }

    /// Waits until that request waits no more.
    pub async fn request_gone(&mut self, id: &Value) {
        self.find("the request is gone", |item| item["type"] == "request_gone" && item["id"] == *id).await;
    }
}

fn word(state: &Value) -> &str {
    let state_word = state["state"].as_str().unwrap_or_default();
    if state_word == "ready" { state["activity"].as_str().unwrap_or_default() } else { state_word }
}
