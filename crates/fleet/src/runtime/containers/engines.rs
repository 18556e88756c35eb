//! Which container engines there are, and connecting to one.

use std::path::PathBuf;
use std::time::Duration;

use launch::LaunchError;
use launch::docker::{Engine, EngineFound, NETWORK_OFF, NetworkChoice, Product, choose, engines};

use super::super::context::Context;
use crate::EngineSummary;
use crate::containers::ContainerRef;

/// How long an engine may take to say what it is.
const LOOK: Duration = Duration::from_secs(3);

/// The engines that there may be, the usual one first.
pub(super) async fn find(context: &Context) -> Vec<EngineFound> {
    let environment = context.shell.environment().await;
    let home = context.folders.home.clone();
    let found = tokio::task::spawn_blocking(move || engines(&environment, &home));
    // A mistake of ours there: none is found, and that is said.
    found.await.unwrap_or_default()
}

/// The sockets of all engines that there are: no container may see any of them.
pub(super) async fn sockets(context: &Context) -> Vec<PathBuf> {
    launch::docker::sockets(&find(context).await)
}

/// Connects to the engine that a profile names; none: the usual one.
pub(super) async fn connect(
    context: &Context,
    chosen: Option<&str>,
    patience: Duration,
) -> Result<Engine, LaunchError> {
    let engine = choose(&find(context).await, chosen)?;
    Engine::connect_to(&engine, patience).await
}

/// Connects to the engine of a container.
pub(super) async fn connect_to(
    context: &Context,
    container: &ContainerRef,
    patience: Duration,
) -> Result<Engine, LaunchError> {
    connect(context, Some(container.engine.as_str()).filter(|engine| !engine.is_empty()), patience).await
}

/// Every engine that there may be, with what a person can choose of it. One that is silent holds up no other.
pub(crate) async fn list(context: &Context) -> Vec<EngineSummary> {
    let found = find(context).await;
    futures_util::future::join_all(found.into_iter().map(summary)).await
}

async fn summary(found: EngineFound) -> EngineSummary {
    let mut summary = EngineSummary {
        name: found.name.clone(),
        address: found.address.clone(),
        version: None,
        problem: None,
        network_off_problem: None,
        networks: Vec::new(),
        images: Vec::new(),
    };
    let asked = async {
        let engine = Engine::connect_to(&found, LOOK).await?;
        let version = engine.version().await?;
        summary.networks = engine.networks().await?.into_iter().map(|network| network.name).collect();
        let product = match version.product {
            Product::Docker => "Docker",
            Product::Podman => "Podman",
        };
        summary.version = Some(format!("{product} {}", version.version));
        // Nothing less is lost than the choice among them: any other name can be typed.
        summary.images = engine.images().await.unwrap_or_default();
        // One of another machine answers, and no folder of this one can be given to its containers.
        engine.check_fit(&version, &NetworkChoice::On)?;
        let without_network = engine.check_fit(&version, &NetworkChoice::Off);
        summary.network_off_problem = without_network.err().map(|error| error.to_string());
        Ok::<(), LaunchError>(())
    };
    if let Err(error) = asked.await {
        let failure = super::failed(&error);
        let hint = failure.hint.map(|hint| format!("; {hint}")).unwrap_or_default();
        summary.problem = Some(format!("{}{hint}", failure.cause));
    }
    // No container of ours goes into these.
    summary.networks.retain(|name| !["host", "none", NETWORK_OFF].contains(&name.as_str()));
    summary.images.retain(|name| name.to_lowercase().contains("opencode"));
    summary
}
