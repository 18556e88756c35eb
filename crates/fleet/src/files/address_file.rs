//! The addresses that the person has added, `<config>/addresses.json`, and for which accounts a password is kept somewhere. No password is in it.
//!
//! Several hosts of one user write it: every change is made under a lock, to what is in the file at that moment.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use opencode_api::{BasePath, Port, Scheme, Trust};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::atomic::{self, Durability};
use super::file_lock::lock_beside;
use crate::discovery::Endpoint;
use crate::{Instance, InstanceId, Source};

/// What is written if there is nothing in it that an older Portal would misunderstand.
const VERSION: u32 = 1;
/// The same with an address that an older Portal would take for another one, and send its password there unencrypted.
const VERSION_WITH_WAYS: u32 = 2;

/// What is in the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct AddressList {
    pub(crate) addresses: Vec<AddedAddress>,
    /// `USER@HOST:PORT`: a password of it is in the keyring, or in the file in its place.
    pub(crate) accounts: Vec<String>,
    /// Addresses that we do not understand.
    unread: Vec<Value>,
    /// What we do not know.
    others: Map<String, Value>,
}

/// An address that the person has added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AddedAddress {
    pub(crate) id: InstanceId,
    pub(crate) endpoint: Endpoint,
    pub(crate) name: Option<String>,
    /// Which certificate is good enough there.
    pub(crate) trust: Trust,
    /// What we do not know.
    pub(crate) others: Map<String, Value>,
}

#[derive(Serialize, Deserialize)]
struct ListFile {
    version: u32,
    #[serde(default)]
    addresses: Vec<Value>,
    #[serde(default)]
    accounts: Vec<String>,
    #[serde(flatten)]
    others: Map<String, Value>,
}

#[derive(Serialize, Deserialize)]
struct AddressFile {
    id: String,
    host: String,
    port: u16,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// `https`; none: `http`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    scheme: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    base_path: Option<String>,
    /// The file with the authorities that are trusted there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ca_file: Option<PathBuf>,
    /// The SHA-256 of the one certificate that is trusted there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    certificate: Option<String>,
    #[serde(flatten)]
    others: Map<String, Value>,
}

impl AddressFile {
    /// None: it makes no sense, or more than we know.
    fn understood(self) -> Option<AddedAddress> {
        let scheme = match self.scheme.as_deref() {
            None | Some("http") => Scheme::Http,
            Some("https") => Scheme::Https,
            Some(_) => return None,
        };
        let base = BasePath::parse(self.base_path.as_deref().unwrap_or_default())?;
        let endpoint = Endpoint::new(&self.host, Port::new(self.port)?).behind(scheme, &self.host, base);
        let trust = match (self.certificate, self.ca_file) {
            // What cannot be read is trusted by nobody, and never by the system instead.
            (Some(fingerprint), _) => Trust::Pinned(fingerprint.parse().ok()?),
            (None, Some(file)) => Trust::Ca(file),
            (None, None) => Trust::System,
        };
        let (name, others) = (self.name, self.others);
        Some(AddedAddress { id: InstanceId::given(&self.id)?, endpoint, name, trust, others })
    }
}

impl From<AddedAddress> for AddressFile {
    fn from(address: AddedAddress) -> Self {
        let AddedAddress { id, endpoint, name, trust, others } = address;
        let (ca_file, certificate) = match trust {
            Trust::System => (None, None),
            Trust::Ca(file) => (Some(file), None),
            Trust::Pinned(fingerprint) => (None, Some(fingerprint.to_string())),
        };
        Self {
            id: id.to_string(),
            port: endpoint.port.get(),
            scheme: (endpoint.scheme == Scheme::Https).then(|| endpoint.scheme.to_string()),
            base_path: (!endpoint.base.is_root()).then(|| endpoint.base.to_string()),
            host: endpoint.host,
            name,
            ca_file,
            certificate,
            others,
        }
    }
}

impl AddressList {
    /// For which users a password for this address is kept.
    pub(crate) fn users_at(&self, endpoint: &Endpoint) -> Vec<String> {
        let tail = endpoint.account("");
        self.accounts.iter().filter_map(|account| account.strip_suffix(&tail)).map(str::to_owned).collect()
    }

