//! The fleet of this user, opened for one command.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use bridge::fleet::{AtQuit, Fleet, Folders, Instance, InstanceState, NoticeId, Options, State};
use bridge::messages::{FleetView, InstanceRef, InstanceView, KindView, Nothing, OwnerView, StateView};
use bridge::{Bridge, Call, Host, WindowId};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serve::Browser;

use crate::asking::Asking;
use crate::output::{Trouble, place, table, warn};

/// Names an opencode to fall back on: the pinned one beside the sources.
const PINNED: &str = "PORTAL_PINNED_OPENCODE";
/// How long the search for instances of others may take.
const LOOKED_WITHIN: Duration = Duration::from_secs(1);
/// How long a fleet that was just opened may take to see how its instances are.
const SETTLED_WITHIN: Duration = Duration::from_secs(3);
/// How long a server that lets us in may take to tell its version.
const TELLS_WITHIN: Duration = Duration::from_secs(3);

/// The folders of this user.
pub(crate) fn folders() -> Result<Folders, Trouble> {
    let mut folders = Folders::of_this_user().ok_or_else(|| Trouble::new("There is no home folder; set `HOME`"))?;
    folders.pinned_opencode = std::env::var_os(PINNED).filter(|path| !path.is_empty()).map(PathBuf::from);
    Ok(folders)
}

/// The fleet of this user, asked as a window asks it.
pub(crate) struct Portal {
    pub(crate) bridge: Bridge,
    window: WindowId,
    calls: u32,
    asking: Option<Asking>,
    /// What was wrong when the fleet was opened.
    known_notices: BTreeSet<NoticeId>,
}

impl Portal {
    /// Opens the fleet and waits until it has seen how its instances are.
    pub(crate) async fn open() -> Result<Self, Trouble> {
        Self::open_for(Arc::new(Browser)).await
    }

    /// The same, for a host that can do more.
    pub(crate) async fn open_for(host: Arc<dyn Host>) -> Result<Self, Trouble> {
        let options = Options::looking(std::env::var("PORTAL_DISCOVERY").ok().as_deref());
        let fleet = Fleet::open(folders()?, options).await.context("The fleet could not be opened")?;
        // Most commands name an instance, and it may be one of others.
        let _ = tokio::time::timeout(LOOKED_WITHIN, fleet.looked_around()).await;
        settle(&fleet).await;
        let asking = Asking::begin(&fleet);
        let known_notices = fleet.state().notices.keys().cloned().collect();
        let bridge = Bridge::new(fleet, host);
        let window = WindowId::new("cli").expect("`cli` is a window's id");
        Ok(Self { bridge, window, calls: 0, asking, known_notices })
    }

    /// Asks for an operation.
    pub(crate) async fn ask<Q: Serialize, R: DeserializeOwned>(
        &mut self,
        name: &str,
        request: &Q,
    ) -> Result<R, Trouble> {
        self.calls += 1;
        let call = Call {
            window: self.window.clone(),
            request_id: Some(format!("cli-{}", self.calls)),
            name: name.to_owned(),
            payload: serde_json::to_value(request).context("The request could not be written")?,
        };
        let reply = self.bridge.call(call).await?;
        Ok(serde_json::from_slice(&reply).context("The reply could not be read")?)
    }

    /// Everything that is known.
    pub(crate) async fn view(&mut self) -> Result<FleetView, Trouble> {
        self.ask("fleet", &Nothing {}).await
    }

    /// The instance that a person means by an id, a name or a directory.
    pub(crate) async fn find(&mut self, text: &str) -> Result<InstanceView, Trouble> {
        let instances = self.view().await?.instances;
        pick(&instances, text, absolute(Path::new(text)).as_deref()).cloned()
    }

    /// The instances of ours in a group, or all, that are in such a state. The tour's is none: it ends with the app.
    pub(crate) async fn ours(
        &mut self,
        group: Option<&str>,
        is_meant: impl Fn(&StateView) -> bool,
    ) -> Result<Vec<String>, Trouble> {
        let instances = self.view().await?.instances.into_iter();
        let meant = instances.filter(|instance| {
            instance.owner == OwnerView::Portal
                && !instance.demo
                && group.is_none_or(|group| instance.profile.group.as_deref() == Some(group))
                && is_meant(&instance.state)
        });
        Ok(meant.map(|instance| instance.id).collect())
    }

