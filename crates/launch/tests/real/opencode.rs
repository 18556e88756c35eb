//! The real opencode: started, known again, listened for, ended.

use std::{
    io::{Read, Write},
    net::{Ipv4Addr, TcpStream},
    time::{Duration, Instant},
};

use launch::{
    Launch, ProcessIdentity, ProcessMonitor, Stopped, listens, next_free_port, password_of, serve_arguments, stop,
};
use testkit::{World, no_process_left, opencode_binary, until};

use crate::{PATIENCE, environment, log_of, read};

/// The status line of `GET /global/health` without a password; the server's first answers may never come.
pub(crate) fn health(port: u16) -> Option<String> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok()?;
    stream.set_read_timeout(Some(Duration::from_millis(300))).ok()?;
    stream.write_all(b"GET /global/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").ok()?;
    let mut start = [0; 64];
    let read = stream.read(&mut start).ok()?;
    String::from_utf8_lossy(&start[..read]).lines().next().map(str::to_owned)
}

#[tokio::test]
async fn a_server_starts_is_known_and_ends() {
    let world = World::with_project("with space %41 ü");
    let mut environment = environment(&world);
    environment.set("OPENCODE_SERVER_PASSWORD", "s3cret");
    let port = next_free_port(3100 + u16::try_from(std::process::id() % 20_000).unwrap(), &[]).unwrap();
    let launch = Launch {
        binary: opencode_binary(),
        directory: world.project().to_owned(),
        arguments: serve_arguments(port),
        environment,
        log: log_of(&world),
    };
    let mut running = launch::spawn(&launch).unwrap();
    let identity = running.identity.clone();
    assert_eq!(identity.executable, opencode_binary().canonicalize().unwrap());

    until("the server asks for a password", PATIENCE, async || {
        health(port).is_some_and(|status| status.contains(" 401 "))
    })
    .await;
    assert!(identity.is_alive() && listens(&identity, port));
    assert!(!listens(&ProcessIdentity::observe(std::process::id()).unwrap(), next_free_port(port + 1, &[]).unwrap()));
    assert_eq!(password_of(&identity).as_deref(), Some("s3cret"));
    let command_line = read(std::path::Path::new(&format!("/proc/{}/cmdline", identity.pid)));
    assert!(!command_line.contains("s3cret"), "{command_line:?}");
    assert!(read(&log_of(&world)).contains(&format!("127.0.0.1:{port}")), "its output is in the log");
    let usage = ProcessMonitor::new().trees(std::slice::from_ref(&identity), &[]).swap_remove(0).unwrap();
    assert!(usage.memory > 50_000_000, "{usage:?}");

    let start = Instant::now();
    assert!(matches!(stop(&identity, PATIENCE).await.unwrap(), Stopped::Gracefully { .. }));
    assert!(start.elapsed() < Duration::from_secs(15), "{:?}", start.elapsed());
    running.wait().await;
    assert!(!identity.is_alive() && !listens(&identity, port));
    no_process_left(&world).await;
}
