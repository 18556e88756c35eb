//! What a server of others wants to hear before it lets us in.

use opencode_api::Secret;

/// What a server wants to hear before it lets us in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// The user's name.
    pub user: String,
    /// The password.
    pub password: Secret,
}

impl Credentials {
    /// The name that opencode expects unless it was told another.
    pub const USER: &str = "opencode";

    /// Without a user's name: the usual one.
    pub fn new(user: Option<&str>, password: impl Into<String>) -> Self {
        let user = user.map(str::trim).filter(|user| !user.is_empty()).unwrap_or(Self::USER);
        Self { user: user.to_owned(), password: Secret::new(password) }
    }
}

/// Whether a password may be sent where whoever carries it can read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overhearing {
    /// It may not.
    Refused,
    /// The person was told, and wants it sent.
    Accepted,
}

/// Where a password is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// Nowhere: in memory until this program ends.
    No,
    /// In the platform's keyring, or nowhere.
    Keyring,
    /// In the keyring, or where there is none in a file that only the person may read.
    File,
}
