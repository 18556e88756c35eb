//! Pushes as server-sent events.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::HeaderName;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::StreamExt as _;
use serde::Deserialize;

use crate::Site;
use crate::answer::Refusal;
use crate::calls::window;

/// The query of `/bridge/pushes`.
#[derive(Deserialize)]
pub(crate) struct Which {
    window: String,
}

/// `GET /bridge/pushes?window=ID`. The bridge's own heartbeats come more often than the comments that keep the connection alive.
pub(crate) async fn pushes(
    State(site): State<Arc<Site>>,
    which: Result<Query<Which>, QueryRejection>,
) -> Result<impl IntoResponse, Refusal> {
    let Query(Which { window: id }) = which.map_err(|_| Refusal::invalid("`window` says whose pushes"))?;
    let pushes = site.bridge.open_window(&window(Some(&id))?);
    let events = pushes.into_stream().filter_map(|push| async move {
        match Event::default().json_data(&push) {
            Ok(event) => Some(Ok::<_, Infallible>(event)),
            Err(error) => {
                // The window sees the gap in the numbers and asks for a snapshot.
                tracing::error!(%error, "a push could not be written");
                None
            }
        }
    });
    let unbuffered = [(HeaderName::from_static("x-accel-buffering"), "no")];
    Ok((unbuffered, Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(15)))))
}
