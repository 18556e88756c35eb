//! Starting, stopping and removing containers.

use std::{collections::BTreeMap, time::Duration};

use bollard::{
    errors::Error,
    query_parameters::{
        KillContainerOptionsBuilder, RemoveContainerOptionsBuilder, RemoveVolumeOptions, RenameContainerOptionsBuilder,
        RestartContainerOptionsBuilder, StopContainerOptionsBuilder,
    },
};

use super::{
    ContainerName, Engine,
    engine::{gone_if_not_found, is_container},
};
use crate::LaunchError;

impl Engine {
    /// Starts the container; well when it runs already.
    pub async fn start(&self, container: &str) -> Result<(), LaunchError> {
        self.ready_network_off(container).await?;
        let started = self.on(container, self.timeout, self.docker.start_container(container, None)).await;
        started.map_err(|error| not_started(error, container))
    }

    /// Asks the container to end, and kills it after `grace`; well when it has ended already.
    pub async fn stop(&self, container: &str, grace: Duration) -> Result<(), LaunchError> {
        let options = StopContainerOptionsBuilder::new().t(seconds(grace)).build();
        // The engine answers when the container has ended.
        let limit = grace + self.timeout;
        let call = self.docker.clone().with_timeout(limit);
        self.on(container, limit, call.stop_container(container, Some(options))).await
    }

    /// Stops it as [`Self::stop`] does, and starts it again; starts it when it has ended already.
    pub async fn restart(&self, container: &str, grace: Duration) -> Result<(), LaunchError> {
        self.ready_network_off(container).await?;
        let options = RestartContainerOptionsBuilder::new().t(seconds(grace)).build();
        let limit = grace + self.timeout + self.timeout;
        let call = self.docker.clone().with_timeout(limit);
        let restarted = self.on(container, limit, call.restart_container(container, Some(options))).await;
        restarted.map_err(|error| not_started(error, container))
    }

    /// Ends the container at once; well when it has ended already.
    pub async fn kill(&self, container: &str) -> Result<(), LaunchError> {
        let options = KillContainerOptionsBuilder::new().signal("SIGKILL").build();
        match self.on(container, self.timeout, self.docker.kill_container(container, Some(options))).await {
            // What does not run cannot be killed.
            Err(LaunchError::EngineRefused { status: 409, .. }) => Ok(()),
            other => other,
        }
    }

    /// Lets a paused container go on; well when it is not paused.
    pub async fn unpause(&self, container: &str) -> Result<(), LaunchError> {
        match self.on(container, self.timeout, self.docker.unpause_container(container)).await {
            Err(LaunchError::EngineRefused { status: 409 | 500, message }) if message.contains("not paused") => Ok(()),
            other => other,
        }
    }

    /// Removes the container, killing it if it runs; well when there is none. Its volumes with a name stay.
    pub async fn remove(&self, container: &str) -> Result<(), LaunchError> {
        self.removed(container, true).await
    }

    /// Removes the container as [`Self::remove`] does, but only if it does not run: [`LaunchError::ContainerRuns`] otherwise.
    pub async fn remove_ended(&self, container: &str) -> Result<(), LaunchError> {
        match self.removed(container, false).await {
            Err(LaunchError::EngineRefused { status: 409 | 500, message }) if is_about_running(&message) => {
                Err(LaunchError::ContainerRuns { container: container.to_owned() })
            }
            other => other,
        }
    }

    async fn removed(&self, container: &str, is_forced: bool) -> Result<(), LaunchError> {
        let options = RemoveContainerOptionsBuilder::new().force(is_forced).v(true).build();
        match self.on(container, self.timeout, self.docker.remove_container(container, Some(options))).await {
            Err(LaunchError::ContainerGone { .. }) => Ok(()),
            // Somebody else is removing it at this moment.
            Err(LaunchError::EngineRefused { status: 409, message }) if message.contains("already in progress") => {
                Ok(())
            }
            other => other,
        }
    }

