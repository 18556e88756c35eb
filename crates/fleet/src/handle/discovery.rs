//! Instances of others: letting us in, adding their addresses, ending them.

use std::time::Duration;

use opencode_api::{ApiError, Client, Trust};

use super::Fleet;
use crate::discovery::{Address, DiscoveryEvent, Endpoint};
use crate::event::{Event, Outcome, RunId};
use crate::files::address_file::AddedAddress;
use crate::{Credentials, FleetError, InstanceId, InstanceState, Keep};

/// How long a server may take to say whether it takes a password.
const TRY: Duration = Duration::from_secs(10);

/// The address of a server, as a person adds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddAddress {
    /// `http://HOST:PORT` or `HOST:PORT`; it may hold a user's name and a password.
    pub url: String,
    /// A name; none: the host and port.
    pub name: Option<String>,
    /// The user's name; none: as in the address, or the usual one.
    pub user: Option<String>,
    /// The password; none: as in the address, if there is one.
    pub password: Option<String>,
    /// Where the password is kept.
    pub keep: Keep,
}

impl Fleet {
    /// Gives the password of a locked instance. Returns once its server has let us in.
    pub async fn unlock(&self, id: &InstanceId, credentials: Credentials, keep: Keep) -> Result<(), FleetError> {
        let instance = self.instance(id)?;
        let refused =
            || FleetError::NotNow { name: instance.name.clone(), state: instance.state.word(), wanted: "unlocked" };
        let port = instance.port.filter(|_| instance.state == InstanceState::Locked).ok_or_else(refused)?;
        let endpoint = Endpoint::new(&instance.host, port);
        let client = Client::new(endpoint.address(&Trust::System, Some(&credentials)));
        client.health(TRY).await.map_err(|error| match error {
            ApiError::Unauthorized { .. } => {
                FleetError::WrongPassword { name: instance.name.clone(), user: credentials.user.clone() }
            }
            error => FleetError::Server(error),
        })?;
        let runtime = &self.runtime;
        runtime.book().keep(&endpoint, &credentials, keep, &|event| runtime.send(event)).await?;
        let at = RunId { instance: id.clone(), run: instance.run };
        let event = |call| Event::Discovery(DiscoveryEvent::Unlocked { call, at, credentials });
        self.runtime.ask(event).await?;
        self.wait_until(id, TRY, |instance| instance.state == InstanceState::Ready).await.map(drop)
    }

    /// Adds the address of a server, and gives the instance that it is. One that is on the list already stays the same.
    pub async fn add_address(&self, add: AddAddress) -> Result<InstanceId, FleetError> {
        let AddAddress { url, name, user, password, keep } = add;
        let Address { endpoint, user: written, credentials } = Address::parse(&url)?;
        let user = user.filter(|user| !user.trim().is_empty()).or(written);
        let credentials = match password.filter(|password| !password.is_empty()) {
            Some(password) => Some(Credentials::new(user.as_deref(), password)),
            None => credentials.map(|written| Credentials::new(user.as_deref(), written.password.expose())),
        };
        let runtime = &self.runtime;
        let report = |event| runtime.send(event);
        if let Some(credentials) = &credentials {
            runtime.book().keep(&endpoint, credentials, keep, &report).await?;
        }
        let name = name.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
        let id = self.known_at(&endpoint).unwrap_or_else(InstanceId::random);
        let added = AddedAddress { id, endpoint: endpoint.clone(), name };
        runtime.book().change(&report, |list| list.add(added))?;
        let event = |call| Event::Discovery(DiscoveryEvent::Added { call, endpoint, credentials });
        match self.runtime.ask(event).await? {
            Outcome::Instance(id) => Ok(id),
            Outcome::Done => Err(FleetError::Closed),
        }
    }

    /// Ends the process of an instance that somebody else started. Only the one with this number, which the person was shown.
    /// Returns once nothing of it runs.
    pub async fn stop_external(&self, id: &InstanceId, pid: u32) -> Result<(), FleetError> {
        let id = id.clone();
        let event = |call| Event::Discovery(DiscoveryEvent::StopExternal { call, id, pid });
        self.runtime.ask(event).await.map(drop)
    }

    /// The instance of others that is known to be there.
    fn known_at(&self, endpoint: &Endpoint) -> Option<InstanceId> {
        let state = self.state();
        let is_there = |instance: &&std::sync::Arc<crate::Instance>| {
            instance.is_somebody_elses() && instance.port == Some(endpoint.port) && instance.host == endpoint.host
        };
        state.instances.values().find(is_there).map(|instance| instance.id.clone())
    }
}
