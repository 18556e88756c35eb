//! Calls of operations.

use std::sync::Arc;

use axum::extract::rejection::{BytesRejection, FailedToBufferBody};
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use bridge::{Call, Code, Kind, WindowId, operation};
use bytes::Bytes;
use serde_json::Value;

use crate::Site;
use crate::answer::Refusal;

/// Who calls, when the caller is no window.
const NO_WINDOW: &str = "none";

/// `POST /bridge/call/{name}`.
pub(crate) async fn call(
    State(site): State<Arc<Site>>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Refusal> {
    let kind = operation(&name).map(|operation| operation.kind);
    let payload = payload(&headers, &body.map_err(|rejection| unread(&rejection))?)?;
    let call = Call {
        window: window(text(&headers, "x-portal-window")?)?,
        request_id: text(&headers, "x-portal-request")?.map(ToOwned::to_owned),
        name,
        payload,
    };
    let reply = site.bridge.call(call).await?;
    let content_type = match kind {
        Some(Kind::Forward) => "application/octet-stream",
        _ => "application/json",
    };
    Ok(([(CONTENT_TYPE, content_type), (CACHE_CONTROL, "no-store")], reply).into_response())
}

/// The id of a window as a browser gives it.
pub(crate) fn window(text: Option<&str>) -> Result<WindowId, Refusal> {
    WindowId::new(text.unwrap_or(NO_WINDOW))
        .ok_or_else(|| Refusal::invalid("A window's id has 1 to 64 letters, digits, `-` or `_`"))
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, Refusal> {
    let value = headers.get(name).map(|value| value.to_str());
    value.transpose().map_err(|_| Refusal::invalid(format!("The header `{name}` makes no sense")))
}

/// Only JSON is taken: what a foreign page can send without asking first never is.
fn payload(headers: &HeaderMap, body: &[u8]) -> Result<Value, Refusal> {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        let message = "Requests are `application/json`";
        return Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, Code::Invalid, message));
    }
    if body.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_slice(body).map_err(|error| Refusal::invalid(format!("The request is not JSON: {error}")))
}

fn unread(rejection: &BytesRejection) -> Refusal {
    match rejection {
        BytesRejection::FailedToBufferBody(FailedToBufferBody::LengthLimitError(_)) => {
            Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, Code::Invalid, "The request is too large")
        }
        _ => Refusal::invalid("The request was cut off"),
    }
}
