//! What there is to choose from for the place of an instance.

use fleet::{EngineSummary, INSTALL_AN_ENGINE};

use crate::messages::{EngineView, EnginesView, Nothing};
use crate::{Core, Failure};

pub(crate) async fn docker_engines(core: &Core, _: Nothing) -> Result<EnginesView, Failure> {
    let engines: Vec<EngineView> = core.fleet.docker_engines().await.into_iter().map(engine_view).collect();
    let hint = engines.iter().all(|engine| engine.problem.is_some()).then(|| INSTALL_AN_ENGINE.to_owned());
    Ok(EnginesView { engines, hint })
}

fn engine_view(engine: EngineSummary) -> EngineView {
    let EngineSummary { name, address, version, problem, network_off_problem, networks, images } = engine;
    EngineView { name, address, version, problem, network_off_problem, networks, images }
}
