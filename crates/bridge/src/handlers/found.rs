//! Instances that somebody else started.

use fleet::{Credentials, Keep};

use crate::messages::{AddAddress, InstanceRef, KeepPassword, Nothing, StopExternal, UnlockInstance};
use crate::{Core, Failure};

const DONE: Nothing = Nothing {};

pub(crate) async fn stop_external(core: &Core, request: StopExternal) -> Result<Nothing, Failure> {
    core.fleet.stop_external(&request.instance.into(), request.pid).await?;
    Ok(DONE)
}

pub(crate) async fn unlock_instance(core: &Core, request: UnlockInstance) -> Result<Nothing, Failure> {
    let UnlockInstance { instance, user, password, keep } = request;
    let credentials = Credentials::new(user.as_deref(), password);
    core.fleet.unlock(&instance.into(), credentials, keep_of(keep)).await?;
    Ok(DONE)
}

pub(crate) async fn add_address(core: &Core, request: AddAddress) -> Result<InstanceRef, Failure> {
    let AddAddress { url, name, user, password, keep } = request;
    let add = fleet::AddAddress { url, name, user, password, keep: keep_of(keep) };
    let id = core.fleet.add_address(add).await?;
    Ok(InstanceRef { instance: id.to_string() })
}

fn keep_of(keep: KeepPassword) -> Keep {
    match keep {
        KeepPassword::No => Keep::No,
        KeepPassword::Keyring => Keep::Keyring,
        KeepPassword::File => Keep::File,
    }
}
