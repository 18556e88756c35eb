//! A real Docker engine and everything that is asked of one; and engines of our own that do what they should not.

mod building;
mod checking;
mod creating;
mod fake_engine;
mod faults;
mod fitting;
mod life;
mod networks;
mod output;
mod pulling;
mod relay;
mod secure;
mod watching;

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use launch::docker::{ContainerEnvironment, ContainerName, ContainerPlan, Engine, Limits, NetworkChoice};
use testkit::DockerEngine;

/// The label of every container of these tests.
const LABEL: &str = "org.opencode-portal.test-of-launch";

/// A real engine with the image of the tests, for one test. What the test made with it is removed at the end.
struct Surroundings {
    /// What is tested.
    engine: Engine,
    /// The same engine, plainly.
    plain: DockerEngine,
    /// An image with opencode, a shell and some programs.
    image: String,
    /// Marks what this test made.
    mark: String,
}

impl Surroundings {
    /// `None` after having said that the test is skipped.
    async fn new() -> Option<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let plain = DockerEngine::find().await?;
        let engine = Engine::connect(&plain.address(), Duration::from_mins(1)).await.unwrap();
        let image = testkit::opencode_image(&plain).await;
        let mark = format!("{}-{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        Some(Self { engine, plain, image, mark })
    }

    /// A container that runs a script of the shell.
    fn plan(&self, script: &str) -> ContainerPlan {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        ContainerPlan {
            name: ContainerName::from_text(&format!("launch-test-{}-{number}", self.mark)),
            image: self.image.clone(),
            entrypoint: Some(["sh", "-c", script].map(str::to_owned).into()),
            command: Vec::new(),
            working_directory: "/".into(),
            mounts: Vec::new(),
            volumes: Vec::new(),
            port: None,
            environment: ContainerEnvironment::default(),
            labels: BTreeMap::from([(LABEL.to_owned(), self.mark.clone())]),
            user: None,
            limits: Limits { memory_bytes: Some(256 << 20), nano_cpus: None, pids: Some(64) },
            network: NetworkChoice::On,
            grace: Duration::from_secs(20),
        }
    }

    /// Makes and starts a container that runs a script.
    async fn run(&self, script: &str) -> String {
        let id = self.engine.create(&self.plan(script)).await.unwrap();
        self.engine.start(&id).await.unwrap();
        id
    }

    /// Everything that a container has written.
    async fn output(&self, container: &str) -> String {
        let of = launch::docker::LogsOf { after: None, is_followed: false };
        let mut logs = self.engine.logs(container, of).unwrap();
        let mut all = Vec::new();
        while let Some(entry) = logs.next().await {
            all.extend(entry.unwrap().bytes);
        }
        String::from_utf8_lossy(&all).into_owned()
    }

    /// Waits until a container has said this: only then its script is as far as that.
    async fn says(&self, container: &str, words: &str) {
        let has_said = async || self.output(container).await.contains(words);
        testkit::until("its script has come so far", crate::PATIENCE, has_said).await;
    }

    /// Waits until a container has ended, and gives its state.
    async fn ended(&self, container: &str) -> launch::docker::ContainerState {
        testkit::eventually("the container ends", crate::PATIENCE, async || {
            let state = self.engine.state(container).await.unwrap();
            (!state.is_up()).then_some(state)
        })
        .await
    }
}

impl Drop for Surroundings {
    /// A test that failed leaves what it made; it goes here, without the engine's client, which may be in the middle of something.
    fn drop(&mut self) {
        let (plain, label) = (self.plain.clone(), format!("{LABEL}={}", self.mark));
        let removing = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                for container in plain.containers_with(&label).await {
                    plain.remove(&container).await;
                }
            });
        });
        let _removed = removing.join();
    }
}
