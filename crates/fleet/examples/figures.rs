//! Measures what a start through the fleet costs beside a bare start of the server, and what five idle instances cost the fleet.
//!
//! `cargo run --release -p fleet --example figures` prints one line of JSON a figure. Bare and full starts alternate in one run, so that their ratio does not depend on the machine's mood.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::time::{Duration, Instant};

use fleet::{AtQuit, Fleet, Folders, InstanceState, Opencode, Start};
use opencode_api::{Client, Port, Secret, ServerAddress};
use testkit::{World, demo, eventually, no_process_left, opencode_binary};

const ROUNDS: usize = 7;
const PATIENCE: Duration = Duration::from_mins(1);

#[tokio::main]
async fn main() {
    let world = World::new();
    let folders = Folders {
        home: world.home(),
        config: world.config().join("opencode-portal"),
        data: world.data().join("opencode-portal"),
        state: world.state().join("opencode-portal"),
        pinned_opencode: None,
    };
    std::fs::create_dir_all(&folders.config).unwrap();
    let settings = serde_json::json!({ "version": 1, "opencode_binary": opencode_binary() });
    std::fs::write(folders.settings(), settings.to_string()).unwrap();
    let model = demo::Model::serve(0).await.unwrap();
    let mut environment = world.environment();
    environment.extend(demo::instance_environment(&model.base_url()));
    let fleet = Fleet::open(folders, fleet::Options::passing()).await.unwrap();
    eventually("opencode is found", PATIENCE, async || {
        matches!(fleet.state().opencode, Opencode::Found { .. }).then_some(())
    })
    .await;
    ready_ratio(&world, &fleet, &environment).await;
    idle_cpu(&world, &fleet, &environment).await;
    fleet.shut_down(AtQuit::Stop).await;
    no_process_left(&world).await;
}

async fn ready_ratio(world: &World, fleet: &Fleet, environment: &[(String, String)]) {
    let (mut bare, mut full) = (Vec::new(), Vec::new());
    // The first start of each fills the caches of disk and server, and counts for neither.
    for round in 0..=ROUNDS {
        let (first, second) = (bare_start(world, environment).await, full_start(world, fleet, environment).await);
        if round > 0 {
            bare.push(first);
            full.push(second);
        }
    }
    let (bare, full) = (median(bare), median(full));
    let ratio = full / bare;
    println!(
        r#"{{"figure":"click to ready over bare start","bare_ms":{bare:.0},"full_ms":{full:.0},"ratio":{ratio:.3}}}"#
    );
}

fn start_in(directory: &std::path::Path, environment: &[(String, String)]) -> Start {
    let directory = directory.to_str().unwrap().to_owned();
    Start { directory, name: None, environment: environment.to_vec(), demo: None, profile: None, another: false }
}

async fn full_start(world: &World, fleet: &Fleet, environment: &[(String, String)]) -> f64 {
    let began = Instant::now();
    let id = fleet.start(start_in(world.project(), environment)).await.unwrap();
    fleet.wait_until(&id, PATIENCE, |instance| instance.state == InstanceState::Ready).await.unwrap();
    let took = began.elapsed();
    fleet.stop(&id).await.unwrap();
    took.as_secs_f64() * 1000.0
}

/// The server alone, asked every 10 ms with a timeout of 250 ms, several at once: as early as it can be known to answer.
async fn bare_start(world: &World, environment: &[(String, String)]) -> f64 {
    let port = launch::next_free_port(3900, &[]).unwrap();
    let client = Client::new(ServerAddress::loopback(Port::new(port).unwrap(), Some(Secret::new("bare"))));
    let began = Instant::now();
    let mut child = tokio::process::Command::new(opencode_binary())
        .args(launch::serve_arguments(port))
        .current_dir(world.project())
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .env("OPENCODE_SERVER_PASSWORD", "bare")
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let (told, mut healthy) = tokio::sync::mpsc::channel(64);
    let asking = tokio::spawn(async move {
        loop {
            let (client, told) = (client.clone(), told.clone());
            tokio::spawn(async move {
                if client.health(Duration::from_millis(250)).await.is_ok() {
                    let _known = told.send(()).await;
                }
            });
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    });
    healthy.recv().await.unwrap();
    let took = began.elapsed();
    asking.abort();
    child.kill().await.unwrap();
    took.as_secs_f64() * 1000.0
}

async fn idle_cpu(world: &World, fleet: &Fleet, environment: &[(String, String)]) {
    const SECONDS: u64 = 30;
    for number in 0..5 {
        let directory = world.root().join(format!("work/idle{number}"));
        std::fs::create_dir_all(&directory).unwrap();
        let id = fleet.start(start_in(&directory, environment)).await.unwrap();
        fleet.wait_until(&id, PATIENCE, |instance| instance.state == InstanceState::Ready).await.unwrap();
    }
    // The readings at the beginning of each stream are work, not idling.
    tokio::time::sleep(Duration::from_secs(5)).await;
    let before = own_ticks();
    tokio::time::sleep(Duration::from_secs(SECONDS)).await;
    let ticks = own_ticks() - before;
    // Linux counts 100 ticks a second, whatever the kernel's own clock does.
    #[allow(clippy::cast_precision_loss)]
    let percent = ticks as f64 / SECONDS as f64;
    println!(r#"{{"figure":"idle processor use with five instances, core alone","percent_of_a_core":{percent:.2}}}"#);
}

fn own_ticks() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
