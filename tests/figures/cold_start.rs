//! How long until a person can work: from the start of the process to the painted fleet. And what that costs in memory.

use anyhow::Result;
use serde_json::Value;

use crate::report::{Figure, list, mebibytes, quantile};
use crate::stage::{app_of, interactive_ms};
use crate::support::desk::Desk;
use crate::support::proc::{cost, started_at_ms, tree};
use crate::support::window::Window;

const RUNS: usize = 7;
/// How long an app rests before its memory is read.
const REST: std::time::Duration = std::time::Duration::from_secs(10);

/// Starts the app some times.
pub async fn measure() -> Result<Vec<Figure>> {
    let desk = Desk::set_up()?;
    let (mut totals, mut pages, mut scripts) = (Vec::new(), Vec::new(), Vec::new());
    let mut memory = Vec::new();
    for run in 0..RUNS {
        let window = Window::open(&desk, &[]).await?;
        let app = app_of(&desk)?;
        let interactive = interactive_ms(&window).await?;
        let started = started_at_ms(app)?;
        let times = window.run(TIMES, vec![]).await?;
        let time = |name: &str| times.get(name).and_then(Value::as_f64).unwrap_or(f64::NAN);
        totals.push(interactive - started);
        pages.push(time("origin") - started);
        scripts.push(time("loaded"));
        if run == RUNS - 1 {
            memory = memory_of(app).await?;
        }
        window.close().await?;
    }
    let runs = list(&totals);
    let mut figures = vec![
        Figure {
            name: "cold start, median",
            value: format!("{:.2} s", quantile(&mut totals, 0.5) / 1_000.0),
            method: format!("process start (/proc) to the painted fleet (performance mark); {RUNS} runs in ms: {runs}"),
        },
        Figure {
            name: "  of it until the page begins to load",
            value: format!("{:.2} s", quantile(&mut pages, 0.5) / 1_000.0),
            method: "process start to performance.timeOrigin, median".to_owned(),
        },
        Figure {
            name: "  of it until the page is loaded",
            value: format!("{:.2} s", quantile(&mut scripts, 0.5) / 1_000.0),
            method: "performance.timeOrigin to the load event's end, median".to_owned(),
        },
    ];
    figures.extend(memory);
    Ok(figures)
}

const TIMES: &str = "const entry = performance.getEntriesByType('navigation')[0]; return { origin: performance.timeOrigin, loaded: entry?.loadEventEnd ?? performance.timing.loadEventEnd - performance.timeOrigin }";

async fn memory_of(app: u32) -> Result<Vec<Figure>> {
    // The one wait for a time: memory settles, and nothing tells when.
    tokio::time::sleep(REST).await;
    let mut figures = Vec::new();
    for process in tree(app) {
        let name = match process.name.as_str() {
            _ if process.pid == app => "memory of the core, idle",
            name if name.starts_with("WebKitWebProc") => "memory of the web process, idle",
            name if name.starts_with("WebKitNetwork") => "memory of WebKit's network process, idle",
            _ => continue,
        };
        let cost = cost(process.pid)?;
        figures.push(Figure {
            name,
            value: format!("{} ({} PSS)", mebibytes(cost.resident), mebibytes(cost.proportional)),
            method: format!("resident, from smaps_rollup, the overview shown for {} s, no instance", REST.as_secs()),
        });
    }
    Ok(figures)
}
