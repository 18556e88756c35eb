//! Instances of others: letting us in, adding their addresses, ending them.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use opencode_api::{ApiError, Client, Identified, Scheme, Trust, UntrustedCertificate};

use super::Fleet;
use crate::discovery::{Address, DiscoveryEvent, Endpoint};
use crate::event::{Event, Outcome, RunId};
use crate::{AddressError, Credentials, FleetError, Instance, InstanceId, InstanceState, Keep, Overhearing};

/// How long a server may take to say whether it takes a password.
const TRY: Duration = Duration::from_secs(10);
/// How long what answers at an address may take to show what it is.
const LOOK: Duration = Duration::from_secs(5);

/// The address of a server, as a person adds it.
#[derive(Clone, PartialEq, Eq)]
pub struct AddAddress {
    /// `https://HOST/PATH`, `http://HOST:PORT` or `HOST:PORT`; it may hold a user's name and a password.
    pub url: String,
    /// A name; none: the host and port.
    pub name: Option<String>,
    /// The user's name; none: as in the address, or the usual one.
    pub user: Option<String>,
    /// The password; none: as in the address, if there is one.
    pub password: Option<String>,
    /// Where the password is kept.
    pub keep: Keep,
    /// Which certificate is good enough; none: as before, or one that the system trusts.
    pub trust: Option<Trust>,
    /// Whether the password may be sent though whoever carries it can read it.
    pub overhearing: Overhearing,
}

impl fmt::Debug for AddAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The password may stand in the address, too.
        formatter.debug_struct("AddAddress").field("name", &self.name).finish_non_exhaustive()
    }
}

/// What answers at an address.
#[derive(Clone, Debug)]
pub struct AddressCheck {
    /// The address in one way of writing, without credentials.
    pub url: String,
    /// Whether what is sent there can be read by whoever carries it.
    pub is_overheard: bool,
    /// What answers.
    pub found: AddressFound,
}

/// What answers at an address, asked without a password.
#[derive(Clone, Debug)]
pub enum AddressFound {
    /// An opencode that lets in whoever asks.
    Open {
        /// Its version.
        version: String,
    },
    /// An opencode that wants a password.
    Locked,
    /// Something with a certificate that is not trusted. Nothing was sent to it.
    Untrusted(Box<UntrustedCertificate>),
    /// Nothing, or something else.
    Nothing {
        /// How that shows.
        error: ApiError,
    },
}

