//! Instances that somebody else started.

use fleet::{Credentials, Keep, Overhearing};

use crate::convert::{address_view, trust_of, trust_view};
use crate::messages::{
    AddAddress, AddedAddressView, AddressView, ChangeAddress, CheckAddress, InstanceRef, KeepPassword, Nothing,
    StopExternal, TrustCertificate, UnlockInstance,
};
use crate::{Core, Failure};

const DONE: Nothing = Nothing {};

pub(crate) async fn stop_external(core: &Core, request: StopExternal) -> Result<Nothing, Failure> {
    core.fleet.stop_external(&request.instance.into(), request.pid).await?;
    Ok(DONE)
}

pub(crate) async fn unlock_instance(core: &Core, request: UnlockInstance) -> Result<Nothing, Failure> {
    let UnlockInstance { instance, user, password, keep, overhearing_accepted } = request;
    let credentials = Credentials::new(user.as_deref(), password);
    let overhearing = overhearing_of(overhearing_accepted);
    core.fleet.unlock(&instance.into(), credentials, keep_of(keep), overhearing).await?;
    Ok(DONE)
}

pub(crate) async fn check_address(core: &Core, request: CheckAddress) -> Result<AddressView, Failure> {
    let trust = request.trust.map(trust_of).transpose()?;
    Ok(address_view(core.fleet.check_address(&request.url, trust).await?))
}

pub(crate) async fn add_address(core: &Core, request: AddAddress) -> Result<InstanceRef, Failure> {
    let AddAddress { url, name, user, password, keep, trust, overhearing_accepted } = request;
    let (keep, overhearing) = (keep_of(keep), overhearing_of(overhearing_accepted));
    let trust = trust.map(trust_of).transpose()?;
    let add = fleet::AddAddress { url, name, user, password, keep, trust, overhearing };
    let id = core.fleet.add_address(add).await?;
    Ok(InstanceRef { instance: id.to_string() })
}

pub(crate) async fn added_address(core: &Core, request: InstanceRef) -> Result<AddedAddressView, Failure> {
    let fleet::AddedAddress { url, user, trust } = core.fleet.added_address(&request.instance.into())?;
    Ok(AddedAddressView { url, user, trust: trust_view(&trust) })
}

pub(crate) async fn change_address(core: &Core, request: ChangeAddress) -> Result<InstanceRef, Failure> {
    let ChangeAddress { instance, url, user, password, keep, trust, overhearing_accepted } = request;
    let (keep, overhearing) = (keep_of(keep), overhearing_of(overhearing_accepted));
    let trust = trust.map(trust_of).transpose()?;
    let change = fleet::ChangeAddress { url, user, password, keep, trust, overhearing };
    let id = core.fleet.change_address(&instance.into(), change).await?;
    Ok(InstanceRef { instance: id.to_string() })
}

pub(crate) async fn trust_certificate(core: &Core, request: TrustCertificate) -> Result<Nothing, Failure> {
    core.fleet.trust_certificate(&request.instance.into(), trust_of(request.trust)?).await?;
    Ok(DONE)
}

fn overhearing_of(is_accepted: bool) -> Overhearing {
    if is_accepted { Overhearing::Accepted } else { Overhearing::Refused }
}

fn keep_of(keep: KeepPassword) -> Keep {
    match keep {
        KeepPassword::No => Keep::No,
        KeepPassword::Keyring => Keep::Keyring,
        KeepPassword::File => Keep::File,
    }
}
