//! Whether an opencode answers where somebody says that one does.

use std::collections::HashMap;
use std::time::Duration;

use futures_util::future::join_all;
use opencode_api::{ApiError, Client, Trust};

use crate::discovery::Endpoint;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(2);
/// How often one that answered before may be too busy to answer.
const MISSES: u32 = 2;

/// Remembers who answers.
#[derive(Default)]
pub(super) struct Verifier {
    /// By address: how often it was too busy since it answered.
    answered: HashMap<String, u32>,
}

impl Verifier {
    /// Whether one answered there when it was last asked.
    pub(super) fn knows(&self, endpoint: &Endpoint) -> bool {
        self.answered.contains_key(&endpoint.to_string())
    }

    /// Asks all of these at the same time, and forgets the others.
    pub(super) async fn ask(&mut self, endpoints: &[Endpoint]) {
        let answers = join_all(endpoints.iter().map(is_opencode)).await;
        let before = std::mem::take(&mut self.answered);
        for (endpoint, answer) in endpoints.iter().zip(answers) {
            let key = endpoint.to_string();
            let misses = match answer {
                Answer::Opencode => Some(0),
                Answer::Nothing => None,
                Answer::TooLate => before.get(&key).map(|misses| misses + 1).filter(|misses| *misses <= MISSES),
            };
            if let Some(misses) = misses {
                self.answered.insert(key, misses);
            }
        }
    }
}

enum Answer {
    Opencode,
    Nothing,
    TooLate,
}

async fn is_opencode(endpoint: &Endpoint) -> Answer {
    match client(endpoint).identify(PATIENCE).await {
        Ok(_) => Answer::Opencode,
        Err(ApiError::Timeout { .. }) => Answer::TooLate,
        Err(_) => Answer::Nothing,
    }
}

/// A client without credentials, of a server that nobody has trusted with more.
pub(super) fn client(endpoint: &Endpoint) -> Client {
    Client::new(endpoint.address(&Trust::System, None))
}
