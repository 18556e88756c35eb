//! What the tray shows: a pure function of the fleet.
//!
//! Knows nothing of Tauri; `tray` applies what this makes.

use bridge::messages::{Activity, FleetView, InstanceView, OwnerView, RequestBody, RequestView, StateView};
use serde::{Deserialize, Serialize};

use crate::tray_instance::one_instance;
use crate::tray_names::{name_in, with_tilde};

/// The icon and the menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrayModel {
    /// The worst of the fleet.
    pub mood: Mood,
    /// How many requests wait.
    pub waiting: usize,
    /// The menu, from top to bottom.
    pub items: Vec<Item>,
}

/// The worst of the fleet; each has an icon of its own shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mood {
    /// Nothing happens.
    Idle,
    /// An agent works, or an instance is on its way.
    Running,
    /// A request waits for a person.
    Waiting,
    /// An instance crashed, or cannot be reached.
    Failed,
}

/// One line of the menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// Does something.
    Action {
        /// What it says.
        label: String,
        /// What it does.
        action: Action,
    },
    /// Only says something, or cannot be done now.
    Text {
        /// What it says.
        label: String,
    },
    /// Opens to the side.
    Submenu {
        /// What it says.
        label: String,
        /// Its lines.
        items: Vec<Item>,
    },
    /// A line between groups.
    Separator,
}

/// What a click does. It travels as the id of the menu's item, so that a click on a menu that is being replaced still means what it said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Action {
    /// Shows the window.
    Open,
    /// Shows this place in the window.
    Show {
        /// As in `PushItem::Navigate`.
        place: String,
    },
    /// Answers a permission request.
    Answer {
        /// Whose.
        instance: String,
        /// Which.
        request: String,
        /// How.
        reply: bridge::messages::PermissionReply,
    },
    /// Starts an instance in a recent directory.
    Start {
        /// Which.
        directory: String,
    },
    /// Wakes an instance that is asleep.
    Wake {
        /// Which.
        instance: String,
    },
    /// Stops an instance.
    Stop {
        /// Which.
        instance: String,
    },
    /// Restarts an instance, or starts one that does not run.
    Restart {
        /// Which.
        instance: String,
    },
    /// Connects to the machine of an instance whose line is lost.
    Connect {
        /// Which.
        instance: String,
    },
    /// Lets the person choose a directory for a new instance.
    Choose,
    /// Stops every instance of ours.
    StopAll,
    /// Quits.
    Quit,
}

/// Menus that go beyond the screen help nobody; the window has the rest.
const MOST_REQUESTS: usize = 10;
const MOST_INSTANCES: usize = 15;
const MOST_RECENT: usize = 8;
const LONGEST_LABEL: usize = 60;

/// What the tray shows of this fleet.
pub fn model(fleet: &FleetView) -> TrayModel {
    let mut items = vec![action("Open OpenCode Portal", Action::Open), Item::Separator];
    if !fleet.requests.is_empty() {
        items.extend(requests(fleet));
        items.push(Item::Separator);
    }
    if !fleet.instances.is_empty() {
        items.extend(instances(fleet));
        items.push(Item::Separator);
    }
    items.push(new_instance(fleet));
    items.push(if fleet.instances.iter().any(is_ours_running) {
        action("Stop all", Action::StopAll)
    } else {
        Item::Text { label: "Stop all".into() }
    });
    items.push(Item::Separator);
    items.push(action("Quit", Action::Quit));
    TrayModel { mood: mood(fleet), waiting: fleet.requests.len(), items }
}

/// Whether it is one of ours that runs: it is stopped with all.
pub fn is_ours_running(instance: &InstanceView) -> bool {
    instance.owner == OwnerView::Portal && is_running(instance)
}

/// Whether it runs, or is on its way up.
pub fn is_running(instance: &InstanceView) -> bool {
    matches!(
        instance.state,
        StateView::Starting { .. } | StateView::Ready { .. } | StateView::Degraded { .. } | StateView::Locked
    )
}

fn mood(fleet: &FleetView) -> Mood {
    let waiting = if fleet.requests.is_empty() { Mood::Idle } else { Mood::Waiting };
    fleet.instances.iter().map(mood_of).max().unwrap_or(Mood::Idle).max(waiting)
}

