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
mod base_path;
mod certificate;
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
mod refusal;
mod secret;
mod session;
mod stream;
mod tls;
mod transport;
mod trust;
mod untrusted;

pub use address::{Scheme, ServerAddress};
pub use base_path::BasePath;
pub use certificate::Certificate;
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
pub use trust::{Fingerprint, NoFingerprint, Trust};
pub use untrusted::{CertificateProblem, UntrustedCertificate};
