//! Waiting until an instance is up.

use std::time::Duration;

use bridge::Failure;
use bridge::fleet::{Instance, InstanceId, InstanceState};
use bridge::messages::StateView;

use crate::output::{Trouble, say};
use crate::portal::Portal;

/// The longest that a start may take; a first one on a cold disk is slow.
const PATIENCE: Duration = Duration::from_secs(90);

/// Waits until it answers, and says where; or says why it does not.
pub(crate) async fn wait_until_up(portal: &Portal, id: &str, verb: &str) -> Result<(), Trouble> {
    let id = InstanceId::from(id);
    let is_over = |instance: &Instance| {
        !matches!(
            instance.state,
            InstanceState::Starting { .. } | InstanceState::Stopping | InstanceState::Degraded { .. }
        )
    };
    let instance = portal.bridge.fleet().wait_until(&id, PATIENCE, is_over).await.map_err(Failure::from)?;
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
