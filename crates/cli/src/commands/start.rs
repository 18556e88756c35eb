//! `portal start`.

use bridge::messages::{CheckDirectory, DirectoryView, InstanceRef, StartInstance};

use super::up::wait_until_up;
use crate::arguments::Start;
use crate::output::Trouble;
use crate::portal::{Portal, absolute};

/// Starts an instance, or says that one runs there already.
pub(crate) async fn run(options: Start) -> Result<(), Trouble> {
    let mut portal = Portal::open().await?;
    let result = start(&mut portal, options).await;
    portal.close().await;
    result
}

async fn start(portal: &mut Portal, options: Start) -> Result<(), Trouble> {
    let Start { directory, name } = options;
    // Not made absolute: empty, and refused with the right words by whoever checks it.
    let path = absolute(&directory).unwrap_or(directory);
    let directory = path.to_str().ok_or_else(|| Trouble::new(format!("`{}` is not UTF-8", path.display())))?.to_owned();
    let there: DirectoryView = portal.ask("check_directory", &CheckDirectory { directory: directory.clone() }).await?;
    let was_live = match &there.instance {
        Some(id) => portal.bridge.fleet().state().instances.get(&id.as_str().into()).is_some_and(|i| i.state.is_live()),
        None => false,
    };
    let started: InstanceRef =
        portal.ask("start_instance", &StartInstance { directory, name, profile: None, another: None }).await?;
    wait_until_up(portal, &started.instance, if was_live { "Already running:" } else { "Started" }).await
}
