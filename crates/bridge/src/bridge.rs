//! The bridge: where every host's calls arrive and every window's pushes begin.

use std::sync::Arc;

use bytes::Bytes;
use fleet::Fleet;
use tokio::task::AbortHandle;

use crate::convert::{fleet_view, invalid};
use crate::messages::FleetView;
use crate::once::Once;
use crate::pushes::{Windows, feed};
use crate::tour::Tour;
use crate::{Call, Code, Failure, Host, Pushes, WindowId, operation, operations};

/// Our surface over a fleet. Clones are the same bridge.
#[derive(Clone)]
pub struct Bridge {
    core: Arc<Core>,
    once: Once,
    /// Ends the bridge's tasks with the last clone.
    _tasks: Arc<Tasks>,
}

/// What the handlers work with.
pub(crate) struct Core {
    pub(crate) fleet: Fleet,
    pub(crate) host: Arc<dyn Host>,
    pub(crate) windows: Windows,
    pub(crate) tour: Tour,
}

struct Tasks(Vec<AbortHandle>);

impl Drop for Tasks {
    fn drop(&mut self) {
        self.0.iter().for_each(AbortHandle::abort);
    }
}

impl Core {
    /// Everything that a window shows at first.
    pub(crate) fn view(&self) -> FleetView {
        fleet_view(&self.fleet.state(), self.fleet.folders(), self.host.view())
    }
}

impl Bridge {
    /// A bridge to that fleet, for that host. Must be made within a tokio runtime.
    pub fn new(fleet: Fleet, host: Arc<dyn Host>) -> Self {
        let (windows, tour) = (Windows::default(), Tour::default());
        let feed = feed::feed(fleet.clone(), fleet.changes(), windows.clone());
        let tasks = [
            tokio::spawn(feed).abort_handle(),
            tokio::spawn(tour.clone().keep_served(fleet.clone())).abort_handle(),
            tokio::spawn(tell_what_is_watched(fleet.clone(), windows.clone())).abort_handle(),
        ];
        let core = Core { fleet, host, windows, tour };
        Self { core: Arc::new(core), once: Once::default(), _tasks: Arc::new(Tasks(tasks.into())) }
    }

    /// The fleet behind it, for what is no operation: the tray, quitting.
    pub fn fleet(&self) -> &Fleet {
        &self.core.fleet
    }

    /// Carries out an operation. The reply is JSON, but for `forward`: a `ForwardHead` as one line of JSON, a newline, and the body.
    pub async fn call(&self, call: Call) -> Result<Bytes, Failure> {
        let Some(operation) = operation(&call.name) else {
            return Err(Failure {
                code: Code::NotFound,
                message: format!("There is no operation `{}`", call.name),
                hint: None,
                detail: None,
            });
        };
        // It is as big as the biggest of all operations.
        Box::pin(operations::dispatch(&self.core, &self.once, operation, call)).await
    }

    /// Opens a window: its pushes, a snapshot first. An earlier window of that id gets no more.
    pub fn open_window(&self, id: &WindowId) -> Pushes {
        let core = Arc::clone(&self.core);
        // As long as it is open there is somebody to ask.
        let answerer = core.fleet.answerer();
        self.core.windows.open(id, move || {
            let _kept = &answerer;
            core.view()
        })
    }

    /// Takes a window, or all of them, to a place (`PushItem::Navigate`). One that is not open yet finds it when it opens.
    pub fn navigate(&self, window: Option<&WindowId>, place: &str) {
        self.core.windows.navigate(window, place);
    }

    /// Ends the pushes of every window, so that a host can end its connections.
    pub fn close_windows(&self) {
        self.core.windows.close_all();
    }
}

/// Tells the fleet which instances are on screen, whenever that changes.
async fn tell_what_is_watched(fleet: Fleet, windows: Windows) {
    let mut on_screen = windows.on_screen();
    while on_screen.changed().await.is_ok() {
        let ids = on_screen.borrow_and_update().iter().map(|id| id.as_str().into()).collect();
        fleet.watched(ids);
    }
}

/// The id that whatever changes something needs.
pub(crate) fn required(request_id: Option<&str>, name: &str) -> Result<String, Failure> {
    request_id
        .map(ToOwned::to_owned)
        .ok_or_else(|| invalid(format!("`{name}` changes something and needs a request id")))
}
