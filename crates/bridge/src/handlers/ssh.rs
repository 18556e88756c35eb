//! Other machines that an instance may run on.

use fleet::Secret;

use crate::convert::path_text;
use crate::messages::{AnswerPrompt, InstanceRef, ListSshDirectory, Nothing, SshDirectoryView, SshHostsView};
use crate::{Core, Failure};

pub(crate) async fn ssh_hosts(core: &Core, _: Nothing) -> Result<SshHostsView, Failure> {
    let hosts = core.fleet.ssh_hosts().await;
    Ok(SshHostsView { hosts: hosts.into_iter().map(|host| host.name).collect() })
}

pub(crate) async fn list_ssh_directory(core: &Core, request: ListSshDirectory) -> Result<SshDirectoryView, Failure> {
    let listed = core.fleet.list_ssh_directory(request.host.trim(), request.path.trim()).await?;
    Ok(SshDirectoryView {
        path: path_text(&listed.path),
        directories: listed.directories,
        is_cut: listed.is_cut,
        opencode: listed.opencode,
    })
}

pub(crate) async fn answer_prompt(core: &Core, request: AnswerPrompt) -> Result<Nothing, Failure> {
    core.fleet.answer_prompt(&request.prompt.into(), request.answer.map(Secret::new)).await?;
    Ok(Nothing {})
}

pub(crate) async fn connect_instance(core: &Core, request: InstanceRef) -> Result<Nothing, Failure> {
    core.fleet.connect(&request.instance.into()).await?;
    Ok(Nothing {})
}
