//! Containers of a Docker engine: how they are, starting and stopping them.

use std::{path::Path, time::Duration};

use bollard::{API_DEFAULT_VERSION, Docker, errors::Error, query_parameters::StopContainerOptionsBuilder};

use crate::LaunchError;

/// How a container is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContainerState {
    /// It runs (or is paused, or is being restarted).
    Running,
    /// It was made but never started.
    Created,
    /// It has ended.
    Exited {
        /// With this code.
        code: i64,
        /// Whether it was killed because it used too much memory.
        out_of_memory: bool,
    },
    /// There is no such container.
    Gone,
}

/// A Docker engine.
#[derive(Debug, Clone)]
pub struct Engine {
    docker: Docker,
    address: String,
    timeout: Duration,
}

/// The address of the engine: what the user set (`DOCKER_HOST`), or else the first of the usual sockets that is there.
pub fn address(docker_host: Option<&str>, home: &Path, runtime_folder: Option<&Path>) -> String {
    if let Some(host) = docker_host.filter(|host| !host.is_empty()) {
        return host.to_owned();
    }
    let usual = [
        Some(Path::new("/var/run/docker.sock").to_owned()),
        runtime_folder.map(|folder| folder.join("docker.sock")),
        Some(home.join(".docker/run/docker.sock")),
    ];
    let found = usual.into_iter().flatten().find(|path| path.exists());
    format!("unix://{}", found.unwrap_or_else(|| "/var/run/docker.sock".into()).display())
}

impl Engine {
    /// Connects to the engine at the address, like `unix:///var/run/docker.sock`; every call may take as long as `timeout`.
    pub async fn connect(address: &str, timeout: Duration) -> Result<Self, LaunchError> {
        let seconds = timeout.as_secs().max(1);
        let docker = if address.starts_with("unix://") {
            #[cfg(unix)]
            let docker = Docker::connect_with_unix(address, seconds, API_DEFAULT_VERSION);
            #[cfg(not(unix))]
            return Err(LaunchError::EngineAddress { address: address.to_owned() });
            #[cfg(unix)]
            docker
        } else if address.starts_with("tcp://") || address.starts_with("http://") {
            Docker::connect_with_http(address, seconds, API_DEFAULT_VERSION)
        } else {
            return Err(LaunchError::EngineAddress { address: address.to_owned() });
        };
        let docker = docker
            .map_err(|source| LaunchError::EngineUnreachable { address: address.to_owned(), source: source.into() })?;
        let mut engine = Self { docker, address: address.to_owned(), timeout };
        // An older engine refuses calls in a newer version of its API; asking for its own also shows whether it is there.
        engine.docker = engine.within(timeout, engine.docker.clone().negotiate_version()).await?;
        Ok(engine)
    }

    /// How the container is.
    pub async fn inspect(&self, container: &str) -> Result<ContainerState, LaunchError> {
        match self.within(self.timeout, self.docker.inspect_container(container, None)).await {
            Ok(answer) => state_of(&answer.state.unwrap_or_default()),
            Err(LaunchError::EngineRefused { status: 404, .. }) => Ok(ContainerState::Gone),
            Err(error) => Err(error),
        }
    }

    /// Starts the container; well when it runs already.
    pub async fn start(&self, container: &str) -> Result<(), LaunchError> {
        self.within(self.timeout, self.docker.start_container(container, None))
            .await
            .map_err(|error| gone_if_not_found(error, container))
    }

    /// Asks the container to end, and kills it after `grace`; well when it has ended already.
    pub async fn stop(&self, container: &str, grace: Duration) -> Result<(), LaunchError> {
        let options = StopContainerOptionsBuilder::new().t(i32::try_from(grace.as_secs()).unwrap_or(i32::MAX)).build();
        // The engine answers when the container has ended.
        let call = self.docker.clone().with_timeout(grace + self.timeout);
        self.within(grace + self.timeout, call.stop_container(container, Some(options)))
            .await
            .map_err(|error| gone_if_not_found(error, container))
    }

    async fn within<T>(&self, limit: Duration, call: impl Future<Output = Result<T, Error>>) -> Result<T, LaunchError> {
        match tokio::time::timeout(limit, call).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(self.understood(error, limit)),
            Err(_) => Err(self.no_answer(limit)),
        }
    }

    fn no_answer(&self, limit: Duration) -> LaunchError {
        LaunchError::EngineTimeout { address: self.address.clone(), seconds: limit.as_secs().max(1) }
    }

    fn understood(&self, error: Error, limit: Duration) -> LaunchError {
        match error {
            Error::DockerResponseServerError { status_code, message } => {
                LaunchError::EngineRefused { status: status_code, message }
            }
            Error::RequestTimeoutError => self.no_answer(limit),
            Error::JsonDataError { .. }
            | Error::JsonSerdeError { .. }
            | Error::StrParseError { .. }
            | Error::APIVersionParseError {} => LaunchError::EngineAnswer { source: error.into() },
            // What is left happens to the connection.
            other => LaunchError::EngineUnreachable { address: self.address.clone(), source: other.into() },
        }
    }
}

fn state_of(state: &bollard::models::ContainerState) -> Result<ContainerState, LaunchError> {
    use bollard::models::ContainerStateStatusEnum as Status;
    match state.status {
        Some(Status::RUNNING | Status::PAUSED | Status::RESTARTING | Status::STOPPING) => Ok(ContainerState::Running),
        Some(Status::CREATED) => Ok(ContainerState::Created),
        Some(Status::EXITED | Status::DEAD) => Ok(ContainerState::Exited {
            code: state.exit_code.unwrap_or_default(),
            out_of_memory: state.oom_killed.unwrap_or_default(),
        }),
        Some(Status::REMOVING) => Ok(ContainerState::Gone),
        Some(Status::EMPTY) | None => {
            Err(LaunchError::EngineAnswer { source: "it names no state of the container".into() })
        }
    }
}

fn gone_if_not_found(error: LaunchError, container: &str) -> LaunchError {
    match error {
        LaunchError::EngineRefused { status: 404, .. } => {
            LaunchError::ContainerGone { container: container.to_owned() }
        }
        other => other,
    }
}
