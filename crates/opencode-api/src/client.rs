//! The operations of a server.

mod asking;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::header::{HeaderMap, WWW_AUTHENTICATE};
use reqwest::{StatusCode, Url};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::transport::Transport;
use crate::{
    ApiError, Directory, EventStream, Forward, Forwarded, Method, PermissionReply, PermissionRequest, QuestionRequest,
    RequestId, STREAM_WATCHDOG, ServerAddress, Session, SessionId, SessionStatus,
};

/// Time for an operation that answers from memory.
const OPERATION: Duration = Duration::from_secs(10);
/// Time for a read that is passed on; the slowest known takes 2 s on a busy server.
const FORWARDED_READ: Duration = Duration::from_mins(1);
/// How opencode asks for a password.
const REALM: &str = "realm=\"Secure Area\"";
/// The headers passed on.
const PASSED_HEADERS: [&str; 3] = ["content-type", "link", "x-next-cursor"];

/// A client of one server. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Client {
    address: Arc<ServerAddress>,
    transport: Transport,
    origin: Option<Url>,
}

/// What a healthy server says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// Its version.
    pub version: String,
}

/// What is known of a server without its password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Identified {
    /// It lets in whoever asks.
    Open {
        /// Its version.
        version: String,
    },
    /// It asks for a password as opencode does.
    Locked,
}

impl Client {
    /// A client of the server there. Nothing is sent yet.
    pub fn new(address: ServerAddress) -> Self {
        let transport = Transport::of(&address);
        let origin = Url::parse(&address.url()).ok();
        Self { address: Arc::new(address), transport, origin }
    }

    /// The address that this client talks to.
    pub fn address(&self) -> &ServerAddress {
        &self.address
    }

    /// One probe, over within `timeout` whatever happens.
    /// A server that just began to listen never answers what it is asked in its first 300 ms, so use short
    /// timeouts and try again.
    pub async fn health(&self, timeout: Duration) -> Result<Health, ApiError> {
        #[derive(Deserialize)]
        struct Wire {
            healthy: bool,
            #[serde(default)]
            version: String,
        }
        let path = "/global/health";
        let wire: Wire = self.within(timeout, self.json(Method::Get, path, &[], None, None)).await?;
        if wire.healthy {
            Ok(Health { version: wire.version })
        } else {
            Err(malformed(path, "the server says that it is not healthy"))
        }
    }

    /// Whether an opencode answers there, asked without credentials whatever this client has.
    /// What answers in another way is an error, so that no password is ever sent to another program.
    pub async fn identify(&self, timeout: Duration) -> Result<Identified, ApiError> {
        #[derive(Deserialize)]
        struct Wire {
            healthy: bool,
            version: String,
        }
        let path = "/global/health";
        let asking = async {
            let bare = ServerAddress { password: None, ..ServerAddress::clone(&self.address) };
            let client = if self.address.password.is_some() { Self::new(bare) } else { self.clone() };
            let response = client.send(Method::Get, path, &[], None, None).await?;
            if response.status() == StatusCode::UNAUTHORIZED {
                let asks = response.headers().get_all(WWW_AUTHENTICATE);
                let is_its_own = asks.iter().any(|asks| asks.to_str().is_ok_and(|asks| asks.contains(REALM)));
                let other = || malformed(path, "what asks for a password there is no opencode");
                return if is_its_own { Ok(Identified::Locked) } else { Err(other()) };
            }
            let response = client.successful(path, response).await?;
            let body = client.body(path, response).await?;
            let wire: Wire = serde_json::from_slice(&body).map_err(|error| malformed(path, &error.to_string()))?;
            if wire.healthy {
                Ok(Identified::Open { version: wire.version })
            } else {
                Err(malformed(path, "the server says that it is not healthy"))
            }
        };
        self.within(timeout, asking).await
    }

    /// The directory that the server itself works in.
    pub async fn own_directory(&self) -> Result<String, ApiError> {
        #[derive(Deserialize)]
        struct Wire {
            directory: String,
        }
        let wire: Wire = self.within(OPERATION, self.json(Method::Get, "/path", &[], None, None)).await?;
        Ok(wire.directory)
    }

    /// The sessions that run. An idle one may be missing.
    pub async fn session_status(&self, directory: &Directory) -> Result<BTreeMap<SessionId, SessionStatus>, ApiError> {
        let all: BTreeMap<String, Box<RawValue>> = self.read("/session/status", &[], directory).await?;
        Ok(all.into_iter().filter_map(|(id, status)| Some((SessionId::from(id), readable(&status)?))).collect())
    }

    /// The sessions of a directory's project, last changed first.
    pub async fn sessions(&self, directory: &Directory, limit: u32) -> Result<Vec<Session>, ApiError> {
        self.list("/session", &[("limit", limit.to_string())], directory).await
    }

    /// One session.
    pub async fn session(&self, directory: &Directory, id: &SessionId) -> Result<Session, ApiError> {
        self.read(&format!("/session/{}", segment(id.as_str())), &[], directory).await
    }

    /// The permission requests that wait. Some may be stale: the server keeps those of an aborted turn.
    pub async fn permissions(&self, directory: &Directory) -> Result<Vec<PermissionRequest>, ApiError> {
        self.list("/permission", &[], directory).await
    }

