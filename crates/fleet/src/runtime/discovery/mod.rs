//! Performs what `reduce::discovery` asks for, and watches every source of instances of others: processes, the registry, opencode's own file, the local network, the person's list.

mod announced;
mod attaching;
mod book;
mod processes;
mod reaping;
mod verifying;
mod written;

use std::future::Future;
use std::time::Duration;

use tokio::task::AbortHandle;

pub(super) use attaching::{attach, unreached};
pub(crate) use book::Book;

use super::actor::Actor;
use super::context::Context;
use super::ticks::ticks;
use crate::discovery::{DiscoveryEffect, DiscoveryEvent, Endpoint};
use crate::event::Event;
use crate::{Discovery, NoticeId, Source};

/// How often what changes by itself is looked at: what is new or gone shows within two of these.
const LOOK: Duration = Duration::from_secs(1);

/// Performs an effect.
pub(super) fn perform(actor: &mut Actor, effect: DiscoveryEffect) {
    let context = actor.context.clone();
    match effect {
        DiscoveryEffect::LetIn { at, endpoint, credentials } => {
            tokio::spawn(attaching::let_in(context, at, endpoint, credentials));
        }
        DiscoveryEffect::ForgetAddress { endpoint } => {
            tokio::spawn(forget(context, endpoint));
        }
        DiscoveryEffect::RenameAddress { id, name } => {
            tokio::task::spawn_blocking(move || {
                let renamed = context.book.change(&|event| context.report(event), |list| {
                    if let Some(address) = list.addresses.iter_mut().find(|address| address.id == id) {
                        address.name = Some(name);
                    }
                });
                tell(&context, renamed);
            });
        }
        // A command that ends at once ends nothing else.
        DiscoveryEffect::Reap { .. } if !context.options.stays => {}
        DiscoveryEffect::Reap { instance, identity } => {
            tokio::spawn(reaping::reap(context, instance, identity));
        }
    }
}

async fn forget(context: Context, endpoint: Endpoint) {
    let forgotten = context.book.forget(&endpoint, &|event| context.report(event)).await;
    tell(&context, forgotten);
}

/// Raises a notice when the list could not be changed, and takes it back when it could.
fn tell(context: &Context, changed: Result<(), crate::FleetError>) {
    let id = NoticeId::from("addresses");
    context.report(match changed {
        Ok(()) => Event::NoticeOver(id),
        Err(error) => Event::NoticeRaised(crate::Notice {
            id,
            level: crate::NoticeLevel::Warning,
            message: error.to_string(),
            hint: Some("Make room on the disk, or correct the permissions".to_owned()),
        }),
    });
}

/// Begins to watch.
pub(super) fn watch(context: &Context) -> Vec<AbortHandle> {
    let mut watching = Vec::new();
    if context.options.stays || context.options.discovery == Discovery::AsSet {
        // Nothing is looked for: the person has added them.
        watching.push(tokio::spawn(addresses(context.clone())).abort_handle());
    }
    if context.options.discovery == Discovery::AsSet {
        let look = [
            tokio::spawn(while_set(context.clone(), Source::Process, processes::look)).abort_handle(),
            tokio::spawn(while_set(context.clone(), Source::Registry, written::registry)).abort_handle(),
            tokio::spawn(while_set(context.clone(), Source::ServiceFile, written::service_file)).abort_handle(),
            tokio::spawn(while_set(context.clone(), Source::Mdns, announced::listen)).abort_handle(),
        ];
        watching.extend(look);
    }
    watching
}

async fn addresses(context: Context) {
    let mut ticks = ticks(LOOK);
    loop {
        ticks.tick().await;
        context.book.look(&|event| context.report(event));
    }
}

/// Looks at a source as long as the person wants it. After that it sees nothing.
async fn while_set<F: Future<Output = ()>>(context: Context, source: Source, look: impl Fn(Context) -> F) {
    let mut states = context.states.clone();
    loop {
        if states.wait_for(|state| state.settings.discover).await.is_err() {
            return;
        }
        tokio::select! {
            () = look(context.clone()) => {}
            unset = states.wait_for(|state| !state.settings.discover) => if unset.is_err() { return },
        }
        context.report(Event::Discovery(DiscoveryEvent::SourceSeen { source, found: Vec::new() }));
    }
}