fn mood_of(instance: &InstanceView) -> Mood {
    match &instance.state {
        // What somebody else runs is theirs to mend: it raises no alarm here.
        StateView::Crashed { .. } | StateView::Degraded { .. } | StateView::Unknown { .. }
            if instance.owner == OwnerView::External =>
        {
            Mood::Idle
        }
        StateView::Crashed { .. } | StateView::Degraded { .. } | StateView::Unknown { .. } => Mood::Failed,
        StateView::Ready { activity: Activity::Waiting } => Mood::Waiting,
        StateView::Ready { activity: Activity::Busy } | StateView::Starting { .. } | StateView::Stopping => {
            Mood::Running
        }
        StateView::Ready { activity: Activity::Idle }
        | StateView::Stopped
        | StateView::Asleep
        | StateView::Locked
        | StateView::Unreachable { .. } => Mood::Idle,
    }
}

fn requests(fleet: &FleetView) -> Vec<Item> {
    let mut items: Vec<_> =
        fleet.requests.iter().take(MOST_REQUESTS).map(|request| one_request(fleet, request)).collect();
    if fleet.requests.len() > MOST_REQUESTS {
        let more = fleet.requests.len() - MOST_REQUESTS;
        items.push(action(&format!("{more} more wait…"), Action::Show { place: "inbox".into() }));
    }
    items
}

fn one_request(fleet: &FleetView, request: &RequestView) -> Item {
    use bridge::messages::PermissionReply::{Always, Once, Reject};

    let name = fleet
        .instances
        .iter()
        .find(|instance| instance.id == request.instance)
        .map_or_else(|| request.instance.clone(), |instance| name_in(fleet, instance));
    let show = action("Show", Action::Show { place: format!("session/{}/{}", request.instance, request.session) });
    let answer = |label: &str, reply| {
        action(label, Action::Answer { instance: request.instance.clone(), request: request.id.clone(), reply })
    };
    let (what, items) = match &request.body {
        RequestBody::Permission { permission, patterns, always, command, file, .. } => {
            let what = command.as_ref().or(file.as_ref()).or(patterns.first());
            let what = what.map_or_else(|| permission.clone(), |what| format!("{permission} {what}"));
            let mut items = vec![answer("Once", Once)];
            // Without patterns "always" would cover nothing, or everything: that is for the window to explain.
            if !always.is_empty() {
                items.push(answer(&shorten(&format!("Always: {}", always.join(", "))), Always));
            }
            items.extend([answer("Reject", Reject), Item::Separator, show]);
            (what, items)
        }
        RequestBody::Question { questions } => {
            let what = questions.first().map_or("a question", |question| question.question.as_str());
            (what.to_owned(), vec![show])
        }
    };
    Item::Submenu { label: shorten(&format!("{name}: {what}")), items }
}

fn instances(fleet: &FleetView) -> Vec<Item> {
    let mut items: Vec<_> =
        fleet.instances.iter().take(MOST_INSTANCES).map(|instance| one_instance(fleet, instance)).collect();
    if fleet.instances.len() > MOST_INSTANCES {
        let more = fleet.instances.len() - MOST_INSTANCES;
        items.push(action(&format!("{more} more…"), Action::Show { place: "overview".into() }));
    }
    items
}

fn new_instance(fleet: &FleetView) -> Item {
    let mut items: Vec<_> = fleet
        .settings
        .recent_directories
        .iter()
        .take(MOST_RECENT)
        .map(|directory| {
            action(
                &shorten_front(&with_tilde(directory, &fleet.host.home)),
                Action::Start { directory: directory.clone() },
            )
        })
        .collect();
    if !items.is_empty() {
        items.push(Item::Separator);
    }
    items.push(action("Choose…", Action::Choose));
    Item::Submenu { label: "New instance in…".into(), items }
}

/// What does something when it is clicked.
pub fn action(label: &str, action: Action) -> Item {
    Item::Action { label: label.to_owned(), action }
}

/// On one line, cut at the end.
pub fn shorten(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= LONGEST_LABEL {
        return line;
    }
    line.chars().take(LONGEST_LABEL - 1).chain(['…']).collect()
}

/// Cut at the front: the end of a path says more.
fn shorten_front(text: &str) -> String {
    let length = text.chars().count();
    if length <= LONGEST_LABEL {
        return text.to_owned();
    }
    ['…'].into_iter().chain(text.chars().skip(length - LONGEST_LABEL + 1)).collect()
}

#[cfg(test)]
#[path = "tray_menu_tests.rs"]
pub mod tests;
