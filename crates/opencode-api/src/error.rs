//! What can go wrong between us and a server.

use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;

use crate::UntrustedCertificate;

/// Cause of a transport error. Shared, so that an error can be kept and passed on.
pub(crate) type Cause = Arc<dyn Error + Send + Sync>;

/// An operation on a server failed.
#[derive(Clone, Debug, Error)]
pub enum ApiError {
    /// Nothing answers there, or the connection broke.
    #[error("Cannot reach `{address}`")]
    Unreachable {
        /// The server's address.
        address: String,
        /// What the transport said.
        #[source]
        source: Cause,
    },
    /// The server shows a certificate that is not trusted. Nothing was sent to it.
    #[error("The certificate of `{address}` {untrusted}")]
    Certificate {
        /// The server's address.
        address: String,
        /// The certificate, and what is wrong with it.
        untrusted: Box<UntrustedCertificate>,
    },
    /// No encrypted connection comes about.
    #[error("No encrypted connection to `{address}` comes about: {problem}")]
    Encryption {
        /// The server's address.
        address: String,
        /// Why.
        problem: String,
    },
    /// The file with the authorities whose certificates are to be trusted cannot be used.
    #[error("The certificates in `{}` cannot be used: {problem}", file.display())]
    Authorities {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// What answers there sends us elsewhere, and a password is not carried there.
    #[error("`{address}` only says that it is at `{to}`; use that address")]
    Moved {
        /// The server's address.
        address: String,
        /// Where it wants us to go.
        to: String,
    },
    /// The server took the connection and did not answer in time.
    #[error("`{address}` did not answer within {} ms", waited.as_millis())]
    Timeout {
        /// The server's address.
        address: String,
        /// How long we waited.
        waited: Duration,
    },
    /// The server wants other credentials (401).
    #[error("`{address}` wants a password that we do not have")]
    Unauthorized {
        /// The server's address.
        address: String,
    },
    /// What was asked about is not there (any more).
    #[error("`{path}` was not found: {message}")]
    NotFound {
        /// The route.
        path: String,
        /// The server's name for the error, such as `PermissionNotFoundError`; empty if it gave none.
        code: String,
        /// The server's words.
        message: String,
    },
    /// The server refused.
    #[error("The server refused `{path}` with status {status}: {message}")]
    Refused {
        /// The route.
        path: String,
        /// The HTTP status.
        status: u16,
        /// The server's name for the error, such as `SessionBusyError`; empty if it gave none.
        code: String,
        /// The server's words.
        message: String,
    },
    /// The server refuses whatever is about a directory, because it cannot read a configuration there.
    /// It looks at a configuration once: a server that has refused one goes on to, until it is started again.
    #[error("opencode refuses its configuration `{file}`: {message}")]
    Configuration {
        /// Which file.
        file: String,
        /// The server's words.
        message: String,
    },
    /// The answer is not what opencode answers.
    #[error("The answer to `{path}` makes no sense: {problem}")]
    Malformed {
        /// The route.
        path: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The answer is larger than we take, or never ends.
    #[error("The answer to `{path}` cannot be passed on: {problem}")]
    NotForwardable {
        /// The route.
        path: String,
        /// Why.
        problem: String,
    },
    /// The event stream is open and silent, heartbeats included.
    #[error("No event and no heartbeat for {} ms", silent.as_millis())]
    StreamStalled {
        /// How long it has been silent.
        silent: Duration,
    },
    /// The event stream broke.
    #[error("The event stream broke")]
    StreamBroken {
        /// What the transport said.
        #[source]
        source: Cause,
    },
}
