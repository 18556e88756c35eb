//! How soon the fleet notices a crash and a stalled stream, and what waking costs beside a bare start.

use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::{Value, json};
use testkit::demo::Model;
use testkit::{Fault, FaultProxy, RealServer, World};
use tokio::time::{Instant, sleep};

use crate::headless::Headless;
use crate::report::{Figure, list, quantile};
use crate::support::desk::DEADLINE;

const RUNS: usize = 5;
/// How often the core is asked.
const EVERY: Duration = Duration::from_millis(5);

/// From `kill -9` of a server that the core started to its state.
pub async fn crash() -> Result<Vec<Figure>> {
    let core = Headless::start(false).await?;
    let mut times = Vec::new();
    for run in 0..RUNS {
        let id = core.start_in(&format!("crash-{run}")).await?;
        let pid = until(&core, &id, |one| (one["state"]["state"] == "ready").then(|| one["pid"].as_u64())).await?;
        let pid = pid.context("A ready instance without a process")?;
        let began = Instant::now();
        Command::new("kill").args(["-s", "KILL", &pid.to_string()]).status()?;
        until(&core, &id, |one| (one["state"]["state"] == "crashed").then_some(())).await?;
        times.push(milliseconds(began));
    }
    let method = format!(
        "{RUNS} runs, ms: {}; from `kill -9` to the state over HTTP, asked every {} ms",
        list(&times),
        EVERY.as_millis()
    );
    Ok(vec![Figure { name: "crash to its state", value: format!("{:.0} ms", quantile(&mut times, 0.5)), method }])
}

/// From the last byte of a stream that stalls, to its state.
pub async fn stall() -> Result<Vec<Figure>> {
    let world = World::new();
    let model = Model::serve(0).await?;
    let server = RealServer::start(&world, &model).await;
    let proxy = FaultProxy::start(server.address()).await;
    let core = Headless::start(false).await?;
    let url = format!("http://127.0.0.1:{}", proxy.port());
    let address = json!({ "url": url, "name": null, "user": null, "password": server.password(), "keep": "no" });
    let id = core.ask("add_address", &address).await?["instance"].as_str().context("no id")?.to_owned();
    until(&core, &id, |one| (one["state"]["state"] == "ready").then_some(())).await?;
    proxy.set(Fault::Stall);
    let began = Instant::now();
    until(&core, &id, |one| (one["state"]["state"] == "degraded").then_some(())).await?;
    let noticed = milliseconds(began);
    proxy.set(Fault::None);
    let began = Instant::now();
    until(&core, &id, |one| (one["state"]["state"] == "ready").then_some(())).await?;
    Ok(vec![
        Figure {
            name: "stalled server to its state",
            value: format!("{:.1} s", noticed / 1_000.0),
            method: "everything stalls, connections stay open; one run".to_owned(),
        },
        Figure {
            name: "  and well again",
            value: format!("{:.1} s", milliseconds(began) / 1_000.0),
            method: "from the first byte that passes again".to_owned(),
        },
    ])
}

/// Waking against a bare start of the same server, in turn.
pub async fn wake() -> Result<Vec<Figure>> {
    let core = Headless::start(false).await?;
    let id = core.start_in("dozy").await?;
    until(&core, &id, |one| (one["state"]["state"] == "ready").then_some(())).await?;
    let (mut bare, mut woken) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let (world, model) = (World::new(), Model::serve(0).await?);
        // Once unmeasured: the first opencode of a world makes its database.
        drop(RealServer::start(&world, &model).await);
        let began = Instant::now();
        let server = RealServer::start(&world, &model).await;
        bare.push(milliseconds(began));
        drop(server);
        core.ask("sleep_instance", &json!({ "instance": id })).await?;
        until(&core, &id, |one| (one["state"]["state"] == "asleep").then_some(())).await?;
        let began = Instant::now();
        core.ask("wake_instance", &json!({ "instance": id })).await?;
        woken.push(milliseconds(began));
    }
    let method = format!("{RUNS} runs each, in turn; woken in ms: {}; bare in ms: {}", list(&woken), list(&bare));
    let (woken, bare) = (quantile(&mut woken, 0.5), quantile(&mut bare, 0.5));
    Ok(vec![Figure { name: "wake ÷ bare start to health", value: format!("{:.3}", woken / bare), method }])
}

async fn until<T>(core: &Headless, id: &str, seen: impl Fn(&Value) -> Option<T>) -> Result<T> {
    let ends = Instant::now() + DEADLINE;
    while Instant::now() < ends {
        let all = core.instances().await?;
        if let Some(found) = all.iter().find(|one| one["id"] == id).and_then(&seen) {
            return Ok(found);
        }
        sleep(EVERY).await;
    }
    anyhow::bail!("An instance never got there")
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1_000.0
}
