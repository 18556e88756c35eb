//! What is served, and by which routes.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

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
    pub(crate) bridge: Bridge,
    /// What whoever wants in must show.
    pub(crate) token: Token,
    pass: Mutex<Option<(Token, Instant)>>,
}

impl Site {
    /// How long a pass is good for: as long as a browser may take to start.
    const PASS_LASTS: Duration = Duration::from_mins(1);

    /// The operations and pushes of that bridge, for whoever shows that token.
    pub fn new(bridge: Bridge, token: Token) -> Self {
        Self { bridge, token, pass: Mutex::default() }
    }

    /// A pass for one visit soon (`/?pass=…`). Unlike the token it may stand on a command line, where others can read it: it is used up by then.
    pub fn pass(&self) -> Token {
        let pass = Token::random();
        *self.passes() = Some((pass.clone(), Instant::now() + Self::PASS_LASTS));
        pass
    }

    /// Whether that is the pass. It is used up by this.
    pub(crate) fn takes_pass(&self, text: &str) -> bool {
        let mut passes = self.passes();
        let fits = passes.as_ref().is_some_and(|(pass, until)| pass.is(text) && Instant::now() < *until);
        if fits {
            *passes = None;
        }
        fits
    }

    fn passes(&self) -> MutexGuard<'_, Option<(Token, Instant)>> {
        self.pass.lock().expect("nothing panics while it holds the pass")
    }
}

/// The largest request: a prompt with pictures in it.
const LARGEST_BODY: usize = 64 * 1024 * 1024;

/// Everything that is served, without a socket.
pub fn app(site: Arc<Site>) -> Router {
    let ui = Router::new().fallback(get(assets::asset).fallback(no_such_method)).layer(CompressionLayer::new());
    let bridge = Router::new()
        .route("/call/{name}", post(calls::call).layer(DefaultBodyLimit::max(LARGEST_BODY)))
        .route("/pushes", get(pushes::pushes))
        .fallback(no_such_route)
        .method_not_allowed_fallback(no_such_method)
        .with_state(Arc::clone(&site));
    Router::new().nest("/bridge", bridge).fallback_service(ui).layer(middleware::from_fn_with_state(site, gate::gate))
}

async fn no_such_route() -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, Code::NotFound, "There is nothing here")
}

async fn no_such_method() -> Refusal {
    Refusal::new(StatusCode::METHOD_NOT_ALLOWED, Code::Invalid, "This method is not taken here")
}
