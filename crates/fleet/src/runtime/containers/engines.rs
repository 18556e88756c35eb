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

/// An engine as one of these is spelled that is the same, by name or by address; as it is where none is.
pub(crate) async fn spelled(context: &Context, engine: &str, known: &[String]) -> String {
    if known.is_empty() || known.iter().any(|known| known == engine) {
        return engine.to_owned();
    }
    as_known(&find(context).await, engine, known).unwrap_or(engine).to_owned()
}

fn as_known<'a>(found: &[EngineFound], engine: &str, known: &'a [String]) -> Option<&'a str> {
    let address = |engine: &str| choose(found, Some(engine)).ok().map(|found| found.address);
    let wanted = address(engine)?;
    known.iter().find(|known| address(known).as_ref() == Some(&wanted)).map(String::as_str)
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
        let hint = match &error {
            // No instance is meant here, which would stay at it.
            LaunchError::EngineUnreachable { .. } | LaunchError::EngineTimeout { .. } => {
                Some("Start that container engine".to_owned())
            }
            _ => failure.hint,
        };
        let hint = hint.map(|hint| format!("; {hint}")).unwrap_or_default();
        summary.problem = Some(format!("{}{hint}", failure.cause));
    }
    // No container of ours goes into these.
    summary.networks.retain(|name| !["host", "none", NETWORK_OFF].contains(&name.as_str()));
    summary.images.retain(|name| name.to_lowercase().contains("opencode"));
    summary
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use launch::Environment;
    use launch::docker::engines;

    use super::as_known;

    #[test]
    fn a_name_and_an_address_are_the_same_engine() {
        let folder = tempfile::tempdir().unwrap();
        let address = format!("unix://{}/a.sock", folder.path().display());
        let mut environment = Environment::default();
        environment.set(OsString::from("DOCKER_HOST"), address.clone());
        let found = engines(&environment, folder.path());
        let name = found.iter().find(|found| found.address == address).unwrap().name.clone();
        assert_ne!(name, address);
        let known = ["lab".to_owned(), "tcp://far:2376".to_owned(), address.clone()];
        for (engine, expected) in [
            (name.as_str(), Some(address.as_str())),
            (&address, Some(&address)),
            ("tcp://far:2376", Some("tcp://far:2376")),
            ("tcp://other:2376", None),
            ("nobody", None),
        ] {
            assert_eq!(as_known(&found, engine, &known), expected, "{engine}");
        }
        assert_eq!(as_known(&found, &address, std::slice::from_ref(&name)), Some(name.as_str()));
    }
}