    /// Does one thing with one instance.
    pub(crate) async fn tell(&mut self, name: &str, instance: &str) -> Result<(), Trouble> {
        let request = InstanceRef { instance: instance.to_owned() };
        self.ask(name, &request).await.map(|_: Nothing| ())
    }

    /// An instance once it is known how it is, if that shows soon.
    pub(crate) async fn settled(&mut self, id: &str) -> Result<InstanceView, Trouble> {
        let fleet = self.bridge.fleet();
        let is_settled = |instance: &Instance| !matches!(instance.state, InstanceState::Starting { .. });
        let _how_it_is = fleet.wait_until(&id.into(), TELLS_WITHIN, is_settled).await;
        self.find(id).await
    }

    /// The version that an instance tells once it lets us in, if it does so soon.
    pub(crate) async fn version_of(&self, id: &str) -> Option<String> {
        let fleet = self.bridge.fleet();
        let told = fleet.wait_until(&id.into(), TELLS_WITHIN, |instance| instance.version.is_some()).await;
        told.ok().and_then(|instance| instance.version.clone())
    }

    /// Says what has come to be wrong since the fleet was opened.
    pub(crate) fn say_news(&self) {
        for (id, notice) in &self.bridge.fleet().state().notices {
            if !self.known_notices.contains(id) {
                let hint = notice.hint.as_ref().map(|hint| format!(". {hint}")).unwrap_or_default();
                warn(&format!("{}{hint}", notice.message));
            }
        }
    }

    /// Ends this command's part; instances go on.
    pub(crate) async fn close(self) {
        let fleet = self.bridge.fleet().clone();
        drop(self.asking);
        drop(self.bridge);
        fleet.shut_down(AtQuit::Keep).await;
    }
}

/// A path from the root on, without a trailing slash, links left as they are.
pub(crate) fn absolute(path: &Path) -> Option<PathBuf> {
    let path = std::path::absolute(path).ok()?;
    Some(path.components().collect())
}

/// An id first, then a directory, then a name; a name of several instances is none.
fn pick<'a>(instances: &'a [InstanceView], text: &str, directory: Option<&Path>) -> Result<&'a InstanceView, Trouble> {
    if let Some(found) = instances.iter().find(|instance| instance.id == text) {
        return Ok(found);
    }
    let named: Vec<_> = instances.iter().filter(|instance| instance.name == text).collect();
    let is_here = |instance: &InstanceView| match instance.kind {
        // The same path of another machine is another directory; it is named with its host.
        KindView::Ssh => place(instance) == text,
        _ => directory.is_some_and(|path| Path::new(&instance.directory) == path),
    };
    let here = instances.iter().find(|instance| is_here(instance));
    match (named.as_slice(), here) {
        (_, Some(found)) if named.is_empty() || text.contains('/') => Ok(found),
        ([found], _) => Ok(found),
        ([], _) => Err(Trouble::not_found(format!("There is no instance `{text}`"), table(instances))),
        (several, _) => {
            let several: Vec<InstanceView> = several.iter().map(|instance| (*instance).clone()).collect();
            Err(Trouble::not_found(format!("Several instances are called `{text}`; give the id"), table(&several)))
        }
    }
}

/// Waits until no instance is in between. One that really is stays so, and is shown so.
async fn settle(fleet: &Fleet) {
    let mut changes = fleet.changes();
    let settled = async { while !is_settled(&fleet.state()) && changes.next().await.is_some() {} };
    let _ = tokio::time::timeout(SETTLED_WITHIN, settled).await;
}

fn is_settled(state: &State) -> bool {
    state.instances.values().all(|instance| match instance.state {
        InstanceState::Starting { .. }
        | InstanceState::Stopping
        | InstanceState::Degraded { .. }
        | InstanceState::Unknown { .. } => false,
        InstanceState::Stopped
        | InstanceState::Ready
        | InstanceState::Asleep
        | InstanceState::Locked
        | InstanceState::Unreachable { .. }
        | InstanceState::Crashed(_) => true,
    })
}

#[cfg(test)]
#[path = "portal_tests.rs"]
mod tests;