    /// The labels of a volume; none where there is no such volume.
    pub async fn volume_labels(&self, volume: &str) -> Result<Option<BTreeMap<String, String>>, LaunchError> {
        if !is_container(volume) {
            return Ok(None);
        }
        match self.within(self.timeout, self.docker.inspect_volume(volume)).await {
            Ok(volume) => Ok(Some(volume.labels.into_iter().collect())),
            Err(LaunchError::EngineRefused { status: 404, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Removes a volume, with all that is in it; well when there is none.
    pub async fn remove_volume(&self, volume: &str) -> Result<(), LaunchError> {
        if !is_container(volume) {
            return Ok(());
        }
        match self.within(self.timeout, self.docker.remove_volume(volume, None::<RemoveVolumeOptions>)).await {
            Err(LaunchError::EngineRefused { status: 404, .. }) => Ok(()),
            Err(LaunchError::EngineRefused { status: 409, .. }) => {
                Err(LaunchError::VolumeInUse { volume: volume.to_owned() })
            }
            other => other,
        }
    }

    /// Gives the container another name.
    pub async fn rename(&self, container: &str, name: &ContainerName) -> Result<(), LaunchError> {
        let options = RenameContainerOptionsBuilder::new().name(name.as_str()).build();
        match self.on(container, self.timeout, self.docker.rename_container(container, options)).await {
            Err(LaunchError::EngineRefused { status: 409, .. }) => {
                Err(LaunchError::ContainerNameTaken { name: name.to_string() })
            }
            other => other,
        }
    }

    /// A call about one container.
    pub(super) async fn on<T>(
        &self,
        container: &str,
        limit: Duration,
        call: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, LaunchError> {
        if !is_container(container) {
            return Err(LaunchError::ContainerGone { container: container.to_owned() });
        }
        self.within(limit, call).await.map_err(|error| gone_if_not_found(error, container))
    }
}

/// Whether the engine refuses to remove a container because that is up.
fn is_about_running(message: &str) -> bool {
    let lower = message.to_ascii_lowercase();
    ["running", "paused", "restarting"].iter().any(|word| lower.contains(word))
}

fn seconds(grace: Duration) -> i32 {
    i32::try_from(grace.as_secs()).unwrap_or(i32::MAX)
}

/// Why a container could not be started, from the words of the engine: it has no better way to tell.
fn not_started(error: LaunchError, container: &str) -> LaunchError {
    let LaunchError::EngineRefused { status, message } = error else { return error };
    let lower = message.to_ascii_lowercase();
    if lower.contains("port is already allocated") || lower.contains("address already in use") {
        return LaunchError::ContainerPortTaken { port: port_in(&message), message };
    }
    if lower.contains("paused container") {
        return LaunchError::ContainerPaused { container: container.to_owned() };
    }
    if let Some(network) = network_in(&lower, &message) {
        return LaunchError::NetworkMissing { network };
    }
    let is_share = ["mounts denied", "not shared from", "file sharing", "error while creating mount source path"];
    if is_share.iter().any(|words| lower.contains(words)) {
        return LaunchError::DirectoryNotShared { message };
    }
    LaunchError::EngineRefused { status, message }
}

/// The network in `network NAME not found`.
fn network_in(lower: &str, message: &str) -> Option<String> {
    let start = lower.find("network ")? + "network ".len();
    let name = message.get(start..start + lower.get(start..)?.find(" not found")?)?;
    (!name.contains(' ')).then(|| name.to_owned())
}

/// The port in `... 127.0.0.1:4096 failed: port is already allocated`.
fn port_in(message: &str) -> Option<u16> {
    message.split_whitespace().filter_map(|word| word.trim_end_matches(':').rsplit_once(':')).find_map(
        |(host, port)| {
            let port = port.trim_end_matches(|letter: char| !letter.is_ascii_digit()).parse().ok()?;
            (port != 0 && (host.contains('.') || host.contains(']') || host == "0.0.0.0")).then_some(port)
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_that_failed_says_why() {
        let refused =
            |message: &str| not_started(LaunchError::EngineRefused { status: 500, message: message.to_owned() }, "abc");
        for message in [
            "driver failed programming external connectivity on endpoint x (0ff): Bind for 127.0.0.1:4096 failed: port is already allocated",
            "driver failed programming external connectivity on endpoint x (0ff): Error starting userland proxy: listen tcp4 127.0.0.1:4096: bind: address already in use",
            "rootlessport listen tcp 127.0.0.1:4096: bind: address already in use",
        ] {
            assert!(matches!(refused(message), LaunchError::ContainerPortTaken { port: Some(4096), .. }), "{message}");
        }
        assert!(matches!(
            refused("Mounts denied: The path /x is not shared from the host and is not known to Docker."),
            LaunchError::DirectoryNotShared { .. }
        ));
        assert!(matches!(
            refused("cannot start a paused container, try unpause instead"),
            LaunchError::ContainerPaused { container } if container == "abc"
        ));
        assert!(matches!(
            refused("network Team-Net not found"),
            LaunchError::NetworkMissing { network } if network == "Team-Net"
        ));
        assert!(matches!(refused("anything else"), LaunchError::EngineRefused { status: 500, .. }));
    }
}
