//! The figures of the README, measured on this machine: `make bench`.
//!
//! Measures, never judges: nothing here fails because of a time. Each figure comes with how it was taken.
//! Where a figure is a ratio, both sides are measured in turn in this same run, since machines are noisy.
//! `make bench ARGS="cold-start latency"` takes only these.

#[allow(dead_code, reason = "the figures use a part of what the tests use")]
#[path = "../support/mod.rs"]
mod support;

mod burst;
mod cold_start;
mod containers;
mod elsewhere;
mod five_idle;
mod fleet_size;
mod fleet_times;
mod headless;
mod latency;
mod long_transcript;
mod ready_ratio;
mod report;
mod soak;
mod stage;

use anyhow::Result;

use report::Report;

fn main() -> Result<()> {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(measure(&wanted))
}

async fn measure(wanted: &[String]) -> Result<()> {
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|one| one == name);
    let mut report = Report::new();
    if is_wanted("cold-start") {
        report.add("cold-start", cold_start::measure().await);
    }
    if is_wanted("ready-ratio") {
        report.add("ready-ratio", ready_ratio::measure().await);
    }
    if is_wanted("latency") {
        report.add("latency", latency::measure().await);
    }
    if is_wanted("container") {
        report.add("container", containers::start_ratio().await);
    }
    if is_wanted("elsewhere") {
        report.add("elsewhere", elsewhere::measure().await);
    }
    if is_wanted("five-idle") {
        report.add("five-idle", five_idle::measure().await);
    }
    if is_wanted("crash") {
        report.add("crash", fleet_times::crash().await);
    }
    if is_wanted("stall") {
        report.add("stall", fleet_times::stall().await);
    }
    if is_wanted("wake") {
        report.add("wake", fleet_times::wake().await);
    }
    if is_wanted("core-memory") {
        report.add("core-memory", fleet_size::memory().await);
    }
    if is_wanted("thirty") {
        report.add("thirty", fleet_size::thirty().await);
    }
    if is_wanted("long-transcript") {
        report.add("long-transcript", long_transcript::measure().await);
    }
    if is_wanted("burst") {
        report.add("burst", burst::measure().await);
    }
    if is_wanted("soak") {
        report.add("soak", soak::measure().await);
    }
    report.finish()
}
