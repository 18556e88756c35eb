//! `portal serve` on a desk without a screen: the core alone, asked over HTTP.

use std::net::SocketAddr;
use std::process::Stdio;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use testkit::demo::{self, Model};
use testkit::{World, processes_in, within};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

use crate::support::desk::DEADLINE;

/// A core without a window.
pub struct Headless {
    core: Child,
    address: SocketAddr,
    token: String,
    calls: AtomicU32,
    /// Its folders.
    pub world: World,
    _model: Model,
}

impl Headless {
    /// Starts it. With `discovers` it looks for instances of others, on the whole machine.
    pub async fn start(discovers: bool) -> Result<Headless> {
        let world = World::new();
        let model = Model::serve(0).await?;
        let program = std::path::Path::new(env!("CARGO_BIN_EXE_opencode-portal")).with_file_name("portal");
        ensure!(program.exists(), "`{}` is missing: cargo build --release -p cli", program.display());
        let mut command = Command::new(program);
        command.args(["serve", "--port", "0"]).env_clear().envs(world.environment());
        command.envs(demo::instance_environment(&model.base_url()));
        command.env("PORTAL_PINNED_OPENCODE", testkit::opencode_binary());
        if discovers {
            command.env_remove("PORTAL_DISCOVERY");
        }
        command.current_dir(world.root()).stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut core = command.spawn()?;
        let output = core.stdout.take().context("`portal serve` has no output")?;
        let mut lines = BufReader::new(output).lines();
        let first = tokio::time::timeout(DEADLINE, lines.next_line()).await??.context("`portal serve` said nothing")?;
        let (address, token) = first
            .split_once("http://")
            .and_then(|(_, rest)| rest.split_once("/?token="))
            .context("`portal serve` names no address")?;
        // What it prints later has somewhere to go.
        let (address, token) = (address.parse()?, token.to_owned());
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Ok(Headless { core, address, token, calls: AtomicU32::new(0), world, _model: model })
    }

    /// The core's process.
    pub fn pid(&self) -> Result<u32> {
        self.core.id().context("`portal serve` has ended")
    }

    /// Calls an operation that must succeed.
    pub async fn ask(&self, name: &str, payload: &Value) -> Result<Value> {
        let mut stream = TcpStream::connect(self.address).await?;
        let (body, call) = (payload.to_string(), self.calls.fetch_add(1, Ordering::Relaxed));
        let request = format!(
            "POST /bridge/call/{name} HTTP/1.0\r\nhost: {}\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\nx-portal-window: figures\r\nx-portal-request: figures-{call}\r\ncontent-length: {}\r\n\r\n{body}",
            self.address,
            self.token,
            body.len()
        );
        stream.write_all(request.as_bytes()).await?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        let text = String::from_utf8_lossy(&answer);
        let (head, body) = text.split_once("\r\n\r\n").context("The answer was cut off")?;
        ensure!(head.split(' ').nth(1) == Some("200"), "{name}: {body}");
        Ok(serde_json::from_str(body).unwrap_or(Value::Null))
    }

    /// Every instance as it is now.
    pub async fn instances(&self) -> Result<Vec<Value>> {
        let fleet = self.ask("fleet", &json!({})).await?;
        Ok(fleet["instances"].as_array().cloned().unwrap_or_default())
    }

    /// Waits until so many instances of this world are in that state.
    pub async fn until(&self, count: usize, state: &str) -> Result<()> {
        let root = self.world.root().to_string_lossy().into_owned();
        let reached = within(DEADLINE * 5, async || {
            let all = self.instances().await.ok()?;
            let here = all.iter().filter(|one| {
                one["kind"] == "remote" || one["directory"].as_str().is_some_and(|folder| folder.starts_with(&root))
            });
            let there = here.filter(|one| one["state"]["state"] == state).count();
            (there == count).then_some(())
        });
        if reached.await.is_none() {
            bail!("{count} instances never were {state}");
        }
        Ok(())
    }

    /// Starts an instance in a folder of its own and gives its id.
    pub async fn start_in(&self, name: &str) -> Result<String> {
        let directory = self.world.root().join("work").join(name);
        std::fs::create_dir_all(&directory)?;
        let started = self.ask("start_instance", &json!({ "directory": directory, "name": null })).await?;
        Ok(started["instance"].as_str().context("An instance without an id")?.to_owned())
    }

    /// The servers of this world that run.
    pub fn servers(&self) -> Vec<u32> {
        let all = processes_in(&self.world).into_iter();
        all.filter(|(_, command)| command.contains(" serve --hostname")).map(|(pid, _)| pid).collect()
    }
}

impl Drop for Headless {
    fn drop(&mut self) {
        // Instances outlive the core, as they should; here nobody comes back for them.
        for pid in self.servers() {
            std::process::Command::new("kill")
                .args(["-s", "KILL", &pid.to_string()])
                .stderr(Stdio::null())
                .status()
                .ok();
        }
    }
}
