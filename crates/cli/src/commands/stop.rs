//! `portal stop`.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bridge::messages::{FleetScope, InstanceView, KindView, Nothing, OwnerView, StopExternal};

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
    match (instance.owner, instance.kind, instance.pid) {
        (OwnerView::External, KindView::Process, Some(pid)) => {
            if !yes {
                confirm(&instance, pid)?;
            }
            let request = StopExternal { instance: instance.id.clone(), pid };
            let _: Nothing = portal.ask("stop_external", &request).await?;
        }
        _ => portal.tell("stop_instance", &instance.id).await?,
    }
    say(&format!("Stopped {} ({})", instance.name, instance.id));
    Ok(())
}

/// Asks whether somebody else's process is really to end. Where nobody can answer, the answer is no.
fn confirm(instance: &InstanceView, pid: u32) -> Result<(), Trouble> {
    match question::ask(&format!("Stop {}?", describe(instance, pid))) {
        Some(true) => Ok(()),
        Some(false) => Err(Trouble::new("Nothing was stopped")),
        None => Err(Trouble::new(format!("Somebody else started {}", describe(instance, pid)))
            .hint(Some("Give --yes to end it all the same".to_owned()))),
    }
}

fn describe(instance: &InstanceView, pid: u32) -> String {
    let command = instance.command.as_ref().map_or_else(String::new, |command| format!(" `{command}`"));
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let runs = instance.started_at_ms.map_or_else(String::new, |started| {
        format!(", running for {}", age(now.saturating_sub(Duration::from_millis(started))))
    });
    format!("pid {pid}{command}{runs}")
}
