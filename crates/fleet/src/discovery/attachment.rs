//! How to get into a server of others.

use opencode_api::Trust;

use super::{Credentials, Endpoint};

/// How to get into a server of others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attachment {
    /// Where it may answer, the likeliest first.
    pub(crate) endpoints: Vec<Endpoint>,
    /// What it may want to hear.
    pub(crate) credentials: Vec<Credentials>,
    /// Whether a password that the person once gave for such an address may be sent there.
    pub(crate) kept: Kept,
    /// Which certificate is good enough there.
    pub(crate) trust: Trust,
    /// Whether we do not know yet what it serves.
    pub(crate) asks_directory: bool,
}

/// Whether a password that is kept may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kept {
    /// It is a process of this user, or an address that the person has added.
    MayBeSent,
    /// It only says that it is there.
    StaysHere,
}

/// What was said at a door: with what we knew then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) credentials: Vec<Credentials>,
    pub(crate) kept: Kept,
    pub(crate) trust: Trust,
}

impl Attachment {
    /// What is said with it.
    pub(crate) fn said(&self) -> Said {
        Said { credentials: self.credentials.clone(), kept: self.kept, trust: self.trust.clone() }
    }
}
