//! Figures of processes, read from `/proc`. Linux only, as the window tests are.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};

/// What a process costs.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cost {
    /// Resident memory, in bytes.
    pub resident: u64,
    /// The same with shared pages divided among their users, in bytes.
    pub proportional: u64,
    /// Processor time since it started, in ms.
    pub processor_ms: u64,
}

/// A process of a tree.
#[derive(Clone, Debug)]
pub struct Process {
    /// Its id.
    pub pid: u32,
    /// The kernel's short name for it.
    pub name: String,
}

const TICK_MS: u64 = 10;

/// The process and all that it started, itself first.
pub fn tree(root: u32) -> Vec<Process> {
    let all: Vec<(u32, u32, String)> = std::fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter_map(|pid| {
            let (name, fields) = stat(pid).ok()?;
            Some((pid, fields.get(1)?.parse().ok()?, name))
        })
        .collect();
    let mut found: Vec<Process> = all
        .iter()
        .filter(|(pid, _, _)| *pid == root)
        .map(|(pid, _, name)| Process { pid: *pid, name: name.clone() })
        .collect();
    let mut next = 0;
    while let Some(parent) = found.get(next).map(|process| process.pid) {
        let children = all.iter().filter(|(_, ppid, _)| *ppid == parent);
        found.extend(children.map(|(pid, _, name)| Process { pid: *pid, name: name.clone() }));
        next += 1;
    }
    found
}

/// Whether it runs: one that has ended and was not waited for yet does not.
pub fn is_running(pid: u32) -> bool {
    stat(pid).is_ok_and(|(_, fields)| fields.first().is_some_and(|state| state != "Z" && state != "X"))
}

/// What a process costs now.
pub fn cost(pid: u32) -> Result<Cost> {
    let (_, fields) = stat(pid)?;
    let ticks: u64 = [11, 12].iter().filter_map(|index| fields.get(*index)?.parse::<u64>().ok()).sum();
    let rollup = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup"))?;
    let kilobytes = |name: &str| {
        let line = rollup.lines().find(|line| line.starts_with(name));
        line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok()).unwrap_or(0) * 1024
    };
    Ok(Cost { resident: kilobytes("Rss:"), proportional: kilobytes("Pss:"), processor_ms: ticks * TICK_MS })
}

/// When a process started, in ms since the epoch, exact to the kernel's tick of 10 ms.
#[allow(clippy::cast_precision_loss, reason = "ticks since boot stay far below 2^52")]
pub fn started_at_ms(pid: u32) -> Result<f64> {
    let (_, fields) = stat(pid)?;
    let ticks: u64 = fields.get(19).context("`/proc/PID/stat` has no start time")?.parse()?;
    let uptime: f64 = std::fs::read_to_string("/proc/uptime")?
        .split_whitespace()
        .next()
        .context("`/proc/uptime` is empty")?
        .parse()?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs_f64();
    Ok((now - uptime + ticks as f64 / 100.0) * 1_000.0)
}

/// Name and the fields behind it: state, parent, … as `proc(5)` counts them from 3.
fn stat(pid: u32) -> Result<(String, Vec<String>)> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let (head, tail) = text.rsplit_once(')').context("`/proc/PID/stat` has no name")?;
    let name = head.split_once('(').map(|(_, name)| name.to_owned()).unwrap_or_default();
    Ok((name, tail.split_whitespace().map(str::to_owned).collect()))
}
