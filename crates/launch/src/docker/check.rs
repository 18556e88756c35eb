//! Whether an image can be used: does it have opencode, and which version?

use std::time::{Duration, SystemTime};

use bollard::{
    errors::Error,
    models::{ContainerCreateBody, HostConfig, HostConfigLogConfig},
    query_parameters::{CreateContainerOptions, WaitContainerOptions},
};
use futures_util::StreamExt;

use super::{ContainerSummary, Engine, Image, ImageError, LogsOf, Phase, create::Throwaway, news::Clock};
use crate::LaunchError;

/// A processor of another kind that is played by software is slow.
const PATIENCE: Duration = Duration::from_mins(2);
/// Marks the container of a check, with the image that it checks.
const LABEL: &str = "org.opencode-portal.check";
/// Whoever began a check that is older than this has ended without removing its container: by then each is given up.
const LEFT: Duration = Duration::from_mins(10);
/// One that still runs may be another machine's at the same engine, whose clock we do not know: it is given much longer.
const RUNS_FOR_NOBODY: Duration = Duration::from_hours(6);
const MEMORY: i64 = 2 * 1024 * 1024 * 1024;
const PIDS: i64 = 512;
/// So many bytes of what it wrote are kept: an image may write without end.
const READ: usize = 64 << 10;
/// So much of it is told.
const TOLD: usize = 600;

/// An image that has opencode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedImage {
    /// The image.
    pub image: Image,
    /// The version of opencode in it.
    pub version: String,
}

impl Engine {
    /// Runs `opencode --version` in a container of that image that is thrown away.
    /// It has no network, sees nothing of the machine, and is removed even when nobody waits for it any longer.
    pub async fn check_image(&self, name: &str) -> Result<CheckedImage, ImageError> {
        let missing = || ImageError::Missing { image: name.to_owned() };
        let image = self.image(name).await?.ok_or_else(missing)?;
        let body = ContainerCreateBody {
            image: Some(image.id.clone()),
            entrypoint: Some(vec!["opencode".to_owned()]),
            cmd: Some(vec!["--version".to_owned()]),
            env: Some(vec!["HOME=/tmp".to_owned()]),
            labels: Some([(LABEL.to_owned(), name.to_owned())].into()),
            host_config: Some(HostConfig {
                network_mode: Some("none".to_owned()),
                cap_drop: Some(vec!["ALL".to_owned()]),
                security_opt: Some(vec!["no-new-privileges".to_owned()]),
                memory: Some(MEMORY),
                memory_swap: Some(MEMORY),
                pids_limit: Some(PIDS),
                log_config: Some(HostConfigLogConfig {
                    typ: Some("json-file".to_owned()),
                    config: Some([("max-size".to_owned(), "1m".to_owned())].into()),
                }),
                ..HostConfig::default()
            }),
            ..ContainerCreateBody::default()
        };
        let created = self.docker.create_container(None::<CreateContainerOptions>, body);
        let id = self.within(self.timeout, created).await?.id;
        let container = Throwaway::new(self, &id);
        let ended = self.run_to_end(&id).await;
        let version = match ended {
            Ok(Some((code, output))) => understood(name, code, &output),
            Ok(None) => Err(ImageError::Hangs { image: name.to_owned(), seconds: PATIENCE.as_secs() }),
            Err(LaunchError::EngineRefused { message, .. }) => understood(name, 127, &message),
            Err(error) => Err(error.into()),
        };
        container.remove().await?;
        match version {
            Ok(version) => Ok(CheckedImage { image, version }),
            Err(ImageError::WrongArchitecture { image: name, .. }) => Err(ImageError::WrongArchitecture {
                image: name,
                image_architecture: image.architecture,
                engine_architecture: self.version().await?.architecture,
            }),
            Err(error) => Err(error),
        }
    }

    /// Takes the containers of checks out of a list of all, and removes those that nobody waits for any longer: their program was ended
    /// in the middle.
    pub async fn clear_checks(&self, list: &mut Vec<ContainerSummary>) {
        let checks: Vec<_> = list.extract_if(.., |one| one.labels.contains_key(LABEL)).collect();
        if checks.is_empty() {
            return;
        }
        // By its own clock, which may be another machine's: by ours one that has just begun may be old.
        let Some(clock) = Clock::read(self).await else { return };
        let now = SystemTime::UNIX_EPOCH + clock.now();
        for check in checks.iter().filter(|check| is_left(check, now)) {
            tracing::info!(container = check.id, "The container of an image's check was left behind; it is removed");
            if let Err(error) = self.remove(&check.id).await {
                tracing::warn!(container = check.id, %error, "What a check has left could not be removed yet");
            }
        }
    }

