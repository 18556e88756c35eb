//! Profiles, many at once, and versions of opencode.

use crate::messages::{FleetScope, Nothing, SetProfile, UpdateOpencode};
use crate::{Core, Failure};

pub(crate) async fn set_profile(_core: &Core, _request: SetProfile) -> Result<Nothing, Failure> {
    Err(crate::convert::invalid("`set_profile` is being built"))
}

pub(crate) async fn start_all(_core: &Core, _request: FleetScope) -> Result<Nothing, Failure> {
    Err(crate::convert::invalid("`start_all` is being built"))
}

pub(crate) async fn stop_all(_core: &Core, _request: FleetScope) -> Result<Nothing, Failure> {
    Err(crate::convert::invalid("`stop_all` is being built"))
}

pub(crate) async fn restart_failed(_core: &Core, _request: FleetScope) -> Result<Nothing, Failure> {
    Err(crate::convert::invalid("`restart_failed` is being built"))
}

pub(crate) async fn look_for_versions(_core: &Core, _request: Nothing) -> Result<Nothing, Failure> {
    Err(crate::convert::invalid("`look_for_versions` is being built"))
}

pub(crate) async fn update_opencode(_core: &Core, _request: UpdateOpencode) -> Result<Nothing, Failure> {
    Err(crate::convert::invalid("`update_opencode` is being built"))
}
