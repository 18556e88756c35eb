//! Staying with a server of another machine: looking at it, following its output, connecting again when the line is lost, until it has ended.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::time::Duration;

use launch::ssh::{Connection, Forward, RemoteProcess, RemoteSight, SshError};
use opencode_api::{Client, Secret, ServerAddress};
use tokio::time::{Instant, sleep};

use super::log::Follower;
use super::{forget, let_go, there};
use crate::event::{Event, RunId};
use crate::runtime::context::Context;
use crate::runtime::failure::{failure, was_asked};
use crate::runtime::{adopting, ticks::ticks};
use crate::ssh::SshEvent;
use crate::{Port, ProcessElsewhere, Usage};

/// How often we look at it. A look is one small script there.
const LOOK: Duration = Duration::from_secs(2);
/// The first and the longest pause before connecting again.
const BACK_OFF: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(30));
/// The pause after a refusal that does not pass by itself: a host that is asked too often with a wrong key shuts us out.
const REFUSED: Duration = Duration::from_mins(3);
/// How long a server that is reached again may be silent before that is said.
const SILENCE: Duration = Duration::from_secs(10);

/// A server of another machine with the line to it.
pub(super) struct Reached {
    pub(super) connection: Connection,
    pub(super) forward: Forward,
}

/// Finds a server again that was started before, and stays with it.
pub(super) async fn adopt(context: Context, at: RunId, host: String, process: ProcessElsewhere) {
    let staying = Staying { context: context.clone(), at: at.clone(), host, process, password: None, has_seen: false };
    tokio::select! {
        () = staying.stay(None) => {}
        () = let_go(&context, &at) => {}
    }
}

/// What is needed to stay with a server.
pub(super) struct Staying {
    pub(super) context: Context,
    pub(super) at: RunId,
    pub(super) host: String,
    pub(super) process: ProcessElsewhere,
    /// None: it is still to be read back.
    pub(super) password: Option<Secret>,
    /// Whether we have seen it alive.
    pub(super) has_seen: bool,
}

/// Why one line is followed no more.
enum End {
    /// The server has ended.
    Ended(Connection),
    /// Only the line.
    Lost(SshError),
}

impl Staying {
    /// Stays until the server has ended. Who lets go of it drops this.
    pub(super) async fn stay(mut self, reached: Option<Reached>) {
        let mut follower = Follower::new(&self.context, &self.at.instance);
        let mut reached = reached;
        let mut failures = 0;
        loop {
            let is_new = reached.is_none();
            let end = match reached.take() {
                Some(reached) => Ok(reached),
                None => self.reach().await,
            };
            let end = match end {
                Ok(reached) => {
                    failures = 0;
                    self.has_seen = true;
                    self.follow(&reached, &mut follower, is_new).await
                }
                Err(end) => end,
            };
            match end {
                End::Ended(connection) => return self.ended(&connection, &mut follower).await,
                End::Lost(error) => {
                    tracing::info!(instance = %self.at.instance, %error, "Another machine is not reached");
                    self.report(SshEvent::Lost { at: self.at.clone(), reason: error.to_string() });
                    failures += 1;
                    sleep(pause(&error, failures)).await;
                }
            }
        }
    }

    /// Connects, sees whether it is still that server, and leads a port to it.
    async fn reach(&mut self) -> Result<Reached, End> {
        let process = there(&self.process);
        let connection = self.context.lines.connect(&self.host).await.map_err(End::Lost)?;
        if !connection.is_alive(&process).await.map_err(End::Lost)? {
            return Err(End::Ended(connection));
        }
        if self.password.is_none() {
            let password = connection.password_of(&process).await.map_err(End::Lost)?;
            self.password = password.map(Secret::new);
        }
        let forward = connection.forward(self.process.port.get()).await.map_err(End::Lost)?;
        Ok(Reached { connection, forward })
    }

