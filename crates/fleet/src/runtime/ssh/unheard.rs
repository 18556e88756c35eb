//! Starting a program on another machine so that it is known what became of it, also when the line is lost before the answer.

use std::time::Duration;

use launch::ssh::{Connection, RemoteFailure, RemoteLaunch, RemoteProcess, SshError};
use tokio::time::{Instant, timeout};

use super::patience::pause;
use super::{failed, given_up, is_wanted, left};
use crate::Failure;
use crate::Step;
use crate::effect::LaunchPlan;
use crate::event::Event;
use crate::runtime::context::{Context, now};
use crate::ssh::LeftThere;

/// How long we try to hear what became of a start.
const PATIENCE: Duration = Duration::from_mins(1);

/// What a start there has come to.
pub(super) enum Begun {
    /// It runs; the line may be another one than it was started through.
    Runs(Connection, RemoteProcess),
    /// It ended before anybody could know it, and wrote that.
    Ended(Connection, Vec<u8>),
}

/// Starts it, and hears what became of that.
pub(super) async fn begin(
    context: &Context,
    plan: &LaunchPlan,
    connection: &Connection,
    launch: &RemoteLaunch,
) -> Result<Begun, Failure> {
    match connection.start(launch).await {
        Ok((process, _log)) => Ok(Begun::Runs(connection.clone(), process)),
        Err(RemoteFailure::Ended { output, .. }) => Ok(Begun::Ended(connection.clone(), output)),
        Err(RemoteFailure::Ssh(error)) => hear(context, plan, connection.host(), launch, error).await,
        Err(error) => Err(failed(&error)),
    }
}

/// Asks until the host says whether it runs.
async fn hear(
    context: &Context,
    plan: &LaunchPlan,
    host: &str,
    launch: &RemoteLaunch,
    lost: SshError,
) -> Result<Begun, Failure> {
    tracing::info!(instance = %plan.at.instance, host, error = %lost, "What became of a start is asked again");
    context.report(Event::Stepped { at: plan.at.clone(), step: Step::Connecting });
    let began = Instant::now();
    let mut failures = 0;
    loop {
        let error = match context.lines.reach(host).await {
            Ok(connection) => match connection.unheard(launch).await {
                Ok(Some((process, _log))) => return Ok(Begun::Runs(connection, process)),
                Ok(None) => return Err(failed(&lost)),
                Err(RemoteFailure::Ended { output, .. }) => return Ok(Begun::Ended(connection, output)),
                Err(RemoteFailure::Ssh(error)) => error,
                Err(error) => return Err(failed(&error)),
            },
            Err(error) => error,
        };
        failures += 1;
        let next = context.lines.until_next_try(host, pause(&error, failures));
        let left = PATIENCE.saturating_sub(began.elapsed());
        let is_over = tokio::select! {
            waited = timeout(left, next) => waited.is_err(),
            () = given_up(context, &plan.at), if is_wanted(context, &plan.at) => false,
        };
        // Whoever stops it has waited for one more try.
        if is_over || !is_wanted(context, &plan.at) && failures > 1 {
            left::end_later(context, plan.at.instance.clone(), LeftThere::of(plan, host, None, now())).await;
            return Err(Failure {
                cause: lost.to_string(),
                hint: Some(format!(
                    "Whether opencode was started on `{host}` is not known; what is left of this start is ended when `{host}` is reached, or by the next start"
                )),
                last_lines: Vec::new(),
            });
        }
    }
}
