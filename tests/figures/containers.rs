//! What the app adds to the start of a container, against a bare `docker run` of the same image.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use opencode_api::{Client, Port, Secret, ServerAddress};
use serde_json::{Value, json};
use testkit::demo::{self, Model};
use testkit::{DockerEngine, opencode_image};
use tokio::time::{Instant, sleep};

use crate::headless::Headless;
use crate::ready_ratio::until_healthy;
use crate::report::{Figure, list, quantile};
use crate::support::desk::DEADLINE;

const RUNS: usize = 5;
/// How often the core is asked.
const EVERY: Duration = Duration::from_millis(5);

/// Starts both in turn.
pub async fn start_ratio() -> Result<Vec<Figure>> {
    let engine = engine().await?;
    let image = opencode_image(&engine).await;
    let model = Model::serve_at((engine.gateway().await, 0).into()).await?;
    let variables = demo::instance_environment(&model.base_url());
    let core = Headless::start(false).await?;
    let (mut bare, mut ours, mut again) = (Vec::new(), Vec::new(), Vec::new());
    // One of each unmeasured: the engine reads the image for the first time.
    for run in 0..=RUNS {
        let alone = Bare { engine: &engine, image: &image, variables: &variables };
        let alone = alone.start(&core.world.root().join(format!("bare-{run}"))).await?;
        let (first, second) = start_ours(&core, &engine, &variables, &format!("app-{run}")).await?;
        if run > 0 {
            bare.push(alone);
            ours.push(first);
            again.push(second);
        }
    }
    let method = format!(
        "{RUNS} runs each, in turn; ms from the call to ready: {}; started again: {}; `docker run` to the first healthy answer: {}",
        list(&ours),
        list(&again),
        list(&bare)
    );
    let (ours, again, bare) = (quantile(&mut ours, 0.5), quantile(&mut again, 0.5), quantile(&mut bare, 0.5));
    Ok(vec![
        Figure { name: "container start ÷ bare docker run", value: format!("{:.3}", ours / bare), method },
        Figure {
            name: "  the same container started again ÷ it",
            value: format!("{:.3}", again / bare),
            method: "after a stop; medians".to_owned(),
        },
    ])
}

/// The engine, which is needed here.
pub async fn engine() -> Result<DockerEngine> {
    let engine = DockerEngine::find().await;
    engine.context("There is no container engine; `eval \"$(scripts/docker-for-tests)\"` starts one")
}

struct Bare<'a> {
    engine: &'a DockerEngine,
    image: &'a str,
    variables: &'a [(String, String)],
}

impl Bare<'_> {
    async fn start(&self, directory: &Path) -> Result<f64> {
        std::fs::create_dir_all(directory)?;
        let port = std::net::TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let password = "of-a-bare-container";
        let client = Client::new(ServerAddress::loopback(
            Port::new(port).context("The system offered port 0")?,
            Some(Secret::new(password)),
        ));
        let folder = directory.display();
        let mut command = Command::new("docker");
        command.env("DOCKER_HOST", self.engine.address()).args(["run", "--detach", "--init", "--rm"]).args([
            format!("--publish=127.0.0.1:{port}:4096"),
            format!("--volume={folder}:{folder}"),
            format!("--workdir={folder}"),
            format!("--env=OPENCODE_SERVER_PASSWORD={password}"),
            "--env=HOME=/home/opencode".to_owned(),
            "--volume=/home/opencode".to_owned(),
        ]);
        command.args(self.variables.iter().map(|(name, value)| format!("--env={name}={value}")));
        // What the app sets as well, so that both servers do the same work.
        for variable in ["OPENCODE_DISABLE_EMBEDDED_WEB_UI=1", "OPENCODE_EXPERIMENTAL_FILEWATCHER=true"] {
            command.arg(format!("--env={variable}"));
        }
        command.arg(self.image).args(["serve", "--hostname", "0.0.0.0", "--port", "4096"]);
        let began = Instant::now();
        let running = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        let healthy = tokio::time::timeout(DEADLINE, until_healthy(&client)).await;
        let took = milliseconds(began);
        let output = running.wait_with_output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "`docker run` failed: {said}");
        self.engine.remove(String::from_utf8_lossy(&output.stdout).trim()).await;
        healthy.context("The bare container never answered")?;
        Ok(took)
    }
}

/// From the call to ready: of a new container, and of the same one after a stop.
async fn start_ours(
    core: &Headless,
    engine: &DockerEngine,
    variables: &[(String, String)],
    name: &str,
) -> Result<(f64, f64)> {
    let variables: Vec<Value> = variables.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
    let profile = json!({ "place": { "in": "docker", "engine": engine.address() }, "environment": variables });
    let directory = core.world.root().join("work").join(name);
    std::fs::create_dir_all(&directory)?;
    let start = json!({ "directory": directory, "name": null, "profile": profile });
    let began = Instant::now();
    let started = core.ask("start_instance", &start).await?;
    let id = started["instance"].as_str().context("An instance without an id")?.to_owned();
    until(core, &id, "ready").await?;
    let first = milliseconds(began);
    core.ask("stop_instance", &json!({ "instance": id })).await?;
    until(core, &id, "stopped").await?;
    let began = Instant::now();
    core.ask("start_instance", &json!({ "directory": directory, "name": null })).await?;
    until(core, &id, "ready").await?;
    let again = milliseconds(began);
    core.ask("stop_instance", &json!({ "instance": id })).await?;
    until(core, &id, "stopped").await?;
    core.ask("remove_instance", &json!({ "instance": id, "with_data": true })).await?;
    Ok((first, again))
}

async fn until(core: &Headless, id: &str, state: &str) -> Result<()> {
    let ends = Instant::now() + DEADLINE;
    let mut last = Value::Null;
    while Instant::now() < ends {
        let all = core.instances().await?;
        last = all.iter().find(|one| one["id"] == id).map_or(Value::Null, |one| one["state"].clone());
        if last["state"] == state {
            return Ok(());
        }
        sleep(EVERY).await;
    }
    anyhow::bail!("A container never was {state}; it is {last}")
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1_000.0
}
