//! Instances that somebody else started.

use crate::messages::{AddAddress, InstanceRef, Nothing, StopExternal, UnlockInstance};
use crate::{Core, Failure};

pub(crate) async fn stop_external(_core: &Core, _request: StopExternal) -> Result<Nothing, Failure> {
    Err(crate::convert::invalid("`stop_external` is being built"))
}

pub(crate) async fn unlock_instance(_core: &Core, _request: UnlockInstance) -> Result<Nothing, Failure> {
    Err(crate::convert::invalid("`unlock_instance` is being built"))
}

pub(crate) async fn add_address(_core: &Core, _request: AddAddress) -> Result<InstanceRef, Failure> {
    Err(crate::convert::invalid("`add_address` is being built"))
}
