//! What may still run on another machine though no instance has it: written down, and ended as soon as that machine is reached without a question.

mod under_way;
mod whose;

use std::sync::Arc;
use std::time::Duration;

use launch::ssh::RemoteFailure;
use tokio::task::AbortHandle;

pub(super) use under_way::UnderWay;
use whose::Whose;

use super::directory;
use crate::event::Event;
use crate::files::{left_there_file, record_file};
use crate::runtime::context::{Context, now};
use crate::runtime::launching::GRACE;
use crate::runtime::roster::command::INSTANCE_VARIABLE;
use crate::ssh::LeftThere;
use crate::{InstanceId, Notice, NoticeId, NoticeLevel, ProcessElsewhere, State};

/// The first and the longest pause before a machine is tried again for this alone. Whoever reaches it for something else makes that sooner.
const AGAIN: (Duration, Duration) = (Duration::from_secs(1), Duration::from_mins(10));
/// How long whoever is starting something in the directory is waited for.
const LOCK_PATIENCE: Duration = Duration::from_secs(30);
/// How long a machine is tried: what was not reached for so long is not there any more, or nobody's who can still do something about it.
const LONG_MS: u64 = 28 * 24 * 60 * 60 * 1000;

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
        let each = read.unwrap_or_default().into_iter();
        let each = each.filter(|(id, left)| context.lines.left().begin(id, left.clone()));
        futures_util::future::join_all(each.map(|(id, _)| until_over(context.clone(), id))).await;
    });
    watching.abort_handle()
}

/// Writes down what may be left of an instance, and ends it as soon as that can be done.
pub(super) async fn end_later(context: &Context, id: InstanceId, left: LeftThere) {
    // Before it is written: whoever is just done with what was left before does not take this for it.
    let is_first = context.lines.left().begin(&id, left.clone());
    let of = id.clone();
    // After what was written before: a record that is removed is gone when this is looked at.
    let added = context.disk.run(move |folders| left_there_file::add(&folders.state, &of, &left));
    if let Some(Err(error)) = added.await {
        tracing::warn!(instance = %id, %error, "What may be left on another machine was not written down");
    }
    if !is_first {
        return;
    }
    let context = context.clone();
    tokio::spawn(async move {
        let mut states = context.states.clone();
        tokio::select! {
            () = until_over(context, id) => {}
            // The fleet is closed: the next one reads what is written down.
            () = async { while states.changed().await.is_ok() {} } => {}
        }
    });
}

/// The same of a process of an instance that is still known.
pub(super) async fn end_later_of(context: &Context, id: InstanceId, host: String, process: ProcessElsewhere) {
    let known = context.states.borrow().instances.get(&id).cloned();
    if let Some(instance) = known {
        let (name, directory) = (instance.name.clone(), instance.directory.clone());
        let left = LeftThere { name, host, directory, process: Some(process), since: now() };
        end_later(context, id, left).await;
    }
}

async fn until_over(context: Context, id: InstanceId) {
    let lets_know = NoticeId::from(format!("left-there-{id}").as_str());
    let mut pause = AGAIN.0;
    while let Some((left, changed)) = context.lines.left().of(&id) {
        let given_up = match end(&context, &id, &left).await {
            Tried::Over => None,
            Tried::NotYet(reason) if is_young(&left) => {
                tracing::info!(instance = %id, host = left.host, reason, "What may be left on another machine is ended later");
                context.report(Event::NoticeRaised(notice(lets_know.clone(), &left)));
                tokio::select! {
                    () = context.lines.until_it_stands(&left.host, pause) => {}
                    () = changed.notified() => {}
                    () = until_started_again(&context, &id, &left) => {}
                }
                pause = AGAIN.1.min(pause * 2);
                continue;
            }
            Tried::NotYet(reason) => Some(reason),
        };
        if !context.lines.left().finish(&id, &left) {
            continue;
        }
        let last = given_up.map(|reason| last_word(lets_know.clone(), &left, &reason));
        let (state, of) = (context.folders.state.clone(), id.clone());
        let removed = tokio::task::spawn_blocking(move || left_there_file::remove(&state, &of, &left)).await;
        if let Ok(Err(error)) = removed {
            tracing::warn!(instance = %id, %error, "What is over was not taken off its list");
        }
        return context.report(last.map_or(Event::NoticeOver(lets_know), Event::NoticeRaised));
    }
}

