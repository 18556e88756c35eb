//! A real Docker engine: every state that a container really comes into, and everything that is done with one.

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use launch::{
    LaunchError,
    docker::{ContainerName, ContainerState, Engine, PlannedPort, Product, Reached},
};
use testkit::until;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use super::Surroundings;
use crate::PATIENCE;

const WILLING: &str = "trap 'exit 0' TERM; echo listens; while :; do sleep 600 & wait; done";

fn exited(code: i64) -> ContainerState {
    ContainerState::Exited { code, out_of_memory: false, message: None }
}

#[tokio::test]
async fn containers_are_seen_started_and_stopped_needs_docker() {
    let Some(surroundings) = Surroundings::new().await else { return };
    let engine = &surroundings.engine;

    let willing = engine.create(&surroundings.plan(WILLING)).await.unwrap();
    assert_eq!(engine.state(&willing).await.unwrap(), ContainerState::Created);
    engine.start(&willing).await.unwrap();
    engine.start(&willing).await.expect("starting twice is well");
    assert_eq!(engine.state(&willing).await.unwrap(), ContainerState::Running);
    assert_eq!(engine.state(&willing[..12]).await.unwrap(), ContainerState::Running, "by its short id, too");
    surroundings.says(&willing, "listens").await;
    engine.unpause(&willing).await.expect("what is not paused goes on");
    surroundings.plain.act(&willing, "pause").await;
    assert_eq!(engine.state(&willing).await.unwrap(), ContainerState::Paused);
    assert!(matches!(engine.start(&willing).await, Err(LaunchError::ContainerPaused { .. })));
    engine.unpause(&willing).await.unwrap();
    engine.stop(&willing, PATIENCE).await.unwrap();
    assert_eq!(engine.state(&willing).await.unwrap(), exited(0));
    engine.stop(&willing, PATIENCE).await.expect("stopping twice is well");
    engine.start(&willing).await.expect("what has ended can be started again");
    let before = engine.inspect(&willing).await.unwrap();
    engine.restart(&willing, PATIENCE).await.unwrap();
    let after = engine.inspect(&willing).await.unwrap();
    assert_eq!(after.state, ContainerState::Running);
    assert!(after.started > before.started && after.pid != before.pid, "{before:?} {after:?}");
    engine.kill(&willing).await.unwrap();
    assert_eq!(surroundings.ended(&willing).await, exited(137));
    engine.kill(&willing).await.expect("killing twice is well");

    let stubborn = surroundings.run("trap '' TERM; echo is deaf; while :; do sleep 600; done").await;
    surroundings.says(&stubborn, "is deaf").await;
    engine.stop(&stubborn, Duration::from_secs(1)).await.unwrap();
    assert_eq!(engine.state(&stubborn).await.unwrap(), exited(137));

    let failing = surroundings.run("exit 3").await;
    assert_eq!(surroundings.ended(&failing).await, exited(3));

    let mut plan = surroundings.plan("x=0123456789; while :; do x=$x$x; done");
    plan.limits.memory_bytes = Some(16 << 20);
    let hungry = engine.create(&plan).await.unwrap();
    engine.start(&hungry).await.unwrap();
    assert!(matches!(surroundings.ended(&hungry).await, ContainerState::Exited { out_of_memory: true, .. }));

    engine.remove_ended(&hungry).await.unwrap();
    assert_eq!(engine.state(&hungry).await.unwrap(), ContainerState::Gone);
    engine.remove_ended(&hungry).await.expect("removing twice is well");
    engine.start(&willing).await.unwrap();
    for expected in [ContainerState::Running, ContainerState::Paused] {
        if expected == ContainerState::Paused {
            surroundings.plain.act(&willing, "pause").await;
        }
        let refused = engine.remove_ended(&willing).await.unwrap_err();
        assert!(matches!(&refused, LaunchError::ContainerRuns { container } if *container == willing), "{refused:?}");
        assert_eq!(engine.state(&willing).await.unwrap(), expected);
    }
    engine.remove(&willing).await.unwrap();
    engine.remove(&willing).await.expect("removing twice is well");
    for gone in [willing.as_str(), "no-such-container", "no/../container?x=1", ""] {
        assert_eq!(engine.state(gone).await.unwrap(), ContainerState::Gone);
        assert!(matches!(engine.start(gone).await, Err(LaunchError::ContainerGone { .. })), "{gone}");
        assert!(matches!(engine.stop(gone, PATIENCE).await, Err(LaunchError::ContainerGone { .. })), "{gone}");
        assert!(matches!(engine.inspect(gone).await, Err(LaunchError::ContainerGone { .. })), "{gone}");
        assert!(matches!(engine.usage(gone).await, Err(LaunchError::ContainerGone { .. })), "{gone}");
    }
}

