//! Staying with a server of another machine: looking at it, following its output, connecting again when the line is lost, until it has ended.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::io;
use std::time::Duration;

use launch::ssh::{Connection, Forward, RemoteSight, SshError};
use opencode_api::{Client, Secret, ServerAddress};
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::log::Follower;
use super::patience::{LOOK, look_every, pause};
use super::{forget, let_go, there};
use crate::event::{Event, RunId};
use crate::files::{left_there_file, record_file};
use crate::record::{Body, Life, Record};
use crate::runtime::context::Context;
use crate::runtime::failure::failure;
use crate::runtime::{adopting, ticks::ticks};
use crate::ssh::SshEvent;
use crate::{InstanceState, Port, ProcessElsewhere, Usage};

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
        let follower = self.context.lines.followers().of(&self.context, &self.at.instance);
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
                    self.follow(&reached, &follower, is_new).await
                }
                Err(end) => end,
            };
            match end {
                End::Ended(connection) => return self.ended(&connection, &follower).await,
                End::Lost(error) => {
                    tracing::info!(instance = %self.at.instance, %error, "Another machine is not reached");
                    self.report(SshEvent::Lost { at: self.at.clone(), reason: error.to_string() });
                    failures += 1;
                    self.context.lines.until_next_try(&self.host, pause(&error, failures)).await;
                }
            }
        }
    }

    /// Connects, sees whether it is still that server, and leads a port to it.
    async fn reach(&mut self) -> Result<Reached, End> {
        let process = there(&self.process);
        let connection = self.context.lines.reach(&self.host).await.map_err(End::Lost)?;
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

    async fn follow(&self, reached: &Reached, follower: &Mutex<Follower>, is_new: bool) -> End {
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
    async fn watch(&self, connection: &Connection, follower: &Mutex<Follower>) -> End {
        let process = there(&self.process);
        let mut ticks = ticks(LOOK);
        let mut before: Option<(Instant, RemoteSight)> = None;
        let mut last: Option<Instant> = None;
        loop {
            ticks.tick().await;
            // Half a tick early rather than a whole one late.
            if last.is_some_and(|last| last.elapsed() + LOOK / 2 < self.look_every()) {
                continue;
            }
            last = Some(Instant::now());
            let mut follower = follower.lock().await;
            let from = follower.place().await;
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
            let has_more = sight.has_more();
            follower.take(sight).await;
            if has_more {
                follower.catch_up(connection, &process).await;
            }
        }
    }

    fn look_every(&self) -> Duration {
        let is_on_screen = self.context.uses.is_watched(&self.at.instance);
        let states = self.context.states.borrow();
        let state = states.instances.get(&self.at.instance).map(|instance| &instance.state);
        state.map_or(LOOK, |state| look_every(state, is_on_screen))
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

    async fn ended(&self, connection: &Connection, follower: &Mutex<Follower>) {
        let (id, process) = (&self.at.instance, there(&self.process));
        let asked = self.was_let_go().await;
        let is_stopped_by_us = {
            let states = self.context.states.borrow();
            states.instances.get(id).is_some_and(|instance| instance.state == InstanceState::Stopping)
        };
        // Who stops it hears its last words, and tells when all is over.
        if !is_stopped_by_us {
            let mut follower = follower.lock().await;
            follower.catch_up(connection, &process).await;
            if follower.place().await.is_some() {
                forget(connection, id, Some(&process)).await;
            }
        }
        if !self.has_seen && !asked {
            return self.report(SshEvent::Gone { at: self.at.clone() });
        }
        let failure = failure(&self.context, id, format!("It ended on `{}`", self.host)).await;
        self.report(SshEvent::Ended { at: self.at.clone(), failure, asked });
    }

    /// Whether a host of this user wanted it to end.
    async fn was_let_go(&self) -> bool {
        let (path, id) =
            (record_file::path(&self.context.folders.records(), &self.at.instance), self.at.instance.clone());
        let (state, process) = (self.context.folders.state.clone(), self.process.clone());
        let asked = tokio::task::spawn_blocking(move || {
            let left = left_there_file::read(&state).remove(&id).and_then(|left| left.process);
            left.as_ref() == Some(&process) || is_let_go(record_file::read(&path), &process)
        });
        asked.await.unwrap_or(false)
    }

    fn report(&self, event: SshEvent) {
        self.context.report(Event::Ssh(event));
    }
}

/// Whether a record says that its end was asked for, that somebody has begun to start it anew since, or, because there is none, has removed it.
fn is_let_go(read: io::Result<Record>, known: &ProcessElsewhere) -> bool {
    match read.map(|record| record.life) {
        Ok(Life::Ended | Life::Ending(_) | Life::Intended { .. }) => true,
        Ok(Life::Runs(running)) => !matches!(&running.body, Body::Elsewhere { process, .. } if process == known),
        Err(error) => error.kind() == io::ErrorKind::NotFound,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_whose_record_is_gone_was_removed_and_one_that_cannot_be_read_says_nothing() {
        let port = Port::new(20_000).unwrap();
        let process = ProcessElsewhere { pid: 7, started: "then".to_owned(), port };
        assert!(is_let_go(Err(io::ErrorKind::NotFound.into()), &process));
        assert!(!is_let_go(Err(io::Error::other("written by a newer version")), &process));
    }
}
