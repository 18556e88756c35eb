//! What there is to choose from for the place of an instance.

use crate::convert::invalid;
use crate::messages::{EnginesView, ListSshDirectory, Nothing, SshDirectoryView, SshHostsView};
use crate::{Core, Failure};

pub(crate) async fn docker_engines(_: &Core, _: Nothing) -> Result<EnginesView, Failure> {
    Ok(EnginesView { engines: Vec::new(), hint: None })
}

pub(crate) async fn ssh_hosts(_: &Core, _: Nothing) -> Result<SshHostsView, Failure> {
    Ok(SshHostsView { hosts: Vec::new() })
}

pub(crate) async fn list_ssh_directory(_: &Core, request: ListSshDirectory) -> Result<SshDirectoryView, Failure> {
    Err(invalid(format!("`{}` is not known", request.host)))
}
