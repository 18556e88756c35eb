//! What the app adds to a start: from the click to "Idle" in the window, against a bare `opencode serve` to its first answer.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result};
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use opencode_api::{Client, Port, Secret, ServerAddress};
use tokio::time::{Instant, interval};

use crate::report::{Figure, list, quantile};
use crate::stage::{Stage, name_of};
use crate::support::desk::{DEADLINE, Desk, Owned};
use crate::support::recorder::{Recorder, Seen};

const RUNS: usize = 5;
/// As the app probes: short, and the next begins before the one before is given up.
const PROBE: Duration = Duration::from_millis(250);
const EVERY: Duration = Duration::from_millis(30);
const AT_ONCE: usize = 6;

/// Starts both in turn.
pub async fn measure() -> Result<Vec<Figure>> {
    let stage = Stage::set_up().await?;
    let (mut bare, mut app) = (Vec::new(), Vec::new());
    // One of each unmeasured: the first opencode of a world makes its database.
    for run in 0..=RUNS {
        let alone = start_bare(&stage.desk, &stage.desk.world.root().join(format!("bare-{run}"))).await?;
        let within_app = start_by_click(&stage, &stage.desk.world.root().join(format!("app-{run}"))).await?;
        if run > 0 {
            bare.push(alone);
            app.push(within_app);
        }
    }
    let method = format!("{RUNS} runs each, in turn; clicks in ms: {}; bare in ms: {}", list(&app), list(&bare));
    let (app, bare) = (quantile(&mut app, 0.5), quantile(&mut bare, 0.5));
    Ok(vec![
        Figure { name: "click to ready ÷ bare opencode to health", value: format!("{:.3}", app / bare), method },
        Figure {
            name: "  click to ready, bare to health",
            value: format!("{:.2} s, {:.2} s", app / 1_000.0, bare / 1_000.0),
            method: "medians; both are probed every 30 ms".to_owned(),
        },
    ])
}

async fn start_bare(desk: &Desk, directory: &Path) -> Result<f64> {
    std::fs::create_dir_all(directory)?;
    let port = std::net::TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
    let password = "of-a-bare-server";
    let client = Client::new(ServerAddress::loopback(
        Port::new(port).context("The system offered port 0")?,
        Some(Secret::new(password)),
    ));
    let log = std::fs::File::create(directory.with_extension("log"))?;
    let mut command = desk.command(testkit::opencode_binary());
    command
        .args(["serve", "--hostname", "127.0.0.1", "--port", &port.to_string()])
        .current_dir(directory)
        // What the app sets as well, so that both servers do the same work.
        .envs([
            ("OPENCODE_SERVER_PASSWORD", password),
            ("OPENCODE_CLIENT", "portal"),
            ("OPENCODE_EXPERIMENTAL_FILEWATCHER", "true"),
            ("OPENCODE_DISABLE_EMBEDDED_WEB_UI", "1"),
            ("OPENCODE_ENABLE_QUESTION_TOOL", "1"),
        ])
        .stdout(log.try_clone()?)
        .stderr(Stdio::from(log));
    let began = Instant::now();
    let _server = Owned::start("opencode", &mut command)?;
    tokio::time::timeout(DEADLINE, until_healthy(&client)).await.context("The bare server never answered")?;
    Ok(began.elapsed().as_secs_f64() * 1_000.0)
}

/// Asks until it answers well, as the app does.
pub async fn until_healthy(client: &Client) {
    let mut probes = FuturesUnordered::new();
    let mut ticks = interval(EVERY);
    loop {
        tokio::select! {
            _ = ticks.tick(), if probes.len() < AT_ONCE => probes.push(client.health(PROBE)),
            Some(answer) = probes.next() => if answer.is_ok() { return },
        }
    }
}

async fn start_by_click(stage: &Stage, directory: &Path) -> Result<f64> {
    stage.prepare_start(directory).await?;
    let recorder = Recorder::start(&stage.window).await?;
    recorder.run("recorder.click()").await?;
    let label = serde_json::to_string(&format!("{}, Idle", name_of(directory)))?;
    recorder.run(&format!("recorder.when('ready', () => document.querySelector(`[role=treeitem][aria-label=${{JSON.stringify({label})}}]`) !== null)")).await?;
    stage.window.click("button", "Start").await?;
    let ready: Seen = recorder.wait_for("recorder.ready", DEADLINE).await?;
    let clicked: f64 = recorder.wait_for("recorder.clicked", DEADLINE).await?;
    let pid = stage.server(directory).await?.pid;
    stage.window.click("button", "Stop").await?;
    testkit::within(DEADLINE, async || (!Path::new(&format!("/proc/{pid}")).exists()).then_some(()))
        .await
        .context("A stopped server is still there")?;
    Ok(ready.at - clicked)
}
