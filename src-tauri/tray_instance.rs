//! What the tray offers for one instance, and what it says of it. Pure.

use bridge::messages::{FleetView, InstanceView, KindView, OwnerView, StateView};
use bridge::risks;

use crate::tray_menu::{Action, Item, action, is_running, shorten};
use crate::tray_names::name_in;

/// Its menu.
pub fn one_instance(fleet: &FleetView, instance: &InstanceView) -> Item {
    let mut items = Vec::new();
    if instance.state == StateView::Asleep {
        items.push(action("Wake", Action::Wake { instance: instance.id.clone() }));
    } else if can_start(instance) {
        items.push(action("Start", Action::Restart { instance: instance.id.clone() }));
    }
    if can_stop(instance) {
        items.push(action("Stop", Action::Stop { instance: instance.id.clone() }));
        items.push(action("Restart", Action::Restart { instance: instance.id.clone() }));
    }
    let is_unknown = matches!(instance.state, StateView::Unknown { .. });
    if is_unknown && instance.kind == KindView::Ssh {
        items.push(action("Connect now", Action::Connect { instance: instance.id.clone() }));
    }
    items.push(action("Open", Action::Show { place: format!("instance/{}", instance.id) }));
    let said: Vec<String> = refusal(instance)
        .map(ToOwned::to_owned)
        .into_iter()
        .chain(risks(instance).into_iter().map(|risk| format!("Careful: {risk}")))
        .collect();
    if !said.is_empty() {
        items.push(Item::Separator);
        items.extend(said.into_iter().map(|label| Item::Text { label }));
    }
    Item::Submenu { label: format!("{} ({})", shorten(&name_in(fleet, instance)), instance.state.word()), items }
}

/// Why it cannot be started or stopped from here as others can.
fn refusal(instance: &InstanceView) -> Option<&'static str> {
    match (instance.kind, &instance.state) {
        (KindView::Remote, _) => Some("Start and stop it where it runs"),
        (KindView::Docker, StateView::Unknown { .. }) => Some("Its container engine does not answer"),
        (KindView::Process, _) if instance.owner == OwnerView::External => Some("Another program started it"),
        _ => None,
    }
}

/// Whether it is ours to start and stop. A container that somebody else made is anybody's who may use its engine.
fn is_for_us(instance: &InstanceView) -> bool {
    instance.owner == OwnerView::Portal || (instance.kind == KindView::Docker && instance.container.is_some())
}

fn can_stop(instance: &InstanceView) -> bool {
    is_for_us(instance) && is_running(instance)
}

fn can_start(instance: &InstanceView) -> bool {
    is_for_us(instance) && matches!(instance.state, StateView::Stopped | StateView::Crashed { .. })
}

/// What is asked before somebody else's container is stopped, and restarted again: whoever made it may miss it. None: nothing is.
pub fn question(instance: &InstanceView) -> Option<String> {
    let container = instance.container.as_ref().filter(|_| instance.owner == OwnerView::External)?;
    let called = container.name.as_ref().unwrap_or(&container.id);
    let image = container.image.as_ref().map_or_else(String::new, |image| format!(" ({image})"));
    is_running(instance).then(|| {
        format!(
            "“{}” is the container {called}{image}. Whoever made it may miss it, and what its sessions do ends where it is.",
            instance.name
        )
    })
}
