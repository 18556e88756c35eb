//! What can go wrong when the fleet is asked for something.

use std::path::PathBuf;

use launch::ssh::{RemoteDirectoryError, RemoteFailure, SshError};
use launch::{DirectoryError, LaunchError};
use opencode_api::{ApiError, RequestId};

use crate::{AddressError, InstanceId, ProfileError, PromptId};

/// What can go wrong when the fleet is asked for something.
#[derive(Debug, thiserror::Error)]
pub enum FleetError {
    /// No instance has this id.
    #[error("No instance `{id}`")]
    NoSuchInstance {
        /// The id asked for.
        id: InstanceId,
    },
    /// The request waits no more, or never did.
    #[error("No request `{request}` waits in instance `{instance}`")]
    NoSuchRequest {
        /// Whose.
        instance: InstanceId,
        /// The id asked for.
        request: RequestId,
    },
    /// `ssh` asks that no more, or never did.
    #[error("What `ssh` asked is over (`{id}`)")]
    NoSuchPrompt {
        /// The id asked for.
        id: PromptId,
    },
    /// The directory cannot be served.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    /// The instance cannot be run like that.
    #[error(transparent)]
    Profile(#[from] ProfileError),
    /// An update is under way, and there is only one at a time.
    #[error("opencode is being updated to {version}")]
    UpdateUnderWay {
        /// To which version.
        version: String,
    },
    /// There is no opencode to run.
    #[error("opencode was not found")]
    OpencodeMissing,
    /// There is an opencode, but it does not work.
    #[error("opencode at `{path}` cannot be used: {reason}")]
    OpencodeBroken {
        /// Where it is.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The instance's state does not allow it.
    #[error("Instance `{name}` is {state}: it cannot be {wanted}")]
    NotNow {
        /// What the person calls it.
        name: String,
        /// The state's word.
        state: &'static str,
        /// What was asked, as a participle: `stopped`, `removed`, …
        wanted: &'static str,
    },
    /// It runs in no container that we make.
    #[error("`{name}` has no image to get again: it runs in no container that Portal makes")]
    NoImage {
        /// What the person calls it.
        name: String,
    },
    /// The instance does not answer now.
    #[error("Instance `{name}` is {state}: it does not answer")]
    NotAnswering {
        /// What the person calls it.
        name: String,
        /// The state's word.
        state: &'static str,
    },
    /// A new name was empty.
    #[error("A name needs at least one character")]
    EmptyName,
    /// The instance's server refused or could not be reached.
    #[error(transparent)]
    Server(#[from] ApiError),
    /// The operating system or the container engine refused.
    #[error(transparent)]
    Launch(#[from] LaunchError),
    /// Another machine cannot be reached.
    #[error(transparent)]
    Ssh(#[from] SshError),
    /// A directory of another machine cannot be served.
    #[error(transparent)]
    DirectoryThere(#[from] RemoteDirectoryError),
    /// What runs on another machine could not be started or ended.
    #[error(transparent)]
    Elsewhere(#[from] RemoteFailure),
    /// A file of ours could not be read or written.
    #[error("Could not {action} `{path}`")]
    File {
        /// `read`, `write`, …
        action: &'static str,
        /// Which file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// It did not come to pass in the time given.
    #[error("Instance `{id}` did not get there in time; it is {state}")]
    TooLate {
        /// Which.
        id: InstanceId,
        /// The state's word.
        state: &'static str,
    },
    /// What was added is no address.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// A password would be sent where whoever carries it can read it, and nobody has said that this may be.
    #[error("The way to `{url}` is not encrypted: whoever carries the password there can read it")]
    Overheard {
        /// The address.
        url: String,
    },
    /// The server does not take the password.
    #[error("Instance `{name}` does not take this password for the user `{user}`")]
    WrongPassword {
        /// What the person calls it.
        name: String,
        /// For whom it was tried.
        user: String,
    },
    /// A password was to be kept in the platform's keyring, and there is none that takes it.
    #[error("The password cannot be kept: {reason}")]
    NoKeyring {
        /// What is wrong with it.
        reason: String,
    },
    /// The keyring, or the file in its place, failed.
    #[error("The password could not be kept")]
    Keyring(#[source] launch::keyring::KeyringError),
    /// The fleet is shutting down.
    #[error("The fleet is shutting down")]
    Closed,
}
