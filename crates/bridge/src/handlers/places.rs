//! What there is to choose from for the place of an instance.

use fleet::EngineSummary;

use crate::messages::{EngineView, EnginesView, Nothing};
use crate::{Core, Failure};

/// What to do where no engine works, on this system; with one address, whose page has the instructions.
const fn advice() -> &'static str {
    if cfg!(target_os = "macos") {
        "Install Docker Desktop, OrbStack, Colima or Podman and start it: https://docs.docker.com/desktop/setup/install/mac-install/"
    } else if cfg!(windows) {
        "Install Docker Desktop or Podman Desktop and start it: https://docs.docker.com/desktop/setup/install/windows-install/"
    } else {
        "Install Docker or Podman from your distribution and start it, or Docker's own packages: https://docs.docker.com/engine/install/"
    }
}

pub(crate) async fn docker_engines(core: &Core, _: Nothing) -> Result<EnginesView, Failure> {
    let engines: Vec<EngineView> = core.fleet.docker_engines().await.into_iter().map(engine_view).collect();
    let hint = engines.iter().all(|engine| engine.problem.is_some()).then(|| advice().to_owned());
    Ok(EnginesView { engines, hint })
}

fn engine_view(engine: EngineSummary) -> EngineView {
    let EngineSummary { name, address, version, problem, network_off_problem, networks, images } = engine;
    EngineView { name, address, version, problem, network_off_problem, networks, images }
}
