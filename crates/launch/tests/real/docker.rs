//! A real Docker engine: every state that a container really comes into.

use std::{env, fs, path::Path, process::Command, time::Duration};

use bollard::{
    Docker, body_full,
    models::{ContainerCreateBody, HostConfig},
    query_parameters::{CreateImageOptionsBuilder, RemoveContainerOptionsBuilder, RemoveImageOptions},
};
use futures_util::TryStreamExt;
use launch::{
    LaunchError,
    docker::{ContainerState, Engine, address},
};
use testkit::until;

use crate::PATIENCE;

/// Where a real engine answers; `None` after having said that the test is skipped.
async fn engine() -> Option<(Engine, Docker)> {
    let set = env::var("DOCKER_HOST").ok();
    let home = env::var("HOME").unwrap_or_default();
    let runtime = env::var("XDG_RUNTIME_DIR").ok();
    let address = address(set.as_deref(), Path::new(&home), runtime.as_deref().map(Path::new));
    match Engine::connect(&address, Duration::from_secs(20)).await {
        Ok(engine) => {
            let docker = Docker::connect_with_host(&address).unwrap().negotiate_version().await.unwrap();
            Some((engine, docker))
        }
        Err(error) => {
            assert!(
                env::var_os("PORTAL_FORBID_SKIPS").is_none(),
                "a Docker engine is needed and skips are forbidden: {error}"
            );
            println!("Skipped: no Docker engine ({error})");
            None
        }
    }
}

/// An image without a registry: this machine's `sh` and `sleep` with the libraries that they need.
async fn make_image(docker: &Docker, name: &str) {
    let root = tempfile::tempdir().unwrap();
    for program in ["/bin/sh", "/bin/sleep"] {
        let libraries = Command::new("ldd").arg(program).output().unwrap();
        let libraries = String::from_utf8(libraries.stdout).unwrap();
        for file in libraries.split_whitespace().filter(|word| word.starts_with('/')).chain([program]) {
            let copy = root.path().join(&file[1..]);
            fs::create_dir_all(copy.parent().unwrap()).unwrap();
            fs::copy(file, copy).unwrap();
        }
    }
    let tar = Command::new("tar").arg("-C").arg(root.path()).args(["-c", "."]).output().unwrap().stdout;
    let options = CreateImageOptionsBuilder::new().from_src("-").repo(name).tag("latest").build();
    docker.create_image(Some(options), Some(body_full(tar.into())), None).try_collect::<Vec<_>>().await.unwrap();
}

struct Containers {
    docker: Docker,
    image: String,
    made: Vec<String>,
}

impl Containers {
    async fn make(&mut self, script: &str) -> String {
        let body = ContainerCreateBody {
            image: Some(self.image.clone()),
            cmd: Some(["/bin/sh", "-c", script].map(str::to_owned).into()),
            host_config: Some(HostConfig {
                network_mode: Some("none".to_owned()),
                memory: Some(16 * 1024 * 1024),
                memory_swap: Some(16 * 1024 * 1024),
                ..HostConfig::default()
            }),
            ..ContainerCreateBody::default()
        };
        let id = self.docker.create_container(None, body).await.unwrap().id;
        self.made.push(id.clone());
        id
    }

    async fn remove(self) {
        let force = || Some(RemoveContainerOptionsBuilder::new().force(true).build());
        for id in &self.made {
            self.docker.remove_container(id, force()).await.unwrap();
        }
        self.docker.remove_image(&self.image, None::<RemoveImageOptions>, None).await.unwrap();
    }
}

#[tokio::test]
async fn containers_are_seen_started_and_stopped_needs_docker() {
    let Some((engine, docker)) = engine().await else { return };
    let image = format!("portal-test-{}", std::process::id());
    make_image(&docker, &image).await;
    let mut containers = Containers { docker: docker.clone(), image, made: Vec::new() };

    let willing = containers.make("trap 'exit 0' TERM; while :; do sleep 600 & wait; done").await;
    assert_eq!(engine.state(&willing).await.unwrap(), ContainerState::Created);
    engine.start(&willing).await.unwrap();
    engine.start(&willing).await.expect("starting twice is well");
    assert_eq!(engine.state(&willing).await.unwrap(), ContainerState::Running);
    assert_eq!(engine.state(&willing[..12]).await.unwrap(), ContainerState::Running, "by its short id, too");
    docker.pause_container(&willing).await.unwrap();
    assert_eq!(engine.state(&willing).await.unwrap(), ContainerState::Paused);
    docker.unpause_container(&willing).await.unwrap();
    engine.stop(&willing, PATIENCE).await.unwrap();
    assert_eq!(
        engine.state(&willing).await.unwrap(),
        ContainerState::Exited { code: 0, out_of_memory: false, message: None }
    );
    engine.stop(&willing, PATIENCE).await.expect("stopping twice is well");
    engine.start(&willing).await.expect("what has ended can be started again");
    assert_eq!(engine.state(&willing).await.unwrap(), ContainerState::Running);

    let stubborn = containers.make("trap '' TERM; while :; do sleep 600; done").await;
    engine.start(&stubborn).await.unwrap();
    engine.stop(&stubborn, Duration::from_secs(1)).await.unwrap();
    assert_eq!(
        engine.state(&stubborn).await.unwrap(),
        ContainerState::Exited { code: 137, out_of_memory: false, message: None }
    );

    let failing = containers.make("exit 3").await;
    engine.start(&failing).await.unwrap();
    until("it has failed", PATIENCE, async || {
        engine.state(&failing).await.unwrap() == ContainerState::Exited { code: 3, out_of_memory: false, message: None }
    })
    .await;

    let hungry = containers.make("x=0123456789; while :; do x=$x$x; done").await;
    engine.start(&hungry).await.unwrap();
    until("it was killed for its memory", PATIENCE, async || {
        matches!(engine.state(&hungry).await.unwrap(), ContainerState::Exited { out_of_memory: true, .. })
    })
    .await;

    containers.remove().await;
    for gone in [willing.as_str(), "no-such-container"] {
        assert_eq!(engine.state(gone).await.unwrap(), ContainerState::Gone);
        assert!(matches!(engine.start(gone).await, Err(LaunchError::ContainerGone { .. })));
        assert!(matches!(engine.stop(gone, PATIENCE).await, Err(LaunchError::ContainerGone { .. })));
    }
}
