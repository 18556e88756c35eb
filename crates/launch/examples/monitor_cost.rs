//! Measures what one look at process trees costs, beside a reading of all processes, among few and many processes.
//!
//! `cargo run --release -p launch --example monitor_cost -- 1000` starts so many sleeping processes besides the trees and prints one line a figure.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use launch::{ProcessIdentity, ProcessMonitor};
use rustix::time::{ClockId, clock_gettime};

const LOOKS: u32 = 40;

fn main() {
    let others: usize = std::env::args().nth(1).map_or(0, |count| count.parse().unwrap());
    let sleep = |seconds: &str| Command::new("sleep").arg(seconds).stdin(Stdio::null()).spawn().unwrap();
    let others: Vec<Child> = (0..others).map(|_| sleep("600")).collect();
    for roots in [5, 30] {
        let tree = |_| {
            let script = "sleep 600 & sleep 600 & sleep 600 & wait";
            Command::new("setsid").args(["sh", "-c", script]).stdin(Stdio::null()).spawn().unwrap()
        };
        let children: Vec<Child> = (0..roots).map(tree).collect();
        // A young process may still replace its program and is looked at more closely.
        std::thread::sleep(Duration::from_secs(11));
        let identities: Vec<ProcessIdentity> =
            children.iter().map(|child| ProcessIdentity::observe(child.id()).unwrap()).collect();
        let mut monitor = ProcessMonitor::new();
        let seen: usize = monitor.trees(&identities, &[]).iter().flatten().map(|tree| tree.processes.len()).sum();
        let all = std::fs::read_dir("/proc").unwrap().count();
        let ours = each(|| drop(monitor.trees(&identities, &[])));
        let mut system = sysinfo::System::new().unwrap();
        let whole = each(|| {
            let kind = sysinfo::ProcessRefreshKind::nothing().without_tasks().with_memory().with_cpu();
            system.refresh_processes_specifics(sysinfo::ProcessesToUpdate::All, true, kind);
        });
        println!("{all} processes, {roots} trees of {seen}: {ours:?} a look; reading all: {whole:?}");
        for identity in identities {
            tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
                launch::stop(&identity, Duration::from_secs(5)).await.unwrap();
            });
        }
        for mut child in children {
            child.wait().unwrap();
        }
    }
    for mut other in others {
        other.kill().unwrap();
        other.wait().unwrap();
    }
}

/// The processor's time of one.
fn each(mut look: impl FnMut()) -> Duration {
    look();
    let before = spent();
    (0..LOOKS).for_each(|_| look());
    spent().saturating_sub(before) / LOOKS
}

fn spent() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(u64::try_from(time.tv_sec).unwrap(), u32::try_from(time.tv_nsec).unwrap())
}
