//! A site over a fleet in a world of its own, and requests to it.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use axum::http::request::Builder;
use axum::http::{HeaderMap, Request, StatusCode};
use bridge::Bridge;
use bridge::fleet::{AtQuit, Fleet, Folders, Options};
use serde_json::Value;
use serve::{Browser, Site, Token, app};
use testkit::World;
use tower::ServiceExt as _;

/// A site, and what it stands on.
pub struct Setting {
    pub bridge: Bridge,
    pub token: Token,
    pub site: Arc<Site>,
    pub router: Router,
    _world: World,
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("not JSON: {self:?}"))
    }

    pub fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_else(|| panic!("not a failure: {self:?}")).to_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

impl Setting {
    pub async fn new() -> Self {
        let world = World::new();
        let folders = Folders {
            home: world.home(),
            config: world.config(),
            data: world.data(),
            state: world.state(),
            pinned_opencode: None,
        };
        let fleet = Fleet::open(folders, Options::passing()).await.unwrap();
        let bridge = Bridge::new(fleet, Arc::new(Browser));
        let token = Token::random();
        let site = Arc::new(Site::new(bridge.clone(), token.clone()));
        let router = app(Arc::clone(&site));
        Self { bridge, token, site, router, _world: world }
    }

    /// A request as a browser that has no token yet makes it.
    pub fn stranger(method: &str, uri: &str) -> Builder {
        Request::builder().method(method).uri(uri).header(HOST, "127.0.0.1:4490")
    }

    /// The same with the token.
    pub fn request(&self, method: &str, uri: &str) -> Builder {
        Self::stranger(method, uri).header(AUTHORIZATION, format!("Bearer {}", self.token.expose()))
    }

    /// A call as a command line makes it.
    pub fn call(&self, name: &str) -> Builder {
        self.request("POST", &format!("/bridge/call/{name}")).header(CONTENT_TYPE, "application/json")
    }

    pub async fn send(&self, request: Builder, body: impl Into<Body>) -> Answer {
        let request = request.body(body.into()).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (head, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap().to_vec();
        Answer { status: head.status, headers: head.headers, body }
    }

    pub async fn get(&self, uri: &str) -> Answer {
        self.send(self.request("GET", uri), Body::empty()).await
    }

    /// Ends the fleet.
    pub async fn end(self) {
        self.bridge.fleet().clone().shut_down(AtQuit::Stop).await;
    }
}