    /// Puts an address on the list, unless it is there; only its name may be new, and what is trusted. Gives the id that it has.
    pub(crate) fn add(
        &mut self,
        id: InstanceId,
        endpoint: &Endpoint,
        name: Option<String>,
        trust: Option<Trust>,
    ) -> InstanceId {
        if let Some(known) = self.addresses.iter_mut().find(|known| known.endpoint == *endpoint) {
            known.name = name.or(known.name.take());
            known.trust = trust.unwrap_or_else(|| known.trust.clone());
            return known.id.clone();
        }
        let (endpoint, trust, others) = (endpoint.clone(), trust.unwrap_or_default(), Map::new());
        self.addresses.push(AddedAddress { id: id.clone(), endpoint, name, trust, others });
        id
    }

    /// The address of an instance.
    pub(crate) fn of(&self, instance: &Instance) -> Option<&AddedAddress> {
        let by_id = self.addresses.iter().find(|address| address.id == instance.id);
        let is_known_so = instance.sources.contains(&Source::Added);
        by_id
            .or_else(|| self.addresses.iter().filter(|_| is_known_so).find(|address| instance.is_at(&address.endpoint)))
    }

    /// Puts what is on the list elsewhere, with what is trusted there.
    pub(crate) fn put(&mut self, id: &InstanceId, endpoint: &Endpoint, trust: Trust) {
        if let Some(known) = self.addresses.iter_mut().find(|known| known.id == *id) {
            known.endpoint = endpoint.clone();
            known.trust = trust;
        }
    }

    /// Trusts another certificate at an address. False: it is not on the list.
    pub(crate) fn trust(&mut self, endpoint: &Endpoint, trust: Trust) -> bool {
        let known = self.addresses.iter_mut().find(|known| known.endpoint == *endpoint);
        known.map(|known| known.trust = trust).is_some()
    }

    /// Remembers that a password is kept.
    pub(crate) fn keep_account(&mut self, account: &str) {
        if !self.accounts.iter().any(|known| known == account) {
            self.accounts.push(account.to_owned());
        }
    }
}

/// Reads the list; empty when there is none yet.
pub(crate) fn read(path: &Path) -> io::Result<AddressList> {
    let text = match fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(AddressList::default()),
        Err(error) => return Err(error),
    };
    let file: ListFile = serde_json::from_slice(&text).map_err(invalid)?;
    if file.version > VERSION_WITH_WAYS {
        return Err(io::Error::other("it was written by a newer version of Portal"));
    }
    let mut list = AddressList { accounts: file.accounts, others: file.others, ..AddressList::default() };
    for written in file.addresses {
        let file = serde_json::from_value::<AddressFile>(written.clone()).ok();
        match file.and_then(AddressFile::understood) {
            Some(address) => list.addresses.push(address),
            None => list.unread.push(written),
        }
    }
    Ok(list)
}

/// Changes the list. Blocks while another host does.
pub(crate) fn change<T>(path: &Path, now_ms: u64, change: impl FnOnce(&mut AddressList) -> T) -> io::Result<T> {
    let _lock = lock_beside(path)?;
    let mut list = match read(path) {
        Ok(list) => list,
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            let copy = atomic::back_up_corrupt(path, now_ms)?;
            tracing::warn!(%error, copy = %copy.display(), "The list of addresses made no sense and was kept aside");
            AddressList::default()
        }
        Err(error) => return Err(error),
    };
    let before = list.clone();
    let result = change(&mut list);
    if list != before {
        let text = serde_json::to_vec_pretty(&ListFile::from(list)).map_err(io::Error::other)?;
        atomic::write(path, &text, Durability::Synced)?;
    }
    Ok(result)
}

/// What is not what we write.
fn invalid(error: serde_json::Error) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}

impl From<AddressList> for ListFile {
    fn from(list: AddressList) -> Self {
        let has_ways = !list.unread.is_empty() || list.addresses.iter().any(|address| !address.endpoint.is_direct());
        let value = |address| serde_json::to_value(AddressFile::from(address)).expect("texts and numbers are JSON");
        let addresses = list.addresses.into_iter().map(value).chain(list.unread);
        let version = if has_ways { VERSION_WITH_WAYS } else { VERSION };
        Self { version, addresses: addresses.collect(), accounts: list.accounts, others: list.others }
    }
}

#[cfg(test)]
mod tests;