    /// The questions that wait.
    pub async fn questions(&self, directory: &Directory) -> Result<Vec<QuestionRequest>, ApiError> {
        self.list("/question", &[], directory).await
    }

    /// Answers a permission request. [`ApiError::NotFound`] means that it no longer waits.
    /// A rejection with a message lets the agent go on with that message; one without ends the turn.
    pub async fn reply_permission(
        &self,
        directory: &Directory,
        id: &RequestId,
        reply: PermissionReply,
        message: Option<&str>,
    ) -> Result<(), ApiError> {
        let mut body = json!({ "reply": reply.as_str() });
        if let Some(message) = message {
            body["message"] = message.into();
        }
        self.write(&format!("/permission/{}/reply", segment(id.as_str())), &body, directory).await
    }

    /// Answers a question, with a list of labels (or free text) for each part of it.
    pub async fn reply_question(
        &self,
        directory: &Directory,
        id: &RequestId,
        answers: Vec<Vec<String>>,
    ) -> Result<(), ApiError> {
        self.write(&format!("/question/{}/reply", segment(id.as_str())), &json!({ "answers": answers }), directory)
            .await
    }

    /// Dismisses a question.
    pub async fn reject_question(&self, directory: &Directory, id: &RequestId) -> Result<(), ApiError> {
        self.write(&format!("/question/{}/reject", segment(id.as_str())), &json!({}), directory).await
    }

    /// Passes a request on. Any status of the server is a success; see [`Forwarded::status`].
    /// A read has 60 s; anything else takes as long as it takes, and is given up by dropping the future.
    pub async fn forward(&self, forward: Forward) -> Result<Forwarded, ApiError> {
        let Forward { method, path, query, directory, body } = forward;
        let query: Vec<(&str, String)> = query.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
        let passed = async {
            let response = self.send(method, &path, &query, Some(&directory), body).await?;
            let status = response.status().as_u16();
            let headers = passed_headers(response.headers());
            if is_event_stream(&headers) {
                return Err(ApiError::NotForwardable {
                    path: path.clone(),
                    problem: "it is an endless stream".to_owned(),
                });
            }
            Ok(Forwarded { status, headers, body: self.body(&path, response).await? })
        };
        match method {
            Method::Get => self.within(FORWARDED_READ, passed).await,
            Method::Post | Method::Put | Method::Patch | Method::Delete => passed.await,
        }
    }

    /// Opens the event stream of all directories, declared dead after [`STREAM_WATCHDOG`] without a byte.
    pub async fn events(&self) -> Result<EventStream, ApiError> {
        self.events_watched(STREAM_WATCHDOG).await
    }

    /// The same with another limit for silence.
    pub async fn events_watched(&self, watchdog: Duration) -> Result<EventStream, ApiError> {
        let path = "/global/event";
        let opening = async {
            let response = self.send(Method::Get, path, &[], None, None).await?;
            self.successful(path, response).await
        };
        let response = self.within(OPERATION, opening).await?;
        if !is_event_stream(&passed_headers(response.headers())) {
            return Err(malformed(path, "it is no event stream"));
        }
        Ok(EventStream::new(response, watchdog))
    }

    async fn read<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, String)],
        directory: &Directory,
    ) -> Result<T, ApiError> {
        self.within(OPERATION, self.json(Method::Get, path, query, Some(directory), None)).await
    }

    /// Reads a list. An entry that cannot be read does not spoil the others.
    async fn list<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, String)],
        directory: &Directory,
    ) -> Result<Vec<T>, ApiError> {
        let entries: Vec<Box<RawValue>> = self.read(path, query, directory).await?;
        Ok(entries.iter().filter_map(|entry| readable(entry)).collect())
    }

    async fn write(&self, path: &str, body: &Value, directory: &Directory) -> Result<(), ApiError> {
        let body = Some(Bytes::from(body.to_string()));
        let writing = async {
            let response = self.send(Method::Post, path, &[], Some(directory), body).await?;
            self.successful(path, response).await
        };
        self.within(OPERATION, writing).await.map(drop)
    }
}

fn malformed(path: &str, problem: &str) -> ApiError {
    ApiError::Malformed { path: path.to_owned(), problem: problem.to_owned() }
}

fn readable<T: DeserializeOwned>(entry: &RawValue) -> Option<T> {
    serde_json::from_str(entry.get())
        .inspect_err(|error| tracing::warn!(%error, kind = std::any::type_name::<T>(), "Skipped an entry of a list"))
        .ok()
}

fn segment(id: &str) -> String {
    const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'_').remove(b'-');
    utf8_percent_encode(id, KEPT).to_string()
}

fn passed_headers(headers: &HeaderMap) -> Vec<(String, String)> {
    let passed = |name: &str| Some((name.to_owned(), headers.get(name)?.to_str().ok()?.to_owned()));
    PASSED_HEADERS.into_iter().filter_map(passed).collect()
}

fn is_event_stream(headers: &[(String, String)]) -> bool {
    headers.iter().any(|(name, value)| name == "content-type" && value.starts_with("text/event-stream"))
}
