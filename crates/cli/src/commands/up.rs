//! Waiting until an instance is up.

use std::sync::Arc;
use std::time::Duration;

use bridge::Failure;
use bridge::fleet::{Fleet, Instance, InstanceId, InstanceState, Kind, Step};
use bridge::messages::StateView;

use super::progress::Progress;

use crate::output::{Trouble, say};
use crate::portal::Portal;

/// The longest that a step of a start may take; a first one on a cold disk is slow.
const PATIENCE: Duration = Duration::from_secs(90);
/// The longest without news of an image that is built or fetched.
const PATIENCE_FOR_IMAGES: Duration = Duration::from_mins(20);

/// Waits until it answers, tells meanwhile what is being done, and says where it is; or says why it does not run.
pub(crate) async fn wait_until_up(portal: &Portal, id: &str, verb: &str) -> Result<(), Trouble> {
    let id = InstanceId::from(id);
    let instance = over(portal.bridge.fleet(), &id).await?;
    let name = &instance.name;
    match &instance.state {
        InstanceState::Ready => {
            let at = instance
                .port
                .map_or_else(String::new, |port| format!(" at http://{}:{port}", bracketed(&instance.host)));
            say(&format!("{verb} {name} ({id}){at} in {}", instance.directory.display()));
            Ok(())
        }
        InstanceState::Crashed(failure) => Err(Trouble::new(format!("{name} did not start: {}", failure.cause))
            .lines(failure.last_lines.clone())
            .hint(failure.hint.clone())),
        InstanceState::Locked => Err(Trouble::new(format!("{name} runs, but wants a password that we do not have"))),
        state => Err(Trouble::new(format!("{name} did not start; it is {}", state.word()))),
    }
}

/// The instance once its start is over, one way or the other.
async fn over(fleet: &Fleet, id: &InstanceId) -> Result<Arc<Instance>, Trouble> {
    let is_over = |instance: &Instance| {
        !matches!(
            instance.state,
            InstanceState::Starting { .. } | InstanceState::Stopping | InstanceState::Degraded { .. }
        )
    };
    let mut progress = Progress::begin();
    loop {
        let now = fleet.instance(id).map_err(Failure::from)?;
        let mut patience = PATIENCE;
        if let InstanceState::Starting { step, .. } = &now.state {
            progress.tell(step.text(), matches!(now.kind, Kind::Process { .. }));
            if let Step::PreparingImage { .. } = step {
                patience = PATIENCE_FOR_IMAGES;
            }
        }
        let is_news = |instance: &Instance| is_over(instance) || instance.state != now.state;
        match fleet.wait_until(id, patience, is_news).await {
            Ok(instance) if !is_over(&instance) => {}
            end => {
                progress.end();
                return Ok(end.map_err(Failure::from)?);
            }
        }
    }
}

/// A host as a URL has it.
fn bracketed(host: &str) -> String {
    if host.contains(':') { format!("[{host}]") } else { host.to_owned() }
}

/// Says of each instance how it is; fails if one does not run.
pub(crate) async fn tell_how_all_are(portal: &mut Portal, ids: &[String], otherwise: &str) -> Result<(), Trouble> {
    if ids.is_empty() {
        say(otherwise);
        return Ok(());
    }
    let mut failed = Vec::new();
    for instance in portal.view().await?.instances {
        if !ids.contains(&instance.id) {
            continue;
        }
        if let StateView::Crashed { cause, .. } = &instance.state {
            failed.push(format!("{} ({}): {cause}", instance.name, instance.id));
        } else {
            say(&format!("{} ({}) is {}", instance.name, instance.id, instance.state.word()));
        }
    }
    match failed.len() {
        0 => Ok(()),
        1 => Err(Trouble::new("One did not start").lines(failed)),
        count => Err(Trouble::new(format!("{count} did not start")).lines(failed)),
    }
}
