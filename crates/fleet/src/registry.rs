//! The registry that we share with other programs, `~/.portal.json`: our entries in it, and those of others that we show.

use std::path::PathBuf;

use opencode_api::Port;

use crate::{InstanceId, Timestamp};

/// An entry of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) id: InstanceId,
    pub(crate) name: String,
    pub(crate) directory: PathBuf,
    pub(crate) port: Port,
    pub(crate) pid: u32,
    pub(crate) started_at: Timestamp,
}

/// An entry of another program whose server runs in a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DockerEntry {
    pub(crate) id: InstanceId,
    pub(crate) name: String,
    pub(crate) directory: PathBuf,
    pub(crate) host: String,
    pub(crate) port: Option<Port>,
    pub(crate) container: String,
    pub(crate) started_at: Option<Timestamp>,
}
