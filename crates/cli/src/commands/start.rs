//! `portal start`.

use bridge::messages::{
    CheckDirectory, DirectoryView, FleetScope, InstanceRef, InstanceView, Nothing, OwnerView, StartInstance, StateView,
};

use super::up::{tell_how_all_are, wait_until_up};
use crate::arguments::Start;
use crate::output::{Trouble, say};
use crate::portal::{Portal, absolute};

/// Starts an instance, or says that one runs there already; or starts all.
pub(crate) async fn run(options: Start) -> Result<(), Trouble> {
    let mut portal = Portal::open().await?;
    let result = start(&mut portal, options).await;
    portal.close().await;
    result
}

async fn start(portal: &mut Portal, options: Start) -> Result<(), Trouble> {
    let Start { directory, name, new, all: _, profile } = options;
    let Some(directory) = directory else {
        let group = profile.group;
        let is_down = |state: &StateView| matches!(state, StateView::Stopped | StateView::Crashed { .. });
        let down = portal.ours(group.as_deref(), is_down).await?;
        let _: Nothing = portal.ask("start_all", &FleetScope { group }).await?;
        return tell_how_all_are(portal, &down, "Everything runs already").await;
    };
    // Not made absolute: empty, and refused with the right words by whoever checks it.
    let path = absolute(&directory).unwrap_or(directory);
    let directory = path.to_str().ok_or_else(|| Trouble::new(format!("`{}` is not UTF-8", path.display())))?.to_owned();
    let there: DirectoryView = portal.ask("check_directory", &CheckDirectory { directory: directory.clone() }).await?;
    let there: Option<InstanceView> = match there.instance {
        Some(id) if !new => portal.view().await?.instances.into_iter().find(|instance| instance.id == id),
        _ => None,
    };
    let is_ours = there.as_ref().is_some_and(|instance| instance.owner == OwnerView::Portal);
    let known = there.as_ref().filter(|_| is_ours).map(|instance| instance.profile.clone()).unwrap_or_default();
    let was_live = there.is_some_and(|instance| {
        portal.bridge.fleet().state().instances.get(&instance.id.as_str().into()).is_some_and(|i| i.state.is_live())
    });
    let profile = profile.over(&known)?;
    let is_changed = profile.is_some();
    let request = StartInstance { directory, name, profile, another: new.then_some(true) };
    let started: InstanceRef = portal.ask("start_instance", &request).await?;
    wait_until_up(portal, &started.instance, if was_live { "Already running:" } else { "Started" }).await?;
    if was_live && is_changed {
        say("What you gave is kept, and counts from its next start on");
    }
    Ok(())
}
