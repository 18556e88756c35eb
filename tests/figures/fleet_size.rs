//! What many instances cost: memory of the core, its processor time while it looks for others, and what sleep saves.

use std::time::Duration;

use anyhow::Result;
use serde_json::json;
use testkit::demo::Model;
use testkit::{FaultProxy, RealServer, World};

use crate::headless::Headless;
use crate::report::{Figure, mebibytes};
use crate::support::proc::{cost, tree};

const REST: Duration = Duration::from_secs(10);
const OVER: Duration = Duration::from_mins(1);
const MANY: usize = 30;

/// Memory of the core with 1, 10, 30 and 100 instances. Each is an address of its own before one real server: a hundred
/// real ones would not fit into the machine, and the core cannot tell the difference.
pub async fn memory() -> Result<Vec<Figure>> {
    let world = World::new();
    let model = Model::serve(0).await?;
    let server = RealServer::start(&world, &model).await;
    let core = Headless::start(false).await?;
    let mut proxies = Vec::new();
    let mut figures = Vec::new();
    for (count, name) in [
        (1, "memory of the core, 1 instance"),
        (10, "memory of the core, 10 instances"),
        (30, "memory of the core, 30 instances"),
        (100, "memory of the core, 100 instances"),
    ] {
        while proxies.len() < count {
            let proxy = FaultProxy::start(server.address()).await;
            let url = format!("http://127.0.0.1:{}", proxy.port());
            let address =
                json!({ "url": url, "name": null, "user": null, "password": server.password(), "keep": "no" });
            core.ask("add_address", &address).await?;
            proxies.push(proxy);
        }
        core.until(count, "ready").await?;
        tokio::time::sleep(REST).await;
        let cost = cost(core.pid()?)?;
        figures.push(Figure {
            name,
            value: format!("{} ({} PSS)", mebibytes(cost.resident), mebibytes(cost.proportional)),
            method: format!(
                "`portal serve`, resident, {} s after the last was ready; addresses before one real server",
                REST.as_secs()
            ),
        });
    }
    Ok(figures)
}

/// Processor time of the core with thirty idle instances, with and without the search for others, and what sleep saves.
pub async fn thirty() -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for (discovers, name) in
        [(false, "CPU of the core, 30 idle, no search"), (true, "CPU of the core, 30 idle, searching")]
    {
        let core = Headless::start(discovers).await?;
        let mut ids = Vec::new();
        for number in 0..MANY {
            ids.push(core.start_in(&format!("idle-{number}")).await?);
            // One after the other: thirty at once would only measure the queue.
            core.until(number + 1, "ready").await?;
        }
        tokio::time::sleep(REST * 2).await;
        let before = cost(core.pid()?)?.processor_ms;
        tokio::time::sleep(OVER).await;
        let spent = cost(core.pid()?)?.processor_ms - before;
        #[allow(clippy::cast_precision_loss, reason = "milliseconds of a minute")]
        let percent = spent as f64 / OVER.as_secs_f64() / 10.0;
        figures.push(Figure {
            name,
            value: format!("{percent:.2} % of a core"),
            method: format!("processor time over {} s; the servers' own is not in it", OVER.as_secs()),
        });
        if discovers {
            figures.extend(asleep(&core, &ids).await?);
        }
    }
    Ok(figures)
}

async fn asleep(core: &Headless, ids: &[String]) -> Result<Vec<Figure>> {
    let used = || -> Result<u64> {
        let servers = core.servers().into_iter().flat_map(tree);
        Ok(servers.map(|process| cost(process.pid).map_or(0, |cost| cost.proportional)).sum())
    };
    let running = used()?;
    for id in ids {
        core.ask("sleep_instance", &json!({ "instance": id })).await?;
    }
    core.until(ids.len(), "asleep").await?;
    let (sleeping, own) = (used()?, cost(core.pid()?)?);
    Ok(vec![Figure {
        name: "memory of 30 instances, running and asleep",
        value: format!("{}, {}", mebibytes(running), mebibytes(sleeping)),
        method: format!("PSS of all process trees; the core itself has {} then", mebibytes(own.proportional)),
    }])
}
