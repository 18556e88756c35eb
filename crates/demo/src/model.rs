//! The server of the demo model.

use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CONNECTION, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use futures_util::stream;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use crate::chunk::{self, MODEL};
use crate::conversation::{Purpose, Request};
use crate::player::Player;
use crate::reply::{Passage, Reply, Step, Times};
use crate::{script, tour};

/// A running demo model. It ends when dropped, its connections with it.
#[derive(Debug)]
pub struct Model {
    address: SocketAddr,
    shared: Arc<Shared>,
    ended: watch::Sender<bool>,
    server: JoinHandle<()>,
}

impl Model {
    /// Listens on that port of 127.0.0.1; 0 takes any free one.
    pub async fn serve(port: u16) -> io::Result<Self> {
        Self::serve_at((Ipv4Addr::LOCALHOST, port).into()).await
    }

    /// Listens at that address, which others than this machine may reach: containers, for one.
    pub async fn serve_at(address: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let (ended, is_ended) = watch::channel(false);
        let shared = Arc::new(Shared::new(is_ended));
        let app = app(Arc::clone(&shared));
        let server = tokio::spawn(async move {
            // It only returns when the listener breaks; then nobody can be told.
            let _ = axum::serve(listener, app).await;
        });
        Ok(Self { address, shared, ended, server })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// The base URL that a provider's configuration wants.
    pub fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// Lets all replies go on that stand at a `@stall` now.
    pub fn release(&self) {
        self.shared.release.send_modify(|times| *times += 1);
    }

    /// How many replies stand at a `@stall` now.
    pub fn stalled(&self) -> usize {
        self.shared.stalled.load(Ordering::SeqCst)
    }

    /// How many requests it was sent, those for titles included.
    pub fn requests(&self) -> u64 {
        self.shared.requests.load(Ordering::SeqCst)
    }
}

impl Drop for Model {
    fn drop(&mut self) {
        self.ended.send_replace(true);
        self.server.abort();
    }
}

/// What the replies share.
#[derive(Debug)]
pub(crate) struct Shared {
    is_ended: watch::Receiver<bool>,
    release: watch::Sender<u64>,
    stalled: AtomicUsize,
    requests: AtomicU64,
    calls: AtomicU64,
    /// How often each failure was played.
    failures: Mutex<HashMap<(String, usize), u32>>,
}

impl Shared {
    fn new(is_ended: watch::Receiver<bool>) -> Self {
        Self {
            is_ended,
            release: watch::Sender::new(0),
            stalled: AtomicUsize::new(0),
            requests: AtomicU64::new(0),
            calls: AtomicU64::new(0),
            failures: Mutex::default(),
        }
    }

    /// Waits for the end of the model.
    pub fn ended(&self) -> impl Future<Output = ()> + use<> {
        let mut is_ended = self.is_ended.clone();
        async move {
            // An error means that the model is gone, which is the same.
            let _ = is_ended.wait_for(|ended| *ended).await;
        }
    }

    /// Waits for the next release.
    pub async fn released(&self) {
        struct Standing<'a>(&'a AtomicUsize);
        impl Drop for Standing<'_> {
            fn drop(&mut self) {
                self.0.fetch_sub(1, Ordering::SeqCst);
            }
        }
        let mut release = self.release.subscribe();
        self.stalled.fetch_add(1, Ordering::SeqCst);
        let _standing = Standing(&self.stalled);
        // An error cannot happen: the sender is ours.
        let _ = release.changed().await;
    }

    /// Whether a failure has to be played once more. Counts it if so.
    pub fn fails_now(&self, key: &str, step: usize, times: Times) -> bool {
        let Times::Few(times) = times else {
            return true;
        };
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        let played = failures.entry((key.to_owned(), step)).or_default();
        let fails = *played < times;
        *played += u32::from(fails);
        fails
    }

    /// An id for a tool call, unlike those before it, also those of an earlier run of the model.
    pub fn next_call_id(&self) -> String {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        format!("call_{:x}_{}", now.as_micros(), self.calls.fetch_add(1, Ordering::SeqCst))
    }
}

fn app(shared: Arc<Shared>) -> Router {
    Router::new().route("/v1/models", get(models)).route("/v1/chat/completions", post(complete)).with_state(shared)
}

async fn models() -> Response {
    Json(json!({ "object": "list", "data": [{ "id": MODEL, "object": "model", "owned_by": "demo" }] })).into_response()
}

async fn complete(State(shared): State<Arc<Shared>>, headers: HeaderMap, Json(request): Json<Request>) -> Response {
    shared.requests.fetch_add(1, Ordering::SeqCst);
    let reply = reply(&request);
    let session = headers.get("x-session-id").and_then(|id| id.to_str().ok()).unwrap_or_default();
    let key = format!("{session} {} {}", request.prompts(), request.replies());
    if let Some(Step::Fail { status, times, retry_after }) = reply.steps.first()
        && shared.fails_now(&key, 0, *times)
    {
        let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(chunk::error(status.as_u16()))).into_response();
        if let Some(after) = retry_after {
            response
                .headers_mut()
                .insert("retry-after-ms", u64::try_from(after.as_millis()).unwrap_or(u64::MAX).into());
        }
        return response;
    }
    if !request.stream {
        return Json(whole(&shared, &reply)).into_response();
    }
    let (output, input) = mpsc::channel(64);
    tokio::spawn(Player::new(shared, key, output).play(reply));
    let body = stream::unfold(input, async |mut input| Some((input.recv().await?, input)));
    // Kept connections would outlive the model.
    ([(CONTENT_TYPE, "text/event-stream"), (CONNECTION, "close")], Body::from_stream(body)).into_response()
}

fn reply(request: &Request) -> Reply {
    let prompt = request.prompt();
    match request.purpose() {
        Purpose::Title => Reply::say_at_once(&title(&prompt)),
        Purpose::Summary => Reply::say_at_once("The scripted demo model has nothing to remember."),
        Purpose::Reply => match script::replies(&prompt, request.directory().as_deref()) {
            Some(replies) => replies.into_iter().nth(request.replies()).unwrap_or_else(|| Reply::say_at_once("Done.")),
            None => tour::reply(request),
        },
    }
}

/// The prompt's first line, shortened; directives lose their sign.
fn title(prompt: &str) -> String {
    let line = prompt.lines().find(|line| !line.trim().is_empty()).unwrap_or("Demo").trim();
    let line = line.trim_start_matches('@');
    if line.chars().count() > 50 {
        format!("{}…", line.chars().take(49).collect::<String>())
    } else {
        line.to_owned()
    }
}

/// An answer in one piece; only text, reasoning and calls can be in it.
fn whole(shared: &Shared, reply: &Reply) -> serde_json::Value {
    let pieces = |of: fn(&Step) -> Option<&Passage>| -> String {
        reply.steps.iter().filter_map(of).flat_map(|passage| passage.pieces.iter().map(String::as_str)).collect()
    };
    let text = pieces(|step| if let Step::Say(passage) = step { Some(passage) } else { None });
    let reasoning = pieces(|step| if let Step::Think(passage) = step { Some(passage) } else { None });
    let calls: Vec<_> = reply.calls.iter().map(|call| (shared.next_call_id(), call.clone())).collect();
    chunk::whole(&text, &reasoning, &calls)
}
