//! The addresses that the person has added, `<config>/addresses.json`, and for which accounts a password is kept somewhere. No password is in it.
//!
//! Several hosts of one user write it: every change is made under a lock, to what is in the file at that moment.

use std::fs;
use std::io;
use std::path::Path;

use opencode_api::Port;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::atomic::{self, Durability};
use super::file_lock::lock_beside;
use crate::InstanceId;
use crate::discovery::Endpoint;

const VERSION: u32 = 1;

/// What is in the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct AddressList {
    pub(crate) addresses: Vec<AddedAddress>,
    /// `USER@HOST:PORT`: a password of it is in the keyring, or in the file in its place.
    pub(crate) accounts: Vec<String>,
    /// What we do not know.
    others: Map<String, Value>,
}

/// An address that the person has added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AddedAddress {
    pub(crate) id: InstanceId,
    pub(crate) endpoint: Endpoint,
    pub(crate) name: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct ListFile {
    version: u32,
    #[serde(default)]
    addresses: Vec<AddressFile>,
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
}

impl AddressList {
    /// For which users a password for this address is kept.
    pub(crate) fn users_at(&self, endpoint: &Endpoint) -> Vec<String> {
        let tail = endpoint.account("");
        self.accounts.iter().filter_map(|account| account.strip_suffix(&tail)).map(str::to_owned).collect()
    }

    /// Puts an address on the list, unless it is there; only its name may be new. Gives the id that it has.
    pub(crate) fn add(&mut self, added: AddedAddress) -> InstanceId {
        if let Some(known) = self.addresses.iter_mut().find(|known| known.endpoint == added.endpoint) {
            if added.name.is_some() {
                known.name = added.name;
            }
            return known.id.clone();
        }
        let id = added.id.clone();
        self.addresses.push(added);
        id
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
    if file.version > VERSION {
        return Err(io::Error::other("it was written by a newer version of Portal"));
    }
    let addresses = file.addresses.into_iter().filter_map(|address| {
        let endpoint = Endpoint::new(&address.host, Port::new(address.port)?);
        Some(AddedAddress { id: InstanceId::given(&address.id)?, endpoint, name: address.name })
    });
    Ok(AddressList { addresses: addresses.collect(), accounts: file.accounts, others: file.others })
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
        let addresses = list.addresses.into_iter().map(|address| AddressFile {
            id: address.id.to_string(),
            port: address.endpoint.port.get(),
            host: address.endpoint.host,
            name: address.name,
        });
        Self { version: VERSION, addresses: addresses.collect(), accounts: list.accounts, others: list.others }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::{AddedAddress, AddressList, change, read};
    use crate::discovery::Endpoint;
    use crate::{InstanceId, Port};

    fn added(id: &str, port: u16, name: Option<&str>) -> AddedAddress {
        let endpoint = Endpoint::new("build.example", Port::new(port).unwrap());
        AddedAddress { id: InstanceId::from(id), endpoint, name: name.map(str::to_owned) }
    }

    #[test]
    fn an_address_is_on_the_list_once_and_others_fields_stay() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("addresses.json");
        assert_eq!(read(&path).unwrap(), AddressList::default());
        std::fs::write(&path, r#"{"version":1,"colour":"red"}"#).unwrap();
        assert_eq!(change(&path, 0, |list| list.add(added("aaaaaaaa", 1, None))).unwrap().as_str(), "aaaaaaaa");
        assert_eq!(change(&path, 0, |list| list.add(added("bbbbbbbb", 1, Some("n")))).unwrap().as_str(), "aaaaaaaa");
        change(&path, 0, |list| list.keep_account("me@build.example:1")).unwrap();
        let list = read(&path).unwrap();
        assert_eq!(list.addresses, [added("aaaaaaaa", 1, Some("n"))]);
        assert_eq!(list.users_at(&list.addresses[0].endpoint), ["me"]);
        assert!(std::fs::read_to_string(&path).unwrap().contains("colour"));
        let fresh = folder.path().join("fresh.json");
        change(&fresh, 0, |list| list.add(added("cccccccc", 2, None))).unwrap();
        assert_eq!(fresh.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn hosts_that_add_at_once_lose_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("addresses.json");
        std::thread::scope(|scope| {
            for port in 1..=6 {
                let path = &path;
                scope.spawn(move || change(path, 0, |list| list.add(added(&format!("id{port}"), port, None))).unwrap());
            }
        });
        assert_eq!(read(&path).unwrap().addresses.len(), 6);
    }

    #[test]
    fn nonsense_is_kept_aside_and_a_newer_file_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("addresses.json");
        std::fs::write(&path, "{").unwrap();
        change(&path, 7, |list| list.add(added("aaaaaaaa", 1, None))).unwrap();
        assert_eq!(std::fs::read_to_string(folder.path().join("addresses.json.corrupt-7")).unwrap(), "{");
        std::fs::write(&path, r#"{"version":99}"#).unwrap();
        assert!(change(&path, 8, |list| list.add(added("aaaaaaaa", 1, None))).is_err());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), r#"{"version":99}"#);
    }
}
