//! The address of an instance on the person's list, as it is and as it is to be: changed, it stays the same instance.

use std::fmt;

use opencode_api::{Scheme, Trust};

use super::Fleet;
use super::discovery::trust_there;
use crate::discovery::{Address, DiscoveryEvent, Endpoint};
use crate::event::{Event, Outcome};
use crate::files::address_file::AddedAddress as Listed;
use crate::{AddressError, Credentials, FleetError, InstanceId, Keep, Overhearing};

/// An address on the person's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddedAddress {
    /// As a person would write it, without credentials.
    pub url: String,
    /// For which user a password is kept; none: no password is.
    pub user: Option<String>,
    /// Which certificate is good enough there.
    pub trust: Trust,
}

/// What an address on the list is to be.
#[derive(Clone, PartialEq, Eq)]
pub struct ChangeAddress {
    /// As for [`super::AddAddress`].
    pub url: String,
    /// The user's name; none: as in the address, or as before.
    pub user: Option<String>,
    /// The password; none: as in the address, or as before.
    pub password: Option<String>,
    /// Where a new password is kept. One from before stays where it is.
    pub keep: Keep,
    /// Which certificate is good enough; none: as before.
    pub trust: Option<Trust>,
    /// Whether a password may be sent though whoever carries it can read it, one from before included.
    pub overhearing: Overhearing,
}

impl fmt::Debug for ChangeAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The password may stand in the address, too.
        formatter.debug_struct("ChangeAddress").field("keep", &self.keep).finish_non_exhaustive()
    }
}

impl Fleet {
    /// The address of an instance that the person has added.
    pub fn added_address(&self, id: &InstanceId) -> Result<AddedAddress, FleetError> {
        let (listed, mut users) = self.listed(id)?;
        Ok(AddedAddress { url: listed.endpoint.url(), user: users.pop(), trust: listed.trust })
    }

    /// Changes the address of an instance that the person has added, or how its server lets us in. Its name, group, place and
    /// history stay. Gives the instance that answers there from now on: another one if that is known by more than its address.
    pub async fn change_address(&self, id: &InstanceId, change: ChangeAddress) -> Result<InstanceId, FleetError> {
        let ChangeAddress { url, user, password, keep, trust, overhearing } = change;
        let (listed, users) = self.listed(id)?;
        let Address { endpoint, user: written, credentials } = Address::parse(&url)?;
        let trust = trust_there(&endpoint, trust)?;
        let as_before = || if endpoint.scheme == Scheme::Https { listed.trust.clone() } else { Trust::System };
        let trust = trust.unwrap_or_else(as_before);
        let before = users.last().cloned();
        let user = user.map(|user| user.trim().to_owned()).filter(|user| !user.is_empty()).or(written);
        let new_user = || user.as_deref().or(before.as_deref());
        let credentials = match password.filter(|password| !password.is_empty()) {
            Some(password) => Some(Credentials::new(new_user(), password)),
            None => credentials.map(|written| Credentials::new(new_user(), written.password.expose())),
        };
        if credentials.is_none()
            && before.is_none()
            && let Some(user) = user
        {
            return Err(AddressError::UserAlone { user, url: endpoint.url() }.into());
        }
        let has_key = self.instance(id)?.is_secured == Some(true);
        let is_overheard = endpoint.clone().among(&launch::own_addresses()).is_overheard();
        let would_send = credentials.is_some() || before.is_some() || has_key;
        if would_send && is_overheard && overhearing == Overhearing::Refused {
            return Err(FleetError::Overheard { url: endpoint.url() });
        }
        self.is_free(&listed, &endpoint)?;
        let runtime = &self.runtime;
        let report = |event| runtime.send(event);
        let mut kept: Vec<String> = Vec::new();
        match &credentials {
            Some(credentials) => {
                runtime.book().keep(&endpoint, credentials, keep, &report).await?;
                kept.extend((keep != Keep::No).then(|| endpoint.account(&credentials.user)));
            }
            None => {
                for before in &users {
                    let account = endpoint.account(user.as_deref().unwrap_or(before));
                    runtime.book().carry(&listed.endpoint.account(before), &account, &report).await?;
                    kept.push(account);
                }
            }
        }
        let is_same = endpoint == listed.endpoint && trust == listed.trust;
        let is_same_key = credentials.is_none() && users.iter().all(|user| kept.contains(&endpoint.account(user)));
        runtime.book().change(&report, |list| list.put(&listed.id, &endpoint, trust))?;
        // Every password that is not for it any more.
        let left = users.iter().map(|user| listed.endpoint.account(user)).filter(|account| !kept.contains(account));
        runtime.book().forget_passwords(left.collect(), &report).await?;
        if is_same && is_same_key {
            return Ok(id.clone());
        }
        let event = |call| Event::Discovery(DiscoveryEvent::Changed { call, endpoint, credentials });
        match self.runtime.ask(event).await? {
            Outcome::Instance(id) => Ok(id),
            Outcome::Done => Err(FleetError::Closed),
        }
    }

    /// What the list says of an instance, and for which users a password is kept there.
    fn listed(&self, id: &InstanceId) -> Result<(Listed, Vec<String>), FleetError> {
        let instance = self.instance(id)?;
        let list = self.runtime.book().read()?;
        let listed = list.of(&instance).cloned();
        let listed = listed.ok_or_else(|| AddressError::NotAdded { name: instance.name.clone() })?;
        let users = list.users_at(&listed.endpoint);
        Ok((listed, users))
    }

    /// Refused where another one on the list is.
    fn is_free(&self, listed: &Listed, endpoint: &Endpoint) -> Result<(), FleetError> {
        let list = self.runtime.book().read()?;
        let other = list.addresses.iter().find(|other| other.endpoint == *endpoint && other.id != listed.id);
        let name = |other: &Listed| {
            let shown = self.instance(&other.id).map(|instance| instance.name.clone()).ok();
            shown.or(other.name.clone()).unwrap_or_else(|| other.endpoint.to_string())
        };
        other.map_or(Ok(()), |other| Err(AddressError::OnTheList { url: endpoint.url(), name: name(other) }.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::ChangeAddress;
    use crate::{AddAddress, Keep, Overhearing};

    #[test]
    fn what_holds_a_password_prints_without_it() {
        let (url, password) = ("https://ada:hunter2@far".to_owned(), Some("hunter2".to_owned()));
        let (user, keep, overhearing) = (None, Keep::File, Overhearing::Refused);
        let change = ChangeAddress {
            url: url.clone(),
            user: user.clone(),
            password: password.clone(),
            keep,
            trust: None,
            overhearing,
        };
        let add = AddAddress { url, name: Some("far".to_owned()), user, password, keep, trust: None, overhearing };
        let printed = format!("{change:?} {add:?}");
        assert!(printed.contains("File") && printed.contains("far"), "{printed}");
        assert!(!printed.contains("hunter2"), "{printed}");
    }
}
