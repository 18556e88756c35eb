//! What is served, and by which routes.

use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Router, middleware};
use bridge::{Bridge, Code};
use tower_http::compression::CompressionLayer;

use crate::answer::Refusal;
use crate::{Token, assets, calls, gate, pushes};

/// What is served, and for whom.
pub struct Site {
    /// The operations and pushes.
    pub bridge: Bridge,
    /// What whoever wants in must show.
    pub token: Token,
}

/// The largest request: a prompt with pictures in it.
const LARGEST_BODY: usize = 64 * 1024 * 1024;

/// Everything that is served, without a socket.
pub fn app(site: Arc<Site>) -> Router {
    let ui = Router::new().fallback(get(assets::asset)).layer(CompressionLayer::new());
    let bridge = Router::new()
        .route("/call/{name}", post(calls::call).layer(DefaultBodyLimit::max(LARGEST_BODY)))
        .route("/pushes", get(pushes::pushes))
        .fallback(no_such_route)
        .method_not_allowed_fallback(no_such_method)
        .with_state(Arc::clone(&site));
    Router::new()
        .nest("/bridge", bridge)
        .fallback_service(ui.method_not_allowed_fallback(no_such_method))
        .layer(middleware::from_fn_with_state(site, gate::gate))
}

async fn no_such_route() -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, Code::NotFound, "There is nothing here")
}

async fn no_such_method() -> Refusal {
    Refusal::new(StatusCode::METHOD_NOT_ALLOWED, Code::Invalid, "This method is not taken here")
}
