//! What there is to choose from for the place of an instance.

use fleet::EngineSummary;

use crate::messages::{EngineView, EnginesView, Nothing};
use crate::{Core, Failure};

/// What to do where there is no engine.
const NO_ENGINE: &str =
    "Install Docker (https://docs.docker.com/engine/install), Podman or another engine and start it";

pub(crate) async fn docker_engines(core: &Core, _: Nothing) -> Result<EnginesView, Failure> {
    let engines: Vec<EngineView> = core.fleet.docker_engines().await.into_iter().map(engine_view).collect();
    let hint = engines.is_empty().then(|| NO_ENGINE.to_owned());
    Ok(EnginesView { engines, hint })
}

fn engine_view(engine: EngineSummary) -> EngineView {
    let EngineSummary { name, address, version, problem, networks, images } = engine;
    EngineView { name, address, version, problem, networks, images }
}
