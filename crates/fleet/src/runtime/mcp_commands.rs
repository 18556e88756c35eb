//! By which commands servers start their MCP servers: as their own configuration says, so that their processes can be told from others.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use opencode_api::{Client, Forward, Method};
use serde_json::Value;
use tokio::time::timeout;

use super::context::Context;
use super::ticks::ticks;
use crate::directory::directory_of;
use crate::{InstanceId, InstanceState};

/// How often it is looked whether a server has to be asked.
const LOOK: Duration = Duration::from_secs(3);
/// How often each is asked again: the configuration may have changed.
const AGAIN: Duration = Duration::from_mins(10);
/// How long it may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// The commands of each instance. Clones are the same.
#[derive(Clone, Default)]
pub(super) struct McpCommands(Arc<Mutex<HashMap<InstanceId, Read>>>);

struct Read {
    /// Of which start.
    run: u64,
    at: Instant,
    commands: Vec<Vec<String>>,
}

impl McpCommands {
    /// Those of all instances.
    pub(super) fn all(&self) -> Vec<Vec<String>> {
        let read = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        read.values().flat_map(|read| read.commands.iter().cloned()).collect()
    }

    fn is_due(&self, id: &InstanceId, run: u64) -> bool {
        let read = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        read.get(id).is_none_or(|read| read.run != run || read.at.elapsed() >= AGAIN)
    }

    /// None: it could not be read; what was known stays.
    fn keep(&self, id: &InstanceId, run: u64, commands: Option<Vec<Vec<String>>>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = all.remove(id).map(|read| read.commands).unwrap_or_default();
        all.insert(id.clone(), Read { run, at: Instant::now(), commands: commands.unwrap_or(known) });
    }
}

/// Asks servers as they become ready, and again from time to time.
pub(super) async fn read(context: Context, commands: McpCommands) {
    let mut ticks = ticks(LOOK);
    loop {
        ticks.tick().await;
        let state = context.states.borrow().clone();
        commands.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|id, _| state.instances.contains_key(id));
        for instance in state.instances.values() {
            let is_asked = instance.process().is_some() && instance.state == InstanceState::Ready;
            if !is_asked || !commands.is_due(&instance.id, instance.run) {
                continue;
            }
            let Some(client) = context.clients.get(&instance.id) else { continue };
            let asked = timeout(PATIENCE, ask(&client, &instance.directory)).await;
            commands.keep(&instance.id, instance.run, asked.ok().flatten());
        }
    }
}

async fn ask(client: &Client, directory: &std::path::Path) -> Option<Vec<Vec<String>>> {
    let forward = Forward {
        method: Method::Get,
        path: "/config".to_owned(),
        query: Vec::new(),
        directory: directory_of(directory),
        body: None,
    };
    let answer = client.forward(forward).await.ok().filter(|answer| answer.status == 200)?;
    Some(commands_in(&serde_json::from_slice(&answer.body).ok()?))
}

/// The commands of local MCP servers; whatever else the configuration holds is not looked at.
fn commands_in(config: &Value) -> Vec<Vec<String>> {
    let servers = config.get("mcp").and_then(Value::as_object).into_iter().flat_map(serde_json::Map::values);
    let command = |server: &Value| -> Option<Vec<String>> {
        let words = server.get("command")?.as_array()?;
        words.iter().map(|word| word.as_str().map(str::to_owned)).collect()
    };
    servers.filter_map(command).filter(|command| !command.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::commands_in;

    #[test]
    fn commands_are_found_in_a_configuration() {
        let config = json!({ "model": "x", "mcp": {
            "local": { "type": "local", "command": ["npx", "-y", "weather"], "environment": { "KEY": "secret" } },
            "remote": { "type": "remote", "url": "https://a.example" },
            "odd": { "command": "text" },
            "odder": { "command": ["a", 1] },
            "empty": { "command": [] },
            "off": { "enabled": false },
        }});
        assert_eq!(commands_in(&config), [["npx", "-y", "weather"]]);
        for nothing in [json!({}), json!([]), json!({ "mcp": 1 }), json!(null)] {
            assert!(commands_in(&nothing).is_empty());
        }
    }
}
