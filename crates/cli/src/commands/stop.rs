//! `portal stop`.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bridge::messages::{
    ContainerView, FleetScope, InstanceView, KindView, Nothing, OwnerView, StateView, StopExternal,
};

use crate::arguments::Stop;
use crate::output::{Trouble, age, say};
use crate::portal::Portal;
use crate::question;

/// Stops an instance and every process that it started, or all of ours.
pub(crate) async fn run(options: Stop) -> Result<(), Trouble> {
    let mut portal = Portal::open().await?;
    let result = stop(&mut portal, options).await;
    portal.close().await;
    result
}

async fn stop(portal: &mut Portal, options: Stop) -> Result<(), Trouble> {
    let Stop { instance, all: _, group, yes } = options;
    let Some(text) = instance else {
        let _: Nothing = portal.ask("stop_all", &FleetScope { group }).await?;
        say("Stopped");
        return Ok(());
    };
    let instance = portal.find(&text).await?;
    if let (OwnerView::External, KindView::Process, Some(pid)) = (instance.owner, instance.kind, instance.pid) {
        if !yes {
            confirm(&instance, pid)?;
        }
        let request = StopExternal { instance: instance.id.clone(), pid };
        let _: Nothing = portal.ask("stop_external", &request).await?;
    } else {
        if !yes {
            confirm_theirs(&instance, "Stop")?;
        }
        portal.tell("stop_instance", &instance.id).await?;
    }
    say(&format!("Stopped {} ({})", instance.name, instance.id));
    Ok(())
}

/// Asks whether somebody else's process is really to end. Where nobody can answer, the answer is no.
fn confirm(instance: &InstanceView, pid: u32) -> Result<(), Trouble> {
    let what = describe(instance, pid);
    ask(&format!("Stop {what}?"), &what, "end")
}

/// The same of a container that somebody else made and that runs; for any other instance nothing is asked.
pub(super) fn confirm_theirs(instance: &InstanceView, verb: &str) -> Result<(), Trouble> {
    let InstanceView { owner: OwnerView::External, container: Some(container), name, state, .. } = instance else {
        return Ok(());
    };
    if matches!(state, StateView::Stopped | StateView::Crashed { .. }) {
        return Ok(());
    }
    let container = describe_container(container);
    let question = format!("{verb} {name}? It is the {container}, and whoever made it may miss it.");
    ask(&question, &format!("{name}, which is the {container}"), &verb.to_lowercase())
}

/// Where nobody can answer, the answer is no.
fn ask(question: &str, what: &str, verb: &str) -> Result<(), Trouble> {
    match question::ask(question) {
        Some(true) => Ok(()),
        Some(false) => Err(Trouble::new("Nothing was stopped")),
        None => Err(Trouble::new(format!("Somebody else started {what}"))
            .hint(Some(format!("Give --yes to {verb} it all the same")))),
    }
}

fn describe_container(container: &ContainerView) -> String {
    let called = container.name.as_ref().unwrap_or(&container.id);
    let image = container.image.as_ref().map_or_else(String::new, |image| format!(" of the image `{image}`"));
    format!("container `{called}`{image}")
}

fn describe(instance: &InstanceView, pid: u32) -> String {
    let command = instance.command.as_ref().map_or_else(String::new, |command| format!(" `{command}`"));
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let runs = instance.started_at_ms.map_or_else(String::new, |started| {
        format!(", running for {}", age(now.saturating_sub(Duration::from_millis(started))))
    });
    format!("pid {pid}{command}{runs}")
}
