//! What listing containers costs among few and many: `cargo bench -p launch --bench containers`.
//!
//! Needs an engine (`eval "$(scripts/docker-for-tests)"`). For each number of containers, made and never started, it prints the median of
//! the looks, beside the same question asked over the bare socket in the same run.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs, reason = "it measures and prints")]

use std::time::{Duration, Instant};

use launch::docker::{self, Engine};
use testkit::{DockerEngine, opencode_image};

const LOOKS: usize = 50;
const LABEL: &str = "org.opencode-portal.bench";
const PATIENCE: Duration = Duration::from_secs(10);

#[tokio::main]
async fn main() {
    let Some(raw) = DockerEngine::find().await else { return };
    let image = opencode_image(&raw).await;
    let found = docker::engines(&std::iter::once(("DOCKER_HOST".into(), raw.address().into())).collect(), "/".as_ref());
    let found = docker::choose(&found, None).unwrap();
    let engine = Engine::connect_to(&found, PATIENCE).await.unwrap();
    let mut made = Vec::new();
    for count in [10, 100] {
        while made.len() < count {
            made.push(make(&raw, &image));
        }
        let (mut ours, mut bare) = (Vec::new(), Vec::new());
        for _ in 0..LOOKS {
            let began = Instant::now();
            assert!(engine.containers().await.unwrap().len() >= count);
            ours.push(began.elapsed());
            let began = Instant::now();
            assert_eq!(raw.containers_with(LABEL).await.len(), count);
            bare.push(began.elapsed());
        }
        println!("listing {count} containers: {:.1} ms; over the bare socket {:.1} ms", median(ours), median(bare));
    }
    for container in made {
        raw.remove(&container).await;
    }
}

fn make(engine: &DockerEngine, image: &str) -> String {
    let mut command = std::process::Command::new("docker");
    command.env("DOCKER_HOST", engine.address()).args(["create", "--label", LABEL, image, "true"]);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64() * 1_000.0
}