#[tokio::test]
async fn a_container_gets_another_name_needs_docker() {
    let Some(surroundings) = Surroundings::new().await else { return };
    let engine = &surroundings.engine;
    let id = engine.create(&surroundings.plan(WILLING)).await.unwrap();
    let other = engine.create(&surroundings.plan(WILLING)).await.unwrap();
    let name = ContainerName::from_text(&format!("Größe & Co. {}", surroundings.mark));
    engine.rename(&id, &name).await.unwrap();
    assert_eq!(engine.inspect(&id).await.unwrap().name, name.as_str());
    assert_eq!(engine.state(name.as_str()).await.unwrap(), ContainerState::Created, "by its name, too");
    let taken = engine.rename(&other, &name).await.unwrap_err();
    assert!(matches!(&taken, LaunchError::ContainerNameTaken { name: taken } if taken == name.as_str()), "{taken:?}");
    let mut again = surroundings.plan(WILLING);
    again.name = name;
    assert!(matches!(engine.create(&again).await, Err(LaunchError::ContainerNameTaken { .. })));
}

#[tokio::test]
async fn a_port_is_published_on_loopback_only_needs_docker() {
    let Some(surroundings) = Surroundings::new().await else { return };
    let engine = &surroundings.engine;
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = taken.local_addr().unwrap().port();
    // The image has no server but opencode; that one answers everybody with 401.
    let mut plan = surroundings.plan("exec opencode serve --hostname 0.0.0.0 --port 4096");
    plan.environment.set("OPENCODE_SERVER_PASSWORD", "hunter2");
    plan.environment.set("HOME", "/tmp");
    plan.limits.memory_bytes = Some(1 << 30);
    plan.limits.pids = Some(256);
    plan.port = Some(PlannedPort { inside: 4096, outside: Some(port) });
    let id = engine.create(&plan).await.unwrap();
    let error = engine.start(&id).await.unwrap_err();
    assert!(matches!(&error, LaunchError::ContainerPortTaken { port: Some(named), .. } if *named == port), "{error:?}");
    assert!(error.to_string().contains(&port.to_string()), "{error}");
    drop(taken);
    engine.start(&id).await.expect("the port is free now");
    let details = engine.inspect(&id).await.unwrap();
    assert_eq!(details.reached(4096), Some(Reached::Published((Ipv4Addr::LOCALHOST, port).into())));
    assert_eq!(details.reached(4097), details.networks["bridge"].map(|own| Reached::Inside((own, 4097).into())));

    let mut plan = plan.clone();
    plan.name = ContainerName::from_text(&format!("{}-chosen", plan.name));
    plan.port = Some(PlannedPort { inside: 4096, outside: None });
    let chosen = engine.create(&plan).await.unwrap();
    engine.start(&chosen).await.unwrap();
    let details = engine.inspect(&chosen).await.unwrap();
    let Some(Reached::Published(address)) = details.reached(4096) else { panic!("{details:?}") };
    assert!(address.ip().is_loopback() && address.port() != 0, "{address}");
    let shown = surroundings.plain.inspect(&chosen).await;
    let bindings = &shown["NetworkSettings"]["Ports"]["4096/tcp"];
    assert_eq!(bindings.as_array().map(Vec::len), Some(1), "{bindings}");
    assert_eq!(bindings[0]["HostIp"], "127.0.0.1");
    until("opencode answers from inside", Duration::from_mins(1), async || {
        // A server that has just begun to listen never answers its first requests.
        tokio::time::timeout(Duration::from_secs(2), asks_for_a_password(address)).await.unwrap_or(false)
    })
    .await;
    assert_eq!(details.environment.get("OPENCODE_SERVER_PASSWORD"), Some("hunter2"));
    assert!(!format!("{details:?}{plan:?}").contains("hunter2"), "{details:?}");
    let listed = engine.containers().await.unwrap();
    let listed = listed.iter().find(|listed| listed.id == chosen).expect("it is in the list");
    assert_eq!(listed.ports, details.ports);
    assert_eq!((listed.name.as_str(), listed.image.as_str()), (plan.name.as_str(), surroundings.image.as_str()));
}

#[tokio::test]
async fn an_engine_says_what_it_is_needs_docker() {
    let Some(surroundings) = Surroundings::new().await else { return };
    let version = surroundings.engine.version().await.unwrap();
    let plain = surroundings.plain.get("/version").await;
    assert_eq!(version.product, Product::Docker);
    assert_eq!(Some(version.version.as_str()), plain["Version"].as_str());
    assert_eq!(Some(version.architecture.as_str()), plain["Arch"].as_str());
    assert_eq!(version.os, "linux");
    assert!(surroundings.engine.is_local());
    let networks = surroundings.engine.networks().await.unwrap();
    for (name, driver) in [("bridge", "bridge"), ("host", "host"), ("none", "null")] {
        assert!(networks.iter().any(|network| network.name == name && network.driver == driver), "{networks:?}");
    }
}

#[tokio::test]
async fn an_engine_is_used_by_its_address_alone_needs_docker() {
    let Some(surroundings) = Surroundings::new().await else { return };
    let found = launch::docker::choose(&[], Some(&surroundings.plain.address())).unwrap();
    let engine = Engine::connect_to(&found, Duration::from_mins(1)).await.unwrap();
    assert_eq!(engine.version().await.unwrap(), surroundings.engine.version().await.unwrap());
}

async fn asks_for_a_password(address: SocketAddr) -> bool {
    let Ok(mut stream) = TcpStream::connect(address).await else { return false };
    let mut answer = [0; 12];
    let asked = stream.write_all(b"GET /path HTTP/1.1\r\nHost: x\r\n\r\n").await;
    asked.is_ok() && stream.read_exact(&mut answer).await.is_ok() && answer == *b"HTTP/1.1 401"
}
