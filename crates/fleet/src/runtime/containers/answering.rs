//! Seeing a container that was just started to its first answer, or to its end.

use std::time::{Duration, Instant};

use launch::LaunchError;
use launch::docker::{ContainerDetails, ContainerState, Engine};
use opencode_api::{Client, Port, Secret, ServerAddress};

use super::super::context::Context;
use super::super::launching::GRACE;
use super::super::probing;
use super::made::Made;
use super::reading::EngineFacts;
use super::{INSIDE_PORT, ending, failed, reading};
use crate::Failure;
use crate::event::{Event, RunId};

/// How long a server may take to its first answer.
const GET_READY: Duration = Duration::from_mins(2);
/// How long an engine may take to say where a port is published.
const PUBLISHED: Duration = Duration::from_secs(10);
/// How often it is looked whether the container still runs.
const LOOK: Duration = Duration::from_millis(250);

/// How the container is once it is known where it is reached, or has ended.
pub(super) async fn published(engine: &Engine, id: &str, facts: &EngineFacts) -> Result<ContainerDetails, Failure> {
    let began = Instant::now();
    loop {
        let details = engine.inspect(id).await.map_err(|error| failed(&error))?;
        let is_known = reading::endpoint(&details, facts, INSIDE_PORT).is_some() || !details.state.is_up();
        if is_known || began.elapsed() > PUBLISHED {
            return Ok(details);
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Where a server is asked, and with what.
pub(super) struct Door {
    pub(super) host: String,
    pub(super) port: Port,
    pub(super) password: String,
}

/// A container that was started.
pub(super) struct Begun<'a> {
    pub(super) engine: &'a Engine,
    pub(super) details: &'a ContainerDetails,
    /// The image that it was made from, as a person knows it.
    pub(super) image: &'a str,
    pub(super) made: &'a Made,
}

/// What came of waiting for it, where it has not ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// It answers.
    Answer,
    /// Nobody waits for it any longer, for this reason, and it goes on all the same.
    Nothing(String),
}

/// Waits until its server answers, and lets everybody use it.
pub(super) async fn first_answer(
    context: &Context,
    at: &RunId,
    begun: Begun<'_>,
    door: Door,
) -> Result<Heard, Failure> {
    let Begun { engine, details, .. } = begun;
    let Door { host, port, password } = door;
    let address = |password| ServerAddress { host: host.clone(), ..ServerAddress::loopback(port, password) };
    let client = Client::new(address(Some(Secret::new(password))));
    let stranger = Client::new(address(None));
    let has_ended = async {
        loop {
            tokio::time::sleep(LOOK).await;
            if let Ok(now) = engine.inspect(&details.id).await
                && !now.state.is_up()
            {
                return now;
            }
        }
    };
    tokio::select! {
        version = probing::first_answer(&stranger, &client) => {
            context.clients.set(&at.instance, client);
            context.report(Event::Answered { at: at.clone(), version });
            Ok(Heard::Answer)
        }
        now = has_ended => Err(Begun { details: &now, ..begun }.ended().await),
        () = tokio::time::sleep(GET_READY) => begun.silent().await,
    }
}

impl Begun<'_> {
    /// It ended before it answered.
    pub(super) async fn ended(self) -> Failure {
        self.made.has_ended();
        let failure = ending::of(self.engine, self.details).await;
        let cause = match &self.details.state {
            ContainerState::Exited { code, out_of_memory: false, message: None } => {
                format!("opencode in the image `{}` ended with exit code {code} before it answered", self.image)
            }
            _ => failure.cause,
        };
        Failure { cause, ..failure }
    }

    /// It has not answered in all that time. What this start has begun is ended; what was at work before goes on.
    async fn silent(self) -> Result<Heard, Failure> {
        let cause = format!("opencode did not answer within {} s", GET_READY.as_secs());
        if let Some(why) = still_runs(self.engine, &self.details.id, self.made).await {
            return Ok(Heard::Nothing(format!("{cause}, {why}")));
        }
        let words = self.engine.inspect(&self.details.id).await.unwrap_or_else(|_| self.details.clone());
        Err(Failure { cause, ..ending::of(self.engine, &words).await })
    }
}

/// Ends what a start has begun, and says why it runs on where it does: it was at work before, or its engine does not end it.
async fn still_runs(engine: &Engine, container: &str, made: &Made) -> Option<String> {
    if made.is_at_work() {
        return Some("and was at work before, so it goes on".to_owned());
    }
    match engine.stop(container, GRACE).await {
        Ok(()) | Err(LaunchError::ContainerGone { .. }) => None,
        Err(error) => Some(format!("and its container could not be stopped: {error}")),
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::time::Duration;

    use launch::docker::Engine;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::UnixListener;

    use super::super::made::{Made, Origin};
    use super::still_runs;

    /// An engine that answers with this status when it is to stop something.
    async fn engine(folder: &std::path::Path, status: u16) -> Engine {
        let socket = folder.join(format!("{status}.sock"));
        let listener = UnixListener::bind(&socket).unwrap();
        tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                let mut asked = Vec::new();
                while !asked.ends_with(b"\r\n\r\n")
                    && let Ok(byte) = near.read_u8().await
                {
                    asked.push(byte);
                }
                let is_stop = String::from_utf8(asked).unwrap().contains("/stop");
                let (status, said) = match (is_stop, status) {
                    (false, _) => (200, r#"{"ApiVersion":"1.45","Version":"26.0.0"}"#),
                    (true, 204 | 304) => (status, ""),
                    (true, status) => (status, r#"{"message":"No such container"}"#),
                };
                let length =
                    if said.is_empty() { String::new() } else { format!("Content-Length: {}\r\n", said.len()) };
                let answer = format!(
                    "HTTP/1.1 {status} Said\r\nContent-Type: application/json\r\n{length}Connection: close\r\n\r\n{said}"
                );
                near.write_all(answer.as_bytes()).await.unwrap();
            }
        });
        Engine::connect(&format!("unix://{}", socket.display()), Duration::from_secs(20)).await.unwrap()
    }

    #[tokio::test]
    async fn only_what_was_ended_or_is_gone_runs_no_more() {
        let folder = tempfile::tempdir().unwrap();
        for (origin, status, expected) in [
            (Origin::New, 204, None),
            (Origin::Found, 304, None),
            (Origin::New, 404, None),
            (Origin::New, 500, Some("could not be stopped")),
            // Nobody asks for its end at all.
            (Origin::AtWork, 204, Some("goes on")),
        ] {
            let folder = folder.path().join(format!("{status}-{}", expected.is_some()));
            std::fs::create_dir(&folder).unwrap();
            let made = Made::default();
            made.has("0123456789ab", origin);
            let why = still_runs(&engine(&folder, status).await, "0123456789ab", &made).await;
            match expected {
                None => assert_eq!(why, None),
                Some(words) => assert!(why.as_deref().is_some_and(|why| why.contains(words)), "{status}: {why:?}"),
            }
        }
    }
}
