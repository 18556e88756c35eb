//! The opencode processes of this user.

use std::collections::HashMap;
use std::path::Path;

use launch::{FoundProcess, ProcessIdentity, Scanner};

use super::super::context::Context;
use super::super::ticks::ticks;
use super::LOOK;
use crate::discovery::{DiscoveryEvent, Found, ProcessSeen};
use crate::event::Event;
use crate::{Folders, InstanceId, Role, Source, State, Timestamp};

/// opencode sets this for what it starts itself: our marks in the environment of such a process are only inherited.
const STARTED_BY_OPENCODE: &str = "OPENCODE_PID";

/// Looks at the processes once a second and tells when they have changed.
pub(super) async fn look(context: Context) {
    let mut ticks = ticks(LOOK);
    let mut eyes = Some(Eyes::default());
    let mut before: Option<Vec<Found>> = None;
    loop {
        ticks.tick().await;
        let mut open = eyes.take().unwrap_or_default();
        let folders = context.folders.clone();
        let looked = tokio::task::spawn_blocking(move || {
            let found = open.look(&folders);
            (open, found)
        });
        let Ok((open, found)) = looked.await else { continue };
        eyes = Some(open);
        // Time decides about those with our marks that belong to nobody.
        let is_pending = found.iter().any(|found| is_unclaimed(found, &context.states.borrow()));
        if is_pending || before.as_ref() != Some(&found) {
            before = Some(found.clone());
            context.report(Event::Discovery(DiscoveryEvent::SourceSeen { source: Source::Process, found }));
        }
        context.looked.send_if_modified(|looked| !std::mem::replace(looked, true));
    }
}

/// Whether a process has our marks and is not known to be an instance's.
fn is_unclaimed(found: &Found, state: &State) -> bool {
    let Some((seen, mark)) = found.process.as_ref().and_then(|seen| Some((seen, seen.mark.as_ref()?))) else {
        return false;
    };
    let process = state.instances.get(mark).and_then(|instance| instance.process());
    process.is_none_or(|process| !seen.is_or_is_under(process.pid))
}

/// Looks, and remembers what does not change.
#[derive(Default)]
struct Eyes {
    scanner: Scanner,
    /// Of processes with our marks: whether those are only inherited.
    inherited: HashMap<ProcessIdentity, bool>,
}

impl Eyes {
    fn look(&mut self, folders: &Folders) -> Vec<Found> {
        let seen = self.scanner.look();
        self.inherited.retain(|identity, _| seen.iter().any(|seen| seen.identity == *identity));
        // What is only tried, by any host of this user, is nobody's instance.
        let trials = std::fs::canonicalize(folders.trials()).unwrap_or_else(|_| folders.trials());
        let is_tried = |seen: &FoundProcess| seen.directory.as_ref().is_some_and(|folder| folder.starts_with(&trials));
        seen.into_iter().filter(|seen| !is_tried(seen)).map(|seen| self.found(seen, &folders.state)).collect()
    }

    fn found(&mut self, seen: FoundProcess, state_folder: &Path) -> Found {
        let mark = self.mark(&seen, state_folder);
        Found {
            directory: seen.directory,
            started_at: seen.started_at_ms.map(Timestamp),
            process: Some(ProcessSeen {
                identity: seen.identity,
                role: match seen.role {
                    launch::Role::Serve => Role::Serve,
                    launch::Role::Web => Role::Web,
                    launch::Role::Acp => Role::Acp,
                    launch::Role::Tui => Role::Tui,
                },
                command: seen.command,
                listens: seen.listens,
                wrappers: seen.wrappers,
                mark,
            }),
            is_verified: true,
            ..Found::by(Source::Process)
        }
    }

    /// The instance that a host with our state folder started it for.
    fn mark(&mut self, seen: &FoundProcess, state_folder: &Path) -> Option<InstanceId> {
        let mark = InstanceId::given(seen.instance.as_deref()?)?;
        if seen.state_folder.as_deref() != Some(state_folder) {
            return None;
        }
        let is_inherited = *self
            .inherited
            .entry(seen.identity.clone())
            .or_insert_with(|| launch::variable_of(&seen.identity, STARTED_BY_OPENCODE).is_some());
        (!is_inherited).then_some(mark)
    }
}
