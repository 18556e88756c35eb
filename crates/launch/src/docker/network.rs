//! Networks of an engine.

use bollard::query_parameters::ListNetworksOptions;

use super::{Engine, off::OFF};
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

    /// Sees to it that a container can be put into the network of that name, before it is made. What it means is only known to the
    /// engine: ids are taken for names, and other words for the machine's own network.
    pub(super) async fn check_network(&self, name: &str) -> Result<(), LaunchError> {
        let networks = self.networks().await?;
        let Some(network) = networks.iter().find(|network| network.name == name) else {
            return Err(LaunchError::NetworkMissing { network: name.to_owned() });
        };
        match not_for_us(network) {
            Some(reason) => Err(LaunchError::NetworkNotForUs { network: name.to_owned(), reason }),
            None => Ok(()),
        }
    }
}

/// Why no container of ours is put into it.
fn not_for_us(network: &Network) -> Option<&'static str> {
    match network.driver.as_str() {
        _ if network.name == OFF => Some("it is looked after only where the network is to be off"),
        "host" => Some("it is the machine's own, where every other machine would reach what listens in the container"),
        "null" => Some("nothing reaches what is in it"),
        _ => None,
    }
}
