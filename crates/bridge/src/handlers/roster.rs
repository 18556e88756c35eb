//! Profiles, many at once, and versions of opencode.

use fleet::Scope;

use crate::convert::profile;
use crate::messages::{FleetScope, Nothing, SetProfile, UpdateOpencode};
use crate::{Core, Failure};

const DONE: Nothing = Nothing {};

pub(crate) async fn set_profile(core: &Core, request: SetProfile) -> Result<Nothing, Failure> {
    let SetProfile { instance, profile: view } = request;
    let id = instance.into();
    let profile = profile(view, &core.fleet.instance(&id)?.profile)?;
    core.fleet.set_profile(&id, profile).await?;
    Ok(DONE)
}

pub(crate) async fn start_all(core: &Core, request: FleetScope) -> Result<Nothing, Failure> {
    core.fleet.start_all(scope(request)).await?;
    Ok(DONE)
}

pub(crate) async fn stop_all(core: &Core, request: FleetScope) -> Result<Nothing, Failure> {
    core.fleet.stop_all(scope(request)).await?;
    Ok(DONE)
}

pub(crate) async fn restart_failed(core: &Core, request: FleetScope) -> Result<Nothing, Failure> {
    core.fleet.restart_failed(scope(request)).await?;
    Ok(DONE)
}

pub(crate) async fn look_for_versions(core: &Core, _: Nothing) -> Result<Nothing, Failure> {
    core.fleet.look_for_versions().await?;
    Ok(DONE)
}

pub(crate) async fn update_opencode(core: &Core, request: UpdateOpencode) -> Result<Nothing, Failure> {
    core.fleet.update_opencode(request.version).await?;
    Ok(DONE)
}

fn scope(request: FleetScope) -> Scope {
    Scope { group: request.group }
}
