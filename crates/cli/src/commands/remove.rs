//! `portal remove`.

use std::time::Duration;

use bridge::fleet::{Instance, Notice, NoticeId};
use bridge::messages::{InstanceView, KindView, Nothing, RemoveInstance};

use crate::arguments::Remove;
use crate::output::{Trouble, say};
use crate::portal::Portal;
use crate::question;

/// How long an engine may take to tell of a container.
const ANSWERS_WITHIN: Duration = Duration::from_secs(3);

/// Takes an instance that does not run off the list, and its container away.
pub(crate) async fn run(options: Remove) -> Result<(), Trouble> {
    let mut portal = Portal::open().await?;
    let result = remove(&mut portal, options).await;
    portal.close().await;
    result
}

async fn remove(portal: &mut Portal, options: Remove) -> Result<(), Trouble> {
    let Remove { which, data, keep_data } = options;
    let instance = portal.find(&which.instance).await?;
    let InstanceView { id, name, .. } = &instance;
    if data && instance.kind != KindView::Docker {
        return Err(Trouble::typed_wrong(format!("{name} ({id}) is no container: its sessions are opencode's own")));
    }
    let volume = if instance.kind == KindView::Docker { volume_of(portal, id).await } else { None };
    let with_data = match &volume {
        Some(volume) if !data && !keep_data => {
            question::ask(&format!("Remove the volume `{volume}` with its sessions, too?")).unwrap_or(false)
        }
        _ => data,
    };
    let request = RemoveInstance { instance: id.clone(), with_data: Some(with_data) };
    let _: Nothing = portal.ask("remove_instance", &request).await?;
    if let Some(notice) = put_off(portal, id) {
        say(&notice.message);
        return Ok(());
    }
    say(&format!("Removed {name} ({id})"));
    if let Some(volume) = volume.filter(|_| !with_data) {
        say(&format!("Its sessions are kept in the volume `{volume}`"));
    }
    Ok(())
}

/// What is said of one that is off the list, whose engine could not be asked to remove what it has of it.
fn put_off(portal: &Portal, id: &str) -> Option<Notice> {
    let id = NoticeId::from(format!("forgotten-{id}").as_str());
    portal.bridge.fleet().state().notices.get(&id).cloned()
}

/// The volume with its sessions, as its engine has it; none if that does not say so in time.
async fn volume_of(portal: &Portal, id: &str) -> Option<String> {
    let is_told = |instance: &Instance| instance.container().is_some_and(|container| container.volume.is_some());
    let told = portal.bridge.fleet().wait_until(&id.into(), ANSWERS_WITHIN, is_told).await;
    told.ok()?.container()?.volume.clone()
}
