//! The event stream of a server.

use std::sync::Arc;
use std::time::Duration;

use crate::{ApiError, Envelope, Frame, FrameDecoder, ServerEvent, decode_event};

/// Silence after which a stream counts as dead. The server sends a heartbeat every 10 s.
pub const STREAM_WATCHDOG: Duration = Duration::from_secs(25);

/// An open `GET /global/event`. Nothing is replayed: whoever opens one has to read the present state afterwards.
#[derive(Debug)]
pub struct EventStream {
    response: reqwest::Response,
    frames: FrameDecoder,
    watchdog: Duration,
    counts: EventCounts,
}

/// What came on a stream, by how it was understood.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EventCounts {
    /// Understood.
    pub known: u64,
    /// Dropped as noise.
    pub dropped: u64,
    /// Of kinds that we do not use or do not know.
    pub other: u64,
    /// Not readable.
    pub malformed: u64,
}

impl EventStream {
    pub(crate) fn new(response: reqwest::Response, watchdog: Duration) -> Self {
        Self { response, frames: FrameDecoder::default(), watchdog, counts: EventCounts::default() }
    }

    /// The next event; none when the server has closed the stream. No event is lost when the future is dropped.
    pub async fn next(&mut self) -> Result<Option<Envelope>, ApiError> {
        loop {
            while let Some(frame) = self.frames.next_frame() {
                if let Some(envelope) = self.understand(&frame) {
                    return Ok(Some(envelope));
                }
            }
            match tokio::time::timeout(self.watchdog, self.response.chunk()).await {
                Err(_) => {
                    return Err(ApiError::StreamStalled { silent: self.watchdog });
                }
                Ok(Err(error)) => {
                    return Err(ApiError::StreamBroken { source: Arc::new(error.without_url()) });
                }
                Ok(Ok(None)) => return Ok(None),
                Ok(Ok(Some(bytes))) => self.frames.push(&bytes),
            }
        }
    }

    /// What came so far.
    pub fn counts(&self) -> EventCounts {
        self.counts
    }

    fn understand(&mut self, frame: &Frame) -> Option<Envelope> {
        let envelope = match frame {
            Frame::Data(data) => decode_event(data),
            Frame::TooLong => Some(Envelope {
                directory: None,
                event: ServerEvent::Malformed { kind: None, problem: "the event is too long".to_owned() },
            }),
        };
        let count = match envelope.as_ref().map(|envelope| &envelope.event) {
            None => &mut self.counts.dropped,
            Some(ServerEvent::Other { .. }) => &mut self.counts.other,
            Some(ServerEvent::Malformed { .. }) => &mut self.counts.malformed,
            Some(_) => &mut self.counts.known,
        };
        *count += 1;
        envelope
    }
}
