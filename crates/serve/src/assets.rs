//! The UI: compiled in, or read from disk in debug builds.

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use bridge::Code;
use rust_embed::Embed;

use crate::answer::Refusal;

#[derive(Embed)]
#[folder = "../../ui/dist"]
#[allow_missing = true]
struct Ui;

/// `GET /…`. The first page for `/`; nothing else stands for a missing file.
pub(crate) async fn asset(uri: Uri) -> Result<Response, Refusal> {
    let path = match uri.path().trim_start_matches('/') {
        "" => "index.html",
        path => path,
    };
    let file = Ui::get(path).ok_or_else(|| missing(path))?;
    // Vite puts a hash of the content into the names under `assets/`.
    let caching = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    Ok(([(CONTENT_TYPE, content_type(path)), (CACHE_CONTROL, caching)], file.data).into_response())
}

fn missing(path: &str) -> Refusal {
    let refusal = Refusal::new(StatusCode::NOT_FOUND, Code::NotFound, format!("There is no `/{path}`"));
    if path == "index.html" { refusal.hint("The UI was not built: `npm run build` in ui/") } else { refusal }
}

/// The type of a file by its name; a name that Vite does not make is bytes.
fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json" | "map") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("wasm") => "application/wasm",
        Some("webmanifest") => "application/manifest+json",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