fn is_young(left: &LeftThere) -> bool {
    now().ms_since(left.since) < LONG_MS
}

/// What our own state says of it.
fn here(context: &Context, id: &InstanceId, left: &LeftThere) -> Whose {
    let states = context.states.borrow();
    whose::here(states.instances.get(id).map(AsRef::as_ref), left)
}

/// Waits until our own state says that it was started again.
async fn until_started_again(context: &Context, id: &InstanceId, left: &LeftThere) {
    let mut states = context.states.clone();
    let instance_of = |state: &State| state.instances.get(id).cloned();
    let is_it = |state: &Arc<State>| whose::here(instance_of(state).as_deref(), left) == Whose::StartedAgain;
    let is_closed = states.wait_for(is_it).await.is_err();
    if is_closed {
        // The fleet is closed, which ends whoever waits here.
        std::future::pending::<()>().await;
    }
}

/// Ends it, if the machine can be reached and nobody has started it again.
async fn end(context: &Context, id: &InstanceId, left: &LeftThere) -> Tried {
    match here(context, id, left) {
        Whose::StartedAgain => return Tried::Over,
        Whose::NotKnown(reason) => return Tried::NotYet(reason),
        Whose::Nobodys => {}
    }
    // Before the lock: a machine that does not answer holds up no start.
    let connection = match context.lines.reach(&left.host).await {
        Ok(connection) => connection,
        Err(error) => return Tried::NotYet(error.to_string()),
    };
    // While we hold it nobody begins to start it: each try of a start has this lock until its record says that it runs.
    let _held = match directory::lock(context, &left.host, &left.directory, LOCK_PATIENCE).await {
        Ok(Some(lock)) => lock,
        Ok(None) => return Tried::NotYet("something is being started there".to_owned()),
        Err(error) => return Tried::NotYet(error.to_string()),
    };
    let whose = match here(context, id, left) {
        Whose::Nobodys => recorded(context, id, left).await,
        known => known,
    };
    match whose {
        Whose::StartedAgain => return Tried::Over,
        Whose::NotKnown(reason) => return Tried::NotYet(reason),
        Whose::Nobodys => {}
    }
    let_go(context, id, left).await;
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

/// Writes into its record, if that says that it runs, that its end is asked for: whoever follows it reads that when it has ended, and the
/// list may say nothing of it any more by then.
async fn let_go(context: &Context, id: &InstanceId, left: &LeftThere) {
    let (of, left) = (id.clone(), left.clone());
    // In the order of what else is written: a record that is removed meanwhile stays removed.
    let written = context.disk.run(move |folders| {
        let Ok(mut record) = record_file::read(&record_file::path(&folders.records(), &of)) else { return Ok(()) };
        match whose::ending(&record.life, &left) {
            Some(ending) => {
                record.life = ending;
                record_file::write(&folders.records(), &record)
            }
            None => Ok(()),
        }
    });
    if let Some(Err(error)) = written.await {
        tracing::warn!(instance = %id, %error, "That it is to end was not written down");
    }
}

/// What its record says of it.
async fn recorded(context: &Context, id: &InstanceId, left: &LeftThere) -> Whose {
    let (path, us) = (record_file::path(&context.folders.records(), id), context.host.clone());
    let read = tokio::task::spawn_blocking(move || {
        let read = record_file::read(&path);
        // What we do ourselves our own state has told.
        let of = read.as_ref().ok().and_then(|record| record.host.as_ref()).filter(|host| us.as_ref() != Some(host));
        let is_of_another = of.is_some_and(launch::ProcessIdentity::is_alive);
        (read, is_of_another)
    });
    match read.await {
        Ok((read, is_of_another)) => whose::recorded(read, is_of_another, left),
        Err(error) => Whose::NotKnown(error.to_string()),
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
            "Run `ssh {}` in a terminal to see what is wrong. If it asks for something there, start something on it or browse its folders here: then Portal asks you, and does the rest",
            left.host
        )),
    }
}

/// What is said when it is tried no more.
fn last_word(id: NoticeId, left: &LeftThere, reason: &str) -> Notice {
    Notice {
        id,
        level: NoticeLevel::Warning,
        message: format!(
            "`{}` could not be ended on `{}`, in `{}`, for four weeks, and is not tried any more: {reason}",
            left.name,
            left.host,
            left.directory.display()
        ),
        hint: Some(format!("If `{}` is still there, see whether `opencode serve` runs on it, and end it", left.host)),
    }
}
