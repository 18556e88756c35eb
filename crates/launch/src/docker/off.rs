//! The network of containers that reach nothing beyond the engine's machine.
//!
//! It is one for all of them, so it is looked at before each use: whoever else made a network of that name decided where it leads.

use std::collections::HashMap;

use bollard::{
    models::{Network, NetworkConnectRequest, NetworkCreateRequest, NetworkDisconnectRequest},
    query_parameters::ListNetworksOptionsBuilder,
};
use tokio::sync::Mutex;

use super::{Engine, Product};
use crate::LaunchError;

/// The name of the network of those that reach nothing.
pub const OFF: &str = "opencode-portal-off";
const LABEL: (&str, &str) = ("org.opencode-portal", "network");
/// Keeps its containers from each other. The machine itself still reaches them, which a gateway mode of `isolated` would end.
const BETWEEN: &str = "com.docker.network.bridge.enable_icc";
/// Engines let two networks have one name; two starts of this program do not make it twice.
static MAKING: Mutex<()> = Mutex::const_new(());

impl Engine {
    /// Sees to it that the network is there and leads nowhere.
    pub(super) async fn make_network_off(&self, product: &Product) -> Result<(), LaunchError> {
        let _alone = MAKING.lock().await;
        if self.check_network_off(product).await? {
            return Ok(());
        }
        let between = (BETWEEN.to_owned(), "false".to_owned());
        let request = NetworkCreateRequest {
            name: OFF.to_owned(),
            driver: Some("bridge".to_owned()),
            internal: Some(true),
            // Podman refuses what it does not know.
            options: (*product == Product::Docker).then(|| HashMap::from([between])),
            labels: Some(HashMap::from([(LABEL.0.to_owned(), LABEL.1.to_owned())])),
            ..NetworkCreateRequest::default()
        };
        match self.within(self.timeout, self.docker.create_network(request)).await {
            // Another host was faster.
            Ok(_) | Err(LaunchError::EngineRefused { status: 409, .. }) => {}
            Err(error) => return Err(error),
        }
        self.check_network_off(product).await.map(drop)
    }

    /// Looks at the network before a container that is in it is started, and makes it anew if it was removed meanwhile, as
    /// `docker network prune` does.
    pub(super) async fn ready_network_off(&self, container: &str) -> Result<(), LaunchError> {
        let inspected = self.docker.inspect_container(container, None);
        let found = self.on(container, self.timeout, inspected).await?;
        let mode = found.host_config.and_then(|host| host.network_mode).unwrap_or_default();
        if mode != OFF {
            return Ok(());
        }
        let product = self.version().await?.product;
        if self.check_network_off(&product).await? {
            return Ok(());
        }
        self.make_network_off(&product).await?;
        // It is still tied to the one that is gone.
        let leave = NetworkDisconnectRequest { container: container.to_owned(), force: Some(true) };
        let _was_gone = self.within(self.timeout, self.docker.disconnect_network(OFF, leave)).await;
        let join = NetworkConnectRequest { container: container.to_owned(), ..NetworkConnectRequest::default() };
        self.within(self.timeout, self.docker.connect_network(OFF, join)).await
    }

    /// Whether the network is there; an error if it is not as we make it.
    async fn check_network_off(&self, product: &Product) -> Result<bool, LaunchError> {
        let mut all = self.networks_off().await?;
        if let Some(reason) = all.iter().find_map(|network| problem(network, product)) {
            return Err(LaunchError::NetworkNotOurs { network: OFF.to_owned(), reason });
        }
        // Two hosts have made it at the same moment, and by its name none of both could be used. The older one stays, for both hosts.
        all.sort_unstable_by_key(|network| (network.created.clone(), network.id.clone()));
        for twin in all.iter().skip(1).filter_map(|network| network.id.as_deref()) {
            if let Err(error) = self.within(self.timeout, self.docker.remove_network(twin)).await {
                tracing::info!(%error, network = twin, "a network of the same name as another one stays");
            }
        }
        Ok(!all.is_empty())
    }

    async fn networks_off(&self) -> Result<Vec<Network>, LaunchError> {
        let filters = HashMap::from([("name", vec![OFF])]);
        let options = ListNetworksOptionsBuilder::new().filters(&filters).build();
        let mut all = self.within(self.timeout, self.docker.list_networks(Some(options))).await?;
        // The filter takes a part of a name, too.
        all.retain(|network| network.name.as_deref() == Some(OFF));
        Ok(all)
    }
}

/// Why a network is not what its name says.
fn problem(network: &Network, product: &Product) -> Option<&'static str> {
    let label = network.labels.as_ref().and_then(|labels| labels.get(LABEL.0));
    let between = network.options.as_ref().and_then(|options| options.get(BETWEEN));
    if network.internal != Some(true) {
        Some("it leads to other machines")
    } else if label.map(String::as_str) != Some(LABEL.1) {
        Some("somebody else made it")
    } else if *product == Product::Docker && between.map(String::as_str) != Some("false") {
        Some("its containers reach each other")
    } else {
        None
    }
}