    /// Starts a container and gives its code and what it wrote; none if it does not end.
    async fn run_to_end(&self, id: &str) -> Result<Option<(i64, String)>, LaunchError> {
        self.start(id).await?;
        let docker = self.docker.clone().with_timeout(PATIENCE);
        let mut waiting = Box::pin(docker.wait_container(id, None::<WaitContainerOptions>));
        let code = match tokio::time::timeout(PATIENCE, waiting.next()).await {
            Ok(Some(Ok(answer))) => answer.status_code,
            Ok(Some(Err(Error::DockerContainerWaitError { code, .. }))) => code,
            Ok(Some(Err(Error::RequestTimeoutError))) | Err(_) => return Ok(None),
            Ok(Some(Err(error))) => return Err(self.understood(error, self.timeout)),
            Ok(None) => return Err(self.no_answer(PATIENCE)),
        };
        let output = tokio::time::timeout(self.timeout, self.last_words(id)).await;
        let output = output.map_err(|_| self.no_answer(self.timeout))??;
        Ok(Some((code, String::from_utf8_lossy(&output).into_owned())))
    }

    /// The end of what a container has written.
    async fn last_words(&self, id: &str) -> Result<Vec<u8>, LaunchError> {
        let mut logs = self.logs(id, LogsOf { after: None, is_followed: false })?;
        let mut output = Vec::new();
        while let Some(entry) = logs.next().await {
            output.extend(entry?.bytes);
            output.drain(..output.len().saturating_sub(READ));
        }
        Ok(output)
    }
}

fn is_left(check: &ContainerSummary, now: SystemTime) -> bool {
    let patience = match check.phase {
        Phase::Created | Phase::Exited | Phase::Dead => LEFT,
        _ => RUNS_FOR_NOBODY,
    };
    now.duration_since(check.created).is_ok_and(|age| age > patience)
}

/// The version, from the end of `opencode --version` in a container.
fn understood(image: &str, code: i64, output: &str) -> Result<String, ImageError> {
    let image = image.to_owned();
    let lower = output.to_ascii_lowercase();
    if lower.contains("exec format error") {
        let (image_architecture, engine_architecture) = Default::default();
        return Err(ImageError::WrongArchitecture { image, image_architecture, engine_architecture });
    }
    let is_missing = ["executable file not found", "no such file or directory", "is not recognized"];
    if code != 0 && lower.contains("opencode") && is_missing.iter().any(|words| lower.contains(words)) {
        return Err(ImageError::NoOpencode { image });
    }
    let output = output.trim();
    let start = output.char_indices().rev().nth(TOLD).map_or(0, |(start, _)| start);
    let told = output[start..].to_owned();
    if code != 0 {
        return Err(ImageError::Ended { image, code, output: told });
    }
    version_of(output).ok_or(ImageError::NoVersion { image, output: told })
}

/// The first word that looks like a version: `1.18.33`, `v1.18.33`, `1.19.0-beta.1`.
fn version_of(output: &str) -> Option<String> {
    let is_version = |word: &&str| {
        let mut parts = word.splitn(3, '.');
        let number = |part: Option<&str>| part.is_some_and(|part| part.parse::<u32>().is_ok());
        number(parts.next())
            && number(parts.next())
            && parts.next().is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_digit()))
    };
    output.split_whitespace().map(|word| word.trim_start_matches('v')).find(is_version).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_that_is_under_way_is_left_alone() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_hours(24);
        for (phase, created, expected) in [
            (Phase::Exited, now, false),
            (Phase::Exited, now - PATIENCE, false),
            (Phase::Exited, now - LEFT * 2, true),
            (Phase::Created, now - LEFT * 2, true),
            (Phase::Exited, now + LEFT, false),
            (Phase::Running, now - LEFT * 2, false),
            (Phase::Running, now - RUNS_FOR_NOBODY * 2, true),
        ] {
            let check = ContainerSummary {
                id: "a".to_owned(),
                name: "a".to_owned(),
                image: "x".to_owned(),
                image_id: String::new(),
                command: "opencode --version".to_owned(),
                labels: [(LABEL.to_owned(), "x".to_owned())].into(),
                phase,
                ports: Vec::new(),
                created,
            };
            assert_eq!(is_left(&check, now), expected, "{phase:?} {created:?}");
        }
    }

    #[test]
    fn an_end_is_understood() {
        assert_eq!(understood("x", 0, "1.18.33\n").unwrap(), "1.18.33");
        assert_eq!(understood("x", 0, "a warning\nv1.19.0-beta.1\n").unwrap(), "1.19.0-beta.1");
        assert!(
            matches!(understood("x", 0, "hello 1.x"), Err(ImageError::NoVersion { output, .. }) if output == "hello 1.x")
        );
        for missing in [
            "OCI runtime create failed: exec: \"opencode\": executable file not found in $PATH: unknown",
            "crun: executable file `opencode` not found in $PATH: No such file or directory",
        ] {
            assert!(matches!(understood("x", 127, missing), Err(ImageError::NoOpencode { .. })), "{missing}");
        }
        for foreign in
            ["standard_init_linux.go:228: exec user process caused: exec format error", "exec /x: Exec format error"]
        {
            assert!(matches!(understood("x", 1, foreign), Err(ImageError::WrongArchitecture { .. })), "{foreign}");
        }
        assert!(
            matches!(understood("x", 3, "broken"), Err(ImageError::Ended { code: 3, output, .. }) if output == "broken")
        );
    }
}
