//! What containers write.

use std::{
    pin::Pin,
    time::{Duration, SystemTime},
};

use bollard::{container::LogOutput, errors::Error, query_parameters::LogsOptionsBuilder};
use futures_util::{Stream, StreamExt};

use super::{
    Engine,
    answer::time_of,
    engine::{gone_if_not_found, is_container},
};
use crate::LaunchError;

/// Which part of a container's output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogsOf {
    /// Only what was written later than this; everything if nothing is said.
    pub after: Option<SystemTime>,
    /// Whether to go on with what is written from now on, until the container ends.
    pub is_followed: bool,
}

/// Where a piece of output came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// The standard output.
    Standard,
    /// The output for errors.
    Errors,
    /// A terminal, which knows no difference.
    Terminal,
}

/// A piece of output, mostly one line with its end. A long line comes in pieces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEntry {
    /// When it was written, by the engine's clock.
    pub at: Option<SystemTime>,
    /// Where it came from.
    pub output: Output,
    /// What was written.
    pub bytes: Vec<u8>,
}

/// The output of a container, piece by piece. Dropping it ends the reading.
pub struct Logs {
    engine: Engine,
    container: String,
    after: Option<SystemTime>,
    stream: Pin<Box<dyn Stream<Item = Result<LogOutput, Error>> + Send>>,
}

impl Engine {
    /// What the container has written.
    pub fn logs(&self, container: &str, of: LogsOf) -> Result<Logs, LaunchError> {
        if !is_container(container) {
            return Err(LaunchError::ContainerGone { container: container.to_owned() });
        }
        // The engine takes whole seconds; what is too early is left out below.
        let since = of.after.and_then(|time| time.duration_since(SystemTime::UNIX_EPOCH).ok());
        let since = i32::try_from(since.unwrap_or(Duration::ZERO).as_secs()).unwrap_or(i32::MAX);
        let options = LogsOptionsBuilder::new()
            .stdout(true)
            .stderr(true)
            .timestamps(true)
            .follow(of.is_followed)
            .since(since)
            .tail("all")
            .build();
        let stream = Box::pin(self.docker.logs(container, Some(options)));
        Ok(Logs { engine: self.clone(), container: container.to_owned(), after: of.after, stream })
    }
}

impl Logs {
    /// The next piece; none when there is no more. Nothing is lost if the waiting is given up.
    pub async fn next(&mut self) -> Option<Result<LogEntry, LaunchError>> {
        loop {
            let entry = match self.stream.next().await? {
                Ok(output) => entry(output),
                Err(error) => {
                    let error = self.engine.understood(error, self.engine.timeout);
                    return Some(Err(gone_if_not_found(error, &self.container)));
                }
            };
            if self.after.is_none() || entry.at.is_none() || entry.at > self.after {
                return Some(Ok(entry));
            }
        }
    }
}

fn entry(output: LogOutput) -> LogEntry {
    let (output, message) = match output {
        LogOutput::StdErr { message } => (Output::Errors, message),
        LogOutput::StdOut { message } => (Output::Standard, message),
        LogOutput::StdIn { message } | LogOutput::Console { message } => (Output::Terminal, message),
    };
    // Each piece begins with its time and a space, as we asked for.
    let space = message.iter().take(40).position(|byte| *byte == b' ');
    let at = space.and_then(|end| time_of(std::str::from_utf8(&message[..end]).ok()?));
    let bytes = match (at, space) {
        (Some(_), Some(end)) => message[end + 1..].to_vec(),
        _ => message.to_vec(),
    };
    LogEntry { at, output, bytes }
}
