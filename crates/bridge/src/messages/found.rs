//! Instances that somebody else started: let in, added, ended.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Ends the process of an instance that somebody else started. Sent only after a question that named all of this.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct StopExternal {
    /// Which instance.
    pub instance: String,
    /// Its process, as the question named it; another one by now is not ended.
    pub pid: u32,
}

/// Adds the address of a server.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct AddAddress {
    /// `http://HOST:PORT` or `HOST:PORT`.
    pub url: String,
    /// A name; none: the host and port.
    pub name: Option<String>,
    /// The user's name; none: `opencode`.
    pub user: Option<String>,
    /// The password, if it has one.
    pub password: Option<String>,
    /// Where the password is kept.
    pub keep: KeepPassword,
}

/// Gives the password of a locked instance.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct UnlockInstance {
    /// Which instance.
    pub instance: String,
    /// The user's name; none: `opencode`.
    pub user: Option<String>,
    /// The password.
    pub password: String,
    /// Where it is kept.
    pub keep: KeepPassword,
}

/// Where a password is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum KeepPassword {
    /// Nowhere: in memory until the app ends.
    No,
    /// In the platform's keyring; fails with code `no_keyring` where there is none.
    Keyring,
    /// In the keyring, or where there is none in a file that only the person may read.
    File,
}
