//! What may still run on another machine though no instance has it: written down, and ended as soon as that machine is reached.

use std::time::Duration;

use launch::ssh::RemoteFailure;
use tokio::task::AbortHandle;

use super::directory;
use crate::event::Event;
use crate::files::{left_there_file, record_file};
use crate::record::Life;
use crate::runtime::context::Context;
use crate::runtime::launching::GRACE;
use crate::runtime::roster::command::INSTANCE_VARIABLE;
use crate::ssh::LeftThere;
use crate::{InstanceId, Notice, NoticeId, NoticeLevel};

/// The first and the longest pause before a machine is tried again for this alone. Whoever reaches it for something else makes that sooner.
const AGAIN: (Duration, Duration) = (Duration::from_secs(1), Duration::from_mins(10));
/// How long whoever is starting something in the directory is waited for.
const LOCK_PATIENCE: Duration = Duration::from_secs(30);

/// What became of one try.
enum Tried {
    /// Nothing is left that nobody has.
    Over,
    /// That is not known yet.
    NotYet(String),
}

/// Ends what earlier hosts have left, as far as it is written down.
pub(in crate::runtime) fn watch(context: &Context) -> AbortHandle {
    let context = context.clone();
    let watching = tokio::spawn(async move {
        let state = context.folders.state.clone();
        let read = tokio::task::spawn_blocking(move || left_there_file::read(&state)).await;
        let each = read.unwrap_or_default().into_iter().map(|(id, left)| until_over(context.clone(), id, left));
        futures_util::future::join_all(each).await;
    });
    watching.abort_handle()
}

/// Writes down what may be left of an instance, and ends it as soon as that can be done.
pub(super) async fn end_later(context: &Context, id: InstanceId, left: LeftThere) {
    let (of, written) = (id.clone(), left.clone());
    // After what was written before: a record that is removed is gone when this is looked at.
    let added = context.disk.run(move |folders| left_there_file::add(&folders.state, &of, &written));
    if let Some(Err(error)) = added.await {
        tracing::warn!(instance = %id, %error, "What may be left on another machine was not written down");
    }
    let context = context.clone();
    tokio::spawn(async move {
        let mut states = context.states.clone();
        tokio::select! {
            () = until_over(context, id, left) => {}
            // The fleet is closed: the next one reads what is written down.
            () = async { while states.changed().await.is_ok() {} } => {}
        }
    });
}

/// The same of an instance that is still known.
pub(super) async fn end_later_of(context: &Context, id: InstanceId, host: String) {
    let known = context.states.borrow().instances.get(&id).cloned();
    if let Some(instance) = known {
        let left = LeftThere { name: instance.name.clone(), host, directory: instance.directory.clone() };
        end_later(context, id, left).await;
    }
}

async fn until_over(context: Context, id: InstanceId, left: LeftThere) {
    let lets_know = NoticeId::from(format!("left-there-{id}").as_str());
    let mut pause = AGAIN.0;
    while let Tried::NotYet(reason) = end(&context, &id, &left).await {
        tracing::info!(instance = %id, host = left.host, reason, "What may be left on another machine is ended later");
        context.report(Event::NoticeRaised(notice(lets_know.clone(), &left)));
        context.lines.until_it_stands(&left.host, pause).await;
        pause = AGAIN.1.min(pause * 2);
    }
    let (state, of) = (context.folders.state.clone(), id.clone());
    let removed = tokio::task::spawn_blocking(move || left_there_file::remove(&state, &of)).await;
    if let Ok(Err(error)) = removed {
        tracing::warn!(instance = %id, %error, "What is over was not taken off its list");
    }
    context.report(Event::NoticeOver(lets_know));
}

/// Ends it, if the machine can be reached and nobody has started it again.
async fn end(context: &Context, id: &InstanceId, left: &LeftThere) -> Tried {
    // Before the lock: a machine that does not answer holds up no start.
    let connection = match context.lines.reach(&left.host).await {
        Ok(connection) => connection,
        Err(error) => return Tried::NotYet(error.to_string()),
    };
    // Nobody starts it while we look and end.
    let _held = match directory::lock(context, &left.host, &left.directory, LOCK_PATIENCE).await {
        Ok(Some(lock)) => lock,
        Ok(None) => return Tried::NotYet("something is being started there".to_owned()),
        Err(error) => return Tried::NotYet(error.to_string()),
    };
    let path = record_file::path(&context.folders.records(), id);
    let read = tokio::task::spawn_blocking(move || record_file::read(&path)).await;
    let is_started_again = |life: &Life| matches!(life, Life::Runs(_) | Life::Ending(_));
    if read.ok().and_then(Result::ok).is_some_and(|record| is_started_again(&record.life)) {
        // That start has ended what was left.
        return Tried::Over;
    }
    match connection.end_left(id.as_str(), (INSTANCE_VARIABLE, id.as_str()), GRACE).await {
        Ok(how) => {
            tracing::info!(instance = %id, host = left.host, ?how, "What was left on another machine is ended");
            Tried::Over
        }
        Err(error @ RemoteFailure::WouldNotEnd { .. }) => {
            tracing::warn!(instance = %id, %error, "What was left on another machine does not end");
            Tried::NotYet(error.to_string())
        }
        Err(error) => Tried::NotYet(error.to_string()),
    }
}

fn notice(id: NoticeId, left: &LeftThere) -> Notice {
    Notice {
        id,
        level: NoticeLevel::Warning,
        message: format!(
            "`{}` may still run on `{}`, in `{}`: it is ended as soon as that machine is reached",
            left.name,
            left.host,
            left.directory.display()
        ),
        hint: Some(format!(
            "Run `ssh {}` in a terminal to see what is wrong; Portal does the rest, now or when it is opened again",
            left.host
        )),
    }
}
