//! Instances that somebody else started: let in, added, ended.

use std::fmt;

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
#[derive(Clone, Serialize, Deserialize, TS)]
pub struct AddAddress {
    /// `https://HOST/PATH`, `http://HOST:PORT` or `HOST:PORT`.
    pub url: String,
    /// A name; none: the host and port.
    pub name: Option<String>,
    /// The user's name; none: `opencode`.
    pub user: Option<String>,
    /// The password, if it has one.
    pub password: Option<String>,
    /// Where the password is kept.
    pub keep: KeepPassword,
    /// Which certificate is good enough; none: as before, or one that the system trusts.
    #[serde(default)]
    pub trust: Option<CertificateTrust>,
    /// The person was told that whoever carries the password can read it, and wants it sent. Without that such an address
    /// fails with code `precondition`.
    #[serde(default)]
    pub overhearing_accepted: bool,
}

/// The address of an instance that the person has added.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct AddedAddressView {
    /// The address in one way of writing, without credentials.
    pub url: String,
    /// For which user a password is kept; none: no password is.
    pub user: Option<String>,
    /// Which certificate is good enough there.
    pub trust: CertificateTrust,
}

/// Changes the address of an instance that the person has added, or how its server lets us in. The rest of it stays.
#[derive(Clone, Serialize, Deserialize, TS)]
pub struct ChangeAddress {
    /// Which instance.
    pub instance: String,
    /// As for `add_address`.
    pub url: String,
    /// The user's name; none: as before.
    pub user: Option<String>,
    /// The password; none: as before.
    pub password: Option<String>,
    /// Where a new password is kept.
    pub keep: KeepPassword,
    /// Which certificate is good enough; none: as before.
    #[serde(default)]
    pub trust: Option<CertificateTrust>,
    /// As for `add_address`; it is asked for the password from before, too.
    #[serde(default)]
    pub overhearing_accepted: bool,
}

/// Asks what answers at an address, before it is added. No password is sent.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct CheckAddress {
    /// As for `add_address`.
    pub url: String,
    /// As for `add_address`.
    #[serde(default)]
    pub trust: Option<CertificateTrust>,
}

/// What answers at an address.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct AddressView {
    /// The address in one way of writing, without credentials.
    pub url: String,
    /// Whether whoever carries what is sent there can read it.
    pub is_overheard: bool,
    /// What answers.
    pub found: AddressFound,
}

/// What answers at an address, asked without a password.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "found", rename_all = "snake_case")]
pub enum AddressFound {
    /// An opencode that lets in whoever asks.
    Open {
        /// Its version.
        version: String,
    },
    /// An opencode that wants a password.
    Locked,
    /// Something with a certificate that is not trusted. Nothing was sent to it.
    Untrusted {
        /// The certificate.
        certificate: CertificateView,
        /// What is wrong with it, in a sentence.
        reason: String,
    },
    /// Nothing, or something else.
    Nothing {
        /// How that shows.
        reason: String,
    },
}

/// Trusts another certificate at the address of an instance.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct TrustCertificate {
    /// Which instance.
    pub instance: String,
    /// What is trusted there from now on.
    pub trust: CertificateTrust,
}

/// Which certificate of a server is good enough.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "trust", rename_all = "snake_case")]
pub enum CertificateTrust {
    /// One that the system trusts.
    System,
    /// One that an authority in this file signed.
    Ca {
        /// Absolute path of a file with certificates.
        file: String,
    },
    /// Exactly this one.
    Pinned {
        /// Its SHA-256, in hexadecimal digits with or without colons.
        fingerprint: String,
    },
}

/// A certificate that is not trusted, for a person to look at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct CertificateView {
    /// Its SHA-256, in pairs of digits between colons.
    pub fingerprint: String,
    /// Who it is for.
    pub subject: String,
    /// Who signed it.
    pub issuer: String,
    /// Whether nobody but itself did.
    pub is_self_signed: bool,
    /// The names and addresses that it is for.
    pub names: Vec<String>,
    /// From when on it holds, in ms since the epoch.
    #[ts(type = "number | null")]
    pub from_ms: Option<u64>,
    /// Until when.
    #[ts(type = "number | null")]
    pub until_ms: Option<u64>,
    /// What is wrong with it.
    pub problem: CertificateProblemView,
}

/// What is wrong with a certificate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "problem", rename_all = "snake_case")]
pub enum CertificateProblemView {
    /// Who signed it is not known.
    UnknownIssuer,
    /// It held until some time ago.
    Expired,
    /// It does not hold yet.
    NotYetValid,
    /// It is for other names.
    WrongName {
        /// The name that it would have to be for.
        wanted: String,
    },
    /// A person trusts another one there.
    Changed {
        /// The SHA-256 of the one that is trusted.
        trusted: String,
    },
    /// Anything else.
    Other {
        /// In the words of the library.
        reason: String,
    },
}

/// How a server is reached.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
pub struct WayView {
    /// Its URL, without credentials; none while it has no port.
    pub url: Option<String>,
    /// Whether whoever carries what is sent to it can read it.
    pub is_overheard: bool,
    /// Which certificate is good enough there; none where the way is not encrypted.
    pub trust: Option<CertificateTrust>,
}

/// Gives the password of a locked instance.
#[derive(Clone, Serialize, Deserialize, TS)]
pub struct UnlockInstance {
    /// Which instance.
    pub instance: String,
    /// The user's name; none: `opencode`.
    pub user: Option<String>,
    /// The password.
    pub password: String,
    /// Where it is kept.
    pub keep: KeepPassword,
    /// As for `add_address`.
    #[serde(default)]
    pub overhearing_accepted: bool,
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

// Each may hold a password, and an address may, too.
impl fmt::Debug for AddAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("AddAddress").field("name", &self.name).finish_non_exhaustive()
    }
}

impl fmt::Debug for ChangeAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ChangeAddress").field("instance", &self.instance).finish_non_exhaustive()
    }
}

impl fmt::Debug for UnlockInstance {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("UnlockInstance").field("instance", &self.instance).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Debug;

    use serde::de::DeserializeOwned;
    use serde_json::json;

    use super::{AddAddress, ChangeAddress, UnlockInstance};

    fn check<T: DeserializeOwned + Debug>(shown: &str) {
        let request = json!({
            "instance": "i1", "name": "far", "url": "https://ada:hunter2@far", "password": "hunter2", "keep": "no",
        });
        let request: T = serde_json::from_value(request).unwrap();
        let printed = format!("{request:?}");
        assert!(printed.contains(shown) && !printed.contains("hunter2"), "{printed}");
    }

    #[test]
    fn what_holds_a_password_prints_without_it() {
        check::<AddAddress>("far");
        check::<ChangeAddress>("i1");
        check::<UnlockInstance>("i1");
    }
}
