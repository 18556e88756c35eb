//! One opencode server, seen from outside: its address, its HTTP operations, its event stream and its types.
//!
//! Owns everything that is true of opencode's wire and of no other program: routes, headers, error bodies,
//! the shapes of events, and the quirks of the releases that are in use.
//!
//! Must not know what an instance is, who started the server, or what anybody does with an event.
//! No other crate names the HTTP library.
//!
//! Three rules hold for everything that comes in.
//! Unknown fields are ignored, unknown kinds of events become [`ServerEvent::Other`], and what cannot be
//! read becomes [`ServerEvent::Malformed`]: nothing that a server sends ends a stream or panics.

mod address;
mod client;
mod decode;
#[cfg(test)]
mod decode_tests;
mod directory;
mod error;
mod event;
mod forward;
mod frames;
mod id;
mod permission;
mod port;
mod question;
mod secret;
mod session;
mod stream;

pub use address::ServerAddress;
pub use client::{Client, Health, Identified};
pub use decode::decode_event;
pub use directory::Directory;
pub use error::ApiError;
pub use event::{Envelope, ServerEvent};
pub use forward::{Forward, Forwarded, Method, UnknownMethod};
pub use frames::{Frame, FrameDecoder};
pub use id::{MessageId, PartId, RequestId, SessionId};
pub use permission::{PermissionReply, PermissionRequest, ToolCall};
pub use port::Port;
pub use question::{Question, QuestionOption, QuestionRequest};
pub use secret::Secret;
pub use session::{Session, SessionStatus};
pub use stream::{EventCounts, EventStream, STREAM_WATCHDOG};
