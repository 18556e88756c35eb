//! Plays a reply into a connection.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde_json::json;
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::chunk;
use crate::model::Shared;
use crate::reply::{Passage, Reply, Step};

/// Where the bytes go. It fails when the client has gone or the model has ended.
pub(crate) type Output = mpsc::Sender<io::Result<Bytes>>;

/// The client has gone, or the model has ended.
struct Gone;

/// Plays one reply to its end.
pub(crate) struct Player {
    shared: Arc<Shared>,
    /// What tells this reply from all others, for counting failures.
    key: String,
    output: Output,
    words: usize,
}

impl Player {
    pub fn new(shared: Arc<Shared>, key: String, output: Output) -> Self {
        Self { shared, key, output, words: 0 }
    }

    /// Plays until the end, the client's going or the model's end.
    pub async fn play(mut self, reply: Reply) {
        let ended = self.shared.ended();
        tokio::select! {
            () = ended => {}
            // Whether the client was still there does not matter to anybody.
            _ = self.all(&reply) => {}
        }
    }

    async fn all(&mut self, reply: &Reply) -> Result<(), Gone> {
        self.send(chunk::delta(&json!({ "role": "assistant", "content": "" }))).await?;
        for (at, step) in reply.steps.iter().enumerate() {
            match step {
                Step::Say(passage) => self.passage("content", passage).await?,
                Step::Think(passage) => self.passage("reasoning_content", passage).await?,
                Step::Stall => self.stall().await?,
                // The first step's failure was an HTTP status, and has been played.
                Step::Fail { .. } if at == 0 => {}
                Step::Fail { status, times, .. } => {
                    if self.shared.fails_now(&self.key, at, *times) {
                        return self.send(chunk::failure(*status)).await;
                    }
                }
                Step::Cut { times } => {
                    if self.shared.fails_now(&self.key, at, *times) {
                        let broken = io::Error::new(io::ErrorKind::ConnectionAborted, "told to break");
                        return self.output.send(Err(broken)).await.map_err(|_| Gone);
                    }
                }
            }
        }
        for (index, call) in reply.calls.iter().enumerate() {
            let id = self.shared.next_call_id();
            self.send(chunk::call(index, &id, call)).await?;
        }
        self.send(chunk::finish(!reply.calls.is_empty(), self.words)).await?;
        self.send(chunk::done()).await
    }

    async fn passage(&mut self, field: &str, passage: &Passage) -> Result<(), Gone> {
        let begun = Instant::now();
        for (count, piece) in (0_u32..).zip(&passage.pieces) {
            if let Some(per_second) = passage.per_second {
                tokio::time::sleep_until(begun + Duration::from_secs(1) * count / per_second).await;
            }
            self.words += 1;
            self.send(chunk::delta(&json!({ field: piece }))).await?;
        }
        Ok(())
    }

    async fn stall(&self) -> Result<(), Gone> {
        tokio::select! {
            () = self.shared.released() => Ok(()),
            () = self.output.closed() => Err(Gone),
        }
    }

    async fn send(&self, bytes: Bytes) -> Result<(), Gone> {
        self.output.send(Ok(bytes)).await.map_err(|_| Gone)
    }
}
