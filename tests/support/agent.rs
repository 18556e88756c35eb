//! Another client of a desk's instance, beside the app: gives the agent work while no window is there.

use anyhow::{Context, Result, ensure};
use opencode_api::{Client, Directory, Forward, Method, Port, Secret, ServerAddress};
use serde_json::{Value, json};
use testkit::processes_in;

use super::desk::Desk;

/// The pid and the command line of the desk's `opencode serve`.
pub fn instance_process(desk: &Desk) -> Option<(u32, String)> {
    processes_in(&desk.world).into_iter().find(|(_, command)| command.contains(" serve --hostname"))
}

/// A client of the desk's instance. Its password is read from the process's environment, as the app does after a restart.
pub fn instance_client(desk: &Desk) -> Result<Client> {
    let (pid, command) = instance_process(desk).context("No instance runs")?;
    let port = command.split("--port ").nth(1).and_then(|rest| rest.split_whitespace().next());
    let port = port.and_then(|port| Port::new(port.parse().ok()?));
    let environment = std::fs::read(format!("/proc/{pid}/environ"))?;
    let password = environment
        .split(|byte| *byte == 0)
        .find_map(|entry| std::str::from_utf8(entry).ok()?.strip_prefix("OPENCODE_SERVER_PASSWORD="))
        .context("The instance has no password")?;
    Ok(Client::new(ServerAddress::loopback(port.context("The instance has no port")?, Some(Secret::new(password)))))
}

/// Makes a session and prompts it.
pub async fn prompt(desk: &Desk, text: &str) -> Result<()> {
    let client = instance_client(desk)?;
    let session = post(&client, desk, "/session", &json!({})).await?;
    let id = session["id"].as_str().context("The session has no id")?;
    let body = json!({ "parts": [{ "type": "text", "text": text }] });
    post(&client, desk, &format!("/session/{id}/prompt_async"), &body).await?;
    Ok(())
}

async fn post(client: &Client, desk: &Desk, path: &str, body: &Value) -> Result<Value> {
    let answer = client
        .forward(Forward {
            method: Method::Post,
            path: path.to_owned(),
            query: Vec::new(),
            directory: Directory::from_path(desk.world.project()).context("The project's path is not text")?,
            body: Some(serde_json::to_vec(body)?.into()),
        })
        .await?;
    ensure!((200..300).contains(&answer.status), "{path} answered {}", answer.status);
    if answer.body.is_empty() { Ok(Value::Null) } else { Ok(serde_json::from_slice(&answer.body)?) }
}
