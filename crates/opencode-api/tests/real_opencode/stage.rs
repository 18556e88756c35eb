//! A server, its model and a client of it, and waiting for events.

use std::time::Duration;

use bytes::Bytes;
use opencode_api::{
    Client, Directory, Envelope, EventStream, Forward, Forwarded, Method, PermissionReply, PermissionRequest, Port,
    Secret, ServerAddress, ServerEvent, Session, SessionId,
};
use serde_json::{Value, json};
use testkit::demo::Model;
use testkit::{RealServer, World, no_process_left};

pub const PATIENCE: Duration = Duration::from_mins(1);

/// A server, its model and a client of it.
pub struct Stage {
    pub client: Client,
    pub directory: Directory,
    pub server: RealServer,
    pub model: Model,
    pub world: World,
}

impl Stage {
    pub async fn new() -> Self {
        Self::with_project("project").await
    }

    pub async fn with_project(name: &str) -> Self {
        let world = World::with_project(name);
        let model = Model::serve(0).await.expect("the model");
        let server = RealServer::start(&world, &model).await;
        let directory = Directory::from_path(world.project()).expect("a UTF-8 path");
        let client = client(server.port(), Some(server.password()));
        Self { client, directory, server, model, world }
    }

    pub async fn end(self) {
        let Self { server, model, world, .. } = self;
        drop((server, model));
        no_process_left(&world).await;
    }

    pub async fn post(&self, path: &str, body: Value) -> Forwarded {
        let body = Some(Bytes::from(body.to_string()));
        let forward = Forward {
            method: Method::Post,
            path: path.to_owned(),
            query: vec![],
            directory: self.directory.clone(),
            body,
        };
        self.client.forward(forward).await.expect("an answer")
    }

    pub async fn get(&self, path: &str, query: &[(&str, &str)]) -> Forwarded {
        let query = query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let forward = Forward {
            method: Method::Get,
            path: path.to_owned(),
            query,
            directory: self.directory.clone(),
            body: None,
        };
        self.client.forward(forward).await.expect("an answer")
    }

    pub async fn create(&self) -> Session {
        let made = self.post("/session", json!({})).await;
        assert_eq!(made.status, 200, "{made:?}");
        serde_json::from_slice(&made.body).expect("a session")
    }

    pub async fn prompt(&self, session: &SessionId, text: &str) {
        let body = json!({ "parts": [{ "type": "text", "text": text }] });
        let accepted = self.post(&format!("/session/{session}/prompt_async"), body).await;
        assert_eq!(accepted.status, 204, "{accepted:?}");
    }

    pub async fn answer(&self, request: &PermissionRequest, reply: PermissionReply, message: Option<&str>) {
        self.client.reply_permission(&self.directory, &request.id, reply, message).await.expect("answered");
    }
}

pub fn client(port: u16, password: Option<&str>) -> Client {
    let port = Port::new(port).expect("a real port");
    Client::new(ServerAddress::loopback(port, password.map(Secret::new)))
}

/// The next event that `pick` takes.
pub async fn event<T>(events: &mut EventStream, what: &str, mut pick: impl FnMut(Envelope) -> Option<T>) -> T {
    let mut seen = Vec::new();
    let waiting = async {
        loop {
            let envelope = events.next().await.expect("a stream").expect("an open stream");
            seen.push(format!("{:.120?}", envelope.event));
            if let Some(picked) = pick(envelope) {
                return picked;
            }
        }
    };
    let picked = tokio::time::timeout(PATIENCE, waiting).await;
    picked.unwrap_or_else(|_| panic!("waited in vain for {what}, saw {seen:#?}"))
}

pub async fn asked(events: &mut EventStream) -> PermissionRequest {
    event(events, "a permission request", |envelope| match envelope.event {
        ServerEvent::PermissionAsked(request) => Some(request),
        _ => None,
    })
    .await
}

pub async fn idle(events: &mut EventStream, of: &SessionId) {
    event(events, "the end of the turn", |envelope| match envelope.event {
        ServerEvent::SessionIdle { session } if session == *of => Some(()),
        _ => None,
    })
    .await;
}
