//! Networks of an engine.

use bollard::query_parameters::ListNetworksOptions;

use super::Engine;
use crate::LaunchError;

/// A network of an engine.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Network {
    /// Its name.
    pub name: String,
    /// What makes it, like `bridge`, `host` or `null`.
    pub driver: String,
    /// Whether it leads nowhere beyond the engine's machine.
    pub is_internal: bool,
}

impl Engine {
    /// Every network, by name.
    pub async fn networks(&self) -> Result<Vec<Network>, LaunchError> {
        let listed = self.within(self.timeout, self.docker.list_networks(None::<ListNetworksOptions>)).await?;
        let mut networks: Vec<_> = listed
            .into_iter()
            .filter_map(|network| {
                Some(Network {
                    name: network.name?,
                    driver: network.driver.unwrap_or_default(),
                    is_internal: network.internal.unwrap_or_default(),
                })
            })
            .collect();
        networks.sort_unstable();
        Ok(networks)
    }
}
