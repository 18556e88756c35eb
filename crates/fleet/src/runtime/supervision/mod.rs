//! Performs what `reduce::supervision` asks for, and watches what it needs to know.

mod keeping;
pub(crate) mod kept;
mod refused;
mod uses;

use std::time::{Duration, SystemTime};

use launch::clocks::ClockWatch;
use tokio::task::AbortHandle;

use super::actor::Actor;
use super::context::{Context, now};
use super::guard;
use super::ticks::ticks;
use crate::event::{Event, RunId};
use crate::files::{history_file, kept_files, record_file};
use crate::supervision::{SupervisionEffect, SupervisionEvent};
use crate::{Restart, Timestamp};

pub(super) use refused::Refused;
pub(crate) use uses::Uses;

/// How often the clocks are looked at.
const CLOCKS: Duration = Duration::from_secs(1);
/// How often it is looked at who uses what.
const USES: Duration = Duration::from_secs(10);
/// A plan to restart is put off by up to this share of it, so that not all that crashed at once starts at once.
const JITTER: f64 = 0.2;

/// Performs an effect.
pub(super) fn perform(actor: &mut Actor, effect: SupervisionEffect) {
    let context = &actor.context;
    match effect {
        SupervisionEffect::Remember { id, entry, is_found } => {
            // A command that ends at once only sees what was so before.
            if context.options.stays || !is_found {
                drop(context.disk.run(move |folders| {
                    if let Err(error) = history_file::add(&folders.history(), &id, &entry, is_found) {
                        tracing::warn!(instance = %id, %error, "An entry of the history was not written");
                    }
                }));
            }
        }
        SupervisionEffect::PlanRestart { at, after, attempt, attempts } => {
            if context.options.stays {
                let after = context.pace.of(after.mul_f64(1.0 + JITTER * random_share()));
                guard::spawn(context, &at, restart(context.clone(), at.clone(), after, attempt, attempts));
            }
        }
        SupervisionEffect::Keep { at } => {
            guard::spawn(context, &at, keeping::keep(context.clone(), at.clone()));
        }
        SupervisionEffect::ReadKept { id } => {
            let (reading, reporting) = (id.clone(), context.clone());
            let read = context.disk.run(move |folders| kept_files::sessions(&folders.kept(), &reading));
            tokio::spawn(async move {
                let sessions = read.await.flatten().unwrap_or_default();
                let sessions =
                    sessions.into_iter().filter_map(|session| serde_json::from_value(session).ok()).collect();
                reporting.report(Event::Supervision(SupervisionEvent::KeptRead { id, sessions }));
            });
        }
        SupervisionEffect::ForgetKept { id } => {
            drop(context.disk.run(move |folders| {
                if let Err(error) = kept_files::remove(&folders.kept(), &id) {
                    tracing::warn!(instance = %id, %error, "What was kept was not removed");
                }
            }));
        }
        SupervisionEffect::Reconnect { at } => actor.reconnect(&at),
    }
}

/// Says when it will be, and when it is.
async fn restart(context: Context, at: RunId, after: Duration, attempt: u32, attempts: Option<u32>) {
    let due = Timestamp(now().as_ms().saturating_add(u64::try_from(after.as_millis()).unwrap_or(u64::MAX)));
    let restart = Restart { at: due, attempt, attempts };
    context.report(Event::Supervision(SupervisionEvent::RestartPlanned { at: at.clone(), restart }));
    tokio::time::sleep(after).await;
    context.report(Event::Supervision(SupervisionEvent::RestartDue { at }));
}

/// From 0 to 1.
fn random_share() -> f64 {
    let mut byte = [0_u8];
    // Without randomness they come together, which is only less polite.
    let _even = getrandom::fill(&mut byte);
    f64::from(byte[0]) / 255.0
}

/// Begins to watch.
pub(super) fn watch(context: &Context) -> Vec<AbortHandle> {
    if !context.options.stays {
        return Vec::new();
    }
    let (known, pruned) = (
        context.states.clone(),
        context.disk.run({
            let folders = context.folders.clone();
            move |_| record_file::paths(&folders.records())
        }),
    );
    let disk = context.disk.clone();
    let pruning = async move {
        // Where the records cannot be listed, nothing says whose history may go.
        let Some(Ok(records)) = pruned.await else { return };
        drop(disk.run(move |folders| {
            let is_known = |id: &crate::InstanceId| {
                known.borrow().instances.contains_key(id)
                    || records.contains(&record_file::path(&folders.records(), id))
            };
            history_file::prune(&folders.history(), is_known, SystemTime::now());
        }));
    };
    vec![tokio::spawn(pruning).abort_handle(), tokio::spawn(look(context.clone())).abort_handle()]
}

/// Looks at the clocks and at who uses what. The clocks first: time in which the machine slept is no idle time.
async fn look(context: Context) {
    let uses_every = context.pace.of(USES);
    let mut ticks = ticks(CLOCKS.min(uses_every));
    let mut clocks = ClockWatch::new();
    let mut looked = tokio::time::Instant::now();
    loop {
        ticks.tick().await;
        if let Some(jump) = clocks.look() {
            tracing::info!(?jump, "The clocks have jumped");
            context.report(Event::Supervision(SupervisionEvent::Jumped(jump)));
        }
        if looked.elapsed() >= uses_every && may_sleep(&context) {
            looked = tokio::time::Instant::now();
            let (used, watched) = context.uses.seen();
            context.report(Event::Supervision(SupervisionEvent::Looked { used, watched }));
        }
    }
}

/// Whether anything could be put to sleep at all.
fn may_sleep(context: &Context) -> bool {
    let state = context.states.borrow();
    let is_wanted = |rule: crate::SleepRule| match rule {
        crate::SleepRule::Default => state.settings.sleep_after_minutes > 0,
        crate::SleepRule::Never => false,
        crate::SleepRule::After { .. } => true,
    };
    state
        .instances
        .values()
        .any(|instance| instance.state == crate::InstanceState::Ready && is_wanted(instance.profile.sleep))
}
