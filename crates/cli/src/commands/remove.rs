//! `portal remove`.

use bridge::messages::{InstanceView, KindView, Nothing, RemoveInstance};

use crate::arguments::Remove;
use crate::output::{Trouble, say};
use crate::portal::Portal;
use crate::question;

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
    let volume = instance.container.as_ref().and_then(|container| container.volume.as_deref());
    let with_data = match volume {
        Some(volume) if !data && !keep_data => {
            question::ask(&format!("Remove the volume `{volume}` with its sessions, too?")).unwrap_or(false)
        }
        _ => data,
    };
    let request = RemoveInstance { instance: id.clone(), with_data: Some(with_data) };
    let _: Nothing = portal.ask("remove_instance", &request).await?;
    say(&format!("Removed {name} ({id})"));
    if let Some(volume) = volume.filter(|_| !with_data) {
        say(&format!("Its sessions are kept in the volume `{volume}`"));
    }
    Ok(())
}
