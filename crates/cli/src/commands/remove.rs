//! `portal remove`.

use std::time::Duration;

use bridge::fleet::{Instance, Notice, NoticeId};
use bridge::messages::{InstanceView, KindView, Nothing, RemoveInstance, StateView};

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
    if let Some(later) = ended_later(&instance) {
        say(&later);
    }
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

/// What is said of one whose machine was out of reach: nobody knows what runs there.
fn ended_later(instance: &InstanceView) -> Option<String> {
    let host = instance.ssh_host.as_ref()?;
    let is_beyond_reach = matches!(instance.state, StateView::Unknown { .. });
    is_beyond_reach.then(|| {
        format!(
            "What may still run there is ended as soon as `{host}` is reached, while the app or `portal serve` runs"
        )
    })
}

/// The volume with its sessions, as its engine has it; none if that does not say so in time.
async fn volume_of(portal: &Portal, id: &str) -> Option<String> {
    let is_told = |instance: &Instance| instance.container().is_some_and(|container| container.volume.is_some());
    let told = portal.bridge.fleet().wait_until(&id.into(), ANSWERS_WITHIN, is_told).await;
    told.ok()?.container()?.volume.clone()
}

#[cfg(test)]
mod tests {
    use bridge::messages::{InstanceView, KindView, StateView};

    use super::ended_later;

    #[test]
    fn what_may_run_on_a_machine_out_of_reach_is_told() {
        let far = |state| InstanceView {
            kind: KindView::Ssh,
            ssh_host: Some("build".to_owned()),
            state,
            ..InstanceView::stopped("k3jx92ab", "far", "/srv/far")
        };
        let unknown = || StateView::Unknown { reason: "There is no connection".to_owned() };
        let told = ended_later(&far(unknown())).unwrap();
        assert!(told.contains("as soon as `build` is reached"), "{told}");
        assert_eq!(ended_later(&far(StateView::Stopped)), None);
        let boxed = InstanceView { kind: KindView::Docker, ssh_host: None, ..far(unknown()) };
        assert_eq!(ended_later(&boxed), None);
    }
}
