//! The person's list of addresses, and the passwords that are kept: read when another host has changed them, changed on request.

use std::io;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use launch::keyring::{FileConsent, Keyring, KeyringError};

use super::super::context::now;
use crate::discovery::{Credentials, DiscoveryEvent, Endpoint, Found, Keep};
use crate::event::Event;
use crate::files::address_file::{self, AddressList};
use crate::{FleetError, Folders, Source};

/// What tells whether the file has changed.
type Stamp = (Option<SystemTime>, u64);

/// The person's list of addresses. Clones are the same.
#[derive(Clone)]
pub(crate) struct Book {
    path: PathBuf,
    passwords: PathBuf,
    /// What was told last. Held while the file is read and told of, so that what is told is never older than what was told before.
    seen: Arc<Mutex<Option<Stamp>>>,
}

impl Book {
    pub(crate) fn new(folders: &Folders) -> Self {
        let file = |name: &str| folders.config.join(name);
        Self { path: file("addresses.json"), passwords: file("passwords.json"), seen: Arc::default() }
    }

    /// Tells of the list if it has changed. Blocks for a moment.
    pub(super) fn look(&self, report: &(dyn Fn(Event) + Send + Sync)) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let stamp = self.stamp();
        if *seen == Some(stamp) {
            return;
        }
        let is_first_of_none = seen.is_none() && stamp.0.is_none();
        *seen = Some(stamp);
        if is_first_of_none {
            return;
        }
        match address_file::read(&self.path) {
            Ok(list) => report(told(&list)),
            Err(error) => tracing::warn!(path = %self.path.display(), %error, "The list of addresses was not read"),
        }
    }

    /// Changes the list and tells of it. Blocks while another host does.
    pub(crate) fn change<T>(
        &self,
        report: &(dyn Fn(Event) + Send + Sync),
        change: impl FnOnce(&mut AddressList) -> T,
    ) -> Result<T, FleetError> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let failed = |source: io::Error| FleetError::File { action: "change", path: self.path.clone(), source };
        let (result, list) = address_file::change(&self.path, now().as_ms(), |list| {
            let result = change(list);
            (result, list.clone())
        })
        .map_err(failed)?;
        *seen = Some(self.stamp());
        report(told(&list));
        Ok(result)
    }

    fn stamp(&self) -> Stamp {
        std::fs::metadata(&self.path).map_or((None, 0), |metadata| (metadata.modified().ok(), metadata.len()))
    }

    /// The passwords that the person once gave for this address. The keyring is only asked when there is one, because it may ask the person.
    pub(crate) async fn kept(&self, endpoint: &Endpoint) -> Vec<Credentials> {
        let list = address_file::read(&self.path).unwrap_or_default();
        let mut kept = Vec::new();
        for user in list.users_at(endpoint) {
            match self.keyring().get(&endpoint.account(&user)).await {
                Ok(Some(password)) => kept.push(Credentials::new(Some(&user), password)),
                Ok(None) => {}
                Err(error) => tracing::warn!(%error, %endpoint, "A password that was kept was not read"),
            }
        }
        kept
    }

    /// Keeps a password as the person wants it.
    pub(crate) async fn keep(
        &self,
        endpoint: &Endpoint,
        credentials: &Credentials,
        keep: Keep,
        report: &(dyn Fn(Event) + Send + Sync),
    ) -> Result<(), FleetError> {
        let consent = match keep {
            Keep::No => return Ok(()),
            Keep::Keyring => FileConsent::NotGiven,
            Keep::File => FileConsent::Given,
        };
        let account = endpoint.account(&credentials.user);
        match self.keyring().set(&account, credentials.password.expose(), consent).await {
            Ok(_) => self.change(report, |list| list.keep_account(&account)),
            Err(error @ (KeyringError::File { .. } | KeyringError::Corrupt { .. })) => Err(FleetError::Keyring(error)),
            Err(error) => Err(FleetError::NoKeyring { reason: error.to_string() }),
        }
    }

    /// The list as it is now.
    pub(crate) fn read(&self) -> Result<AddressList, FleetError> {
        let failed = |source: io::Error| FleetError::File { action: "read", path: self.path.clone(), source };
        address_file::read(&self.path).map_err(failed)
    }

    /// Keeps the password of one account for another one, too, where that one is kept.
    pub(crate) async fn carry(
        &self,
        from: &str,
        to: &str,
        report: &(dyn Fn(Event) + Send + Sync),
    ) -> Result<(), FleetError> {
        if from != to && self.keyring().copy(from, to).await.map_err(FleetError::Keyring)? {
            self.change(report, |list| list.keep_account(to))?;
        }
        Ok(())
    }

    /// Forgets the passwords of these accounts.
    pub(crate) async fn forget_passwords(
        &self,
        accounts: Vec<String>,
        report: &(dyn Fn(Event) + Send + Sync),
    ) -> Result<(), FleetError> {
        if accounts.is_empty() {
            return Ok(());
        }
        self.change(report, |list| list.accounts.retain(|account| !accounts.contains(account)))?;
        for account in accounts {
            self.keyring().forget(&account).await.map_err(FleetError::Keyring)?;
        }
        Ok(())
    }

    /// Forgets an address and every password for it.
    pub(super) async fn forget(
        &self,
        endpoint: &Endpoint,
        report: &(dyn Fn(Event) + Send + Sync),
    ) -> Result<(), FleetError> {
        let users = self.change(report, |list| {
            list.addresses.retain(|address| address.endpoint != *endpoint);
            let users = list.users_at(endpoint);
            list.accounts.retain(|account| !account.ends_with(&endpoint.account("")));
            users
        })?;
        for user in users {
            self.keyring().forget(&endpoint.account(&user)).await.map_err(FleetError::Keyring)?;
        }
        Ok(())
    }

    fn keyring(&self) -> Keyring {
        Keyring::new(self.passwords.clone())
    }
}

/// The list as a source sees it.
fn told(list: &AddressList) -> Event {
    let own: Vec<IpAddr> = launch::own_addresses();
    let found = list.addresses.iter().map(|address| Found {
        endpoint: Some(address.endpoint.clone().among(&own)),
        id: Some(address.id.clone()),
        name: address.name.clone(),
        trust: address.trust.clone(),
        is_verified: true,
        ..Found::by(Source::Added)
    });
    Event::Discovery(DiscoveryEvent::SourceSeen { source: Source::Added, found: found.collect() })
}