    async fn follow(&self, reached: &Reached, follower: &mut Follower, is_new: bool) -> End {
        let lost = reached.connection.lost();
        let seen = async {
            tokio::select! {
                end = self.watch(&reached.connection, follower) => end,
                error = lost => End::Lost(error),
            }
        };
        tokio::select! {
            end = seen => end,
            never = self.get_in(reached), if is_new => match never {},
        }
    }

    /// Tells that it is reached again, and asks until it answers.
    async fn get_in(&self, reached: &Reached) -> Infallible {
        let Some(port) = Port::new(reached.forward.local()) else { return std::future::pending().await };
        self.report(SshEvent::Reached { at: self.at.clone(), port });
        let client = Client::new(ServerAddress::loopback(port, self.password.clone()));
        // What is known under this name leads to a port that is no more.
        self.context.clients.remove(&self.at.instance);
        adopting::get_in(&self.context, &self.at, &client, SILENCE).await;
        std::future::pending().await
    }

    /// Looks at it until it has ended.
    async fn watch(&self, connection: &Connection, follower: &mut Follower) -> End {
        let process = there(&self.process);
        let mut ticks = ticks(LOOK);
        let mut before: Option<(Instant, RemoteSight)> = None;
        loop {
            ticks.tick().await;
            let from = follower.from();
            let sight = match connection.look(&process, self.at.instance.as_str(), from).await {
                Ok(sight) => sight,
                Err(error @ SshError::LineLost { .. }) => return End::Lost(error),
                Err(error) => {
                    // One look that failed says nothing of the server.
                    tracing::debug!(%error, instance = %self.at.instance, "Another machine was not looked at");
                    continue;
                }
            };
            if !sight.is_alive {
                return End::Ended(connection.clone());
            }
            let at = Instant::now();
            self.measured(before.as_ref(), at, &sight);
            before = Some((at, RemoteSight { output: Vec::new(), ..sight.clone() }));
            follower.take(sight).await;
        }
    }

    fn measured(&self, before: Option<&(Instant, RemoteSight)>, at: Instant, sight: &RemoteSight) {
        let Some((then, before)) = before else { return };
        let hundredths = sight.usage.cpu_hundredths.saturating_sub(before.usage.cpu_hundredths);
        let seconds = at.duration_since(*then).as_secs_f32();
        // More than this is no use that anybody could see.
        let hundredths = f32::from(u16::try_from(hundredths).unwrap_or(u16::MAX));
        let cpu_percent = if seconds > 0.0 { hundredths / seconds } else { 0.0 };
        let usage = Usage { memory_bytes: sight.usage.memory_bytes, cpu_percent };
        self.context.measurements.add(&self.at.instance, usage);
        self.context.report(Event::UsageSeen { usage: BTreeMap::from([(self.at.instance.clone(), usage)]) });
    }

    async fn ended(&self, connection: &Connection, follower: &mut Follower) {
        let (id, process): (_, RemoteProcess) = (&self.at.instance, there(&self.process));
        follower.catch_up(connection, &process).await;
        let asked = was_asked(&self.context, id);
        if !self.has_seen && !asked {
            forget(connection, id).await;
            return self.report(SshEvent::Gone { at: self.at.clone() });
        }
        let failure = failure(&self.context, id, format!("It ended on `{}`", self.host)).await;
        if !asked {
            forget(connection, id).await;
        }
        self.report(SshEvent::Ended { at: self.at.clone(), failure, asked });
    }

    fn report(&self, event: SshEvent) {
        self.context.report(Event::Ssh(event));
    }
}

/// Twice as long each time, and never at the same moment for all instances of a host.
fn pause(error: &SshError, failures: u32) -> Duration {
    let pause = if error.may_pass() {
        BACK_OFF.0.saturating_mul(1 << failures.saturating_sub(1).min(10)).min(BACK_OFF.1)
    } else {
        REFUSED
    };
    let mut byte = [0_u8];
    // Without randomness they come together, which is only less polite.
    let _even = getrandom::fill(&mut byte);
    pause.mul_f64(0.75 + f64::from(byte[0]) / 512.0)
}
