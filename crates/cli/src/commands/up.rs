//! Waiting until an instance is up.

use std::sync::Arc;
use std::time::Duration;

use bridge::Failure;
use bridge::fleet::{self, Fleet, FleetError, Instance, InstanceId, InstanceState, Kind};
use bridge::messages::StateView;

use super::progress::Progress;

use crate::output::{Trouble, say};
use crate::portal::Portal;

/// The longest without news of a start. The core gives up long before, and says why: this is for what it does not know of.
const PATIENCE: Duration = Duration::from_mins(45);
/// The longest for one that has run and is silent: nobody says how long that lasts.
const PATIENCE_WITH_SILENCE: Duration = Duration::from_secs(90);

/// Waits until it answers, tells meanwhile what is being done, and says where it is; or says why it does not run.
pub(crate) async fn wait_until_up(portal: &Portal, id: &str, verb: &str) -> Result<(), Trouble> {
    let id = InstanceId::from(id);
    let instance = over(portal.bridge.fleet(), &id).await;
    portal.say_news();
    let instance = instance?;
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
        if let InstanceState::Starting { step, .. } = &now.state {
            progress.tell(step.text(), matches!(now.kind, Kind::Process { .. }));
        }
        let is_news = |instance: &Instance| is_over(instance) || instance.state != now.state;
        match fleet.wait_until(id, patience_with(&now.state), is_news).await {
            Ok(instance) if !is_over(&instance) => {}
            end => {
                progress.end();
                return end.map_err(|error| given_up(&now.name, error));
            }
        }
    }
}

/// How long an instance in this state is waited for.
fn patience_with(state: &InstanceState) -> Duration {
    if matches!(state, InstanceState::Degraded { .. }) { PATIENCE_WITH_SILENCE } else { PATIENCE }
}

/// Why nobody waits any more, said of the instance as a person calls it.
fn given_up(name: &str, error: FleetError) -> Trouble {
    match error {
        FleetError::TooLate { id, state } => {
            let logs = fleet::line_of(["portal", "logs", id.as_str()]);
            Trouble::new(format!("{name} did not get there in time; it is {state}"))
                .hint(Some(format!("Look at its output with `{logs}`")))
        }
        error => Failure::from(error).into(),
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
    portal.say_news();
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bridge::fleet::{FleetError, InstanceId, InstanceState, Step, Timestamp};

    use super::{given_up, patience_with};

    #[test]
    fn a_start_is_waited_for_longer_than_the_core_tries_and_the_instance_is_named() {
        let longest_of_the_core = Duration::from_mins(30);
        for step in [Step::FindingOpencode, Step::Connecting, Step::StartingContainer, Step::WaitingForAnswer] {
            let state = InstanceState::Starting { step, since: Timestamp(1) };
            assert!(patience_with(&state) > longest_of_the_core, "{state:?}");
        }
        assert!(patience_with(&InstanceState::Degraded { reason: "It is silent".into() }) < longest_of_the_core);

        let late = FleetError::TooLate { id: InstanceId::from("k3jx92ab"), state: "starting" };
        let said = format!("{:?}", given_up("web", late));
        assert!(said.contains("web did not get there in time; it is starting"), "{said}");
        assert!(said.contains("`portal logs k3jx92ab`"), "{said}");
    }
}
