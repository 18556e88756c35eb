//! launch against the real system: processes, ports, folders, the real opencode and a real Docker engine.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests panic and speak")]

mod binary;
#[cfg(target_os = "linux")]
mod clocks;
mod directories;
mod docker;
mod install;
#[cfg(target_os = "linux")]
mod keyring;
mod logs;
#[cfg(target_os = "linux")]
mod mdns;
mod measuring;
mod opencode;
mod ports;
mod processes;
#[cfg(target_os = "linux")]
mod scan;
mod shells;
mod ssh;
mod ssh_prompts;
mod ssh_servers;
mod ssh_starts;
mod stopping;

use std::{ffi::OsString, path::Path, time::Duration};

use launch::{Environment, Launch, Running};
use testkit::World;

/// Long enough for a busy machine; nothing waits for it when all is well.
const PATIENCE: Duration = Duration::from_secs(30);

fn environment(world: &World) -> Environment {
    world.environment().into_iter().map(|(name, value)| (OsString::from(name), OsString::from(value))).collect()
}

/// Runs `sh -c SCRIPT` in the world's project.
fn shell(world: &World, script: &str) -> Running {
    let launch = Launch {
        binary: "/bin/sh".into(),
        directory: world.project().to_owned(),
        arguments: vec!["-c".into(), script.into()],
        environment: environment(world),
        log: log_of(world),
    };
    launch::spawn(&launch).expect("a shell starts")
}

fn log_of(world: &World) -> std::path::PathBuf {
    world.state().join("logs/test.log")
}

/// A program of this crate that stands in `examples/`. Cargo builds them together with the tests.
#[cfg(target_os = "linux")]
fn example(name: &str) -> std::path::PathBuf {
    let this = std::env::current_exe().expect("a test knows where it is");
    let folder = this.ancestors().nth(2).expect("tests are in `deps`");
    let program = folder.join("examples").join(name);
    assert!(program.is_file(), "`{}` is missing: `cargo build -p launch --examples` makes it", program.display());
    program
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

/// A number that a script has written into a file of the project.
async fn number_in(world: &World, file: &str) -> u32 {
    testkit::eventually(file, PATIENCE, async || read(&world.project().join(file)).strip_suffix('\n')?.parse().ok())
        .await
}