impl Fleet {
    /// Gives the password of a locked instance. Returns once its server has let us in.
    pub async fn unlock(
        &self,
        id: &InstanceId,
        credentials: Credentials,
        keep: Keep,
        overhearing: Overhearing,
    ) -> Result<(), FleetError> {
        let instance = self.instance(id)?;
        let refused =
            || FleetError::NotNow { name: instance.name.clone(), state: instance.state.word(), wanted: "unlocked" };
        let is_locked = instance.state == InstanceState::Locked;
        let endpoint = instance.endpoint().filter(|_| is_locked).ok_or_else(refused)?;
        if instance.is_overheard() && overhearing == Overhearing::Refused {
            return Err(FleetError::Overheard { url: endpoint.url() });
        }
        let client = Client::new(endpoint.address(&instance.way.trust, Some(&credentials)));
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

    /// What answers at an address, asked without a password, before it is added.
    pub async fn check_address(&self, url: &str, trust: Option<Trust>) -> Result<AddressCheck, FleetError> {
        let endpoint = Address::parse(url)?.endpoint.among(&launch::own_addresses());
        let trust = trust_there(&endpoint, trust)?;
        let known = || self.known_at(&endpoint).map(|instance| instance.way.trust.clone());
        let trust = trust.or_else(known).unwrap_or_default();
        let found = match Client::new(endpoint.address(&trust, None)).identify(LOOK).await {
            Ok(Identified::Open { version }) => AddressFound::Open { version },
            Ok(Identified::Locked) => AddressFound::Locked,
            Err(ApiError::Certificate { untrusted, .. }) => AddressFound::Untrusted(untrusted),
            Err(error @ ApiError::Authorities { .. }) => return Err(FleetError::Server(error)),
            Err(error) => AddressFound::Nothing { error },
        };
        Ok(AddressCheck { url: endpoint.url(), is_overheard: endpoint.is_overheard(), found })
    }

    /// Adds the address of a server, and gives the instance that it is. One that is on the list already stays the same.
    /// Nothing is asked of it before: whether it is trusted shows in its state.
    pub async fn add_address(&self, add: AddAddress) -> Result<InstanceId, FleetError> {
        let AddAddress { url, name, user, password, keep, trust, overhearing } = add;
        let Address { endpoint, user: written, credentials } = Address::parse(&url)?;
        let trust = trust_there(&endpoint, trust)?;
        let user = user.map(|user| user.trim().to_owned()).filter(|user| !user.is_empty()).or(written);
        let kept_at = self.runtime.book().read()?.users_at(&endpoint);
        let credentials = match password.filter(|password| !password.is_empty()) {
            Some(password) => Some(Credentials::new(user.as_deref(), password)),
            None => credentials.map(|written| Credentials::new(user.as_deref(), written.password.expose())),
        };
        // One of theirs may be kept from before.
        if credentials.is_none()
            && let Some(user) = user.filter(|user| !kept_at.contains(user))
        {
            return Err(AddressError::UserAlone { user, url: endpoint.url() }.into());
        }
        let is_overheard = || endpoint.clone().among(&launch::own_addresses()).is_overheard();
        if credentials.is_some() && overhearing == Overhearing::Refused && is_overheard() {
            return Err(FleetError::Overheard { url: endpoint.url() });
        }
        let runtime = &self.runtime;
        let report = |event| runtime.send(event);
        if let Some(credentials) = &credentials {
            runtime.book().keep(&endpoint, credentials, keep, &report).await?;
        }
        let name = name.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
        let id = self.known_at(&endpoint).map_or_else(InstanceId::random, |instance| instance.id.clone());
        runtime.book().change(&report, |list| list.add(id, &endpoint, name, trust))?;
        let event = |call| Event::Discovery(DiscoveryEvent::Added { call, endpoint, credentials });
        match self.runtime.ask(event).await? {
            Outcome::Instance(id) => Ok(id),
            Outcome::Done => Err(FleetError::Closed),
        }
    }

    /// Trusts another certificate at the address of an instance. Returns once the server was asked anew and it is known what
    /// comes of it, or after a while.
    pub async fn trust_certificate(&self, id: &InstanceId, trust: Trust) -> Result<(), FleetError> {
        let instance = self.instance(id)?;
        let refused =
            || FleetError::NotNow { name: instance.name.clone(), state: instance.state.word(), wanted: "trusted" };
        let endpoint = instance.endpoint().ok_or_else(refused)?;
        let trust = trust_there(&endpoint, Some(trust))?.unwrap_or_default();
        if let Trust::Ca(_) = &trust {
            // A file that cannot be used is refused now, and not shown as the server's fault.
            let asked = Client::new(endpoint.address(&trust, None)).identify(LOOK).await;
            if let Err(error @ ApiError::Authorities { .. }) = asked {
                return Err(FleetError::Server(error));
            }
        }
        let runtime = &self.runtime;
        if !runtime.book().change(&|event| runtime.send(event), |list| list.trust(&endpoint, trust))? {
            return Err(refused());
        }
        let is_asked = |instance: &Instance| matches!(instance.state, InstanceState::Ready | InstanceState::Locked);
        // Where it does not answer now, or shows yet another certificate, that is seen in its state.
        let _what_comes_of_it = self.wait_until(id, LOOK, is_asked).await;
        Ok(())
    }

    /// Ends the process of an instance that somebody else started. Only the one with this number, which the person was shown.
    /// Returns once nothing of it runs.
    pub async fn stop_external(&self, id: &InstanceId, pid: u32) -> Result<(), FleetError> {
        let id = id.clone();
        let event = |call| Event::Discovery(DiscoveryEvent::StopExternal { call, id, pid });
        self.runtime.ask(event).await.map(drop)
    }

    /// The instance of others that is known to be there.
    fn known_at(&self, endpoint: &Endpoint) -> Option<Arc<Instance>> {
        let state = self.state();
        let is_there =
            |instance: &&Arc<Instance>| instance.is_somebody_elses() && instance.endpoint().as_ref() == Some(endpoint);
        state.instances.values().find(is_there).cloned()
    }
}

/// What is trusted there, made one way of writing; refused where no certificate is shown.
pub(super) fn trust_there(endpoint: &Endpoint, trust: Option<Trust>) -> Result<Option<Trust>, FleetError> {
    match trust {
        Some(Trust::Ca(_) | Trust::Pinned(_)) if endpoint.scheme == Scheme::Http => {
            Err(AddressError::NoCertificate { url: endpoint.url() }.into())
        }
        Some(Trust::Ca(file)) => {
            let failed = |error: std::io::Error| {
                FleetError::Server(ApiError::Authorities { file: file.clone(), problem: error.to_string() })
            };
            // Another host may read it from another folder.
            std::fs::canonicalize(&file).map(Trust::Ca).map(Some).map_err(failed)
        }
        trust => Ok(trust),
    }
}
