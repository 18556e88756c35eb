//! A Docker engine that answers: connecting to it, and telling its failures apart.

use std::{error::Error as StdError, io, time::Duration};

use bollard::{API_DEFAULT_VERSION, Docker, errors::Error};

use super::{ContainerState, EngineFound, TlsFiles, engine_version::OLDEST_API, state::state_of};
use crate::LaunchError;

/// A Docker engine.
#[derive(Debug, Clone)]
pub struct Engine {
    pub(super) docker: Docker,
    pub(super) address: String,
    pub(super) tls: Option<TlsFiles>,
    pub(super) timeout: Duration,
}

impl Engine {
    /// Connects to the engine at the address, like `unix:///var/run/docker.sock`; every call may take as long as `timeout`.
    pub async fn connect(address: &str, timeout: Duration) -> Result<Self, LaunchError> {
        Self::open(address, None, timeout).await
    }

    /// Connects to an engine that was found; every call may take as long as `timeout`.
    pub async fn connect_to(found: &EngineFound, timeout: Duration) -> Result<Self, LaunchError> {
        match &found.problem {
            Some(problem) => {
                Err(LaunchError::EngineUnusable { name: found.name.clone(), source: Box::new(problem.clone()) })
            }
            None => Self::open(&found.address, found.tls.clone(), timeout).await,
        }
    }

    /// The same engine over another connection.
    pub(super) async fn again(&self) -> Result<Self, LaunchError> {
        Self::open(&self.address, self.tls.clone(), self.timeout).await
    }

    async fn open(address: &str, tls: Option<TlsFiles>, timeout: Duration) -> Result<Self, LaunchError> {
        let docker = client(address, tls.as_ref(), timeout)?;
        let engine = Self { docker, address: address.to_owned(), tls, timeout };
        // Asking for its version shows whether it is there.
        let version = engine.within(timeout, engine.docker.version()).await?;
        let api = version.api_version.unwrap_or_default();
        let number = api.strip_prefix("1.").and_then(|minor| minor.parse::<u32>().ok());
        match number {
            Some(minor) if minor >= OLDEST_API => Ok(engine),
            Some(_) => Err(LaunchError::EngineTooOld { address: address.to_owned(), api }),
            None => {
                Err(LaunchError::EngineAnswer { source: format!("`{api}` is no version of Docker's interface").into() })
            }
        }
    }

    /// Where it is.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Whether it runs on this machine: only then do a project and a published port mean the same inside and outside.
    pub fn is_local(&self) -> bool {
        let Some((scheme, rest)) = self.address.split_once("://") else { return false };
        let host = rest.split(['/', '?']).next().unwrap_or_default();
        match scheme {
            "unix" | "npipe" => true,
            _ => host.starts_with("127.") || host.starts_with("localhost:") || host.starts_with("[::1]"),
        }
    }

    /// How the container is; [`ContainerState::Gone`] when there is none.
    pub async fn state(&self, container: &str) -> Result<ContainerState, LaunchError> {
        if !is_container(container) {
            return Ok(ContainerState::Gone);
        }
        match self.within(self.timeout, self.docker.inspect_container(container, None)).await {
            Ok(answer) => state_of(&answer.state.unwrap_or_default()),
            Err(LaunchError::EngineRefused { status: 404, .. }) => Ok(ContainerState::Gone),
            Err(error) => Err(error),
        }
    }

    /// A call, given up after `limit`.
    pub(super) async fn within<T>(
        &self,
        limit: Duration,
        call: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, LaunchError> {
        match tokio::time::timeout(limit, call).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(self.understood(error, limit)),
            Err(_) => Err(self.no_answer(limit)),
        }
    }

    pub(super) fn no_answer(&self, limit: Duration) -> LaunchError {
        LaunchError::EngineTimeout { address: self.address.clone(), seconds: limit.as_secs().max(1) }
    }

    pub(super) fn understood(&self, error: Error, limit: Duration) -> LaunchError {
        match error {
            Error::DockerResponseServerError { status_code, message } => {
                if is_disk_full(&message) {
                    return LaunchError::EngineDiskFull { address: self.address.clone() };
                }
                LaunchError::EngineRefused { status: status_code, message }
            }
            Error::DockerStreamError { error } => LaunchError::EngineRefused { status: 200, message: error },
            Error::RequestTimeoutError => self.no_answer(limit),
            Error::JsonDataError { .. }
            | Error::JsonSerdeError { .. }
            | Error::StrParseError { .. }
            | Error::APIVersionParseError {} => LaunchError::EngineAnswer { source: error.into() },
            // What is left happens to the connection.
            other => lost(&self.address, other),
        }
    }
}

/// Why there is no connection, or no longer.
fn lost(address: &str, error: Error) -> LaunchError {
    let address = address.to_owned();
    if causes(&error)
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|cause| cause.kind() == io::ErrorKind::PermissionDenied)
    {
        return LaunchError::EnginePermission { address };
    }
    // The library of certificates is below one that we do not name; its words are all there is.
    let words: Vec<String> = causes(&error).map(ToString::to_string).collect();
    if let Some(reason) = words.iter().rev().find(|text| text.contains("certificate") || text.contains("tls")) {
        return LaunchError::EngineTls { address, reason: reason.clone() };
    }
    LaunchError::EngineUnreachable { address, source: error.into() }
}

fn causes<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |error| StdError::source(*error))
}

fn client(address: &str, tls: Option<&TlsFiles>, timeout: Duration) -> Result<Docker, LaunchError> {
    let seconds = timeout.as_secs().max(1);
    let unsupported = || LaunchError::EngineAddress { address: address.to_owned() };
    let (scheme, rest) = address.split_once("://").ok_or_else(unsupported)?;
    if rest.is_empty() {
        return Err(unsupported());
    }
    let docker = match (scheme, tls) {
        #[cfg(unix)]
        ("unix", _) => Docker::connect_with_unix(address, seconds, API_DEFAULT_VERSION),
        #[cfg(windows)]
        ("npipe", _) => Docker::connect_with_named_pipe(address, seconds, API_DEFAULT_VERSION),
        ("tcp" | "http", None) => Docker::connect_with_http(address, seconds, API_DEFAULT_VERSION),
        ("tcp" | "https", Some(tls)) => tls.connect(address, seconds),
        _ => return Err(unsupported()),
    };
    docker.map_err(|error| lost(address, error))
}

/// Whether the text can be the name or the id of a container. Anything else must not become part of a path.
pub(super) fn is_container(text: &str) -> bool {
    let mut letters = text.bytes();
    letters.next().is_some_and(|first| first.is_ascii_alphanumeric())
        && letters.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-'))
}

pub(super) fn is_disk_full(message: &str) -> bool {
    message.to_ascii_lowercase().contains("no space left on device")
}

pub(super) fn gone_if_not_found(error: LaunchError, container: &str) -> LaunchError {
    match error {
        // Networks and files that are missing are told in the same way.
        LaunchError::EngineRefused { status: 404, message } if is_about_the_container(&message) => {
            LaunchError::ContainerGone { container: container.to_owned() }
        }
        other => other,
    }
}

fn is_about_the_container(message: &str) -> bool {
    let lower = message.to_ascii_lowercase();
    lower.contains("no such container") || lower.contains("no container with")
}
